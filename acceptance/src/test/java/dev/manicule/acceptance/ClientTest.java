package dev.manicule.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.manicule.client.Category;
import dev.manicule.client.Envelope;
import dev.manicule.client.FetchMessages;
import dev.manicule.client.GetMessageActions;
import dev.manicule.client.ManiculeClient;
import dev.manicule.client.MessageAction;
import dev.manicule.client.Operation;
import dev.manicule.client.RemoveMessageAction;
import dev.manicule.client.Status;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The calls of the Java client, against the real server. */
class ClientTest {
    @RegisterExtension
    static final RunningServer SERVER = new RunningServer();

    private ManiculeClient alice = SERVER.client("alice");
    private String channel = "";

    @BeforeEach
    void name(TestInfo test) {
        channel = "chats." + RunningServer.channel(test);
    }

    @AfterEach
    void close() {
        alice.close();
    }

    private static void acknowledged(Status status, Operation operation, int code) {
        assertThat(status.isError()).isFalse();
        assertThat(status.operation()).isEqualTo(operation);
        assertThat(status.operation().code()).isEqualTo(code);
        assertThat(status.category()).isEqualTo(Category.ACKNOWLEDGMENT);
        assertThat(status.statusCode()).isEqualTo(200);
        assertThat(status.uuid()).isEqualTo("alice");
        assertThat(status.origin()).isEqualTo(SERVER.origin());
        assertThat(status.tlsEnabled()).isFalse();
    }

    @Test
    void actionsAreAddedGotAndRemovedInEveryStyle() throws Exception {
        long message = alice.publish(channel, "hello").sync().orThrow().timetoken();
        Envelope<MessageAction> built = alice.addMessageAction()
                .channel(channel)
                .messageAction(MessageAction.of("reaction", "smiley_face", message))
                .sync();
        acknowledged(built.status(), Operation.ADD_MESSAGE_ACTION, 42);
        assertThat(built.orThrow()).isEqualTo(new MessageAction("reaction", "smiley_face", message, "alice",
                built.orThrow().actionTimetoken()));
        Envelope<MessageAction> future = alice.addMessageAction(channel, MessageAction.of("receipt", "read", message))
                .future()
                .get(10, TimeUnit.SECONDS);
        CompletableFuture<MessageAction> called = new CompletableFuture<>();
        alice.addMessageAction(channel, MessageAction.of("edited", "new text ☞", 1595634332))
                .async((result, status) -> called.complete(result));
        MessageAction third = called.get(10, TimeUnit.SECONDS);

        Envelope<GetMessageActions.Result> got = alice.getMessageActions(channel).sync();
        acknowledged(got.status(), Operation.GET_MESSAGE_ACTIONS, 43);
        assertThat(got.orThrow().actions()).containsExactly(built.orThrow(), future.orThrow(), third);
        assertThat(got.orThrow().more()).isNull();

        Envelope<RemoveMessageAction.Result> removed = alice.removeMessageAction()
                .channel(channel)
                .actionTimetoken(third.actionTimetoken())
                .messageTimetoken(1595634332)
                .sync();
        acknowledged(removed.status(), Operation.REMOVE_MESSAGE_ACTION, 44);
        assertThat(removed.orThrow()).isEqualTo(new RemoveMessageAction.Result());
        Status again = alice.removeMessageAction(channel, 1595634332, third.actionTimetoken()).sync().status();
        assertThat(again.isError()).isTrue();
        assertThat(again.category()).isEqualTo(Category.BAD_REQUEST);
        assertThat(again.errorData()).isNotNull();
        assertThat(again.errorData().message()).isEqualTo("No matching message actions to delete");
        Status duplicate = alice.addMessageAction(channel, MessageAction.of("receipt", "read", message))
                .sync()
                .status();
        assertThat(duplicate.statusCode()).isEqualTo(409);
        assertThat(duplicate.category()).isEqualTo(Category.CONFLICT);
        try (ManiculeClient bob = SERVER.client("bob")) {
            Status foreign = bob.removeMessageAction(channel, message, built.orThrow().actionTimetoken())
                    .sync()
                    .status();
            assertThat(foreign.errorData()).isNotNull();
            assertThat(foreign.errorData().message()).contains("wrong uuid");
        }
    }

