package dev.manicule.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Changes of App Context that a subscription delivers. */
@Timeout(60)
class MetadataEventsTest {
    private final List<Event> events = new CopyOnWriteArrayList<>();

    private static String change(String event, String type, String data) {
        return "{\"c\":\"room\",\"b\":\"room\",\"e\":2,\"p\":{\"t\":\"20\",\"r\":1},\"d\":{\"source\":\"objects\","
                + "\"version\":\"2.0\",\"event\":\"" + event + "\",\"type\":\"" + type + "\",\"data\":" + data + "}}";
    }

    /** The first poll brings these events; later ones wait. */
    private static StubServer server(String... envelopes) throws Exception {
        return new StubServer(exchange -> {
            String uri = exchange.getRequestURI().toString();
            if (uri.contains("tt=0")) {
                StubServer.say(exchange, 200, "{\"t\":{\"t\":\"15\",\"r\":1},\"m\":[]}");
            } else if (uri.contains("tt=15")) {
                StubServer.say(exchange, 200,
                        "{\"t\":{\"t\":\"21\",\"r\":1},\"m\":[" + String.join(",", envelopes) + "]}");
            } else if (uri.startsWith("/v2/subscribe")) {
                new CountDownLatch(1).await();
            } else {
                StubServer.say(exchange, 200, "{}");
            }
        });
    }

    @Test
    void listenersReceiveWhatChanged() throws Exception {
        try (StubServer server = server(change("set", "uuid", "{\"id\":\"ann\",\"name\":\"Ann\",\"email\":null}"),
                change("delete", "channel", "{\"id\":\"room\"}"), change("set", "other", "{\"id\":\"x\"}"),
                change("set", "membership",
                        "{\"channel\":{\"id\":\"room\"},\"uuid\":{\"id\":\"ann\"},\"status\":\"s\"}"));
                ManiculeClient client = ManiculeClient.of(server.config().build())) {
            client.addListener(new Listener() {
                @Override
                public void metadata(MetadataEvent event) {
                    events.add(event);
                }
            });
            client.subscribe("room");
            await().until(() -> events.size() >= 3);
            MetadataEvent set = (MetadataEvent) events.get(0);
            assertThat(set.isSet()).isTrue();
            assertThat(set.channel()).isEqualTo("room");
            assertThat(set.timetoken()).isEqualTo(20);
            assertThat(set.metadata()).isInstanceOfSatisfying(UserMetadata.class,
                    user -> assertThat(user.name()).isEqualTo("Ann"));
            assertThat(set.data().get("email").isNull()).isTrue();
            MetadataEvent removal = (MetadataEvent) events.get(1);
            assertThat(removal.isSet()).isFalse();
            assertThat(removal.metadata()).isEqualTo(ChannelMetadata.of("room"));
            assertThat(((MetadataEvent) events.get(2)).metadata()).isEqualTo(new Membership(UserMetadata.of("ann"),
                    ChannelMetadata.of("room"), new Metadata.CustomFields("s", null, null),
                    new Metadata.Revision(null, null)));
        }
    }

    @Test
    void changesAreEventsOfTheStreamToo() throws Exception {
        try (StubServer server = server(change("delete", "uuid", "{\"id\":\"ann\"}"));
                ManiculeClient client = ManiculeClient.of(server.config().build())) {
            client.events().subscribe(new Streamed(events));
            client.subscribe("room");
            await().until(() -> events.stream()
                    .anyMatch(event -> event instanceof MetadataEvent change
                            && change.metadata().equals(UserMetadata.of("ann"))));
        }
    }
}
