package dev.manicule.server.hub;

import dev.manicule.server.hub.Delivery.Match;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The state that the polls that an event loop serves in one turn share, and how much more work fits into the turn
 * before others get theirs.
 */
final class Turn {
    /** How many bytes are encoded, beside deliveries that go to many. */
    private static final long MOST_BYTES = 1 << 20;
    /** The cost of a delivery, however small it is, in bytes that could be encoded meanwhile. */
    private static final int BYTES_OF_A_DELIVERY = 2_000;

    final FilterInputs filterInputs = new FilterInputs();
    private final Map<Content, Delivery> deliveries = new HashMap<>();
    private long bytesLeft;

    /** The content of a delivery: deliveries with equal content are the same. */
    private record Content(List<Match> matches, long cursor) {}

    /** A turn in which a commit is delivered, or many polls are served. */
    void begin() {
        filterInputs.begin(1);
        bytesLeft = MOST_BYTES;
    }

    /** A turn for one poll that has just come: many may come one after the other. */
    void beginForOne() {
        filterInputs.begin(8);
        bytesLeft = MOST_BYTES;
    }

    /** Drops the shared state. */
    void end() {
        filterInputs.clear();
        deliveries.clear();
    }

    /** Whether the turn is used up. */
    boolean isOver() {
        return bytesLeft <= 0;
    }

    /** A delivery, one for all polls with the same content. */
    Delivery delivery(List<Match> matches, long cursor) {
        Content content = new Content(matches, cursor);
        Delivery known = deliveries.get(content);
        if (known == null) {
            known = new Delivery(matches, cursor);
            deliveries.put(content, known);
            bytesLeft -= BYTES_OF_A_DELIVERY + known.bytes();
        }
        return known;
    }
}
