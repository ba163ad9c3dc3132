package dev.manicule.server.push;

import static org.assertj.core.api.Assertions.assertThat;

import dev.manicule.server.command.Command;
import dev.manicule.server.command.Outcome;
import dev.manicule.server.command.Unavailable;
import dev.manicule.server.journal.Journal;
import dev.manicule.server.ledger.LedgerModel;
import dev.manicule.server.limits.Client;
import dev.manicule.server.model.Timetoken;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** One node at a time reads the feed for a gateway, whatever happens to the others. */
class FeedLeaseTest {
    private final LedgerModel model = new LedgerModel();
    private long timetoken = 1_000_000_000;
    private long nanos;
    private boolean isLogAway;

    private void pass(Duration time) {
        nanos += time.toNanos();
        timetoken += Timetoken.steps(time);
    }

    /** A lease of a node of a cluster. */
    private FeedLease lease(long node) {
        return new FeedLease(new ModelJournal(), "push/fcm", node, true, () -> nanos);
    }

    @Test
    void readerBeginsAtThePresentAndGoesOnWhereItWas() throws Exception {
        FeedLease lease = lease(1);
        assertThat(lease.isHeld()).isFalse();
        assertThat(lease.take()).isTrue();
        assertThat(lease.upTo()).isEqualTo(timetoken);
        long done = timetoken + 5;
        pass(Duration.ofSeconds(4));
        lease.keep(done);
        FeedLease afterRestart = lease(1);
        assertThat(afterRestart.take()).isTrue();
        assertThat(afterRestart.upTo()).isEqualTo(done);
    }

    @Test
    void onlyOneNodeHoldsIt() throws Exception {
        FeedLease first = lease(1);
        FeedLease second = lease(2);
        assertThat(first.take()).isTrue();
        for (int passed = 0; passed < 30; passed++) {
            pass(Duration.ofSeconds(1));
            first.keep(0);
            assertThat(first.isHeld()).isTrue();
            assertThat(second.take()).isFalse();
            assertThat(second.isHeld()).isFalse();
        }
    }

    @Test
    void nodeThatIsCutOffStopsBeforeAnotherBegins() throws Exception {
        FeedLease first = lease(1);
        FeedLease second = lease(2);
        assertThat(first.take()).isTrue();
        long done = timetoken + 7;
        pass(Duration.ofSeconds(2));
        first.keep(done);
        int seconds = 0;
        while (!second.take()) {
            pass(Duration.ofSeconds(1));
            seconds++;
        }
        assertThat(seconds).isBetween(15, 20);
        assertThat(first.isHeld()).isFalse();
        assertThat(second.upTo()).isEqualTo(done);
        assertThat(first.take()).isFalse();
    }

    @Test
    void logThatTakesNoWritesEndsTheTrustInALease() throws Exception {
        FeedLease lease = lease(1);
        assertThat(lease.take()).isTrue();
        isLogAway = true;
        pass(Duration.ofSeconds(6));
        lease.keep(timetoken);
        assertThat(lease.isHeld()).isTrue();
        pass(Duration.ofSeconds(6));
        lease.keep(timetoken);
        assertThat(lease.isHeld()).isFalse();
        isLogAway = false;
        assertThat(lease.take()).isTrue();
    }

    @Test
    void onlyNodeKeepsItWithoutWritesUntilThereIsProgress() throws Exception {
        FeedLease lease = new FeedLease(new ModelJournal(), "push/fcm", 0, false, () -> nanos);
        assertThat(lease.take()).isTrue();
        long before = timetoken;
        nanos += Duration.ofHours(1).toNanos();
        lease.keep(lease.upTo());
        assertThat(lease.isHeld()).isTrue();
        assertThat(timetoken).isEqualTo(before);
        lease.keep(before + 1);
        assertThat(timetoken).isGreaterThan(before);
    }

    /** Decides by the model of the ledger, at once. */
    private final class ModelJournal implements Journal {
        @Override
        public <O extends Outcome> void submit(Client client, Command<O> command, Consumer<? super O> whenDecided) {
            submit(command, whenDecided);
        }

        @SuppressWarnings("unchecked") // a command leads to its outcomes, and to Unavailable
        @Override
        public <O extends Outcome> void submit(Command<O> command, Consumer<? super O> whenDecided) {
            Outcome outcome = isLogAway
                    ? new Unavailable("The log is away.", false)
                    : model.apply(command, ++timetoken);
            whenDecided.accept((O) outcome);
        }

        @Override
        public boolean isPresent(Consumer<@Nullable Unavailable> action) {
            return true;
        }

        @Override
        public long position() {
            return timetoken;
        }

        @Override
        public int waiting() {
            return 0;
        }

        @Override
        public @Nullable String fault() {
            return null;
        }

        @Override
        public void refuse(String reason) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void askFor(int rules) {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean isAlive() {
            return true;
        }

        @Override
        public void close() {
            // nothing is open
        }
    }
}
