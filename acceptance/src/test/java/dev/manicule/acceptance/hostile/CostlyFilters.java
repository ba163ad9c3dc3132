package dev.manicule.acceptance.hostile;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Attacks by filter expressions. */
final class CostlyFilters {
    private static final List<String> LONG = List.of("1" + "-1".repeat(16_000) + "==5",
            "1" + "*1".repeat(16_000) + "==5",
            "data==2" + "||data==1".repeat(2_500), "1" + "-1*1+1/1".repeat(3_000) + "==5",
            "1" + "-1".repeat(240) + "==5", "data==2" + "||data==1".repeat(120)); // where their parts are limited

    /** Of searches in a text, where the parts of a filter are limited. */
    private static final int MOST_TERMS = 37;

    private CostlyFilters() {}

    /** Chains without a parenthesis, on the channels of the innocents, so that both have the same events. */
    static void chains(Target target) throws Exception {
        target.crowd(24, number -> {
            try (Target.Client client = target.client()) {
                String filter = LONG.get(number / 2 % LONG.size())
                        .replace("=", "%3D")
                        .replace("+", "%2B")
                        .replace("|", "%7C");
                while (target.goesOn()) {
                    // a little in the future, so that the poll waits for the events
                    long cursor = Long.parseLong(Stores.now(client)) + 2_000_000;
                    Http1.Reply reply = client.get("/v2/subscribe/" + Innocents.KEYSET + "/" + Innocents.CHANNELS
                            + "/0?tt=" + cursor + "&filter-expr=" + filter);
                    if (reply.status() != 200) {
                        target.pause(20);
                    }
                }
            }
        });
    }

    static void storeText(Target target) throws IOException {
        String text = "\"" + "a".repeat(Stores.LARGE) + "\"";
        Stores.send(target, 30, i -> Stores.publish("text", text));
    }

    /** Words that are nearly everywhere in the text and nowhere whole. */
    static void contains(Target target) throws Exception {
        catchUp(target, "data CONTAINS '" + "a".repeat(140) + "b'");
    }

    static void like(Target target) throws Exception {
        catchUp(target, "data LIKE '*" + "a".repeat(140) + "b*'");
    }

    /** Again and again, without waiting for the answers; of some, as many terms as fit, of others as many as are taken. */
    private static void catchUp(Target target, String term) throws InterruptedException {
        target.crowd(6, number -> {
            int terms = number % 3 == 0 ? 18_000 / term.length() : MOST_TERMS;
            String filter = URLEncoder.encode(String.join("||", Collections.nCopies(terms, term)),
                    StandardCharsets.UTF_8);
            try (Target.Client client = target.client()) {
                client.write(Http1.request("GET",
                        "/v2/subscribe/" + Target.KEYSET + "/text/0?tt=1&filter-expr=" + filter, null), 1);
                target.pause(1_000); // and hangs up
            }
        });
    }

    /** On many connections, each another filter, for each event. */
    static void distinct(Target target) throws Exception {
        Thread.ofPlatform().daemon().start(() -> publish(target));
        target.crowd(300, number -> {
            try (Target.Client client = target.client()) {
                String sum = "(" + number + "-1".repeat(140) + ")==data";
                List<String> terms = new ArrayList<>();
                int most = number % 3 == 0 ? 650 : 24_000; // a third of them with few parts, where those are limited
                for (int bytes = 0; bytes < most; bytes += sum.length() + 8) {
                    terms.add(sum);
                }
                String filter = String.join("||", terms).replace("=", "%3D").replace("|", "%7C");
                var _ = client.get("/v2/subscribe/" + Target.KEYSET + "/sums/0?tt=" + Stores.now(client)
                        + "&filter-expr=" + filter);
                target.pause(100);
            }
        });
    }

    private static void publish(Target target) {
        try {
            target.crowd(2, number -> {
                try (Target.Client client = target.client()) {
                    while (target.goesOn()) {
                        client.write(Stores.publish("sums", "\"x\""), 1);
                        var _ = client.read();
                        target.pause(20);
                    }
                }
            });
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
