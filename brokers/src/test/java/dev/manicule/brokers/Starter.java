package dev.manicule.brokers;

import java.nio.file.Path;

/** A program that starts a broker, says its pid, and waits until it is ended itself. */
final class Starter {
    private Starter() {}

    public static void main(String[] arguments) throws Exception {
        KafkaBrokers brokers = KafkaBrokers.start(1, Path.of(arguments[0]));
        System.out.println(brokers.broker(0).pid());
        if (System.in.read() < 0) {
            System.exit(0); // and not a word to the broker
        }
    }
}
