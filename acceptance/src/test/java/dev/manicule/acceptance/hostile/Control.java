package dev.manicule.acceptance.hostile;

import java.io.IOException;

/**
 * Another server with innocents of its own, which is not attacked. What its clients wait for is what the machine takes,
 * with everything else that runs on it: the attacking process, too, and the processor time of the attacked server.
 */
final class Control {
    private static final int RATE = 50;
    private static final int HEAP_MEGABYTES = 128;

    private final Innocents innocents;

    private Control(Innocents innocents) {
        this.innocents = innocents;
    }

    /** One for all tests; it ends with the process. */
    private static final class Holder {
        static final Control CONTROL = start();
    }

    static Control running() {
        return Holder.CONTROL;
    }

    private static Control start() {
        try {
            AttackedServer server = AttackedServer.start(Attack.Setting.PLAIN, HEAP_MEGABYTES);
            Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(() -> {
                try {
                    server.close();
                } catch (IOException e) {
                    // its folder is temporary
                }
            }));
            Innocents innocents = new Innocents(server.port(), false, RATE, null);
            innocents.start();
            return new Control(innocents);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    Latencies.Figures between(long from, long to) {
        return innocents.requests().between(from, to);
    }
}
