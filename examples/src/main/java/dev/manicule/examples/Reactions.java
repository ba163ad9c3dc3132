package dev.manicule.examples;

import dev.manicule.client.Category;
import dev.manicule.client.ClientConfig;
import dev.manicule.client.Envelope;
import dev.manicule.client.FetchMessages;
import dev.manicule.client.ManiculeClient;
import dev.manicule.client.MessageAction;
import java.util.LinkedHashMap;
import java.util.List;
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

    /** Puts an emoji on a message, or takes it away if it is there already. */
    public void toggle(long message, String emoji) {
        Envelope<MessageAction> added = client.addMessageAction(channel, MessageAction.of(TYPE, emoji, message)).sync();
        if (added.status().category() != Category.CONFLICT) {
            added.orThrow();
            return;
        }
        String me = client.config().uuid();
        for (FetchMessages.Actor actor : on(message).getOrDefault(emoji, List.of())) {
            if (actor.uuid().equals(me)) {
                client.removeMessageAction(channel, message, actor.actionTimetoken()).sync().orThrow();
            }
        }
    }

    /** How many put which emoji on a message. */
    public Map<String, Integer> counts(long message) {
        Map<String, Integer> counts = new LinkedHashMap<>();
        on(message).forEach((emoji, actors) -> counts.put(emoji, actors.size()));
        return counts;
    }

    /** Who put which emoji on a message: it comes with the message, in one request. */
    private Map<String, List<FetchMessages.Actor>> on(long message) {
        return client.fetchMessages(channel)
                .start(message + 1)
                .end(message)
                .includeMessageActions(true)
                .sync()
                .orThrow()
                .channels()
                .getOrDefault(channel, List.of())
                .stream()
                .findFirst()
                .map(found -> found.actions().getOrDefault(TYPE, Map.of()))
                .orElse(Map.of());
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
