package dev.manicule.server.ledger;

import dev.manicule.server.command.AddAction;
import dev.manicule.server.command.AddFile;
import dev.manicule.server.command.ChangeActions;
import dev.manicule.server.command.ChangeDevice;
import dev.manicule.server.command.ChangePresence;
import dev.manicule.server.command.FollowFeed;
import dev.manicule.server.command.LeaseModel.Announcement;
import dev.manicule.server.command.LeaseModel;
import dev.manicule.server.command.ChangeGroup;
import dev.manicule.server.command.ChangeMemberships;
import dev.manicule.server.command.Command;
import dev.manicule.server.command.DeleteFile;
import dev.manicule.server.command.DeleteGroup;
import dev.manicule.server.command.DeleteMessages;
import dev.manicule.server.command.ExpireActions;
import dev.manicule.server.command.ExpireFiles;
import dev.manicule.server.command.GrantToKeys;
import dev.manicule.server.command.IdempotencyKey;
import dev.manicule.server.command.Idempotent;
import dev.manicule.server.command.MarkRead;
import dev.manicule.server.command.Outcome;
import dev.manicule.server.command.Publish.Delivery;
import dev.manicule.server.command.PresenceChange;
import dev.manicule.server.command.Publish;
import dev.manicule.server.command.RemoveAction;
import dev.manicule.server.command.RemoveEntity;
import dev.manicule.server.command.RemoveDevice;
import dev.manicule.server.command.RemoveNode;
import dev.manicule.server.command.ReportNode;
import dev.manicule.server.command.Retain;
import dev.manicule.server.command.RevokeToken;
import dev.manicule.server.command.SetEntity;
import dev.manicule.server.command.Tick;
import dev.manicule.server.model.ActionSummary;
import dev.manicule.server.model.ActionSummary.Tally;
import dev.manicule.server.model.Channel;
import dev.manicule.server.model.ChannelGroup;
import dev.manicule.server.model.Message.Actor;
import dev.manicule.server.model.MessageAction;
import dev.manicule.server.model.PushDevice;
import dev.manicule.server.model.Range;
import dev.manicule.server.model.ReadMark;
import dev.manicule.server.model.Revision;
import dev.manicule.server.model.KeyGrant;
import dev.manicule.server.model.Revocation;
import dev.manicule.server.model.StoredFile;
import dev.manicule.server.model.Timetoken;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a ledger must do, in the simplest words: plain maps, no bytes, no disk. The tests hold the real one against it.
 */
@SuppressWarnings({"NullAway", "NonApiType"}) // what the maps hold is known, and their order is the point
public final class LedgerModel {
    public final Map<Channel, TreeMap<Long, Publish>> messages = new HashMap<>();
    public final Map<Channel, TreeMap<Long, MessageAction>> actions = new HashMap<>();
    /** Timetokens of events, each with a word for what happened. */
    public final Map<Channel, TreeMap<Long, String>> feed = new HashMap<>();

    /** The messages that the events about actions are about. */
    private final Map<Channel, TreeMap<Long, Long>> about = new HashMap<>();

    /** For how long each keyset keeps what it stores. */
    final Map<String, Long> retained = new HashMap<>();

    /** Messages that expire, by when. */
    private final TreeMap<Long, List<Map.Entry<Channel, Long>>> expiries = new TreeMap<>();

    /** When actions leave by themselves; a deletion leaves the ends of its actions. */
    private final TreeSet<End> ends = new TreeSet<>(Comparator.comparingLong(End::at)
            .thenComparing(end -> Keys.channel(end.channel()), Arrays::compareUnsigned)
            .thenComparingLong(End::action));

    private record End(long at, Channel channel, long action) {}

    /** What is in each group, and since when. */
    public final Map<ChannelGroup, TreeMap<String, Long>> groups = new HashMap<>();

    /** The tokens that hold no more. */
    final List<Revocation> revoked = new ArrayList<>();

    /** The permissions of auth keys, by keyset, resource and key. */
    final Map<List<String>, KeyGrant> keyGrants = new HashMap<>();

    /** The version of the rules that is in force. */
    public int rules = Ledger.RULES;

    /** Who is where. */
    public final LeaseModel leases = new LeaseModel();

