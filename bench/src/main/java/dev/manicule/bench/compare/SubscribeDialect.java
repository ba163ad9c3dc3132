package dev.manicule.bench.compare;

import java.io.IOException;

/** How a client requests events from a server, and publishes one. */
interface SubscribeDialect {
    /** Whether a response ends the wait, so that the client has to request the next event. */
    boolean again();

    /** The cursor of the next event. */
    String cursor(int port) throws IOException, InterruptedException;

    /** The request of one subscriber. */
    String request(int number, String cursor);

    /** The request that publishes an event. */
    String publish(String text);
}
