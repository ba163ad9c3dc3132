package dev.manicule.server.presence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.manicule.server.command.ChangePresence;
import dev.manicule.server.command.Command;
import dev.manicule.server.command.PresenceChange;
import dev.manicule.server.command.Outcome;
import dev.manicule.server.command.Unavailable;
import dev.manicule.server.journal.Journal;
import dev.manicule.server.journal.JournalOfATest;
import dev.manicule.server.limits.Budget;
import dev.manicule.server.limits.Client;
import dev.manicule.server.limits.Limit;
import dev.manicule.server.limits.Limits;
import dev.manicule.server.limits.Resource;
import dev.manicule.server.model.Channel;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The thread, with a journal that decides when the test says so. */
class PresenceServiceTest {
    private static final long NODE = 1;
    private static final long MINUTE = 60_000_000_000L;

    private record Submitted(ChangePresence command, Consumer<? super ChangePresence.Outcome> whenDecided) {
        void done() {
            whenDecided.accept(new ChangePresence.PresenceChanged(1));
        }
    }

    private final BlockingQueue<Submitted> submitted = new LinkedBlockingQueue<>();
    private final Limits limits = new Limits(Map.of(Limit.TASKS_WAITING, 3_000L));
    private final Budget budget = new Budget(limits);
    private final Client attacker = from("192.0.2.1");
    private final Client innocent = from("192.0.2.2");
    private final PresenceService thread = new PresenceService(journal(), NODE, channel -> true,
            (group, channel) -> true,
            System::nanoTime,
            new PresenceSettings(1_000, Duration.ofSeconds(1)), limits);

    private Journal journal() {
        return new JournalOfATest() {
            @Override
            @SuppressWarnings("unchecked") // there are no other commands
            public <O extends Outcome> void submit(Command<O> command, Consumer<? super O> whenDecided) {
                submitted.add(new Submitted((ChangePresence) command, outcome -> whenDecided.accept((O) outcome)));
            }
        };
    }

    @BeforeEach
    void start() {
        thread.start();
    }

    private Client from(String address) {
        return budget.connection(InetAddress.ofLiteral(address)).of("demo");
    }

    @AfterEach
    void close() {
        thread.close();
    }

    private boolean beat(Client client, String uuid, List<String> channels, Runnable end) {
        return thread.submit(client, 1, new ChannelWork<>(who -> channels,
                (who, channel, now) -> who.heartbeat(Holder.of(client), "demo", uuid, channel, null, MINUTE, null, now),
                (who, now) -> end.run()));
    }

    private static List<String> channels(String name, int count) {
        return IntStream.range(0, count).mapToObj(i -> name + i).toList();
    }

    private Submitted next() throws InterruptedException {
        Submitted next = submitted.poll(10, TimeUnit.SECONDS);
        assertThat(next).isNotNull();
        return next;
    }

