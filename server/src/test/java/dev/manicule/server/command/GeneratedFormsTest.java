package dev.manicule.server.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.manicule.server.command.PresenceChange.Interval;
import dev.manicule.server.command.PresenceChange.Join;
import dev.manicule.server.command.PresenceChange.Leave;
import dev.manicule.server.command.PresenceChange.LeaveEverywhere;
import dev.manicule.server.command.PresenceChange.SetState;
import dev.manicule.server.command.Publish.Delivery;
import dev.manicule.server.json.Json;
import dev.manicule.server.model.ActionRule;
import dev.manicule.server.model.Channel;
import dev.manicule.server.model.ChannelGroup;
import dev.manicule.server.model.EntityId;
import dev.manicule.server.model.MessageAction;
import dev.manicule.server.model.PushDevice.Gateway;
import dev.manicule.server.model.PushDevice;
import dev.manicule.server.model.Range;
import dev.manicule.server.model.StoredFile;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Generated commands, outcomes and bytes: what is written is read as it was, and nothing else is read at all. */
class GeneratedFormsTest {
    private static Arbitrary<String> texts() {
        Arbitrary<String> chars = Arbitraries.of("a", "z", "\u0000", "\u007f", "\u0080", "é", "\u07ff", "\u0800", "€",
                "\uffff", "😀", "\udbff\udfff", ",", "\"");
        return Arbitraries.oneOf(chars.list().ofMaxSize(6).map(parts -> String.join("", parts)),
                chars.list().ofMinSize(126).ofMaxSize(130).map(parts -> String.join("", parts)));
    }

    private static Arbitrary<Long> numbers() {
        return Arbitraries.oneOf(Arbitraries.longs(), Arbitraries.of(0L, -1L, Long.MAX_VALUE, Long.MIN_VALUE));
    }

    private static Arbitrary<Boolean> flags() {
        return Arbitraries.of(true, false);
    }

    private static Arbitrary<Json> jsons() {
        return texts().map(text -> new Json(text.getBytes(StandardCharsets.UTF_8)));
    }

    private static Arbitrary<Channel> channels() {
        return Combinators.combine(texts(), texts()).as(Channel::new);
    }

    private static Arbitrary<PushDevice> devices() {
        return Combinators.combine(texts(), Arbitraries.of(Gateway.values()), texts(), texts()).as(PushDevice::new);
    }

    private static Arbitrary<ChannelGroup> groups() {
        return Combinators.combine(texts(), texts()).as(ChannelGroup::new);
    }

    private static Arbitrary<Range> ranges() {
        return Combinators.combine(numbers(), numbers(), flags()).as(Range::new);
    }

    private static Arbitrary<Publish> publishes() {
        Arbitrary<Publish> publishes = Combinators
                .combine(channels(), jsons(), jsons().injectNull(0.5), texts().injectNull(0.5),
                        texts().injectNull(0.5), numbers().injectNull(0.5), jsons().injectNull(0.5),
                        Arbitraries.of(Delivery.class))
                .as((channel, payload, meta, uuid, customType, sequence, origin, delivery) -> new Publish(channel,
                        payload,
                        meta, uuid, customType, sequence, origin, delivery));
        return Combinators.combine(publishes, numbers())
                .as(Publish::lasting);
    }

    private static Arbitrary<AddAction> adds() {
        return Combinators.combine(channels(), numbers(), texts(), texts(), texts(), flags(), numbers())
                .as(AddAction::new);
    }

    private static Arbitrary<RemoveAction> removes() {
        return Combinators.combine(channels(), numbers(), numbers(), texts(), flags()).as(RemoveAction::new);
    }

    private static Arbitrary<IdempotencyKey> keys() {
        Arbitrary<byte[]> digests = Arbitraries.bytes().array(byte[].class).ofSize(IdempotencyKey.BYTES);
        return Combinators.combine(digests, digests, flags()).as(IdempotencyKey::new);
    }

    private static Arbitrary<PresenceChange> changes() {
        Arbitrary<List<String>> names = texts().list().ofMaxSize(3);
        Arbitrary<PresenceChange> joins = Combinators.combine(channels(), texts(), numbers(), jsons().injectNull(0.5),
                flags()).as(Join::new);
        Arbitrary<PresenceChange> later = joins.map(each -> {
            Join join = (Join) each;
            return new Join(join.channel(), join.uuid(), join.patience(), join.state(), false, true);
        });
        Arbitrary<PresenceChange> leaves = Combinators.combine(channels(), texts(), flags(), flags()).as(Leave::new);
        Arbitrary<PresenceChange> everywhere = Combinators
                .combine(channels(), texts(), texts().injectNull(0.5), flags())
                .as(LeaveEverywhere::new);
        Arbitrary<PresenceChange> states = Combinators.combine(channels(), texts(), jsons(), flags())
                .as(SetState::new);
        Arbitrary<PresenceChange> intervals = Combinators.combine(channels(), names, names, names, flags(),
                groups().injectNull(0.5)).as(Interval::new);
        return Arbitraries.oneOf(joins, later, leaves, everywhere, states, intervals);
    }

