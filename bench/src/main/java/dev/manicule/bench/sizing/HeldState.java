package dev.manicule.bench.sizing;

import dev.manicule.bench.load.ClosedLoop;
import dev.manicule.bench.peer.Machine;
import dev.manicule.client.ManiculeClient;
import dev.manicule.client.Permission;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The memory and the disk that members of channels, channels, groups, revoked tokens and keysets take. */
final class HeldState {
    private static final int IN_FLIGHT = 64;
    private static final int CHANNELS_OF_A_GROUP = 10;
    private static final int SEED = 10;

    private final Machine machine;
    private final SizingRun run;
    private final Consumer<String> progress;
    private final SampleText text = new SampleText(SEED);
    private final List<List<String>> rows = new ArrayList<>();

    HeldState(Machine machine, SizingRun run, Consumer<String> progress) {
        this.machine = machine;
        this.run = run;
        this.progress = progress;
    }

    /** Makes so many of something on a server, numbered from the first. */
    private interface Making {
        void make(MeasuredServer server, int first, int count) throws IOException;
    }

    /** Measures all of them. */
    List<SizingTable> tables() throws IOException, InterruptedException {
        int held = run.held();
        measure("presence member: a uuid on a channel", held, "", "manicule_presence_members",
                requests(number -> "/v2/presence/sub-key/demo/channel/" + text.channel(number)
                        + "/heartbeat?heartbeat=300&uuid=" + text.hex(36)));
        measure("channel with one message of 100 bytes", held, "", null, (server, first, count) -> {
            ClosedLoop.Result _ = ClosedLoop.httpCount(server.port(), IN_FLIGHT, count, out -> Http.post(out,
                    "/publish/demo/demo/0/room." + text.hex(16) + "?uuid=" + text.user(), text.message(100)));
        });
        measure("channel group of %d channels".formatted(CHANNELS_OF_A_GROUP), held / CHANNELS_OF_A_GROUP, "", null,
                requests(number -> "/v1/channel-registration/sub-key/demo/channel-group/user." + text.hex(16) + "?add="
                        + channels(number * 7)));
        measure("revoked token, until it would have expired", run.connections(), HeldSubscribers.KEYSET, null,
                HeldState::revoke);
        keysets();
        return List.of(new SizingTable("Memory and disk, in bytes for each:",
                List.of("what", "how many", "heap", "outside the heap", "tables, compacted"), rows));
    }

    private String channels(int first) {
        List<String> channels = new ArrayList<>();
        for (int i = 0; i < CHANNELS_OF_A_GROUP; i++) {
            channels.add(text.channel(first + i));
        }
        return String.join(",", channels);
    }

    /** The target of the request of a number. */
    private interface Target {
        String of(int number);
    }

    private static Making requests(Target target) {
        return (server, first, count) -> {
            AtomicInteger number = new AtomicInteger(first);
            ClosedLoop.Result _ = ClosedLoop.httpCount(server.port(), IN_FLIGHT, count,
                    out -> Http.get(out, target.of(number.getAndIncrement())));
        };
    }

    private static void revoke(MeasuredServer server, int first, int count) {
        try (ManiculeClient admin = HeldSubscribers.admin(server)) {
            for (int number = first; number < first + count; number++) {
                String token = admin.grantToken(60)
                        .channel("room." + number, Permission.READ)
                        .sync()
                        .orThrow()
                        .token();
                admin.revokeToken(token).sync().orThrow();
            }
        }
    }

    private void measure(String name, int count, String configuration, @Nullable String counter,
            Making making) throws IOException, InterruptedException {
        progress.accept("%,d times: %s".formatted(count, name));
        int before = Math.max(count / 10, 1);
        try (MeasuredServer server = MeasuredServer.start(machine, run, false, configuration)) {
            making.make(server, 0, before);
            ProcessSize few = server.size();
            making.make(server, before, count);
            ProcessSize many = server.size();
            if (counter != null && server.metric(counter) != before + count) {
                throw new IOException("%s is %d, not %d".formatted(counter, server.metric(counter), before + count));
            }
            rows.add(List.of(name, "%,d".formatted(count),
                    SizingTable.number((double) (many.heap() - few.heap()) / count),
                    SizingTable.number((double) (many.outside() - few.outside()) / count),
                    SizingTable.number((double) server.stopAndCompact().all() / (before + count))));
        }
    }

    /** Those of a configuration are there from the start: two servers differ by them. */
    private void keysets() throws IOException, InterruptedException {
        int count = run.connections();
        progress.accept("%,d times: keyset".formatted(count));
        ProcessSize one = started(1);
        ProcessSize all = started(count + 1);
        rows.add(List.of("keyset with a secret key", "%,d".formatted(count),
                SizingTable.number((double) (all.heap() - one.heap()) / count),
                SizingTable.number((double) (all.outside() - one.outside()) / count), "0"));
    }

    private ProcessSize started(int keysets) throws IOException, InterruptedException {
        StringBuilder lines = new StringBuilder("keysets:\n");
        for (int keyset = 0; keyset < keysets; keyset++) {
            String name = text.hex(32);
            lines.append("  - {subscribeKey: sub-c-%s, publishKey: pub-c-%s, secretKey: k%s, accessManager: true}%n"
                    .formatted(name, name, text.hex(40)));
        }
        try (MeasuredServer server = MeasuredServer.start(machine, run, false, lines.toString())) {
            return server.size();
        }
    }
}
