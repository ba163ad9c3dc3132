package dev.manicule.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Read marks that a subscription delivers, and when it requests them. */
@Timeout(60)
class ReadMarkEventsTest {
    private static final String MARK = "{\"c\":\"%s\",\"b\":\"%1$s\",\"e\":100,\"i\":\"bob\",\"p\":{\"t\":\"20\",\"r\":1},"
            + "\"d\":{\"source\":\"read-marks\",\"version\":\"1.0\",\"event\":\"marked\","
            + "\"data\":{\"uuid\":\"bob\",\"timetoken\":\"17\"}}}";
    private static final String MESSAGE = "{\"c\":\"a\",\"b\":\"a\",\"d\":1,\"p\":{\"t\":\"21\"}}";

    private final List<Event> events = new CopyOnWriteArrayList<>();

    /** The first poll of some channels brings a mark of "a", a mark of "b" and a message; later ones wait. */
    private static StubServer server(String channels) throws Exception {
        return new StubServer(exchange -> {
            String uri = exchange.getRequestURI().toString();
            if (uri.contains("tt=0")) {
                StubServer.say(exchange, 200, "{\"t\":{\"t\":\"15\",\"r\":1},\"m\":[]}");
            } else if (uri.startsWith("/v2/subscribe/demo/" + channels + "/0") && uri.contains("tt=15")) {
                StubServer.say(exchange, 200, "{\"t\":{\"t\":\"21\",\"r\":1},\"m\":[" + MARK.formatted("a") + ","
                        + MARK.formatted("b") + "," + MESSAGE + "]}");
            } else if (uri.startsWith("/v2/subscribe")) {
                new CountDownLatch(1).await();
            } else {
                StubServer.say(exchange, 200, "{}");
            }
        });
    }

    private ManiculeClient client(StubServer server) {
        ManiculeClient client = ManiculeClient.of(server.config().build());
        client.addListener(new Listener() {
            @Override
            public void readMark(ReadMarkEvent event) {
                events.add(event);
            }

            @Override
            public void message(MessageEvent message) {
                events.add(message);
            }
        });
        return client;
    }

    /** The subscribe requests, each with its channels and whether it requests marks. */
    private static List<String> polls(StubServer server) {
        return server.requests.stream()
                .filter(request -> request.startsWith("GET /v2/subscribe/demo/"))
                .map(request -> request.replaceFirst("GET /v2/subscribe/demo/(.*)/0\\?.*", "$1")
                        + (request.contains("&read-marks=true") ? " marks" : ""))
                .distinct()
                .toList();
    }

    @Test
    void marksComeOnlyOfTheChannelsThatRequestedThem() throws Exception {
        try (StubServer server = server("b,a"); ManiculeClient client = client(server)) {
            client.subscribe("b");
            client.subscribe().channels("a").withReadMarks().execute();
            await().until(() -> events.size() >= 2);
            assertThat(events.get(0)).isEqualTo(new ReadMarkEvent("a", null, 20, "bob", 17));
            assertThat(events.get(1)).isInstanceOf(MessageEvent.class);
        }
    }

    @Test
    void marksAreRequestedUntilTheLastOfTheirChannelsIsLeft() throws Exception {
        try (StubServer server = server("none"); ManiculeClient client = client(server)) {
            client.subscribe("a", "b", "c");
            await().until(() -> polls(server).contains("a,b,c"));
            client.subscribe().channels("a", "b").withReadMarks().withPresence().timetoken(30).execute();
            client.subscribe("a");
            String all = "a,b,c,a-pnpres,b-pnpres marks";
            await().until(() -> polls(server).contains(all));
            client.unsubscribe("a");
            await().until(() -> polls(server).contains("b,c,b-pnpres marks"));
            client.unsubscribe("b");
            await().until(() -> polls(server).contains("c"));
            client.subscribe("a");
            await().until(() -> polls(server).contains("c,a"));
            client.unsubscribeAll();
            client.subscribe("b");
            await().until(() -> polls(server).contains("b"));
            assertThat(polls(server)).doesNotContain("b marks", "c marks", "c,a marks", "a,b,c marks");
        }
    }

    @Test
    void marksAreEventsOfTheStreamToo() throws Exception {
        try (StubServer server = server("a"); ManiculeClient client = client(server)) {
            List<Event> streamed = new CopyOnWriteArrayList<>();
            client.events().subscribe(new Streamed(streamed));
            client.subscribe().channels("a").withReadMarks().execute();
            await().until(() -> streamed.contains(new ReadMarkEvent("a", null, 20, "bob", 17)));
        }
    }
}
