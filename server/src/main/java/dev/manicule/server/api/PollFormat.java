package dev.manicule.server.api;

import dev.manicule.server.http.Answer;
import dev.manicule.server.hub.Delivery;
import dev.manicule.server.json.Json;
import java.util.List;

/** How polls are answered. */
interface PollFormat {
    /** As the protocol's clients expect since its second form: {@code {"t":{…},"m":[…]}}. Shared by all who are delivered the same. */
    PollFormat ENVELOPES = new PollFormat() {
        @Override
        public Answer empty(long cursor, boolean complete) {
            return Answer.json(200, DeliveryText.text(List.of(), cursor, complete));
        }

        @Override
        public Answer of(Delivery delivery, boolean complete) {
            return complete
                    ? delivery.encoded(Answer.class,
                            each -> Answer.shared(each.encoded(Json.class, DeliveryText::text).utf8()))
                    : Answer.delivery(DeliveryText.text(delivery.matches(), delivery.cursor(), false));
        }
    };

    /**
     * No events.
     *
     * @param complete false when there may have been some that can't be read any more
     */
    Answer empty(long cursor, boolean complete);

    /** Some events, or none after a while. On the event loop that the delivery belongs to. */
    Answer of(Delivery delivery, boolean complete);
}
