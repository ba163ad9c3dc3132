package dev.manicule.acceptance.hostile;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Attacks by requests that are quickly sent and long worked on. */
final class CostlyRequests {
    private static final String PRESENCE = "/v2/presence/sub-key/" + Target.KEYSET;
    private static final int SCATTERED = 20_000;
    private static final AtomicInteger NEXT = new AtomicInteger();

    private CostlyRequests() {}

    /** A request by its number. */
    @FunctionalInterface
    private interface Paths {
        String of(int number);
    }

    /** Sends one request after the other on each connection. */
    private static void again(Target target, int connections, Paths paths, String... headers)
            throws InterruptedException {
        target.crowd(connections, number -> {
            try (Target.Client client = target.client()) {
                while (target.goesOn()) {
                    if (client.get(paths.of(NEXT.incrementAndGet()), headers).status() != 200) {
                        target.pause(20);
                    }
                }
            }
        });
    }

    /** Streams of as many names as fit, with events on one of the names. */
    static void streamsOfManyNames(Target target) throws Exception {
        Thread.ofPlatform().daemon().start(() -> publishToOne(target));
        target.crowd(60, number -> {
            try (Target.Client client = target.client()) {
                client.write(Http1.request("GET", "/v2/stream/" + Target.KEYSET + "/" + Stores.manyNames(number), null),
                        1);
                client.http().discard();
            }
        });
    }

    private static void publishToOne(Target target) {
        try {
            target.crowd(1, number -> {
                try (Target.Client client = target.client()) {
                    while (target.goesOn()) {
                        target.pause(50);
                        for (int width : new int[]{3, 60}) {
                            client.write(Stores.publish(Stores.numbered(1, 1, width), "1"), 1);
                            var _ = client.read();
                        }
                    }
                }
            });
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    static void compressedHistory(Target target) throws Exception {
        again(target, 4, Stores::largePage, "Accept-Encoding: gzip");
    }

    /** Signatures of nothing, over as much as can be signed, in the form that is tried in the most ways. */
    static void garbageSignatures(Target target) throws Exception {
        String body = Stores.noise(Stores.LARGE, 1);
        target.crowd(12, number -> {
            try (Target.Client client = target.client()) {
                while (target.goesOn()) {
                    var _ = client.post("/publish/" + Target.KEYSET + "/" + Target.KEYSET
                            + "/0/c/0?filter-expr=%41&channel-group=%41&state=%41&x=" + "x".repeat(Stores.LARGE)
                            + "&timestamp=" + System.currentTimeMillis() / 1000
                            + "&signature=v2.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", body);
                }
            }
        });
    }

    /** An event on each of many channels. */
    static void scatter(Target target) throws IOException {
        Stores.send(target, SCATTERED, i -> Stores.publish("a." + i, "1"));
    }

    static void wildcardCatchUps(Target target) throws Exception {
        again(target, 64, number -> "/v2/subscribe/" + Target.KEYSET + "/a.*/0?tt=1");
    }

    /** History of as many channels as may be asked for. */
    static void deepReads(Target target) throws Exception {
        String channels = listed("a.", 0, 500);
        again(target, 64,
                number -> "/v3/history-with-actions/sub-key/" + Target.KEYSET + "/channel/" + channels + "?max=25&x="
                        + number);
    }

    /** Small requests of all kinds, one behind the other on many connections, as fast as they are answered. */
    static void smallRequests(Target target) throws Exception {
        String keyset = Target.KEYSET;
        List<String> kinds = List.of("/time/0", "/nowhere", "/publish/" + keyset + "/" + keyset + "/0/c/0/1?store=0",
                "/v2/subscribe/" + keyset + "/c/0?tt=0", "/v3/history/sub-key/" + keyset + "/channel/c?max=1");
        target.crowd(60, number -> {
            try (Target.Client client = target.client()) {
                ByteArrayOutputStream all = new ByteArrayOutputStream();
                for (int i = 0; i < 500; i++) {
                    all.writeBytes(Http1.request("GET", kinds.get(number % kinds.size()), null));
                }
                Thread.ofPlatform().daemon().stackSize(256 << 10).start(() -> discard(client));
                while (target.goesOn()) {
                    client.write(all.toByteArray(), 500);
                }
            }
        });
    }

    private static void discard(Target.Client client) {
        try {
            client.http().discard();
        } catch (IOException e) {
            // closed
        }
    }

    /** Deletions of everything in as many channels as a request may name. */
    static void deletions(Target target) throws Exception {
        target.crowd(20, number -> {
            try (Target.Client client = target.client()) {
                while (target.goesOn()) {
                    String channels = listed("d" + NEXT.incrementAndGet() + "-", 0, number % 2 == 0 ? 500 : 90);
                    for (int i = 0; i < 8; i++) {
                        client.write(Http1.request("DELETE", "/v3/history/sub-key/" + Target.KEYSET + "/channel/"
                                + channels, null), 1);
                    }
                    for (int i = 0; i < 8; i++) {
                        var _ = client.read();
                    }
                }
            }
        });
    }

    /** So many names, separated by commas. */
    private static String listed(String prefix, int from, int count) {
        return IntStream.range(from, from + count).mapToObj(i -> prefix + i).collect(Collectors.joining(","));
    }

    static void heartbeatsOnManyNames(Target target) throws Exception {
        again(target, 4, number -> PRESENCE + "/channel/" + Stores.names(number, 6_000, 1_900)
                + "/heartbeat?heartbeat=300&uuid=u" + number);
    }

    /** The same by polls, which come and go. */
    static void pollsOnManyNames(Target target) throws Exception {
        again(target, 4, number -> "/v2/subscribe/" + Target.KEYSET + "/" + Stores.names(number, 6_000, 480)
                + "/0?heartbeat=300&uuid=u" + number);
    }

    /** States that change. */
    static void statesOnManyNames(Target target) throws Exception {
        again(target, 4,
                number -> PRESENCE + "/channel/" + Stores.names(number % 2, 6_000, 1_900) + "/uuid/u" + number % 4
                        + "/data?state=%7B%22n%22%3A" + number + "%7D");
    }

    /** Once is enough: a server remembers what was listened to, for those who come back. */
    static void listenToPresence(Target target) throws IOException {
        Stores.send(target, 1, i -> Http1.request("GET",
                "/v2/subscribe/" + Target.KEYSET + "/w.*,w.*-pnpres/0?tt=0", null));
    }

    static void listenedJoins(Target target) throws Exception {
        again(target, 8, number -> PRESENCE + "/channel/" + listened(number % 50) + (number % 2 == 0
                ? "/heartbeat?heartbeat=300"
                : "/leave?x=1") + "&uuid=u" + number / 2);
    }

    static void listenedStates(Target target) throws Exception {
        again(target, 8, number -> PRESENCE + "/channel/" + listened(number % 4) + "/uuid/u" + number % 4
                + "/data?state=%7B%22s%22%3A%22" + "x".repeat(4_000) + number + "%22%7D");
    }

    /** As many channels as a request may name. */
    private static String listened(int part) {
        return listed("w.", part * 480, 480);
    }

    /** Many channels with a member each. */
    static void fillRooms(Target target) throws IOException {
        Stores.send(target, 24, i -> Http1.request("GET", PRESENCE + "/channel/" + Stores.names(i, 6_000, 1_900)
                + "/heartbeat?heartbeat=86400&uuid=u" + i, null));
    }

    static void hereNowEverywhere(Target target) throws Exception {
        again(target, 16, number -> number % 2 == 0
                ? "/v2/presence/sub-key/stranger" + number
                : PRESENCE + "?disable_uuids=1");
    }
}
