import java.lang.management.ManagementFactory;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

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
     * Prints microseconds of processor time and bytes of garbage for an add, and events in a second.
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
        CountDownLatch arrived = new CountDownLatch(events);
        long begin = System.nanoTime();
        client.receive(Long.parseLong(arguments[3]), arrived::countDown);
        if (!arrived.await(2, TimeUnit.MINUTES)) {
            throw new IllegalStateException(arrived.getCount() + " events have not arrived");
        }
        double seconds = (System.nanoTime() - begin) / 1e9;
        System.out.println(cpuPerAdd + " " + bytesPerAdd + " " + events / seconds);
        client.close();
        System.exit(0);
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

    private static long cpu() {
        return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                .getProcessCpuTime();
    }

    private static long allocated() {
        return ((com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean())
                .getTotalThreadAllocatedBytes();
    }
}
