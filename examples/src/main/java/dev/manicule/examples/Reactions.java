package dev.manicule.examples;

import dev.manicule.client.ActionSummary;
import dev.manicule.client.ClientConfig;
import dev.manicule.client.ManiculeClient;
import dev.manicule.client.MessageAction;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Emoji on messages: a tap puts one there, another tap takes it away, and everybody sees how many there are.
 *
 * <p>A reaction is an action of the type {@code reaction} whose value is the emoji. The server keeps them apart by who put
 * them there, so nobody counts twice.
 */
public final class Reactions {
    private static final String TYPE = "reaction";

    private final ManiculeClient client;
    private final String channel;

    /** Reactions of the client's user, on the messages of a channel. */
    public Reactions(ManiculeClient client, String channel) {
        this.client = client;
        this.channel = channel;
    }

    /** Puts an emoji on a message, or takes it away if it is there already; true when it is there then. */
    public boolean toggle(long message, String emoji) {
        return client.toggleMessageAction(channel, MessageAction.of(TYPE, emoji, message)).sync().orThrow().isAdded();
    }

    /** How many of each emoji are on a message. */
    public Map<String, Long> counts(long message) {
        Map<String, Long> counts = new LinkedHashMap<>();
        summary(message).tallies()
                .getOrDefault(TYPE, Map.of())
                .forEach((emoji, tally) -> counts.put(emoji,
                        tally.count()));
        return counts;
    }

    /** The server counts: the reactions themselves are not fetched. */
    private ActionSummary summary(long message) {
        return client.getActionSummaries(channel, message).sync().orThrow().summary(message);
    }

    /** Alice says something, and Bob and Carol react. */
    public static void main(String... arguments) {
        String origin = arguments.length > 0 ? arguments[0] : "127.0.0.1:8090";
        try (ManiculeClient alice = ManiculeClient.of(ClientConfig.forUser("alice").origin(origin).build());
                ManiculeClient bob = ManiculeClient.of(ClientConfig.forUser("bob").origin(origin).build());
                ManiculeClient carol = ManiculeClient.of(ClientConfig.forUser("carol").origin(origin).build())) {
            long message = alice.publish("reactions", "We shipped it!").sync().orThrow().timetoken();
            Reactions ofBob = new Reactions(bob, "reactions");
            Reactions ofCarol = new Reactions(carol, "reactions");
            ofBob.toggle(message, "🎉");
            ofCarol.toggle(message, "🎉");
            ofCarol.toggle(message, "🚀");
            System.out.println(ofBob.counts(message));
            ofCarol.toggle(message, "🎉");
            System.out.println(ofBob.counts(message));
        }
    }
}
