package dev.manicule.bench.compare;

import dev.manicule.bench.load.SubscriberPool;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The ways to wait for events. */
enum Waiting {
    /** A request that gets its response when there is an event, and is sent again. */
    POLLS("long polls", ""),
    /** Server-sent events. */
    EVENTS("server-sent event streams", "Accept: text/event-stream\r\n"),
    /** A WebSocket. */
    WEBSOCKETS("WebSockets", "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
            + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n");

    private static final Pattern CURSOR = Pattern.compile("(\\d{17})");

    private final String title;
    private final String fields;

    Waiting(String title, String fields) {
        this.title = title;
        this.fields = fields;
    }

    String title() {
        return title;
    }

    String shortName() {
        return name().toLowerCase(Locale.ROOT);
    }

    private String get(String target) {
        return "GET " + target + " HTTP/1.1\r\nHost: localhost\r\n" + fields + "\r\n";
    }

    private static String post(String target, String body) {
        return "POST " + target + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: "
                + body.length() + "\r\n\r\n" + body;
    }

    /** Manicule: each subscriber is another user. */
    SubscribeDialect ofManicule() {
        return new SubscribeDialect() {
            @Override
            public boolean again() {
                return Waiting.this == POLLS;
            }

            @Override
            public String cursor(int port) throws IOException, InterruptedException {
                try (HttpClient client = HttpClient.newHttpClient()) {
                    URI time = URI.create("http://127.0.0.1:" + port + "/time/0");
                    Matcher cursor = CURSOR.matcher(
                            client.send(HttpRequest.newBuilder(time).build(), HttpResponse.BodyHandlers.ofString())
                                    .body());
                    if (!cursor.find()) {
                        throw new IOException("no time from Manicule");
                    }
                    return cursor.group(1);
                }
            }

            @Override
            public String request(int number, String cursor) {
                return get(Waiting.this == POLLS
                        ? "/v2/subscribe/demo/bench/0?uuid=user-" + number + "&tt=" + cursor
                        : "/v2/stream/demo/bench?uuid=user-" + number + "&tt=" + cursor);
            }

            @Override
            public String publish(String text) {
                return post("/publish/demo/demo/0/bench", '"' + text + '"');
            }
        };
    }

    /** Nchan, which knows no users. */
    SubscribeDialect ofNchan() {
        return new SubscribeDialect() {
            @Override
            public boolean again() {
                return Waiting.this == POLLS;
            }

            @Override
            public String cursor(int port) {
                return "";
            }

            @Override
            public String request(int number, String cursor) {
                return get("/subscribe?id=bench");
            }

            @Override
            public String publish(String text) {
                return post("/publish?id=bench", '"' + text + '"');
            }
        };
    }

    /** Subscribers that all have sent their requests and wait quietly. */
    static void gather(SubscriberPool pool, SubscribeDialect dialect, int port)
            throws IOException, InterruptedException {
        String cursor = dialect.cursor(port);
        pool.ask(number -> dialect.request(number, cursor));
    }
}
