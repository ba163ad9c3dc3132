package dev.manicule.examples;

import dev.manicule.client.ActionSummary;
import dev.manicule.client.ActionTally;
import dev.manicule.client.ClientConfig;
import dev.manicule.client.Envelope;
import dev.manicule.client.ManiculeClient;
import dev.manicule.client.MessageAction;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Replies to messages, and pinned messages. Both are actions that the server only stores.
 *
 * <p>The replies to a message are a channel of their own, which the action {@code reply} names. Each user puts it there once,
 * with the first reply: so its count is how many users replied.
 */
public final class Threads {
    private static final String REPLY = "reply";
    private static final String PIN = "pin";

    private Threads() {}

    /** Replies to a message. */
    public static void reply(ManiculeClient client, String channel, long message, String text) {
        String thread = channel + ".thread." + message;
        client.publish(thread, text).sync().orThrow();
        MessageAction reply = MessageAction.of(REPLY, thread, message);
        Envelope<MessageAction> added = client.addMessageAction(channel, reply).sync();
        if (added.status().statusCode() != 409) { // a user who has replied before
            added.orThrow();
        }
    }

    /** Pins a message. */
    public static void pin(ManiculeClient client, String channel, long message) {
        client.addMessageAction(channel, MessageAction.of(PIN, "pinned", message)).sync().orThrow();
    }

    /** The messages of a channel as a list shows them, with their pins and threads. */
    public static List<String> shown(ManiculeClient client, String channel) {
        return client.fetchMessages(channel)
                .includeActionSummary(true)
                .sync()
                .orThrow()
                .channels()
                .getOrDefault(channel, List.of())
                .stream()
                .map(message -> message.message().asText() + marks(message.actionSummary()))
                .toList();
    }

    private static String marks(@Nullable ActionSummary summary) {
        if (summary == null) {
            return "";
        }
        Map<String, ActionTally> replies = summary.tallies().getOrDefault(REPLY, Map.of());
        StringBuilder marks = new StringBuilder(summary.tallies().containsKey(PIN) ? " (pinned)" : "");
        replies.forEach((thread, tally) -> marks.append(" (")
                .append(tally.count())
                .append(" replied)"));
        return marks.toString();
    }

    /** Three users talk about lunch. */
    public static void main(String... arguments) {
        String origin = arguments.length > 0 ? arguments[0] : "127.0.0.1:8090";
        try (ManiculeClient alice = ManiculeClient.of(ClientConfig.forUser("alice").origin(origin).build())) {
            long rules = alice.publish("kitchen", "Wash your cup").sync().orThrow().timetoken();
            long lunch = alice.publish("kitchen", "Lunch?").sync().orThrow().timetoken();
            pin(alice, "kitchen", rules);
            reply(alice.as("bob"), "kitchen", lunch, "At noon");
            reply(alice.as("carol"), "kitchen", lunch, "At one");
            reply(alice.as("bob"), "kitchen", lunch, "At one then");
            shown(alice, "kitchen").forEach(System.out::println);
            System.out.println(shown(alice, "kitchen.thread." + lunch).size() + " replies");
        }
    }
}