    /** What was announced of that. */
    public final TreeMap<Long, Announcement> announced = new TreeMap<>();

    /** When each channel's last event was, also when it has been deleted since, but not when it has expired. */
    final Map<Channel, Long> lastEvents = new HashMap<>();

    /** How far users have read each channel, by their uuids. */
    public final Map<Channel, TreeMap<String, ReadMark>> marks = new HashMap<>();

    /** Metadata and memberships. */
    final AppContextModel objects = new AppContextModel((channel, at) -> emit(channel, at, "message"));

    /** The files, by their ids. */
    public final TreeMap<String, StoredFile> files = new TreeMap<>();

    /** The devices that get notifications, those with channels only. */
    final Map<PushDevice, DeviceContent> devices = new HashMap<>();

    /** The channels of a device, and when it was registered last. */
    record DeviceContent(TreeSet<String> channels, long registeredAt) {}

    /** Who reads the feed of all channels, by the name of the reader. */
    private final Map<String, Reading> readings = new HashMap<>();

    private record Reading(long node, long upTo, long heard) {}

    /** The devices of a channel. */
    List<PushDevice> devicesOf(Channel channel) {
        return devices.entrySet()
                .stream()
                .filter(each -> each.getKey().keyset().equals(channel.keyset())
                        && each.getValue().channels().contains(channel.name()))
                .map(Map.Entry::getKey)
                .toList();
    }

    private ChangeDevice.Outcome changeDevice(ChangeDevice change, long timetoken) {
        DeviceContent before = devices.getOrDefault(change.device(), new DeviceContent(new TreeSet<>(), 0));
        TreeSet<String> channels = new TreeSet<>(before.channels());
        channels.addAll(change.add());
        channels.removeAll(change.remove());
        TreeSet<String> added = new TreeSet<>(channels);
        added.removeAll(before.channels());
        if (!added.isEmpty() && channels.size() > change.mostChannels()) {
            return new ChangeDevice.TooManyChannels();
        }
        for (String channel : added) {
            if (devicesOf(new Channel(change.device().keyset(), channel)).size() >= change.mostDevices()) {
                return new ChangeDevice.TooManyDevices();
            }
        }
        if (channels.isEmpty()) {
            devices.remove(change.device());
        } else {
            devices.put(change.device(), new DeviceContent(channels,
                    change.add().isEmpty() ? before.registeredAt() : timetoken));
        }
        return new ChangeDevice.DeviceChanged();
    }

    /** Requests that were decided, by their name. */
    private final Map<ByteBuffer, Done> done = new HashMap<>();

    /** The last three periods in which anything happened. */
    private final List<Long> periods = new ArrayList<>(List.of(0L));

    private record Done(IdempotencyKey id, Outcome outcome, long timetoken) {}

    /** Time passes with each command. */
    public Outcome apply(Command<?> command, long timetoken) {
        pass(timetoken);
        Outcome outcome = decide(command, timetoken);
        pass(timetoken + command.timetokens() - 1);
        return outcome;
    }

    /** What is due by a timetoken happens. */
    private void pass(long timetoken) {
        expiries.headMap(timetoken, true)
                .values()
                .forEach(due -> due.forEach(
                        message -> delete(message.getKey(), new Range(message.getValue(), message.getValue(), false))));
        expiries.headMap(timetoken, true).clear();
        forgetOld(timetoken);
    }

    private void forgetOld(long timetoken) {
        long period = timetoken / Timetoken.SHORTLY;
        if (period > periods.getLast()) {
            periods.add(period);
            if (periods.size() > 3) {
                periods.removeFirst();
            }
        }
        retained.forEach((keyset, steps) -> {
            for (Map<Channel, ? extends TreeMap<Long, ?>> table : List.of(messages, actions, feed)) {
                table.forEach((channel, rows) -> {
                    if (channel.keyset().equals(keyset) && steps >= 0) {
                        rows.headMap(timetoken - steps).clear();
                    }
                });
            }
            lastEvents.entrySet()
                    .removeIf(last -> last.getKey().keyset().equals(keyset) && steps >= 0
                            && last.getValue() < timetoken - steps);
        });
    }

