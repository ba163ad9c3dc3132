package dev.manicule.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.manicule.client.ActionCounts;
import dev.manicule.client.ActionSummary;
import dev.manicule.client.ActionTally;
import dev.manicule.client.Category;
import dev.manicule.client.ChangeMessageActions.Outcome;
import dev.manicule.client.ChangedActions;
import dev.manicule.client.FetchMessages;
import dev.manicule.client.ManiculeClient;
import dev.manicule.client.MessageAction;
import dev.manicule.server.model.ActionRule;
import dev.manicule.server.model.ActionRules;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Actions whose amounts add up, of the Java client at the real server. */
class ClientActionAmountsTest {
    private static final ActionRules RULES = new ActionRules(List.of(
            new ActionRule("clap", ActionRule.Kind.COUNTER, List.of(), ActionRule.Most.ANY, false, false)));

    @RegisterExtension
    static final RunningServer SERVER = RunningServer.withRules(RULES, null);

    private String channel = "";

    @BeforeEach
    void name(TestInfo test) {
        channel = "chats." + RunningServer.channel(test);
    }

    private MessageAction clap(ManiculeClient user, long message, int amount) {
        return user.addMessageAction(channel, MessageAction.of("clap", "c", message).withAmount(amount))
                .sync()
                .orThrow();
    }

    @Test
    void amountsAddUpInResponsesListsSummariesAndEvents() {
        try (ManiculeClient alice = SERVER.client("alice"); ManiculeClient bob = SERVER.client("bob")) {
            long message = alice.publish(channel, "hello").sync().orThrow().timetoken();
            Recorder recorder = new Recorder();
            alice.addListener(recorder);
            alice.subscribeFrom(message, channel);
            assertThat(clap(alice, message, 1).amount()).isEqualTo(1);
            MessageAction more = clap(alice, message, 4);
            assertThat(more.amount()).isEqualTo(5);
            MessageAction other = clap(bob, message, 2);
            ActionSummary summary = alice.getActionSummaries(channel, message).sync().orThrow().summary(message);
            assertThat(summary.tally("clap", "c")).isEqualTo(new ActionTally(7, 2,
                    List.of(new FetchMessages.Actor("alice", more.actionTimetoken()),
                            new FetchMessages.Actor("bob", other.actionTimetoken())),
                    OptionalLong.of(more.actionTimetoken()), 5));
            assertThat(alice.getActionsOn(channel, message).stream().map(MessageAction::amount)).containsExactly(5, 2);
            FetchMessages.Message fetched = Objects.requireNonNull(alice.fetchMessages(channel)
                    .includeMessageActions(true)
                    .sync()
                    .orThrow()
                    .channels()
                    .get(channel)).get(0);
            assertThat(Objects.requireNonNull(Objects.requireNonNull(fetched.actions().get("clap")).get("c")))
                    .extracting(FetchMessages.Actor::amount)
                    .containsExactly(5, 2);
            await().until(() -> recorder.actions.size() == 4);
            assertThat(recorder.actions).extracting(event -> event.event() + " " + event.action().amount() + " "
                    + event.count().orElse(-1)).containsExactly("added 1 1", "removed 1 0", "added 5 5", "added 2 7");
            ActionCounts counts = new ActionCounts("alice", channel, message);
            recorder.actions.forEach(event -> assertThat(counts.apply(event)).isTrue());
            assertThat(counts.count("clap", "c")).isEqualTo(7);
            assertThat(counts.mineAmount("clap", "c")).isEqualTo(5);
            assertThat(ActionCounts.of(summary).mineAmount("clap", "c")).isEqualTo(5);
        }
    }

    @Test
    void amountIsTakenBack() {
        try (ManiculeClient alice = SERVER.client("alice")) {
            long message = alice.publish(channel, "hello").sync().orThrow().timetoken();
            MessageAction first = clap(alice, message, 3);
            MessageAction less = MessageAction.of("clap", "c", message).withAmount(-1);
            ChangedActions changed = alice.addMessageAction(channel, less).withReplaced().sync().orThrow();
            assertThat(changed.removed()).containsExactly(first);
            assertThat(changed.added()).extracting(MessageAction::amount).containsExactly(2);
            assertThat(clap(alice, message, -2).amount()).isZero();
            assertThat(alice.addMessageAction(channel, less).sync().status().statusCode()).isEqualTo(400);
            MessageAction again = clap(alice, message, 1);
            assertThat(alice.addMessageAction(channel, less).withReplaced().sync().orThrow())
                    .isEqualTo(new ChangedActions(List.of(), List.of(again)));
        }
    }

    @Test
    void batchesAddAmountsAndRulesSayThatTheyAdd() {
        try (ManiculeClient alice = SERVER.client("alice")) {
            long message = alice.publish(channel, "hello").sync().orThrow().timetoken();
            List<Outcome> outcomes = alice.changeMessageActions(channel)
                    .add(MessageAction.of("clap", "c", message).withAmount(3))
                    .add(MessageAction.of("clap", "c", message))
                    .add(MessageAction.of("reaction", "c", message).withAmount(3))
                    .sync()
                    .orThrow()
                    .outcomes();
            assertThat(outcomes.get(1).changed().added()).extracting(MessageAction::amount).containsExactly(4);
            assertThat(outcomes.get(2).category()).isEqualTo(Category.BAD_REQUEST);
            assertThat(alice.getActionRules().sync().orThrow().rule("clap").kind())
                    .isEqualTo(dev.manicule.client.ActionRule.Kind.COUNTER);
        }
    }
}
