package dev.manicule.bench.micro;

import dev.manicule.server.command.AddAction;
import dev.manicule.server.ledger.LedgerReader.ActionPage;
import dev.manicule.server.ledger.Transaction;
import dev.manicule.server.model.Channel;
import dev.manicule.server.model.Range;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/** The ledger by itself: batches of adds, synced, and pages of the newest actions. */
public class LedgerBenchmark extends OwnLedger {
    private static final int STORED = 100_000;

    /** How many adds share a sync. */
    @Param({"1", "64", "256"})
    private int batch;

    private final Channel channel = new Channel("demo", "bench");

    @Override
    void fill() {
        for (int i = 0; i < STORED / 1000; i++) {
            add(1000);
        }
    }

    private void add(int count) {
        Transaction transaction = ledger.transaction();
        for (int i = 0; i < count; i++) {
            apply(new AddAction(channel, FIRST + timetoken / 1000, "reaction", "smile", "u" + timetoken),
                    AddAction.Added.class, transaction);
        }
        ledger.commit(transaction);
    }

    /** A batch: applied, committed, synced. */
    @Benchmark
    public void adds() {
        add(batch);
    }

    /** As many of the newest actions as the batch is large. */
    @Benchmark
    public ActionPage newest() {
        return ledger.reads().actions(channel, Range.ALL, batch, 1 << 20);
    }
}