    @Test
    void actionStreamFetchesPagesLazily() {
        for (int i = 0; i < 250; i++) {
            alice.addMessageAction(channel, MessageAction.of("n", "" + i, 5)).sync().orThrow();
        }
        List<Long> walked = alice.getMessageActions(channel)
                .limit(50)
                .stream()
                .map(MessageAction::actionTimetoken)
                .toList();
        assertThat(walked).hasSize(250).doesNotHaveDuplicates().isSortedAccordingTo(Collections.reverseOrder());
        assertThat(alice.getMessageActions(channel)
                .limit(7)
                .start(walked.get(10))
                .end(walked.get(30))
                .stream()
                .map(MessageAction::actionTimetoken)).isEqualTo(walked.subList(11, 31));
        GetMessageActions.Result page = alice.getMessageActions(channel).limit(100).sync().orThrow();
        assertThat(page.actions()).hasSize(100);
        assertThat(page.more()).isNotNull();
        assertThat(page.more().start()).isEqualTo(walked.get(99));
        assertThat(page.more().limit()).isEqualTo(100);
    }

    @Test
    void messagesAreFetchedCountedAndDeleted() {
        long first = alice.publish(channel, Map.of("text", "é☞😀", "n", List.of(1, 2.5, true)))
                .meta(Map.of("lang", "en"))
                .sync()
                .orThrow()
                .timetoken();
        long second = alice.publish(channel, 42).customMessageType("answer").sync().orThrow().timetoken();
        alice.publish(channel, "gone").shouldStore(false).sync().orThrow();
        MessageAction action = alice.addMessageAction(channel, MessageAction.of("reaction", "+1", first))
                .sync()
                .orThrow();

        FetchMessages.Result fetched = alice.fetchMessages(channel)
                .includeMessageActions(true)
                .includeMeta(true)
                .includeMessageType(true)
                .includeCustomMessageType(true)
                .sync()
                .orThrow();
        List<FetchMessages.Message> messages = fetched.channels().get(channel);
        assertThat(messages).hasSize(2);
        FetchMessages.Message one = messages.get(0);
        assertThat(one.message().get("text").asText()).isEqualTo("é☞😀");
        assertThat(one.timetoken()).isEqualTo(first);
        assertThat(one.meta()).isNotNull();
        assertThat(one.uuid()).isEqualTo("alice");
        assertThat(one.messageType()).isNull();
        assertThat(one.actions()).isEqualTo(Map.of("reaction", Map.of("+1",
                List.of(new FetchMessages.Actor("alice", action.actionTimetoken())))));
        assertThat(messages.get(1).customMessageType()).isEqualTo("answer");
        assertThat(messages.get(1).meta()).isNull();
        assertThat(messages.get(1).actions()).isEmpty();

        assertThat(alice.fetchMessages(channel, "none").maximumPerChannel(1).sync().orThrow().channels())
                .containsOnlyKeys(channel);
        assertThat(alice.fetchMessages(channel).maximumPerChannel(1).sync().orThrow().more()).isNotNull();
        var history = alice.history(channel).includeTimetoken(true).includeMeta(true).sync().orThrow();
        assertThat(history.startTimetoken()).isEqualTo(first);
        assertThat(history.endTimetoken()).isEqualTo(second);
        assertThat(history.messages().get(1).timetoken()).isEqualTo(second);
        assertThat(alice.history(channel).count(1).reverse(true).sync().orThrow().messages()).hasSize(1);
        assertThat(alice.messageCounts(channel, first).sync().orThrow().channels()).isEqualTo(Map.of(channel, 1));
        assertThat(alice.messageCounts().channel(channel, 1).channel("none", 1).sync().orThrow().channels())
                .isEqualTo(Map.of(channel, 2, "none", 0));
        alice.deleteMessages(channel).start(first - 1).end(first).sync().orThrow();
        assertThat(alice.messageCounts(channel, 1).sync().orThrow().channels()).isEqualTo(Map.of(channel, 1));
        assertThat(alice.getMessageActions(channel).sync().orThrow().actions()).isEmpty();
        assertThat(alice.time().sync().orThrow().timetoken()).isGreaterThan(second);
    }
}