    private void delete(Channel channel, Range range) {
        for (Long gone : inRange(of(messages, channel), range)) {
            of(messages, channel).remove(gone);
            of(feed, channel).remove(gone);
        }
        of(actions, channel).values()
                .removeIf(action -> action.messageTimetoken() >= range.from()
                        && action.messageTimetoken() <= range.to());
        of(about, channel).entrySet().removeIf(event -> {
            boolean isGone = event.getValue() >= range.from() && event.getValue() <= range.to();
            if (isGone) {
                of(feed, channel).remove(event.getKey());
            }
            return isGone;
        });
    }

    private Outcome decide(Command<?> command, long timetoken) {
        return switch (command) {
            case Publish publish -> {
                if (publish.delivery() == Delivery.STORED || publish.delivery() == Delivery.FILE) {
                    of(messages, publish.channel()).put(timetoken, publish);
                    if (publish.lifetime() > 0) {
                        expiries.computeIfAbsent(timetoken + publish.lifetime(), first -> new ArrayList<>())
                                .add(Map.entry(publish.channel(), timetoken));
                    }
                }
                if (publish.delivery() != Delivery.FIRED) {
                    emit(publish.channel(), timetoken, "message");
                }
                yield new Publish.Published(timetoken);
            }
            case AddAction add -> {
                if (add.strictParent() && !of(messages, add.channel()).containsKey(add.messageTimetoken())) {
                    yield new AddAction.NoSuchMessage();
                }
                MessageAction action = new MessageAction(add.messageTimetoken(), add.type(), add.value(), add.uuid(),
                        timetoken);
                MessageAction there = there(add.channel(), action);
                if (there != null) {
                    yield rules == Ledger.FIRST_RULES ? new AddAction.AlreadyAdded() : new AddAction.Exists(there);
                }
                long bytes = of(actions, add.channel()).values()
                        .stream()
                        .filter(other -> other.messageTimetoken() == add.messageTimetoken())
                        .mapToLong(LedgerModel::bytes)
                        .sum();
                if (bytes + bytes(action) > add.mostBytes()) {
                    yield new AddAction.TooManyBytes();
                }
                of(actions, add.channel()).put(timetoken, action);
                emit(add.channel(), timetoken, "added");
                of(about, add.channel()).put(timetoken, add.messageTimetoken());
                yield new AddAction.Added(action);
            }
            case RemoveAction remove -> {
                MessageAction action = of(actions, remove.channel()).get(remove.actionTimetoken());
                if (action == null || action.messageTimetoken() != remove.messageTimetoken()) {
                    yield new RemoveAction.NoSuchAction();
                }
                if (!action.uuid().equals(remove.uuid()) && !remove.moderates()) {
                    yield new RemoveAction.WrongUuid();
                }
                takeOff(remove.channel(), action, timetoken);
                yield new RemoveAction.Removed();
            }
            case ChangeActions change -> {
                ActionChangesModel changes = new ActionChangesModel(of(actions, change.channel()),
                        of(messages, change.channel()).keySet(), timetoken);
                ChangeActions.Outcome outcome = changes.decide(change);
                of(actions, change.channel()).values().forEach(action -> ends.remove(end(change.channel(), action)));
                actions.put(change.channel(), new TreeMap<>(changes.actions()));
                changes.actions()
                        .values()
                        .stream()
                        .filter(MessageAction::isExpiring)
                        .forEach(action -> ends.add(end(change.channel(), action)));
                changes.events().forEach((at, event) -> {
                    emit(change.channel(), at, event.what());
                    of(about, change.channel()).put(at, event.message());
                });
                yield outcome;
            }
            case DeleteMessages delete -> {
                delete(delete.channel(), delete.range());
                yield new DeleteMessages.Deleted();
            }
            case ReportNode report -> leases.report(report, timetoken);
            case RemoveNode remove -> {
                List<Announcement> told = new ArrayList<>();
                RemoveNode.Outcome outcome = leases.remove(remove, told);
                for (int i = 0; i < told.size(); i++) {
                    emit(told.get(i).channel().presence(), timetoken + i, "message");
                    announced.put(timetoken + i, told.get(i));
                }
                yield outcome;
            }
            case ChangePresence change -> {
                leases.seen(change.node(), timetoken);
                long next = timetoken;
                for (PresenceChange each : change.changes()) {
                    if (each.timetokens() == 2) {
                        announced(leases.joinDue(each), next++);
                    }
                    announced(leases.apply(change.node(), each), next++);
                }
                yield new ChangePresence.PresenceChanged(timetoken);
            }
            case ChangeGroup change -> {
                TreeMap<String, Long> members = new TreeMap<>(groups.getOrDefault(change.group(), new TreeMap<>()));
                change.add().forEach(name -> members.putIfAbsent(name, timetoken));
                change.remove().forEach(members::remove);
                int before = groups.getOrDefault(change.group(), new TreeMap<>()).size();
                yield members.size() > before && members.size() > change.most()
                        ? new ChangeGroup.GroupFull()
                        : put(change.group(), members);
            }
            case RevokeToken revoke -> {
                long before = Revocation.forgottenBefore(revoke.now());
                List<Revocation> ended = revoked.stream()
                        .filter(each -> each.keyset().equals(revoke.keyset()) && each.expiry() < before)
                        .toList();
                revoked.removeAll(ended);
                ended.stream()
                        .mapToLong(Revocation::expiry)
                        .max()
                        .ifPresent(last -> revoked
                                .add(new Revocation(revoke.keyset(), Revocation.EVERY, last, revoke.now())));
                revoked.removeIf(each -> each.keyset().equals(revoke.keyset()) && each.expiry() == revoke.expiry()
                        && each.token().equals(revoke.token()));
                revoked.add(new Revocation(revoke.keyset(), revoke.token(), revoke.expiry(), revoke.now()));
                yield new RevokeToken.Revoked();
            }
            case GrantToKeys grant -> grantToKeys(grant);
            case Retain retain -> {
                retained.put(retain.keyset(), retain.steps());
                yield new Retain.Retained();
            }
            case Tick _ -> new Tick.Ticked();
            case Idempotent<?> once -> {
                Done known = done.get(ByteBuffer.wrap(once.key().name()));
                if (known != null && periods.contains(known.timetoken() / Timetoken.SHORTLY)) {
                    if (Arrays.equals(known.id().content(), once.key().content())) {
                        yield known.outcome();
                    }
                    if (once.key().isStrict()) {
                        yield new Idempotent.KeyReused();
                    }
                }
                Outcome outcome = decide(once.command(), timetoken);
                done.put(ByteBuffer.wrap(once.key().name()), new Done(once.key(), outcome, timetoken));
                yield outcome;
            }
            case ExpireActions expire -> new ExpireActions.ActionsExpired(expire(expire.most(), timetoken));
            case MarkRead mark -> {
                TreeMap<String, ReadMark> ofChannel = marks.computeIfAbsent(mark.channel(), first -> new TreeMap<>());
                ReadMark before = ofChannel.get(mark.uuid());
                long upTo = Math.min(mark.upTo(), timetoken);
                if (before == null && ofChannel.size() >= mark.most()) {
                    yield new MarkRead.TooManyMarks();
                }
                if (before == null || before.upTo() < upTo) {
                    ofChannel.put(mark.uuid(), new ReadMark(mark.uuid(), upTo, timetoken));
                    emit(mark.channel().readMarks(), timetoken, "marked");
                }
                yield new MarkRead.Marked(ofChannel.get(mark.uuid()).upTo());
            }
            case SetEntity set -> objects.set(set, timetoken);
            case RemoveEntity remove -> objects.remove(remove, timetoken);
            case ChangeMemberships change -> objects.change(change, timetoken);
            case AddFile add -> {
                StoredFile there = files.get(add.id());
                if (there != null) {
                    yield there.channel().equals(add.channel()) && there.name().equals(add.name())
                            && there.content().sha256().equals(add.content().sha256())
                                    ? new AddFile.SameFile()
                                    : new AddFile.OtherFile();
                }
                long bytes = files.values()
                        .stream()
                        .filter(file -> file.channel().keyset().equals(add.channel().keyset()))
                        .mapToLong(file -> file.content().size())
                        .sum();
                if (bytes + add.content().size() > add.mostBytes()) {
                    yield new AddFile.TooManyFileBytes();
                }
                files.put(add.id(), new StoredFile(add.channel(), add.id(), add.name(), add.content(), timetoken));
                yield new AddFile.FileAdded();
            }
            case DeleteFile delete -> {
                StoredFile there = files.get(delete.id());
                if (there == null || !there.channel().equals(delete.channel()) || !there.name().equals(delete.name())) {
                    yield new DeleteFile.NoSuchFile();
                }
                files.remove(delete.id());
                yield new DeleteFile.FileDeleted(there.content().place());
            }
            case ExpireFiles expire -> {
                List<String> places = new ArrayList<>();
                for (String id : expire.ids()) {
                    StoredFile there = files.get(id);
                    long steps = there == null ? -1 : retained.getOrDefault(there.channel().keyset(), -1L);
                    if (there != null && steps >= 0 && there.created() < timetoken - steps) {
                        files.remove(id);
                        places.add(there.content().place());
                    }
                }
                yield new ExpireFiles.FilesExpired(places);
            }
            case ChangeDevice change -> changeDevice(change, timetoken);
            case RemoveDevice remove -> {
                DeviceContent before = devices.getOrDefault(remove.device(), new DeviceContent(new TreeSet<>(), 0));
                boolean stays = before.channels().isEmpty() || before.registeredAt() > remove.upTo();
                if (!stays) {
                    devices.remove(remove.device());
                }
                yield new RemoveDevice.DeviceRemoved(stays ? 0 : before.channels().size());
            }
            case FollowFeed follow -> {
                Reading before = readings.get(follow.reader());
                if (before != null && before.node() != follow.node()
                        && timetoken - before.heard() <= follow.lease()) {
                    yield new FollowFeed.FollowedByOther();
                }
                long upTo = before == null
                        ? timetoken
                        : Math.max(before.upTo(), Math.min(follow.upTo(), timetoken));
                readings.put(follow.reader(), new Reading(follow.node(), upTo, timetoken));
                yield new FollowFeed.FeedFollowed(upTo);
            }
            case DeleteGroup delete -> put(delete.group(), new TreeMap<>());
        };
    }

