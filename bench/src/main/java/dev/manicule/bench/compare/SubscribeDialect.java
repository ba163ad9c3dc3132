package dev.manicule.bench.compare;

import java.io.IOException;

/** How a server is asked for events, and told of one. */
interface SubscribeDialect {
    /** Whether an answer ends the wait, so that the next event has to be asked for. */
    boolean again();

    /** Where the next event is going to be. */
    String cursor(int port) throws IOException, InterruptedException;

    /** The request of one of the crowd. */
    String request(int number, String cursor);

    /** The request that publishes an event. */
    String publish(String text);
}
