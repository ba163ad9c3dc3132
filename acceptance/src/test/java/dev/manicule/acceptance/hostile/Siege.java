package dev.manicule.acceptance.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.manicule.acceptance.ServerProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.SoftAssertions;
import org.jspecify.annotations.Nullable;

/**
 * One attack on one server, beside innocent clients. Afterwards the process lives, no request of the innocents was
 * refused, their messages were delivered once each and are stored, their 99th percentile stayed under
 * {@code hostile.boundMillis}, and what the {@link Control} took, the heap is back to where it was, and the log is short.
 *
 * <p>Each attack lasts {@code hostile.seconds}. The innocents send {@code hostile.rate} requests a second.
 * {@code hostile.server} names the checkout of another build, in which {@code cli} has been packaged.
 * {@code hostile.heap} gives every server as many megabytes of heap, in place of the small one of each attack.
 */
final class Siege {
    private static final int SECONDS = Integer.getInteger("hostile.seconds", 3);
    private static final int RATE = Integer.getInteger("hostile.rate", 200);
    private static final int HEAP_MEGABYTES = Integer.getInteger("hostile.heap", 0);
    /**
     * In a build, an attack is short, meets code that is not compiled yet, and shares the machine. A run at length is held to
     * 250.
     */
    private static final int BOUND_MILLIS = Integer.getInteger("hostile.boundMillis", 1_000);
    /** The server is warm when its clients have waited no longer than this, beyond the control, for half a second. */
    private static final int WARM_MILLIS = 40;
    private static final int WARM_UP_SECONDS = 20;
    private static final long PREPARATION_SECONDS = 120;
    private static final long RECOVERY_NANOS = 60_000_000_000L;
    /** Code, caches up to their bounds, and the innocents' own presence. */
    private static final long HEAP_SLACK = 16 << 20;
    private static final long MOST_LOG = 256 << 10;

    private Siege() {}

    /** Attacks from the address of the innocents, in a keyset of its own. */
    static void withstand(Attack attack) throws Exception {
        withstand(attack, Target.KEYSET, null);
    }

    /** Attacks in the keyset of the innocents, which come through a trusted proxy that names their address. */
    static void withstandWithinKeyset(Attack attack) throws Exception {
        withstand(attack, Innocents.KEYSET, "192.0.2.1");
    }

    private static void withstand(Attack attack, String keyset, @Nullable String innocentAddress) throws Exception {
        int heap = HEAP_MEGABYTES == 0 ? attack.heapMegabytes() : HEAP_MEGABYTES;
        try (AttackedServer server = AttackedServer.start(attack.setting(), heap)) {
            Control.running();
            Innocents innocents = new Innocents(server.port(), server.usesTls(), RATE, innocentAddress);
            try (Assailants assailants = new Assailants(attack, keyset, server)) {
                assailants.prepare();
                innocents.start();
                warmUp(innocents);
                long heapBefore = server.heapInUse();
                TimeUnit.MILLISECONDS.sleep(200); // the collection is not the attack's
                long from = System.nanoTime();
                assailants.strike();
                TimeUnit.SECONDS.sleep(SECONDS);
                long to = System.nanoTime();
                String sent = assailants.end();
                List<String> lost = innocents.end();
                judge(attack, server, innocents, new Course(from, to, heapBefore, sent, lost));
            }
        }
    }

    /** Waits until requests take what they will take: code is compiled, connections are open. */
    private static void warmUp(Innocents innocents) throws InterruptedException {
        long patience = System.nanoTime() + TimeUnit.SECONDS.toNanos(WARM_UP_SECONDS);
        long half = TimeUnit.MILLISECONDS.toNanos(500);
        boolean warm = false;
        while (!warm && System.nanoTime() < patience) {
            long from = System.nanoTime();
            TimeUnit.NANOSECONDS.sleep(half + TimeUnit.MILLISECONDS.toNanos(WARM_MILLIS));
            Latencies.Figures figures = innocents.requests().between(from, from + half);
            double control = Control.running().between(from, from + half).p99();
            warm = figures.count() >= RATE / 2 * 9 / 10 && figures.p99() < WARM_MILLIS + control;
        }
    }

    /** What was seen while it went on. */
    private record Course(long from, long to, long heapBefore, String sent, List<String> lost) {}

