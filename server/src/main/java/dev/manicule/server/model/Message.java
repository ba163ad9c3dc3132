package dev.manicule.server.model;

import dev.manicule.server.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A stored message. The texts are JSON as it goes into a response: a uuid stands in its quotes.
 *
 * @param timetoken when it was published; unique in its keyset
 * @param payload what was published
 * @param meta the metadata that was published beside it
 * @param uuid the publisher, null when none was named
 * @param customType the publisher's own name for the kind of message
 * @param on the actions on it
 * @param kind what it is
 */
public record Message(long timetoken, Json payload, @Nullable Json meta, @Nullable Json uuid, @Nullable Json customType,
        Actions on, Kind kind) {
    private static final Pattern CUSTOM_TYPE = Pattern.compile("(?!pn[_-])[A-Za-z0-9][A-Za-z0-9_-]{2,49}");
    private static final Json EMPTY = new Json("\"\"".getBytes(StandardCharsets.US_ASCII));

    /** What a stored message is. */
    public enum Kind {
        /** A message like most. */
        MESSAGE,
        /** It presents a file. */
        FILE
    }

    /** Whether this can be a publisher's name for a kind of message. */
    public static boolean isCustomType(String name) {
        return CUSTOM_TYPE.matcher(name).matches();
    }

    /** The metadata; {@code ""} when there is none, as the protocol says. */
    public Json metaOrEmpty() {
        return meta == null ? EMPTY : meta;
    }

    /**
     * What was requested of the actions on a message.
     *
     * @param groups all of them, grouped by type and value, ascending by action timetoken within a group; empty unless
     *        requested
     * @param hasMore whether there are more of them than a page holds
     * @param summary their sums, null unless requested
     * @param revision the edit or deletion among them that counts, null when there is none, and unless requested
     */
    public record Actions(List<ActionGroup> groups, boolean hasMore, @Nullable ActionSummary summary,
            @Nullable Revision revision) {
        /** Nothing of them. */
        public static final Actions NONE = new Actions(List.of(), false, null, null);
    }

    /** The actions of one message that share type and value. */
    public record ActionGroup(String type, String value, List<Actor> actors) {}

    /**
     * The user of an action on a message, and its timetoken.
     *
     * @param expires as of {@link MessageAction#expires}
     * @param amount as of {@link MessageAction#amount}
     */
    public record Actor(String uuid, long actionTimetoken, long expires, int amount) {
        /** That of an action that counts for one and stays, or of which no more is to be said. */
        public Actor(String uuid, long actionTimetoken) {
            this(uuid, actionTimetoken, MessageAction.NEVER, MessageAction.ONE);
        }
    }
}
