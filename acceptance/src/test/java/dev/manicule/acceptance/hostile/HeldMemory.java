package dev.manicule.acceptance.hostile;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Attacks that have the server keep much for little. */
final class HeldMemory {
    private static final String PRESENCE = "/v2/presence/sub-key/" + Target.KEYSET + "/channel/";
    private static final int NAMES_A_GROUP = 2_000;

    private HeldMemory() {}

    static void storeActions(Target target) throws IOException {
        Stores.largeActions(target, "heavy", 1_800, Stores.LARGE, Stores.LARGE);
        for (int message = 0; message < 8; message++) { // where values and what a message has together are limited
            Stores.largeActions(target, "heavy", 500, 15_000, 60);
        }
    }

    /** Asks for the actions of one message, in each of the ways there are. */
    static void readActions(Target target) throws Exception {
        target.crowd(4, number -> {
            try (Target.Client client = target.client()) {
                while (target.goesOn()) {
                    client.write(Http1.request("GET", number % 2 == 0
                            ? "/v3/history-with-actions/sub-key/" + Target.KEYSET + "/channel/heavy?max=25"
                            : "/v1/message-actions/" + Target.KEYSET + "/channel/heavy?limit=1000", null), 1);
                    var _ = client.read();
                }
            }
        });
    }

    /** Members with long names that are gone as soon as they have come. */
    static void comeAndGo(Target target) throws Exception {
        AtomicInteger next = new AtomicInteger();
        String uuid = "u".repeat(Stores.LARGE);
        target.crowd(4, number -> {
            while (target.goesOn()) {
                int from = next.getAndAdd(8);
                Stores.send(target, 16, i -> {
                    String visit = i < 8 ? "c/heartbeat?heartbeat=86400&" : "c/leave?";
                    return Http1.request("GET", PRESENCE + visit + "uuid=" + (from + i % 8) + uuid, null);
                });
            }
        });
    }

    /** Members of many channels that are gone as soon as they have come. */
    static void comeAndGoEverywhere(Target target) throws Exception {
        AtomicInteger next = new AtomicInteger();
        target.crowd(2, number -> {
            try (Target.Client client = target.client()) {
                while (target.goesOn()) {
                    int turn = next.incrementAndGet();
                    comeAndGo(client, Stores.names(turn, 6_000, 1_900), "u" + turn);
                }
            }
        });
    }

    private static void comeAndGo(Target.Client client, String channels, String uuid) throws IOException {
        var _ = client.get(PRESENCE + channels + "/heartbeat?heartbeat=86400&uuid=" + uuid);
        var _ = client.get(PRESENCE + channels + "/leave?uuid=" + uuid);
    }

    static void groups(Target target) throws Exception {
        AtomicInteger next = new AtomicInteger();
        target.crowd(4, number -> {
            try (Target.Client client = target.client()) {
                while (target.goesOn()) {
                    int group = next.incrementAndGet();
                    var _ = client.get("/v1/channel-registration/sub-key/" + Target.KEYSET + "/channel-group/g" + group
                            + "?add=" + (group % 2 == 0
                                    ? Stores.numbered(group * NAMES_A_GROUP, NAMES_A_GROUP, 14)
                                    : Stores.numbered(group * NAMES_A_GROUP, 480, 60)));
                }
            }
        });
    }

    /** The same token, written in ever other ways. */
    static void spellings(Target target) throws Exception {
        AtomicInteger next = new AtomicInteger();
        target.crowd(4, number -> {
            try (Target.Client client = target.client()) {
                while (target.goesOn()) {
                    String padding = "%3D".repeat(next.incrementAndGet() % 8_000);
                    var _ = client.get("/v3/history/sub-key/" + Target.KEYSET + "/channel/room-1?auth=" + target.token()
                            + padding);
                }
            }
        });
    }

    /** Messages that are small as text and large as trees, and a filter for which they are made trees. */
    static void trees(Target target) throws Exception {
        String message = "[" + "{},".repeat(10_000) + "{}]";
        Thread.ofPlatform().daemon().start(() -> listen(target));
        target.crowd(2, number -> {
            try (Target.Client client = target.client()) {
                while (target.goesOn()) {
                    client.write(Stores.publish("trees", message), 1);
                    var _ = client.read();
                    target.pause(5);
                }
            }
        });
    }

    private static void listen(Target target) {
        try {
            target.crowd(4, number -> {
                try (Target.Client client = target.client()) {
                    String cursor = Stores.now(client);
                    while (target.goesOn()) {
                        cursor = client.get("/v2/subscribe/" + Target.KEYSET + "/trees/0?tt=" + cursor
                                + "&filter-expr=data%3D%3D1")
                                .text()
                                .replaceAll("(?s)\\{\"t\":\\{\"t\":\"(\\d+).*", "$1");
                    }
                }
            });
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Requests as large as they may be, behind a poll that is not answered. */
    static void pipelines(Target target) throws Exception {
        byte[] request = Http1.request("POST", "/publish/" + Target.KEYSET + "/" + Target.KEYSET + "/0/c/0?x="
                + "x".repeat(Stores.LARGE), Stores.noise(Stores.LARGE, 1));
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(Http1.request("GET", "/v2/subscribe/" + Target.KEYSET + "/quiet/0?tt=99999999999999999", null));
        for (int i = 0; i < 15; i++) {
            all.writeBytes(request);
        }
        byte[] pipeline = all.toByteArray();
        target.crowd(300, number -> {
            try (Target.Client client = target.client()) {
                client.write(pipeline, 16);
                var _ = client.read();
            }
        });
    }

    /** Polls of as many names as fit. */
    static void namesOfPolls(Target target) throws Exception {
        target.crowd(300, number -> {
            try (Target.Client client = target.client()) {
                var _ = client.get("/v2/subscribe/" + Target.KEYSET + "/" + Stores.manyNames(number)
                        + "/0?tt=99999999999999999");
            }
        });
    }

    /** Heads of requests that come to their last line and no further. */
    static void unfinishedHeads(Target target) throws Exception {
        connections(target, 1_200, false);
    }

    /** Connections that stay open after a request with a large head, which was answered. */
    static void idleAfterLargeHeads(Target target) throws Exception {
        connections(target, 1_200, true);
    }

    private static void connections(Target target, int count, boolean isEnded) throws InterruptedException {
        byte[] head = Http1.request("GET", "/time/0?x=" + "x".repeat(Stores.LARGE), null, "X: " + "y".repeat(14_000));
        byte[] sent = isEnded ? head : Arrays.copyOf(head, head.length - 2);
        target.crowd(12, number -> {
            List<Target.Client> held = new ArrayList<>();
            try {
                while (target.goesOn() && held.size() < count / 12) {
                    Target.Client client = target.client();
                    held.add(client);
                    client.write(sent, 1);
                    if (isEnded) {
                        var _ = client.read();
                    }
                }
                target.hold();
            } finally {
                for (Target.Client client : held) {
                    client.close();
                }
            }
        });
    }

    /** One message with as many small actions as it may have, of users with names as long as they may be. */
    static void storeManyActions(Target target) throws IOException {
        Stores.largeActions(target, "many", 20_000, 10, 70);
    }

    static void readManyActions(Target target) throws Exception {
        target.crowd(40, number -> {
            try (Target.Client client = target.client()) {
                while (target.goesOn()) {
                    client.write(Http1.request("GET", "/v3/history-with-actions/sub-key/" + Target.KEYSET
                            + "/channel/many?max=25", null), 1);
                    var _ = client.read();
                }
            }
        });
    }
}