    @Test
    void multiChannelRequestIsOneCommand() throws Exception {
        CountDownLatch done = new CountDownLatch(1);
        beat(innocent, "alice", channels("c", 500), done::countDown);
        assertThat(next().command().changes()).hasSize(500);
        assertThat(done.await(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void oneCommandRunsAtATime() throws Exception {
        CountDownLatch done = new CountDownLatch(1);
        beat(attacker, "mallory", channels("c", 2_000), done::countDown);
        Submitted first = next();
        assertThat(submitted.poll(300, TimeUnit.MILLISECONDS)).as("while it is decided").isNull();
        assertThat(done.getCount()).as("clients wait for the journal").isEqualTo(1);
        assertThat(thread.members()).isBetween(500, 1_500);
        int announced = 0;
        for (Submitted each = first; announced < 2_000; each = next()) {
            announced += each.command().changes().size();
            assertThat(each.command().changes()).hasSizeLessThanOrEqualTo(750);
            each.done();
            if (announced == 2_000) {
                break;
            }
        }
        assertThat(done.await(10, TimeUnit.SECONDS)).isTrue();
    }

    /** With turns alone, each of the innocent's small requests would wait for a slice of the attacker's large ones. */
    @Test
    void clientsGetEqualSharesDespiteCostlyRequests() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        thread.submit(attacker, 1, (who, now) -> {
            begun.countDown();
            await().until(() -> go.getCount() == 0);
            return false;
        });
        begun.await();
        List<String> order = new CopyOnWriteArrayList<>(); // it is counted while it grows
        for (int i = 0; i < 50; i++) {
            beat(attacker, "mallory" + i, channels("c", 1_000), () -> order.add("attacker"));
        }
        for (int i = 0; i < 50; i++) {
            beat(innocent, "alice" + i, List.of("a"), () -> order.add("innocent"));
        }
        go.countDown();
        while (Collections.frequency(order, "innocent") < 50) {
            Submitted each = submitted.poll(10, TimeUnit.MILLISECONDS);
            if (each != null) {
                each.done();
            }
        }
        assertThat(Collections.frequency(order, "attacker")).isLessThanOrEqualTo(1);
    }

    @Test
    void waitingWorkIsBoundedPerClient() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        thread.submit(attacker, 1, (who, now) -> {
            await().until(() -> go.getCount() == 0);
            return false;
        });
        int accepted = 0;
        while (accepted < 10_000 && beat(attacker.withoutConnection(), "mallory", List.of("c"), () -> {})) {
            accepted++;
        }
        assertThat(accepted).isBetween(1_500, 2_100);
        assertThat(beat(innocent, "alice", List.of("a"), () -> {})).isTrue();
        go.countDown();
        await().until(() -> budget.used(Resource.TASKS) == 0);
    }

    /** In one address and keyset: over all of its connections, and also where the first work has to be done in slices. */
    @Test
    void workOfAClientStaysInOrder() throws Exception {
        CountDownLatch done = new CountDownLatch(1);
        List<String> channels = channels("c", 2_000);
        beat(innocent, "alice", channels, () -> {});
        thread.submit(from("192.0.2.2"), 1, new ChannelWork<>(who -> channels,
                (who, channel, now) -> who.leave("demo", "alice", channel, null, now), (who, now) -> done.countDown()));
        while (!done.await(1, TimeUnit.MILLISECONDS)) {
            Submitted each = submitted.poll();
            if (each != null) {
                each.done();
            }
        }
        await().until(() -> thread.members() == 0);
    }

    @Test
    void refusingJournalDelaysNoHeartbeat() throws Exception {
        CountDownLatch done = new CountDownLatch(1);
        beat(innocent, "alice", channels("c", 2_000), done::countDown);
        Submitted first = next();
        first.whenDecided().accept(new Unavailable("as the test asks", false));
        assertThat(done.await(10, TimeUnit.SECONDS)).isTrue();
        await().until(() -> thread.members() == 2_000);
        Submitted again = next();
        assertThat(again.command()).isEqualTo(first.command());
        again.done();
        assertThat(next().command().changes()).as("what was gathered meanwhile").isNotEmpty();
    }

    @Test
    void readSeesItsClientsEarlierWork() throws Exception {
        CountDownLatch read = new CountDownLatch(1);
        beat(innocent, "alice", List.of("a"), () -> {});
        assertThat(thread.whenReported(innocent, 1, read::countDown)).isTrue();
        Submitted join = next();
        assertThat(read.await(300, TimeUnit.MILLISECONDS)).as("before it is decided").isFalse();
        assertThat(budget.used(Resource.TASKS)).isEqualTo(1);
        join.done();
        assertThat(read.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(budget.used(Resource.TASKS)).isZero();
    }

    @Test
    void throwingTaskDoesNotEndTheThread() throws Exception {
        CountDownLatch done = new CountDownLatch(1);
        thread.submit(attacker, 1, (who, now) -> {
            throw new StackOverflowError("as the test asks");
        });
        beat(attacker, "alice", List.of("a"), done::countDown);
        assertThat(done.await(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void pendingReportsAreSubmittedAtClose() throws Exception {
        beat(innocent, "alice", List.of("a"), () -> {});
        next(); // and it is not decided
        CountDownLatch done = new CountDownLatch(1);
        thread.submitEnd(innocent, (who, now) -> {
            who.leave("demo", "alice", "a", null, now);
            done.countDown();
        });
        done.await();
        thread.close();
        assertThat(next().command().changes().getLast()).isEqualTo(
                new PresenceChange.Leave(new Channel("demo", "a"), "alice", false, true));
    }
}
