package dev.manicule.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.manicule.client.Category;
import dev.manicule.client.ClientConfig;
import dev.manicule.client.Envelope;
import dev.manicule.client.ManiculeClient;
import dev.manicule.client.MessageAction;
import dev.manicule.client.Permission;
import dev.manicule.client.Status;
import dev.manicule.client.ToggleMessageAction;
import dev.manicule.server.access.Keyset;
import dev.manicule.server.access.Secret;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Toggles, removals by type and value, and the action behind a conflict, of the Java client at the real server. */
class ClientActionChangesTest {
    @RegisterExtension
    static final RunningServer SERVER = new RunningServer(config -> config.withKeysets(List.of(
            Keyset.of("demo", "demo"), Keyset.of("sub-c-1", "pub-c-1").guarded(new Secret("sec-c-1")))));
    private static final int TOGGLES = 50;

    private String channel = "";

    @BeforeEach
    void name(TestInfo test) {
        channel = "chats." + RunningServer.channel(test);
    }

    private List<MessageAction> stored(ManiculeClient client, long message) {
        return client.getActionsOn(channel, message).stream().toList();
    }

    @Test
    void toggleAddsThenRemoves() {
        try (ManiculeClient alice = SERVER.client("alice")) {
            long message = alice.publish(channel, "hello").sync().orThrow().timetoken();
            ToggleMessageAction toggle = alice.toggleMessageAction(channel,
                    MessageAction.of("reaction", "👍 & more", message));
            ToggleMessageAction.Result added = toggle.sync().orThrow();
            assertThat(added.isAdded()).isTrue();
            assertThat(stored(alice, message)).containsExactly(added.action());
            assertThat(toggle.sync().orThrow()).isEqualTo(new ToggleMessageAction.Result(added.action(), false));
            assertThat(stored(alice, message)).isEmpty();
            assertThat(alice.as("bob")
                    .toggleMessageAction(channel, added.action())
                    .sync()
                    .orThrow()
                    .action()
                    .uuid()).isEqualTo("bob");
        }
    }

    @Test
    void togglesOfOneUserAtOnceAddAndRemoveInTurn() {
        try (ManiculeClient alice = SERVER.client("alice")) {
            long message = alice.publish(channel, "hello").sync().orThrow().timetoken();
            ToggleMessageAction toggle = alice.toggleMessageAction(channel,
                    MessageAction.of("reaction", "wave", message));
            List<CompletableFuture<Envelope<ToggleMessageAction.Result>>> sent = new ArrayList<>();
            for (int i = 0; i < TOGGLES; i++) {
                sent.add(toggle.future());
            }
            assertThat(sent.stream().filter(each -> each.join().orThrow().isAdded())).hasSize(TOGGLES / 2);
            assertThat(stored(alice, message)).isEmpty();
        }
    }

    @Test
    void removalByValueTakesOffTheUsersOwnAction() {
        try (ManiculeClient alice = SERVER.client("alice")) {
            long message = alice.publish(channel, "hello").sync().orThrow().timetoken();
            MessageAction wave = MessageAction.of("reaction", "wave", message);
            MessageAction hers = alice.addMessageAction(channel, wave).sync().orThrow();
            MessageAction his = alice.as("bob").addMessageAction(channel, wave).sync().orThrow();
            assertThat(alice.removeMessageActionByValue(channel, message, "reaction", "wave").sync().orThrow())
                    .isEqualTo(hers);
            assertThat(stored(alice, message)).containsExactly(his);
            Status again = alice.removeMessageActionByValue(channel, message, "reaction", "wave").sync().status();
            assertThat(again.category()).isEqualTo(Category.BAD_REQUEST);
            assertThat(alice.removeMessageActionByValue(channel, message, "reaction", "wave")
                    .uuid("bob")
                    .sync()
                    .status()
                    .category()).isEqualTo(Category.ACCESS_DENIED);
            assertThat(stored(alice, message)).containsExactly(his);
        }
    }

    @Test
    void conflictHasTheActionThatIsThere() {
        try (ManiculeClient alice = SERVER.client("alice")) {
            long message = alice.publish(channel, "hello").sync().orThrow().timetoken();
            MessageAction wave = MessageAction.of("reaction", "wave", message);
            MessageAction added = alice.addMessageAction(channel, wave).sync().orThrow();
            assertThat(alice.addMessageAction(channel, wave).sync().status().errorData())
                    .isEqualTo(new Status.ErrorData("Action Already Added", null, added));
        }
    }

    private static ClientConfig.Builder guarded(String uuid) {
        return ClientConfig.forUser(uuid).origin(SERVER.origin()).subscribeKey("sub-c-1").publishKey("pub-c-1");
    }

    @Test
    void secretKeyRemovesTheActionOfAnotherUser() {
        try (ManiculeClient owner = ManiculeClient.of(guarded("owner").secretKey("sec-c-1").build());
                ManiculeClient alice = ManiculeClient.of(guarded("alice").build())) {
            alice.setToken(owner.grantToken(5)
                    .channel(channel, Permission.READ, Permission.WRITE, Permission.DELETE)
                    .sync()
                    .orThrow()
                    .token());
            long message = alice.publish(channel, "hello").sync().orThrow().timetoken();
            MessageAction added = alice.toggleMessageAction(channel, MessageAction.of("flag", "spam", message))
                    .sync()
                    .orThrow()
                    .action();
            assertThat(owner.removeMessageActionByValue(channel, message, "flag", "spam")
                    .uuid("alice")
                    .sync()
                    .orThrow()).isEqualTo(added);
            assertThat(stored(alice, message)).isEmpty();
        }
    }

    @Test
    void toggleNeedsThePermissionToDelete() {
        try (ManiculeClient owner = ManiculeClient.of(guarded("owner").secretKey("sec-c-1").build());
                ManiculeClient alice = ManiculeClient.of(guarded("alice").build())) {
            alice.setToken(owner.grantToken(5)
                    .channel(channel, Permission.READ, Permission.WRITE)
                    .sync()
                    .orThrow()
                    .token());
            long message = alice.publish(channel, "hello").sync().orThrow().timetoken();
            assertThat(alice.toggleMessageAction(channel, MessageAction.of("reaction", "wave", message))
                    .sync()
                    .status()
                    .category()).isEqualTo(Category.ACCESS_DENIED);
            assertThat(stored(alice, message)).isEmpty();
        }
    }
}
