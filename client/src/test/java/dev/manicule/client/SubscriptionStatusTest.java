package dev.manicule.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Which statuses listeners get when a subscription that is up changes. */
@Timeout(60)
class SubscriptionStatusTest {
    private static final String HANDSHAKE = "{\"t\":{\"t\":\"15\",\"r\":1},\"m\":[]}";

    private final CountDownLatch isPublished = new CountDownLatch(1);
    private final List<String> events = new CopyOnWriteArrayList<>();
    private final List<Status> statuses = new CopyOnWriteArrayList<>();

    /** Polls wait for one message; the channel "secret" is denied. */
    private StubServer server() throws Exception {
        return new StubServer(exchange -> {
            String uri = exchange.getRequestURI().toString();
            if (!uri.startsWith("/v2/subscribe")) {
                StubServer.say(exchange, 200, "{}");
            } else if (uri.contains("secret")) {
                StubServer.say(exchange, 403, "{\"message\":\"Forbidden\"}");
            } else if (uri.contains("tt=0")) {
                StubServer.say(exchange, 200, HANDSHAKE);
            } else if (uri.contains("tt=15")) {
                isPublished.await();
                StubServer.say(exchange, 200,
                        "{\"t\":{\"t\":\"16\",\"r\":1},\"m\":[{\"c\":\"c\",\"d\":1,\"p\":{\"t\":\"16\"}}]}");
            } else {
                new CountDownLatch(1).await();
            }
        });
    }

    private ManiculeClient client(StubServer server) {
        ManiculeClient client = ManiculeClient.of(server.config().build());
        client.addListener(new Listener() {
            @Override
            public void status(Status status) {
                statuses.add(status);
                events.add(status.category() + " " + status.affectedChannels() + status.affectedChannelGroups());
            }

            @Override
            public void message(MessageEvent message) {
                events.add("message");
            }
        });
        return client;
    }

    private void awaitEvents(int count) {
        await().until(() -> events.size() >= count);
    }

    @Test
    void oneThatGrowsSaysSoOnceTheServerHasAcceptedItAndOneThatDoesNotGrowSaysNothing() throws Exception {
        try (StubServer server = server(); ManiculeClient client = client(server)) {
            client.subscribe("c");
            awaitEvents(1);
            client.subscribe().channels("d").channelGroups("g").execute();
            awaitEvents(2);
            client.subscribe("d");
            assertThat(client.subscribedChannels()).as("this waits for what was called before")
                    .containsExactly("c", "d");
            isPublished.countDown();
            awaitEvents(3);
            assertThat(events).containsExactly("CONNECTED [c][]", "SUBSCRIPTION_CHANGED [c, d][g]", "message");
            assertThat(statuses).allSatisfy(status -> {
                assertThat(status.operation()).isEqualTo(Operation.SUBSCRIBE);
                assertThat(status.isError()).isFalse();
            });
            client.subscribeFrom(17, "d");
            awaitEvents(4);
            client.unsubscribe("d");
            awaitEvents(5);
            assertThat(events.subList(3, 5)).containsExactly("SUBSCRIPTION_CHANGED [c, d][g]", "ACKNOWLEDGMENT [d][]");
        }
    }

    @Test
    void oneThatTheServerDeniesHasNoStatusButTheError() throws Exception {
        try (StubServer server = server(); ManiculeClient client = client(server)) {
            client.subscribe("c");
            awaitEvents(1);
            client.subscribe("secret");
            awaitEvents(2);
            assertThat(events).containsExactly("CONNECTED [c][]", "ACCESS_DENIED [c, secret][]");
            client.unsubscribe("secret");
            awaitEvents(4);
            assertThat(events.subList(2, 4)).containsExactlyInAnyOrder("ACKNOWLEDGMENT [secret][]", "CONNECTED [c][]");
        }
    }
}