    /**
     * Takes off the actions whose time has ended, in the order of their ends, channels and timetokens. Ends that are of no
     * action any more count as well.
     */
    private int expire(int most, long timetoken) {
        int expired = 0;
        List<End> due = ends.stream().takeWhile(end -> end.at() <= timetoken).limit(most).toList();
        for (End end : due) {
            ends.remove(end);
            MessageAction there = of(actions, end.channel()).get(end.action());
            if (there != null && there.expires() == end.at()) {
                takeOff(end.channel(), there, timetoken + expired);
                expired++;
            }
        }
        return expired;
    }

    private void announced(@Nullable Announcement told, long timetoken) {
        if (told != null) {
            emit(told.to() == null ? told.channel().presence() : told.to().presence(), timetoken, "message");
            announced.put(timetoken, told);
        }
    }

    private void emit(Channel channel, long timetoken, String what) {
        of(feed, channel).put(timetoken, what);
        lastEvents.put(channel, timetoken);
    }

    private Outcome put(ChannelGroup group, TreeMap<String, Long> members) {
        groups.remove(group);
        if (!members.isEmpty()) {
            groups.put(group, members);
        }
        return new ChangeGroup.Changed();
    }

    static <V> TreeMap<Long, V> of(Map<Channel, TreeMap<Long, V>> table, Channel channel) {
        return table.computeIfAbsent(channel, absent -> new TreeMap<>());
    }

