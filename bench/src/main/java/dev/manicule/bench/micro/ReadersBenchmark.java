package dev.manicule.bench.micro;

import dev.manicule.server.command.MarkRead;
import dev.manicule.server.ledger.LedgerReader.MarkPage;
import dev.manicule.server.ledger.Transaction;
import dev.manicule.server.model.Channel;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/** A page of a hundred read marks of a channel. */
@SuppressWarnings("NullAway") // the first page has no cursor
public class ReadersBenchmark extends OwnLedger {
    private static final int PAGE = 100;
    private static final int BATCH = 1_000;

    /** How many users have a mark on the channel. */
    @Param({"1000", "100000"})
    private int users;
    /** How many times each mark has moved. */
    @Param({"1", "10"})
    private int moves;

    private final Channel channel = new Channel("demo", "bench");

    @Override
    void fill() {
        timetoken = FIRST + (long) moves * users;
        for (int mark = 0; mark < moves * users; mark += BATCH) {
            Transaction transaction = ledger.transaction();
            for (int i = mark; i < mark + BATCH; i++) {
                apply(new MarkRead(channel, "user" + i % users, FIRST + i, users), MarkRead.Marked.class, transaction);
            }
            ledger.commit(transaction);
        }
        ledger.flush();
    }

    private MarkPage read(long since, boolean isNewestFirst) {
        MarkPage page = ledger.reads().marks(channel, since, null, isNewestFirst, PAGE);
        if (page == null || page.marks().size() != PAGE) {
            throw new IllegalStateException("not the page");
        }
        return page;
    }

    /** The marks that are the furthest. */
    @Benchmark
    public MarkPage furthest() {
        return read(0, true);
    }

    /** The marks at a message or later, the least far first. */
    @Benchmark
    public MarkPage readersOfAMessage() {
        return read(FIRST + (long) moves * users - PAGE * 2, false);
    }
}