    private static void judge(Attack attack, AttackedServer server, Innocents innocents, Course course)
            throws Exception {
        boolean alive = server.isAlive();
        List<String> lost = new ArrayList<>(course.lost);
        if (alive) {
            lost.addAll(innocents.wrongInHistory());
            lost.addAll(innocents.wrongInPresence());
        }
        long resident = server.residentPeakMegabytes();
        long bound = course.heapBefore + HEAP_SLACK;
        long heapAfter = alive ? heapWithin(server, bound) : -1;
        Latencies.Figures calm = Control.running().between(course.from, course.to);
        double most = BOUND_MILLIS + calm.p99();
        Latencies.Figures requests = innocents.requests().between(course.from, course.to);
        Latencies.Figures deliveries = innocents.deliveries().between(course.from, course.to);
        System.out.printf(Locale.ROOT,
                "| %s | %s | requests %s | deliveries %s | control %s | failed %d | lost %d | heap %d / %d / %d MB | resident %d MB | log %d kB | %s |%n",
                attack, course.sent, requests, deliveries, calm, innocents.failures().size(), lost.size(),
                course.heapBefore >> 20, server.heapPeakMegabytes(), heapAfter >> 20, resident, server.logged() >> 10,
                alive ? "alive" : "DEAD");
        SoftAssertions softly = new SoftAssertions();
        softly.assertThat(alive).as("the server lives; its log ends: %s", server.lastWords()).isTrue();
        softly.assertThat(course.sent).as("the attack was carried out").startsWith("sent ");
        softly.assertThat(innocents.failures()).as("no request of the innocents fails").isEmpty();
        softly.assertThat(lost).as("the innocents lose nothing").isEmpty();
        softly.assertThat(requests.p99()).as("99th percentile of the innocents' requests, ms").isLessThan(most);
        softly.assertThat(deliveries.count()).as("deliveries to the innocents").isPositive();
        softly.assertThat(deliveries.p99()).as("99th percentile of their deliveries, ms").isLessThan(most);
        if (alive) {
            softly.assertThat(heapAfter).as("bytes of heap after the attack").isBetween(1L, bound);
        }
        softly.assertThat(server.logged()).as("bytes of log").isLessThan(MOST_LOG);
        softly.assertAll();
    }

    /** Bytes of heap in use as soon as they are below a bound, else after a minute. */
    private static long heapWithin(AttackedServer server, long bound) throws Exception {
        long patience = System.nanoTime() + RECOVERY_NANOS;
        long heap = server.heapInUse();
        while (heap > bound && System.nanoTime() < patience) {
            TimeUnit.SECONDS.sleep(1);
            heap = server.heapInUse();
        }
        return heap;
    }

    /** The attacking process. It gives way to the server and to the innocents where the system has {@code nice}. */
    private static final class Assailants implements AutoCloseable {
        private final Process process;
        private final BufferedReader output;

        Assailants(Attack attack, String keyset, AttackedServer server) throws Exception {
            process = new ProcessBuilder("nice", "-n", "5", ServerProcess.java(), "-Xmx192m", "-XX:+UseSerialGC",
                    "-XX:TieredStopAtLevel=1", "-D" + Target.KEYSET_PROPERTY + "=" + keyset, "-cp",
                    System.getProperty("java.class.path"), Attacker.class.getName(),
                    attack.name(), "" + server.port(), "" + server.usesTls(), "" + SECONDS, server.token())
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            output = process.inputReader(StandardCharsets.UTF_8);
        }

        void prepare() throws Exception {
            Thread watch = Thread.ofVirtual().start(() -> {
                try {
                    if (!process.waitFor(PREPARATION_SECONDS, TimeUnit.SECONDS)) {
                        process.destroyForcibly();
                    }
                } catch (InterruptedException e) {
                    // prepared
                }
            });
            assertThat(output.readLine()).as("the attack can be prepared").isEqualTo(Attacker.READY);
            watch.interrupt();
        }

        void strike() throws IOException {
            process.getOutputStream().write('\n');
            process.getOutputStream().flush();
        }

        /** What was sent. */
        String end() throws Exception {
            boolean ended = process.waitFor(10, TimeUnit.SECONDS);
            String said = ended ? output.readLine() : null;
            return said == null ? "no end" : said;
        }

        @Override
        public void close() {
            process.destroyForcibly().onExit().join();
        }
    }
}