    static <V> List<Long> inRange(TreeMap<Long, V> map, Range range) {
        return range.isEmpty() ? List.of() : new ArrayList<>(map.subMap(range.from(), true, range.to(), true).keySet());
    }

    static long bytes(MessageAction action) {
        return ActionCount.bytes(action.type(), action.value(), action.uuid());
    }

    /** The action that is on the message already; null when none is. */
    private @Nullable MessageAction there(Channel channel, MessageAction action) {
        return of(actions, channel).values()
                .stream()
                .filter(other -> sameFact(other, action))
                .findFirst()
                .orElse(null);
    }

    private static End end(Channel channel, MessageAction action) {
        return new End(action.expires(), channel, action.actionTimetoken());
    }

    private void takeOff(Channel channel, MessageAction action, long timetoken) {
        of(actions, channel).remove(action.actionTimetoken());
        ends.remove(end(channel, action));
        emit(channel, timetoken, "removed");
        of(about, channel).put(timetoken, action.messageTimetoken());
    }

    private static boolean sameFact(MessageAction a, MessageAction b) {
        return a.messageTimetoken() == b.messageTimetoken() && a.type().equals(b.type()) && a.value().equals(b.value())
                && a.uuid().equals(b.uuid());
    }

    /**
     * The sums of the actions on a message.
     *
     * @param reader whose own actions are named
     */
    ActionSummary summary(Channel channel, long message, long asOf, String reader) {
        Map<List<String>, List<MessageAction>> groups = new HashMap<>();
        of(actions, channel).values()
                .stream()
                .filter(action -> action.messageTimetoken() == message)
                .forEach(action -> groups
                        .computeIfAbsent(List.of(action.type(), action.value()), first -> new ArrayList<>())
                        .add(action));
        List<Tally> tallies = groups.entrySet()
                .stream()
                .map(group -> new Tally(group.getKey().getFirst(), group.getKey().getLast(),
                        group.getValue().stream().mapToLong(MessageAction::amount).sum(), group.getValue().size(),
                        group.getValue()
                                .stream()
                                .limit(ActionSummary.MOST_FIRST)
                                .map(action -> new Actor(action.uuid(), action.actionTimetoken()))
                                .toList(),
                        group.getValue()
                                .stream()
                                .filter(action -> action.uuid().equals(reader))
                                .findFirst()
                                .orElse(null)))
                .toList();
        return new ActionSummary(message, asOf, tallies, false);
    }

