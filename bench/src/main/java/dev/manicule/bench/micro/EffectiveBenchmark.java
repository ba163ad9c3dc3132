package dev.manicule.bench.micro;

import dev.manicule.bench.peer.WorkFolders;
import dev.manicule.server.command.AddAction;
import dev.manicule.server.command.Command;
import dev.manicule.server.command.Publish;
import dev.manicule.server.json.Json;
import dev.manicule.server.ledger.Ledger;
import dev.manicule.server.ledger.LedgerReader.MessagePage;
import dev.manicule.server.ledger.LedgerReader.WithActions;
import dev.manicule.server.ledger.Transaction;
import dev.manicule.server.model.Channel;
import dev.manicule.server.model.Range;
import dev.manicule.server.model.Revision;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** A page of a hundred messages with a thousand actions each, as published and as they are now. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(value = 1, jvmArgsAppend = {"--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow",
        "-XX:+UseSerialGC", "-XX:+UseCompactObjectHeaders"})
@SuppressWarnings("NullAway.Init") // JMH sets the fields
public class EffectiveBenchmark {
    private static final int MESSAGES = 100;
    private static final int ACTIONS = 1_000;
    private static final long FIRST = 17_000_000_000_000_000L;

    /** How many edits of its publisher each message has. */
    @Param({"0", "1", "10"})
    private int edits;

    private final Channel channel = new Channel("demo", "bench");
    private Path folder;
    private Ledger ledger;

    /** Opens a ledger with messages and actions in it. */
    @Setup
    public void open() throws Exception {
        folder = WorkFolders.make("effective");
        ledger = Ledger.open(folder.resolve("data"));
        long timetoken = FIRST;
        Json payload = new Json("{\"type\":\"text\",\"text\":\"See you on Munday\"}".getBytes(StandardCharsets.UTF_8));
        Transaction transaction = ledger.transaction();
        for (int message = 0; message < MESSAGES; message++) {
            apply(new Publish(channel, payload, null, "publisher", null, null, null, Publish.Delivery.STORED),
                    timetoken++, transaction);
        }
        ledger.commit(transaction);
        for (int action = 0; action < ACTIONS; action++) {
            transaction = ledger.transaction();
            for (long message = FIRST; message < FIRST + MESSAGES; message++) {
                boolean isEdit = action < edits;
                apply(new AddAction(channel, message, isEdit ? "edit" : "reaction", "value" + (isEdit ? action : 0),
                        isEdit ? "publisher" : "user" + action), timetoken++, transaction);
            }
            ledger.commit(transaction);
        }
        ledger.flush();
    }

    private void apply(Command<?> command, long timetoken, Transaction transaction) {
        Object outcome = ledger.apply(command, timetoken, transaction);
        if (!(outcome instanceof Publish.Published || outcome instanceof AddAction.Added)) {
            throw new IllegalStateException("not applied: " + outcome);
        }
    }

    /** Closes it. */
    @TearDown
    public void close() {
        ledger.close();
        WorkFolders.delete(folder);
    }

    private MessagePage read(Revision.@Nullable Authority revisedBy) {
        MessagePage page = ledger.reads()
                .messages(channel, Range.ALL, MESSAGES, new WithActions(false, false, null, revisedBy),
                        Integer.MAX_VALUE);
        if (page.messages().size() != MESSAGES
                || (page.messages().getFirst().on().revision() != null) != (revisedBy != null && edits > 0)) {
            throw new IllegalStateException("not the page");
        }
        return page;
    }

    /** The messages alone. */
    @Benchmark
    public MessagePage asPublished() {
        return read(null);
    }

    /** With the edits of their publisher. */
    @Benchmark
    public MessagePage asTheyAreNow() {
        return read(new Revision.Authority(false, false));
    }
}
