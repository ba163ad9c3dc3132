package dev.manicule.server.presence;

import static org.assertj.core.api.Assertions.assertThat;

import dev.manicule.server.command.ChangePresence;
import dev.manicule.server.command.Command;
import dev.manicule.server.command.Outcome;
import dev.manicule.server.command.PresenceChange;
import dev.manicule.server.command.Unavailable;
import dev.manicule.server.journal.JournalOfATest;
import dev.manicule.server.limits.Budget;
import dev.manicule.server.limits.Client;
import dev.manicule.server.limits.Limits;
import dev.manicule.server.limits.Resource;
import dev.manicule.server.races.Races;
import dev.manicule.server.races.Races.Raced;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Clients have something done, the journal decides, the server stops. */
@Raced
class PresenceServiceRaceTest {
    /** Less than the time between two ticks, which would wake the thread; more than it gathers for. */
    private static final Duration SHORT = Duration.ofMillis(100);
    private static final long MINUTE = 60_000_000_000L;

    private record Submitted(ChangePresence command, Consumer<ChangePresence.Outcome> whenDecided) {}

    private static final class Present {
        private final BlockingQueue<Submitted> submitted = new LinkedBlockingQueue<>();
        private final Limits limits = new Limits();
        private final Budget budget = new Budget(limits);
        private final PresenceService thread = new PresenceService(new Collecting(submitted), 1, channel -> false,
                (group, channel) -> true, System::nanoTime, new PresenceSettings(1_000, Duration.ofSeconds(1)), limits);

        Client client(int address) {
            return budget.connection(InetAddress.ofLiteral("192.0.2." + address)).of("demo");
        }

        /** Has a user come to a channel that no subscriber listens to: then it is reported at once. */
        boolean join(Client client, String uuid, Runnable whenDone) {
            return thread.submit(client, 1, (presence, now) -> {
                presence.heartbeat(Holder.of(client), "demo", uuid, "room", null, MINUTE, null, now);
                whenDone.run();
                return false;
            });
        }

        Submitted next() throws InterruptedException {
            return submitted.take();
        }
    }

    private static List<String> users(ChangePresence command) {
        return command.changes().stream().map(change -> ((PresenceChange.Join) change).uuid()).toList();
    }

    /** A journal that decides when the test says so. */
    private static final class Collecting extends JournalOfATest {
        private final Queue<Submitted> submitted;

        Collecting(Queue<Submitted> submitted) {
            this.submitted = submitted;
        }

        @Override
        @SuppressWarnings("unchecked") // there are no other commands
        public <O extends Outcome> void submit(Command<O> command, Consumer<? super O> whenDecided) {
            submitted.add(new Submitted((ChangePresence) command, outcome -> whenDecided.accept((O) outcome)));
        }
    }

    @Test
    void submissionWakesASleepingThread() throws Throwable {
        Races.race(race -> {
            Present present = new Present();
            Queue<Integer> done = new ConcurrentLinkedQueue<>();
            CountDownLatch left = new CountDownLatch(3);
            present.thread.start();
            race.start(() -> {
                for (int i = 1; i <= 2; i++) {
                    int number = i;
                    assertThat(present.join(present.client(1), "alice", () -> {
                        done.add(number);
                        left.countDown();
                    })).isTrue();
                }
            });
            race.start(() -> present.thread.submitEnd(present.client(2), (presence, now) -> left.countDown()));
            left.await();
            race.assertNoWaitRanOut(SHORT);
            assertThat(done).as("in the order of one client").containsExactly(1, 2);
            present.thread.close();
            race.await();
            assertThat(present.budget.used(Resource.TASKS)).isZero();
        });
    }

    @Test
    void decisionWakesTheThreadForTheNextReport() throws Throwable {
        Races.race(race -> {
            Present present = new Present();
            present.thread.start();
            assertThat(present.join(present.client(1), "alice", () -> {})).isTrue();
            Submitted first = present.next();
            race.start(() -> assertThat(present.join(present.client(2), "bob", () -> {})).isTrue());
            race.start(() -> first.whenDecided().accept(new ChangePresence.PresenceChanged(1)));
            assertThat(users(first.command())).containsExactly("alice");
            assertThat(users(present.next().command())).containsExactly("bob");
            race.assertNoWaitRanOut(SHORT);
            present.thread.close();
            race.await();
            assertThat(present.submitted).isEmpty();
        });
    }

    @Test
    void workIsReportedOnceDuringClose() throws Throwable {
        Races.race(race -> {
            Present present = new Present();
            Queue<String> done = new ConcurrentLinkedQueue<>();
            present.thread.start();
            for (String uuid : List.of("alice", "bob")) {
                race.start(() -> assertThat(present.join(present.client(uuid.length()), uuid, () -> done.add(uuid)))
                        .isTrue());
            }
            race.start(() -> {
                Submitted first = present.submitted.poll();
                if (first != null) {
                    present.submitted.add(first);
                    first.whenDecided().accept(new ChangePresence.PresenceChanged(1));
                }
            });
            race.start(present.thread::close);
            race.await();
            race.assertNoWaitRanOut(SHORT);
            assertThat(present.submitted.stream().flatMap(each -> users(each.command()).stream()))
                    .containsExactlyInAnyOrderElementsOf(done);
        });
    }

    @Test
    void refusedReportIsResubmittedAtClose() throws Throwable {
        Races.race(race -> {
            Present present = new Present();
            present.thread.start();
            assertThat(present.join(present.client(1), "alice", () -> {})).isTrue();
            Submitted first = present.next();
            first.whenDecided().accept(new Unavailable("on purpose", false));
            present.thread.close();
            race.await();
            assertThat(present.submitted.stream().flatMap(each -> users(each.command()).stream()))
                    .containsExactly("alice");
        });
    }
}
