package dev.manicule.server.api;

import dev.manicule.server.http.Response;
import dev.manicule.server.hub.Delivery;
import dev.manicule.server.json.Json;
import java.util.List;

/** The format of answers to polls. */
interface PollFormat {
    /**
     * The format since the second version of the protocol: {@code {"t":{…},"m":[…]}}. Shared by all subscribers with
     * the same delivery.
     */
    PollFormat ENVELOPES = new PollFormat() {
        @Override
        public Response empty(long cursor, boolean complete) {
            return Response.json(200, DeliveryText.text(List.of(), cursor, complete));
        }

        @Override
        public Response of(Delivery delivery, boolean complete) {
            return complete
                    ? delivery.encoded(Response.class,
                            each -> Response.shared(each.encoded(Json.class, DeliveryText::text).utf8()))
                    : Response.delivery(DeliveryText.text(delivery.matches(), delivery.cursor(), false));
        }
    };

    /**
     * No events.
     *
     * @param complete false when there may have been some that can't be read any more
     */
    Response empty(long cursor, boolean complete);

    /** Some events, or none after a while. On the event loop that the delivery belongs to. */
    Response of(Delivery delivery, boolean complete);
}
