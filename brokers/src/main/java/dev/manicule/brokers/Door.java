package dev.manicule.brokers;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * The way between somebody and brokers, which can be cut, held, slowed, and mended. What is done to it stays until it is mended; its
 * methods return when it is done, and may be called by any thread.
 */
public final class Door {
    private final String name;
    private final List<Passage> passages;

    Door(String name, List<Passage> passages) {
        this.name = name;
        this.passages = List.copyOf(passages);
    }

    /** A gate, and the broker that it leads to or from. */
    record Passage(Broker broker, Gate gate) {}

    /** The part of it between the same one and one broker. */
    public Door to(Broker broker) {
        return new Door(name + " to " + broker, passages(broker).toList());
    }

    Stream<Passage> passages(Broker broker) {
        return passages.stream().filter(passage -> passage.broker.equals(broker));
    }

    /** Resets its connections, and refuses new ones. */
    public void cut() {
        passages.forEach(passage -> passage.gate.cut());
    }

    /**
     * Takes bytes and connections, and hands nothing on, not even the end of a connection: as a network does that swallows packets. What
     * was taken is handed on after {@link #mend}, as such a network's ends repeat it.
     */
    public void hold() {
        passages.forEach(passage -> passage.gate.hold());
    }

    /**
     * Hands everything on later.
     *
     * @param by how much, in each direction: an answer takes twice as long
     */
    public void slow(Duration by) {
        passages.forEach(passage -> passage.gate.slow(by));
    }

    /**
     * Hands on no more than that in a time.
     *
     * @param bytesASecond how many bytes a second, in each direction of each connection; above 0
     */
    public void throttle(long bytesASecond) {
        if (bytesASecond <= 0) {
            throw new IllegalArgumentException(bytesASecond + " bytes a second");
        }
        passages.forEach(passage -> passage.gate.throttle(bytesASecond));
    }

    /**
     * Is open again, and as fast as it can be.
     *
     * @throws IOException when it was cut, and another process has taken one of its ports since
     */
    public void mend() throws IOException {
        for (Passage each : passages) {
            each.gate.mend();
        }
    }

    @Override
    public String toString() {
        return "the door of " + name;
    }
}
