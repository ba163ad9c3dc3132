package dev.manicule.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.manicule.client.Category;
import dev.manicule.client.ChangeMessageActions;
import dev.manicule.client.ChangedActions;
import dev.manicule.client.ClientConfig;
import dev.manicule.client.GetActionRules;
import dev.manicule.client.ManiculeClient;
import dev.manicule.client.MessageAction;
import dev.manicule.client.RemoveMessageActions;
import dev.manicule.client.Status;
import dev.manicule.client.ToggleMessageAction;
import dev.manicule.server.access.Secret;
import dev.manicule.server.model.ActionRule;
import dev.manicule.server.model.ActionRules;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Rules for types of actions, whole sets, batches, removals of many, of the Java client at the real server. */
class ClientActionRulesTest {
    private static final String SECRET = "sec-c-of-client-rules-3k9qwe";
    private static final int ANY = ActionRule.ANY_NUMBER;
    private static final ActionRules RULES = new ActionRules(List.of(
            new ActionRule("reaction", ActionRule.Kind.ONE, List.of("wave", "heart", "fire"), ActionRule.Most.ANY,
                    false, false),
            new ActionRule("receipt", ActionRule.Kind.ONCE, List.of(), ActionRule.Most.ANY, false, false),
            new ActionRule("tag", ActionRule.Kind.MANY, List.of(), new ActionRule.Most(3, 2, ANY), false, false),
            new ActionRule("flag", ActionRule.Kind.MANY, List.of(), ActionRule.Most.ANY, true, true)));

    @RegisterExtension
    static final RunningServer SERVER = RunningServer.withRules(RULES, new Secret(SECRET));

    private final ManiculeClient alice = SERVER.client("alice");
    private final ManiculeClient owner = ManiculeClient
            .of(ClientConfig.forUser("owner").origin(SERVER.origin()).secretKey(SECRET).build());
    private String channel = "";
    private long message;

    @BeforeEach
    void publish(TestInfo test) {
        channel = "chats." + RunningServer.channel(test);
        message = alice.publish(channel, "hello").sync().orThrow().timetoken();
    }

    @AfterEach
    void close() {
        alice.close();
        owner.close();
    }

    private MessageAction add(String user, String type, String value) {
        return alice.as(user).addMessageAction(channel, MessageAction.of(type, value, message)).sync().orThrow();
    }

    private List<MessageAction> stored() {
        return alice.getActionsOn(channel, message).stream().toList();
    }

    private static void refused(Status status, Category category, String words) {
        assertThat(status.category()).isEqualTo(category);
        assertThat(status.errorData()).isNotNull();
        assertThat(status.errorData().message()).contains(words);
    }

    @Test
    void additionSaysWhatItReplaced() {
        MessageAction wave = add("alice", "reaction", "wave");
        ChangedActions changed = alice.addMessageAction(channel, MessageAction.of("reaction", "heart", message))
                .withReplaced()
                .sync()
                .orThrow();
        assertThat(changed.removed()).containsExactly(wave);
        assertThat(stored()).isEqualTo(changed.added());
        ToggleMessageAction.Result toggled = alice
                .toggleMessageAction(channel, MessageAction.of("reaction", "fire", message))
                .sync()
                .orThrow();
        assertThat(toggled.isAdded()).isTrue();
        assertThat(toggled.replaced()).isEqualTo(changed.added());
        assertThat(stored()).containsExactly(toggled.action());
    }

    @Test
    void additionThatReplacesNothingSaysSo() {
        add("bob", "reaction", "wave");
        assertThat(alice.addMessageAction(channel, MessageAction.of("reaction", "heart", message))
                .withReplaced()
                .sync()
                .orThrow()
                .removed()).isEmpty();
        assertThat(stored()).hasSize(2);
    }

    @Test
    void setReplacesTheValuesOfItsUser() {
        MessageAction old = add("alice", "label", "👍 & more");
        MessageAction kept = add("alice", "label", "kept");
        MessageAction his = add("bob", "label", "kept");
        ChangedActions changed = alice.setMessageActions(channel, message, "label", "kept", "new").sync().orThrow();
        assertThat(changed.removed()).containsExactly(old);
        assertThat(changed.added()).extracting(MessageAction::value).containsExactly("new");
        assertThat(stored()).containsExactlyInAnyOrder(kept, his, changed.added().get(0));
        assertThat(alice.setMessageActions(channel, message, "label").sync().orThrow().removed()).hasSize(2);
        assertThat(stored()).containsExactly(his);
        refused(alice.setMessageActions(channel, message, "tag", "a", "b", "c").sync().status(), Category.BAD_REQUEST,
                "Maximum number of actions of this type");
        assertThat(stored()).as("a refused set leaves nothing").containsExactly(his);
    }

    @Test
    void ownerSetsATypeThatIsClosedToOthers() {
        refused(alice.setMessageActions(channel, message, "flag", "spam").sync().status(), Category.ACCESS_DENIED,
                "signature of the keyset");
        assertThat(owner.setMessageActions(channel, message, "flag", "spam", "~ & é").sync().orThrow().added())
                .isEqualTo(stored())
                .hasSize(2);
    }

