package dev.manicule.examples;

import dev.manicule.client.ClientConfig;
import dev.manicule.client.FetchMessages.Actor;
import dev.manicule.client.FetchMessages.Message;
import dev.manicule.client.ManiculeClient;
import dev.manicule.client.MessageAction;
import java.util.List;
import java.util.Map;

/**
 * Messages that people complain about, and what a moderator does about it.
 *
 * <p>A complaint is an action of the type {@code flag} whose value is the reason. A moderator looks at messages with enough
 * of them, and either puts {@code moderation = hidden} on the message, or takes the flags away. The moderator's program has
 * the secret key, so it may remove what others have put there; nobody else may.
 */
public final class ModerationFlags {
    private static final String FLAG = "flag";
    private static final String MODERATION = "moderation";
    private static final String HIDDEN = "hidden";

    private ModerationFlags() {}

    /** The client's user complains about a message. */
    public static void flag(ManiculeClient client, String channel, long message, String reason) {
        client.addMessageAction(channel, MessageAction.of(FLAG, reason, message)).sync().orThrow();
    }

    /** The messages of a channel about which so many complain. */
    public static List<Message> toLookAt(ManiculeClient moderator, String channel, int complaints) {
        return messages(moderator, channel).stream().filter(message -> flags(message).size() >= complaints).toList();
    }

    /** Hides a message. */
    public static void hide(ManiculeClient moderator, String channel, Message message) {
        moderator.addMessageAction(channel, MessageAction.of(MODERATION, HIDDEN, message.timetoken())).sync().orThrow();
    }

    /** Finds nothing wrong with a message: takes away its flags, whoever put them there. */
    public static void acquit(ManiculeClient moderator, String channel, Message message) {
        for (Actor complaint : flags(message)) {
            moderator.removeMessageAction(channel, message.timetoken(), complaint.actionTimetoken()).sync().orThrow();
        }
    }

    /** The newest messages of a channel as people are to see them. */
    public static List<String> shown(ManiculeClient client, String channel) {
        return messages(client, channel).stream()
                .map(message -> message.actions().getOrDefault(MODERATION, Map.of()).containsKey(HIDDEN)
                        ? "(hidden by a moderator)"
                        : message.message().asText())
                .toList();
    }

    private static List<Actor> flags(Message message) {
        return message.actions().getOrDefault(FLAG, Map.of()).values().stream().flatMap(List::stream).toList();
    }

    private static List<Message> messages(ManiculeClient client, String channel) {
        return client.fetchMessages(channel)
                .includeMessageActions(true)
                .sync()
                .orThrow()
                .channels()
                .getOrDefault(channel, List.of());
    }

    /** Somebody sells watches, somebody is unjustly accused. */
    public static void main(String... arguments) {
        String origin = arguments.length > 0 ? arguments[0] : "127.0.0.1:8090";
        ClientConfig.Builder settings = ClientConfig.forUser("moderator").origin(origin);
        if (arguments.length > 1) {
            settings.secretKey(arguments[1]);
        }
        try (ManiculeClient alice = ManiculeClient.of(ClientConfig.forUser("alice").origin(origin).build());
                ManiculeClient bob = ManiculeClient.of(ClientConfig.forUser("bob").origin(origin).build());
                ManiculeClient moderator = ManiculeClient.of(settings.build())) {
            run(alice, bob, moderator);
        }
    }

    static void run(ManiculeClient alice, ManiculeClient bob, ManiculeClient moderator) {
        long watches = alice.publish("moderation", "Cheap watches!").sync().orThrow().timetoken();
        long cats = alice.publish("moderation", "I like dogs better than cats").sync().orThrow().timetoken();
        flag(alice, "moderation", watches, "spam");
        flag(bob, "moderation", watches, "spam");
        flag(bob, "moderation", cats, "rude");
        toLookAt(moderator, "moderation", 2).forEach(message -> hide(moderator, "moderation", message));
        toLookAt(moderator, "moderation", 1).stream()
                .filter(message -> message.timetoken() == cats)
                .forEach(message -> acquit(moderator, "moderation", message));
        shown(bob, "moderation").forEach(System.out::println);
        System.out.println(toLookAt(moderator, "moderation", 1).size() + " with flags");
    }
}
