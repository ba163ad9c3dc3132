package dev.manicule.brokers;

import java.io.IOException;
import java.io.PrintStream;

/**
 * What a broker's process runs: it formats the broker's folder when that is new, and goes on as Kafka's own program. It ends with the
 * process that has started it, even when that is killed: its standard input comes from there, and ends with it.
 *
 * <p>Kafka is on the class path there and not here, so it is called by name. Nothing else of ours is there: this class needs no other.
 */
final class BrokerProgram {
    private BrokerProgram() {}

    /**
     * Runs until the broker is stopped.
     *
     * @param arguments the broker's settings (a file), and the id of its cluster
     */
    public static void main(String[] arguments) throws ReflectiveOperationException {
        Thread.ofPlatform().daemon().name("manicule-parent").start(BrokerProgram::endWithParent);
        String[] format = {"format", "--config", arguments[0], "--cluster-id", arguments[1], "--ignore-formatted"};
        Object status = Class.forName("kafka.tools.StorageTool")
                .getMethod("execute", String[].class, PrintStream.class)
                .invoke(null, format, System.out);
        if (!Integer.valueOf(0).equals(status)) {
            throw new IllegalStateException("The folder was not formatted: " + status);
        }
        Class.forName("kafka.Kafka")
                .getMethod("main", String[].class)
                .invoke(null, (Object) new String[]{arguments[0]});
    }

    private static void endWithParent() {
        try {
            while (System.in.read() >= 0) {
                // nobody writes there
            }
        } catch (IOException e) {
            // as good as the end
        }
        Runtime.getRuntime().halt(1);
    }
}