    @Test
    void removalOfManyTakesWhatItSelects() {
        for (String user : List.of("alice", "bob", "cem")) {
            add(user, "label", "a");
            add(user, "label", "b");
            add(user, "reaction", "wave");
        }
        assertThat(removed(alice.removeMessageActions(channel, message).type("label").value("a"))).isEqualTo(1);
        assertThat(removed(alice.removeMessageActions(channel, message).type("label"))).isEqualTo(1);
        assertThat(removed(alice.removeMessageActions(channel, message).type("label"))).isZero();
        refused(alice.removeMessageActions(channel, message).sync().status(), Category.ACCESS_DENIED, "Name a type");
        assertThat(removed(alice.removeMessageActions(channel, message).type("reaction"))).isEqualTo(1);
        refused(alice.removeMessageActions(channel, message).uuid("bob").type("label").sync().status(),
                Category.ACCESS_DENIED, "signature");
        refused(alice.removeMessageActions(channel, message).everyone().sync().status(), Category.ACCESS_DENIED,
                "signature");
        assertThat(stored()).hasSize(6);
        assertThat(removed(owner.removeMessageActions(channel, message).uuid("bob").type("label"))).isEqualTo(2);
        assertThat(removed(owner.removeMessageActions(channel, message).type("reaction").everyone())).isEqualTo(2);
        assertThat(stored()).extracting(MessageAction::uuid).containsExactly("cem", "cem");
        assertThat(removed(owner.removeMessageActions(channel, message).everyone())).isEqualTo(2);
        assertThat(stored()).isEmpty();
    }

    @Test
    void batchReportsEachChange() {
        long other = alice.publish(channel, "again").sync().orThrow().timetoken();
        MessageAction read = add("alice", "receipt", "read");
        List<ChangeMessageActions.Outcome> outcomes = alice.changeMessageActions(channel)
                .add(MessageAction.of("reaction", "wave", message))
                .add(MessageAction.of("receipt", "seen", message))
                .toggle(MessageAction.of("label", "👍 & \"more\"", other))
                .remove(MessageAction.of("label", "none", other))
                .add(MessageAction.of("reaction", "boo", other))
                .remove(new MessageAction("label", "a", other, "bob", 0))
                .remove(read)
                .sync()
                .orThrow()
                .outcomes();
        assertThat(outcomes).extracting(ChangeMessageActions.Outcome::statusCode)
                .containsExactly(200, 409, 200, 400, 400, 403, 200);
        Status.ErrorData conflict = outcomes.get(1).errorData();
        assertThat(conflict).isEqualTo(new Status.ErrorData("Action Already Added", null, read));
        assertThat(outcomes.get(2).changed().added()).isEqualTo(alice.getActionsOn(channel, other).stream().toList())
                .extracting(MessageAction::value)
                .containsExactly("👍 & \"more\"");
        assertThat(outcomes.get(6).changed().removed()).containsExactly(read);
        assertThat(stored()).isEqualTo(outcomes.get(0).changed().added());
    }

    @Test
    void atomicBatchChangesAllOrNothing() {
        MessageAction read = add("alice", "receipt", "read");
        ChangeMessageActions batch = alice.changeMessageActions(channel)
                .add(MessageAction.of("reaction", "wave", message))
                .add(MessageAction.of("receipt", "seen", message))
                .atomic();
        Status status = batch.sync().status();
        assertThat(status.category()).isEqualTo(Category.CONFLICT);
        assertThat(status.errorData())
                .isEqualTo(new Status.ErrorData("Action Already Added", null, read, OptionalInt.of(1)));
        assertThat(stored()).containsExactly(read);
        assertThat(alice.changeMessageActions(channel)
                .remove(read)
                .add(MessageAction.of("receipt", "seen", message))
                .atomic()
                .sync()
                .orThrow()
                .outcomes()).noneMatch(ChangeMessageActions.Outcome::isError);
        assertThat(stored()).extracting(MessageAction::value).containsExactly("seen");
    }

    @Test
    void ownerChangesActionsOfOtherUsersInABatch() {
        MessageAction his = add("bob", "label", "a");
        MessageAction hers = add("cem", "label", "b");
        assertThat(owner.changeMessageActions(channel).remove(his).remove(hers).atomic().sync().orThrow().outcomes())
                .flatExtracting(outcome -> outcome.changed().removed())
                .containsExactly(his, hers);
        assertThat(stored()).isEmpty();
    }

    @Test
    void rulesAreThoseOfTheKeyset() {
        GetActionRules.Result rules = alice.getActionRules().sync().orThrow();
        assertThat(rules.rules()).hasSize(4);
        assertThat(rules.rule("reaction").kind()).isEqualTo(dev.manicule.client.ActionRule.Kind.ONE);
        assertThat(rules.rule("reaction").values()).containsExactly("wave", "heart", "fire");
        assertThat(rules.rule("receipt").kind()).isEqualTo(dev.manicule.client.ActionRule.Kind.ONCE);
        assertThat(rules.rule("tag").most().values()).hasValue(3);
        assertThat(rules.rule("tag").most().byUser()).hasValue(2);
        assertThat(rules.rule("tag").most().ttl()).isEmpty();
        assertThat(rules.rule("flag").isAddedByOwner() && rules.rule("flag").isRemovedByOwner()).isTrue();
        assertThat(rules.rule("label").allows("anything")).isTrue();
    }

    private static long removed(RemoveMessageActions call) {
        return call.sync().orThrow().removed();
    }
}
