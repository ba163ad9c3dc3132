import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/** Measures a client in its own process: what an add costs it, and how fast it takes events in. */
final class Meter {
    private static final int THREADS = 8;

    /** A client library. */
    interface Client {
        void add(long number) throws Exception;

        /** Subscribes from a timetoken on, and has each message that arrives counted. */
        void receive(long timetoken, Runnable each);

        void close();
    }

    private Meter() {}

    /**
     * Prints microseconds of processor time (without the compiler's) and bytes of garbage for an add, and events (the second half of
     * them) in a second by the clock, and in a second of processor time.
     *
     * @param arguments port, milliseconds to warm up, milliseconds to measure, the timetoken before the events, how many
     */
    static void run(Client client, String[] arguments) throws Exception {
        AtomicLong number = new AtomicLong();
        adds(client, number, Long.parseLong(arguments[1]));
        long cpu = cpu();
        long allocated = allocated();
        long before = number.get();
        adds(client, number, Long.parseLong(arguments[2]));
        long count = number.get() - before;
        double cpuPerAdd = (cpu() - cpu) / 1e3 / count;
        double bytesPerAdd = (double) (allocated() - allocated) / count;
        int events = Integer.parseInt(arguments[4]);
        int first = events / 2;
        CountDownLatch warmUp = new CountDownLatch(first);
        CountDownLatch arrived = new CountDownLatch(events);
        client.receive(Long.parseLong(arguments[3]), () -> {
            warmUp.countDown();
            arrived.countDown();
        });
        await(warmUp);
        long begin = System.nanoTime();
        long cpuAtBegin = cpu();
        await(arrived);
        double seconds = (System.nanoTime() - begin) / 1e9;
        double cpuSeconds = (cpu() - cpuAtBegin) / 1e9;
        System.out.println(cpuPerAdd + " " + bytesPerAdd + " " + (events - first) / seconds + " "
                + (events - first) / cpuSeconds);
        client.close();
        System.exit(0);
    }

    private static void await(CountDownLatch arrived) throws InterruptedException {
        if (!arrived.await(2, TimeUnit.MINUTES)) {
            throw new IllegalStateException(arrived.getCount() + " events have not arrived");
        }
    }

    private static void adds(Client client, AtomicLong number, long millis) throws Exception {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
            for (int i = 0; i < THREADS; i++) {
                threads.submit(() -> {
                    try {
                        while (System.nanoTime() < end) {
                            client.add(number.incrementAndGet());
                        }
                    } catch (Throwable e) {
                        e.printStackTrace();
                        Runtime.getRuntime().halt(1);
                    }
                });
            }
        }
    }

    /**
     * Nanoseconds of all threads but those that compile: what runs for days is compiled once, and a measurement of seconds
     * would mostly measure that.
     */
    private static long cpu() throws IOException {
        long compiling = 0;
        try (Stream<Path> threads = Files.list(Path.of("/proc/self/task"))) {
            for (Path thread : threads.toList()) {
                try {
                    String name = Files.readString(thread.resolve("comm"));
                    if (name.startsWith("C1 ") || name.startsWith("C2 ")) {
                        compiling += Long.parseLong(Files.readString(thread.resolve("schedstat")).split(" ")[0]);
                    }
                } catch (IOException e) {
                    continue; // it has ended; those that compile stay
                }
            }
        }
        return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                .getProcessCpuTime() - compiling;
    }

    private static long allocated() {
        return ((com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean())
                .getTotalThreadAllocatedBytes();
    }
}