    private static Arbitrary<ChangeActions> actionChanges() {
        Arbitrary<ActionTerms> terms = Combinators.combine(flags(), numbers(),
                Arbitraries.of(ActionRule.Kind.values()), Arbitraries.integers(), Arbitraries.integers())
                .as(ActionTerms::new);
        Arbitrary<ActionChange> puts = Combinators
                .combine(numbers(), texts(), texts(), texts(), numbers(), flags(), terms)
                .as(ActionChange.Put::new);
        Arbitrary<ActionChange> amounts = Combinators
                .combine(numbers(), texts(), texts(), texts(), Arbitraries.integers(), numbers(), terms)
                .as(ActionChange.AddAmount::new);
        Arbitrary<ActionChange> removals = Combinators
                .combine(numbers(), texts().injectNull(0.3), texts().injectNull(0.3), texts().injectNull(0.3),
                        texts(), Arbitraries.integers().between(1, ActionChange.MOST_TAKEN_OFF))
                .as(ActionChange.TakeOff::new);
        Arbitrary<ActionChange> sets = Combinators
                .combine(numbers(), texts(), texts().list().ofMaxSize(5), texts(), numbers(), terms)
                .as(ActionChange.Replace::new);
        return Combinators
                .combine(channels(), Arbitraries.oneOf(puts, amounts, removals, sets).list().ofMinSize(1).ofMaxSize(5),
                        flags())
                .as(ChangeActions::new);
    }

    private static Arbitrary<EntityId> entities() {
        return Combinators.combine(texts(), Arbitraries.of(EntityId.Kind.values()), texts()).as(EntityId::new);
    }

    private static Arbitrary<SetEntity> setEntities() {
        return Combinators.combine(entities(), jsons(), texts().injectNull(0.5), Arbitraries.integers())
                .as(SetEntity::new);
    }

    private static Arbitrary<ChangeMemberships> changesOfMemberships() {
        Arbitrary<ChangeMemberships.Member> members = Combinators.combine(texts(), jsons())
                .as(ChangeMemberships.Member::new);
        return Combinators.combine(entities(), members.list().ofMaxSize(5), texts().list().ofMaxSize(5), flags(),
                Arbitraries.integers()).as(ChangeMemberships::new);
    }

    private static Map<Class<?>, Arbitrary<? extends Command<?>>> byCommand() {
        Map<Class<?>, Arbitrary<? extends Command<?>>> all = new LinkedHashMap<>();
        all.put(Publish.class, publishes());
        all.put(AddAction.class, adds());
        all.put(RemoveAction.class, removes());
        all.put(ChangeActions.class, actionChanges());
        all.put(MarkRead.class, Combinators.combine(channels(), texts(), numbers(), Arbitraries.integers())
                .as(MarkRead::new));
        all.put(SetEntity.class, setEntities());
        all.put(RemoveEntity.class, Combinators
                .combine(entities(), Arbitraries.integers().between(0, RemoveEntity.MOST_MEMBERSHIPS))
                .as(RemoveEntity::new));
        all.put(ChangeMemberships.class, changesOfMemberships());
        all.put(AddFile.class, Combinators.combine(channels(), texts(), texts(),
                Combinators.combine(numbers(), texts(), texts(), texts()).as(StoredFile.Content::new), numbers())
                .as(AddFile::new));
        all.put(DeleteFile.class, Combinators.combine(channels(), texts(), texts()).as(DeleteFile::new));
        all.put(ExpireFiles.class, texts().list().ofMaxSize(5).map(ExpireFiles::new));
        all.put(ExpireActions.class, Arbitraries.integers().between(1, 1000).map(ExpireActions::new));
        all.put(ChangeDevice.class, Combinators.combine(devices(), texts().list().ofMaxSize(5),
                texts().list().ofMaxSize(5), Arbitraries.integers(), Arbitraries.integers()).as(ChangeDevice::new));
        all.put(RemoveDevice.class, Combinators.combine(devices(), numbers()).as(RemoveDevice::new));
        all.put(FollowFeed.class, Combinators.combine(texts(), numbers(), numbers(), numbers()).as(FollowFeed::new));
        all.put(DeleteMessages.class, Combinators.combine(channels(), ranges()).as(DeleteMessages::new));
        all.put(Retain.class, Combinators.combine(texts(), numbers()).as(Retain::new));
        all.put(Tick.class, Arbitraries.of(new Tick()));
        all.put(ChangePresence.class, Combinators.combine(numbers(), changes().list().ofMinSize(1).ofMaxSize(5))
                .as(ChangePresence::new));
        all.put(ChangeGroup.class, Combinators.combine(groups(), texts().list().ofMaxSize(5),
                texts().list().ofMaxSize(5), Arbitraries.integers()).as(ChangeGroup::new));
        all.put(DeleteGroup.class, groups().map(DeleteGroup::new));
        all.put(RevokeToken.class, Combinators.combine(texts(), texts(), numbers(), numbers()).as(RevokeToken::new));
        all.put(GrantToKeys.class, Combinators.combine(texts(), texts().list().ofMaxSize(5),
                texts().list().ofMaxSize(5), Arbitraries.integers(), numbers(), numbers(), Arbitraries.integers())
                .as(GrantToKeys::new));
        all.put(ReportNode.class, Combinators
                .combine(numbers(), texts(), texts(),
                        Combinators.combine(numbers(), flags(), numbers()).as(ReportNode.Incarnation::new),
                        Arbitraries.integers(),
                        Combinators.combine(numbers(), Arbitraries.integers(), numbers()).as(ReportNode.Reached::new))
                .as(ReportNode::new));
        all.put(RemoveNode.class, Combinators.combine(numbers(), numbers(),
                Arbitraries.integers().between(1, RemoveNode.MOST)).as(RemoveNode::new));
        Arbitrary<Retryable<?>> retryable = Arbitraries.oneOf(publishes().map(each -> each), adds().map(each -> each),
                removes().map(each -> each), actionChanges().map(each -> each), setEntities().map(each -> each),
                changesOfMemberships().map(each -> each));
        all.put(Idempotent.class, Combinators.combine(retryable, keys())
                .as((command, key) -> (Command<?>) new Idempotent<>(command, key)));
        return all;
    }

