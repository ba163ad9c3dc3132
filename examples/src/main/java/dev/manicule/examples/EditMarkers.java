package dev.manicule.examples;

import dev.manicule.client.ClientConfig;
import dev.manicule.client.FetchMessages.Effective;
import dev.manicule.client.FetchMessages.Message;
import dev.manicule.client.ManiculeClient;
import dev.manicule.client.MessageAction;
import java.util.List;

/**
 * Messages that were edited or taken back. A message itself never changes: the server returns it as it was published, and
 * beside that as it is now.
 *
 * <p>An edit is an action of the type {@code edit} whose value is the new text; one of the type {@code deleted} takes the
 * message back. Only those of the author count: any user can put one there, unless tokens say otherwise.
 */
public final class EditMarkers {
    private static final String EDIT = "edit";
    private static final String DELETED = "deleted";

    private EditMarkers() {}

    /** Gives a message another text. */
    public static void edit(ManiculeClient client, String channel, long message, String text) {
        client.addMessageAction(channel, MessageAction.of(EDIT, text, message)).sync().orThrow();
    }

    /** Takes a message back. */
    public static void takeBack(ManiculeClient client, String channel, long message) {
        client.addMessageAction(channel, MessageAction.of(DELETED, ".", message)).sync().orThrow();
    }

    /** The newest messages of a channel as people are to see them. */
    public static List<String> shown(ManiculeClient client, String channel) {
        return client.fetchMessages(channel)
                .includeEffective(true)
                .sync()
                .orThrow()
                .channels()
                .getOrDefault(channel, List.of())
                .stream()
                .map(EditMarkers::shown)
                .toList();
    }

    private static String shown(Message message) {
        Effective effective = message.effective();
        if (effective == null) {
            return message.message().asText();
        }
        return effective.message() == null ? "(taken back)" : effective.message().asText() + " (edited)";
    }

    /** Alice corrects herself, and Mallory tries to. */
    public static void main(String... arguments) {
        String origin = arguments.length > 0 ? arguments[0] : "127.0.0.1:8090";
        try (ManiculeClient alice = ManiculeClient.of(ClientConfig.forUser("alice").origin(origin).build());
                ManiculeClient mallory = ManiculeClient.of(ClientConfig.forUser("mallory").origin(origin).build())) {
            long first = alice.publish("edits", "See you on Munday").sync().orThrow().timetoken();
            long second = alice.publish("edits", "Wrong window, sorry").sync().orThrow().timetoken();
            alice.publish("edits", "Bring cake").sync().orThrow();
            edit(alice, "edits", first, "See you on Monday");
            edit(alice, "edits", first, "See you on Tuesday");
            edit(mallory, "edits", first, "See you never");
            takeBack(alice, "edits", second);
            shown(alice, "edits").forEach(System.out::println);
        }
    }
}
