package dev.manicule.bench.micro;

import dev.manicule.server.command.AddAction;
import dev.manicule.server.ledger.LedgerReader.SummaryPage;
import dev.manicule.server.ledger.Transaction;
import dev.manicule.server.model.Channel;
import java.util.List;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/** Summaries of a hundred messages with a thousand actions each. */
public class SummaryBenchmark extends OwnLedger {
    private static final int MESSAGES = 100;
    private static final int ACTIONS = 1_000;

    /** How many values the actions of a message have. */
    @Param({"1", "5"})
    private int values;

    private final Channel channel = new Channel("demo", "bench");
    private final List<Long> messages = LongStream.range(FIRST, FIRST + MESSAGES).boxed().toList();

    @Override
    void fill() {
        timetoken = FIRST + MESSAGES;
        for (int action = 0; action < ACTIONS; action++) {
            Transaction transaction = ledger.transaction();
            for (long message : messages) {
                apply(new AddAction(channel, message, "reaction", "value" + action % values, "user" + action),
                        AddAction.Added.class, transaction);
            }
            ledger.commit(transaction);
        }
        ledger.flush();
    }

    private SummaryPage read(@Nullable String reader) {
        SummaryPage page = ledger.reads().summaries(channel, messages, reader, Integer.MAX_VALUE);
        if (page.summaries().size() != MESSAGES
                || page.summaries().getFirst().tallies().getFirst().count() != ACTIONS / values) {
            throw new IllegalStateException("not the sums");
        }
        return page;
    }

    /** Counts and first users. */
    @Benchmark
    public SummaryPage counts() {
        return read(null);
    }

    /** The same, with the reader's own actions. */
    @Benchmark
    public SummaryPage withMine() {
        return read("user500");
    }
}
