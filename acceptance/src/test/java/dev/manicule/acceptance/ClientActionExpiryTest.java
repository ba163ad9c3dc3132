package dev.manicule.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.manicule.client.ChangedActions;
import dev.manicule.client.ManiculeClient;
import dev.manicule.client.MessageAction;
import dev.manicule.client.MessageActionEvent;
import dev.manicule.server.model.ActionRule;
import dev.manicule.server.model.ActionRules;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Actions with a time to live, of the Java client at the real server. */
class ClientActionExpiryTest {
    private static final long SECOND = 10_000_000;
    private static final Duration SHORT = Duration.ofSeconds(1);
    private static final Duration LONG = Duration.ofHours(1);
    private static final ActionRules RULES = new ActionRules(List.of(new ActionRule("typing", ActionRule.Kind.MANY,
            List.of(), new ActionRule.Most(ActionRule.ANY_NUMBER, ActionRule.ANY_NUMBER, 60), false, false)));

    @RegisterExtension
    static final RunningServer SERVER = RunningServer.withRules(RULES, null);

    private String channel = "";

    @BeforeEach
    void name(TestInfo test) {
        channel = "chats." + RunningServer.channel(test);
    }

    private static long ttl(MessageAction action) {
        return action.expires() - action.actionTimetoken();
    }

    @Test
    void anActionLeavesWithAnEventThatSaysSo() {
        try (ManiculeClient alice = SERVER.client("alice")) {
            long message = alice.publish(channel, "hello").sync().orThrow().timetoken();
            Recorder recorder = new Recorder();
            alice.addListener(recorder);
            alice.subscribeFrom(message, channel);
            MessageAction added = alice.addMessageAction(channel, MessageAction.of("reaction", "wave", message))
                    .ttl(SHORT)
                    .sync()
                    .orThrow();
            assertThat(ttl(added)).isEqualTo(SECOND);
            await().until(() -> recorder.actions.size() == 2);
            MessageActionEvent first = recorder.actions.get(0);
            assertThat(first).isEqualTo(new MessageActionEvent(channel, null, added.actionTimetoken(), "added", added,
                    OptionalLong.of(1)));
            MessageActionEvent last = recorder.actions.get(1);
            assertThat(last).isEqualTo(new MessageActionEvent(channel, null, last.timetoken(), "removed", added,
                    OptionalLong.of(0), true));
            assertThat(last.timetoken()).isGreaterThanOrEqualTo(added.expires());
            assertThat(alice.getActionsOn(channel, message).stream()).isEmpty();
        }
    }

    @Test
    void theSameAdditionRenewsTheAction() {
        try (ManiculeClient alice = SERVER.client("alice")) {
            long message = alice.publish(channel, "hello").sync().orThrow().timetoken();
            MessageAction wave = MessageAction.of("reaction", "wave", message);
            MessageAction first = alice.addMessageAction(channel, wave).ttl(LONG).sync().orThrow();
            ChangedActions second = alice.addMessageAction(channel, wave).ttl(LONG).withReplaced().sync().orThrow();
            assertThat(second.added()).isEmpty();
            assertThat(second.removed()).isEmpty();
            assertThat(second.renewed()).singleElement().satisfies(renewed -> {
                assertThat(renewed.actionTimetoken()).isEqualTo(first.actionTimetoken());
                assertThat(renewed.expires()).isGreaterThan(first.expires());
            });
            assertThat(alice.getMessageActions(channel).stream()).isEqualTo(second.renewed());
            assertThat(alice.getActionsBy(channel, "alice").stream()).isEqualTo(second.renewed());
        }
    }

    @Test
    void setsTogglesAndBatchesHaveTimesToo() {
        try (ManiculeClient alice = SERVER.client("alice")) {
            long message = alice.publish(channel, "hello").sync().orThrow().timetoken();
            ChangedActions set = alice.setMessageActions(channel, message, "label", "a", "b")
                    .ttl(LONG)
                    .sync()
                    .orThrow();
            assertThat(set.added()).hasSize(2).allSatisfy(each -> assertThat(ttl(each)).isEqualTo(3600 * SECOND));
            ChangedActions again = alice.setMessageActions(channel, message, "label", "b").ttl(LONG).sync().orThrow();
            assertThat(again.removed()).extracting(MessageAction::value).containsExactly("a");
            assertThat(again.renewed()).extracting(MessageAction::value).containsExactly("b");
            MessageAction wave = MessageAction.of("reaction", "wave", message);
            assertThat(ttl(alice.toggleMessageAction(channel, wave).ttl(LONG).sync().orThrow().action()))
                    .isEqualTo(3600 * SECOND);
            List<ChangedActions> batch = alice.changeMessageActions(channel)
                    .add(wave, LONG)
                    .add(MessageAction.of("reaction", "heart", message))
                    .sync()
                    .orThrow()
                    .outcomes()
                    .stream()
                    .map(each -> each.changed())
                    .toList();
            assertThat(batch.get(0).renewed()).extracting(MessageAction::value).containsExactly("wave");
            assertThat(batch.get(1).added()).singleElement().extracting(MessageAction::expires).isEqualTo(0L);
        }
    }

    @Test
    void ruleSaysForHowLongItsActionsStay() {
        try (ManiculeClient alice = SERVER.client("alice")) {
            assertThat(alice.getActionRules().sync().orThrow().rule("typing").most().ttl())
                    .hasValue(Duration.ofMinutes(1));
            long message = alice.publish(channel, "hello").sync().orThrow().timetoken();
            MessageAction on = alice.addMessageAction(channel, MessageAction.of("typing", "on", message))
                    .sync()
                    .orThrow();
            assertThat(ttl(on)).isEqualTo(60 * SECOND);
        }
    }
}
