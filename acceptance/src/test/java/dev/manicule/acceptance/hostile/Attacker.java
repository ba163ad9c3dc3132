package dev.manicule.acceptance.hostile;

import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * The program of the attacking process, apart from the innocents, so that neither waits for the other's garbage
 * collector. It prepares an attack, says {@value #READY}, waits for a line, attacks, says what it has sent, and ends.
 */
final class Attacker {
    static final String READY = "ready";

    private Attacker() {}

    /** Arguments: the attack, the port, whether there is TLS, seconds, and a token or nothing. */
    public static void main(String[] arguments) throws Exception {
        Attack attack = Attack.valueOf(arguments[0]);
        Target target = new Target(Integer.parseInt(arguments[1]), Boolean.parseBoolean(arguments[2]),
                arguments.length > 4 ? arguments[4] : "");
        attack.prepare(target);
        System.out.println(READY);
        if (System.in.read() < 0) {
            return;
        }
        target.endAfter(Long.parseLong(arguments[3]));
        Thread watch = Thread.ofPlatform().daemon().start(() -> {
            try {
                if (System.in.read() < 0) { // the test is gone
                    Runtime.getRuntime().halt(1);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        long bytes = target.bytes();
        long requests = target.requests();
        attack.strike(target);
        target.hold();
        System.out.println("sent " + (target.bytes() - bytes) + " " + (target.requests() - requests) + " prepared "
                + bytes + " " + requests + (watch.isAlive() ? "" : " alone"));
        System.out.flush();
        target.closeAll();
        Runtime.getRuntime().halt(0); // threads that wait for an answer would hold it
    }
}