    /** The edit or deletion of a message that counts, of all actions on it; null when there is none. */
    @Nullable
    Revision revision(Channel channel, long message, Revision.Authority authority) {
        Publish publish = of(messages, channel).get(message);
        MessageAction deletion = last(channel, message, "deleted", authority.areDeletionsOfOwner(), publish.uuid());
        MessageAction edit = last(channel, message, "edit", authority.areEditsOfOwner(), publish.uuid());
        if (deletion != null) {
            return new Revision(null, new Actor(deletion.uuid(), deletion.actionTimetoken()));
        }
        return edit == null
                ? null
                : new Revision(Revision.edited(publish.payload(), edit.value()),
                        new Actor(edit.uuid(), edit.actionTimetoken()));
    }

    private @Nullable MessageAction last(Channel channel, long message, String type, boolean isOfAnyUser,
            @Nullable String publisher) {
        return of(actions, channel).values()
                .stream()
                .filter(action -> action.messageTimetoken() == message && action.type().equals(type))
                .filter(action -> isOfAnyUser || action.uuid().equals(publisher))
                .reduce((former, later) -> later)
                .orElse(null);
    }

    /** Whether an event is about an action on a message. */
    boolean isAbout(Channel channel, long event, long message) {
        return Long.valueOf(message).equals(of(about, channel).get(event));
    }

    private GrantToKeys.Outcome grantToKeys(GrantToKeys grant) {
        int pairs = grant.resources().size() * grant.keys().size();
        if (grant.mask() != 0 && keyGrants(grant.keyset(), keyGrants) + pairs > grant.most()) {
            keyGrants.values()
                    .removeIf(each -> each.keyset().equals(grant.keyset()) && each.expiry() < grant.now() - 86_400);
        }
        Map<List<String>, KeyGrant> after = new HashMap<>(keyGrants);
        for (String resource : grant.resources()) {
            for (String key : grant.keys()) {
                List<String> name = List.of(grant.keyset(), resource, key);
                if (grant.mask() == 0) {
                    after.remove(name);
                } else {
                    after.put(name, new KeyGrant(grant.keyset(), KeyGrant.Resource.of(resource), key, grant.mask(),
                            grant.expiry()));
                }
            }
        }
        if (grant.mask() != 0 && keyGrants(grant.keyset(), after) > grant.most()) {
            return new GrantToKeys.TooManyGrants();
        }
        keyGrants.clear();
        keyGrants.putAll(after);
        return new GrantToKeys.KeysGranted();
    }

    private static long keyGrants(String keyset, Map<List<String>, KeyGrant> grants) {
        return grants.keySet().stream().filter(name -> name.getFirst().equals(keyset)).count();
    }
}