    @Provide
    Arbitrary<Command<?>> commands() {
        return Arbitraries.of(byCommand().values()).flatMap(each -> each.map(command -> (Command<?>) command));
    }

    @Provide
    Arbitrary<Entry> entries() {
        return Combinators.combine(numbers(), numbers(), Arbitraries.integers(), numbers(), commands())
                .as((node, sequence, rules, notBefore, command) -> new Entry(new OperationId(node, sequence), rules,
                        notBefore, command));
    }

    @Provide
    Arbitrary<Outcome> outcomes() {
        Arbitrary<Outcome> added = Combinators.combine(numbers(), texts(), texts(), texts(), numbers())
                .as(MessageAction::new)
                .map(AddAction.Added::new);
        Arbitrary<Outcome> unavailable = Combinators.combine(texts(), flags()).as(Unavailable::new);
        return Arbitraries.oneOf(added, unavailable, numbers().map(Publish.Published::new),
                numbers().map(ChangePresence.PresenceChanged::new),
                Combinators.combine(Arbitraries.integers(), flags()).as(RemoveNode.NodeRemoved::new),
                Arbitraries.of(Forms.OUTCOMES).map(Forms.Form::value));
    }

    @Example
    void generatorCoversEveryCommand() {
        assertThat(byCommand().keySet()).containsExactlyInAnyOrderElementsOf(Forms.records(Command.class));
    }

    @Property(tries = 2000)
    void writtenEntryIsReadBack(@ForAll("entries") Entry entry) throws Exception {
        byte[] form = Forms.form(entry);
        Entry read = Forms.entry(form);
        assertThat(read).isEqualTo(entry);
        assertThat(Forms.form(read)).isEqualTo(form);
        assertThat(Forms.command(Forms.form(entry.command()))).isEqualTo(entry.command());
    }

    @Property(tries = 1000)
    void writtenOutcomeIsReadBack(@ForAll("outcomes") Outcome outcome) throws Exception {
        byte[] form = Forms.form(outcome);
        Outcome read = Forms.outcome(form);
        assertThat(read).isEqualTo(outcome);
        assertThat(Forms.form(read)).isEqualTo(form);
    }

    @Property(tries = 500)
    void oneWriterWritesManyEntries(@ForAll("entries") Entry one, @ForAll("entries") Entry other) throws Exception {
        ByteWriter out = new ByteWriter();
        one.writeTo(out);
        int middle = out.length();
        other.writeTo(out);
        assertThat(Entry.readFrom(new ByteReader(out.array(), 0, middle), rules -> {})).isEqualTo(one);
        assertThat(Entry.readFrom(new ByteReader(out.array(), middle, out.length() - middle), rules -> {}))
                .isEqualTo(other);
    }

    @Property(tries = 2000)
    void aDamagedEntryIsRefusedOrHasOneForm(@ForAll("entries") Entry entry, @ForAll Random random) {
        byte[] form = Forms.form(entry);
        byte[] changed = form.clone();
        for (int i = 0; i <= random.nextInt(3); i++) {
            changed[random.nextInt(changed.length)] = (byte) random.nextInt(256);
        }
        ByteFormTest.assertOneForm(changed, Forms::form, Forms::entry);
        int cut = random.nextInt(form.length);
        ByteFormTest.assertOneForm(Arrays.copyOf(changed, cut), Forms::form, Forms::entry);
    }

    @Property(tries = 5000)
    void anyBytesAreRefusedOrHaveOneForm(@ForAll byte[] bytes, @ForAll Random random) {
        if (bytes.length > 0) {
            bytes[0] = (byte) random.nextInt(16);
        }
        ByteFormTest.assertOneForm(bytes, Forms::form, Forms::command);
        ByteFormTest.assertOneForm(bytes, Forms::form, Forms::outcome);
    }
}
