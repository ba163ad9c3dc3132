package dev.manicule.server.races;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.PrintStream;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import kotlin.Unit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.pastalab.fray.core.TestRunner;
import org.pastalab.fray.core.command.Configuration;
import org.pastalab.fray.core.command.ExecutionInfo;
import org.pastalab.fray.core.command.LambdaExecutor;
import org.pastalab.fray.core.command.NetworkDelegateType;
import org.pastalab.fray.core.command.SystemTimeDelegateType;
import org.pastalab.fray.core.observers.TimelineCoverageType;
import org.pastalab.fray.core.randomness.ControlledRandomProvider;
import org.pastalab.fray.core.scheduler.POSScheduler;

/**
 * Rounds of a race: the same threads, each round in another order. Fray lets one of them run at a time, and chooses the next at each
 * lock, wait, park, atomic and volatile; a deadlock fails the round.
 *
 * <p>Time stands still as long as a thread can run, and otherwise goes on to the end of the next wait. So a thread that has been woken
 * has waited for no time at all, however busy the machine is, and one whose wake-up was lost has waited as long as it would.
 */
public final class Races {
    private static final int ROUNDS = Integer.getInteger("races.rounds", 400);
    /** A busy machine has fewer rounds, and not a longer build. */
    private static final int SECONDS = Integer.getInteger("races.seconds", 4);
    /**
     * Rounds before the others, in which threads run as they like: all classes are initialized then. A thread that waits for another
     * to do that is not seen to wait.
     */
    private static final int FREE_ROUNDS = 10;
    private static final @Nullable String REPORTS = System.getProperty("races.reports");

    private final List<Thread> threads = new ArrayList<>();
    private final long begin = System.nanoTime();

    private final boolean isScheduled;

    private Races(boolean isScheduled) {
        this.isScheduled = isScheduled;
    }

    /** Tests that run where Fray schedules the threads. */
    @Documented
    @Tag("races")
    @Target(ElementType.TYPE)
    @Retention(RetentionPolicy.RUNTIME)
    public @interface Raced {
    }

    /** A clock that is a microsecond later each time. */
    public static InstantSource clock() {
        AtomicLong micros = new AtomicLong(1_000_000_000_000_000L);
        return () -> Instant.EPOCH.plus(micros.incrementAndGet(), ChronoUnit.MICROS);
    }

    /** What is done each round. */
    public interface Round {
        /** Does it: starts threads, awaits their end, and looks at what came of it. */
        void run(Races race) throws Exception;
    }

    /** What a thread does. */
    public interface Part {
        /** Does it. */
        void run() throws Exception;
    }

    /** Does rounds of a race until one fails. */
    public static void race(Round round) throws Throwable {
        assumeTrue(REPORTS != null, "only where threads are scheduled");
        StackWalker.StackFrame test = StackWalker.getInstance()
                .walk(frames -> frames.skip(1).findFirst().orElseThrow());
        Path reports = Path.of(String.valueOf(REPORTS), test.getClassName() + "." + test.getMethodName());
        Files.createDirectories(reports);
        for (int i = 0; i < FREE_ROUNDS; i++) {
            run(round, false);
        }
        Configuration configuration = new Configuration(new ExecutionInfo(new LambdaExecutor(() -> {
            run(round, true);
            return Unit.INSTANCE;
        }), false, false, -1), reports, ROUNDS, SECONDS, new POSScheduler(),
                new ControlledRandomProvider(), false, false, true, false, false, false, NetworkDelegateType.NONE,
                SystemTimeDelegateType.MOCK, 1, false, false, false, false, false, false, TimelineCoverageType.NONE);
        Throwable failure = run(configuration, reports.resolve("told"));
        if (failure != null) {
            failure.addSuppressed(new AssertionError("In round " + configuration.getCurrentIteration()
                    + "; its order, and where the threads were, are in " + reports));
            throw failure;
        }
    }

    /** Fray tells of each tenth round, which is too much for the output of a build. */
    private static @Nullable Throwable run(Configuration configuration, Path told) throws IOException {
        PrintStream out = System.out;
        try (PrintStream file = new PrintStream(Files.newOutputStream(told), true, StandardCharsets.UTF_8)) {
            System.setOut(file);
            return new TestRunner(configuration).run();
        } finally {
            System.setOut(out);
        }
    }

    private static void run(Round round, boolean isScheduled) {
        try {
            round.run(new Races(isScheduled));
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Exception e) {
            fail(e);
        }
    }

    /** Starts a thread. */
    public void start(Part part) {
        Thread thread = new Thread(() -> {
            try {
                part.run();
            } catch (Exception e) {
                fail(e);
            }
        });
        threads.add(thread);
        thread.start();
    }

    /** Awaits the end of all threads that were started here. */
    public void await() throws InterruptedException {
        for (Thread thread : threads) {
            thread.join();
        }
    }

    /** Nothing that was awaited in this round came by a wait that has run out. */
    public void assertNoWaitRanOut(Duration shortest) {
        if (isScheduled) {
            assertThat(System.nanoTime() - begin).as("nanoseconds waited").isLessThan(shortest.toNanos());
        }
    }
}
