package dev.manicule.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.manicule.server.api.DeliveryText.Events;
import dev.manicule.server.hub.Delivery.Match;
import dev.manicule.server.model.Channel;
import dev.manicule.server.model.Event;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Deliveries as server-sent events. */
class DeliveryTextTest {
    private static Match match(long timetoken, String text) {
        byte[] envelope = ("{\"d\":\"" + text + "\"").getBytes(StandardCharsets.UTF_8);
        return new Match(new Event(new Channel("demo", "c"), timetoken, true, envelope), "c");
    }

    /** A client that is cut off behind the first of them comes back with a cursor before all of them. */
    @Test
    void lastOfTheEventsWithOneTimetokenHasTheId() {
        byte[] text = Events.text(List.of(match(4, "a"), match(5, "b"), match(5, "c"), match(7, "d")), 7);
        assertThat(new String(text, StandardCharsets.UTF_8)).isEqualTo("""
                id: 4
                data: {"d":"a","b":"c"}

                data: {"d":"b","b":"c"}

                id: 5
                data: {"d":"c","b":"c"}

                id: 7
                data: {"d":"d","b":"c"}

                """);
    }
}
