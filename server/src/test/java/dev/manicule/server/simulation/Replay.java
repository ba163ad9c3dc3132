package dev.manicule.server.simulation;

import dev.manicule.server.command.ChangePresence;
import dev.manicule.server.command.Command;
import dev.manicule.server.command.Entry;
import dev.manicule.server.command.LeaseModel.Announcement;
import dev.manicule.server.command.OperationId;
import dev.manicule.server.command.Outcome;
import dev.manicule.server.command.Publish;
import dev.manicule.server.command.RemoveNode;
import dev.manicule.server.command.Tick;
import dev.manicule.server.ledger.Actions;
import dev.manicule.server.ledger.LedgerModel;
import dev.manicule.server.model.Channel;
import dev.manicule.server.model.ChannelGroup;
import dev.manicule.server.model.MessageAction;
import java.nio.charset.StandardCharsets;
import dev.manicule.server.ledger.Ledger;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What should have become of the entries of a log, by the {@link LedgerModel}: outcomes, events, and what is stored after each. */
final class Replay {
    /** Every event that there was, by its timetoken. */
    final TreeMap<Long, ModelEvent> events = new TreeMap<>();
    final List<Decided> decided = new ArrayList<>();
    private final LedgerModel model = new LedgerModel();
    private int rules = Ledger.FIRST_RULES;
    private final Map<Channel, List<String>> stored = new HashMap<>();
    private final Map<Long, OperationId> lastReports = new HashMap<>();
    private long lastTimetoken;

    /** An entry, the first of its timetokens, and its outcome. */
    record Decided(History.LogEntry entry, long timetoken, Outcome outcome) {}

    /** An event, the groups in which it happened, and the entry with which it was deleted. */
    static final class ModelEvent {
        final Channel channel;
        final Set<String> groups;
        final History.LogEntry entry;
        History.@Nullable LogEntry erasedBy;

        ModelEvent(Channel channel, Set<String> groups, History.LogEntry entry) {
            this.channel = channel;
            this.groups = groups;
            this.entry = entry;
        }
    }

    /** What was announced of presence, in order. */
    Collection<Announcement> announced() {
        return model.announced.values();
    }

    /** Applies the next entry. */
    Decided apply(History.LogEntry entry) {
        Command<?> command = entry.entry().command();
        long timetoken = Math.max(lastTimetoken + 1, Math.max(entry.time(), entry.entry().notBefore() + 1));
        Map<ChannelGroup, TreeMap<String, Long>> groups = new HashMap<>(model.groups);
        rules = Math.max(rules, entry.entry().rules());
        model.rules = rules;
        Outcome nothing = withoutEffect(entry.entry(), timetoken);
        Outcome outcome = model.apply(nothing == null ? command : new Tick(), timetoken);
        outcome = nothing == null ? outcome : nothing;
        boolean isNothing = nothing != null || outcome instanceof RemoveNode.NodeSeen;
        lastTimetoken = timetoken + (isNothing ? 1 : command.timetokens()) - 1;
        stored.clear();
        noteErased(entry);
        model.feed.forEach((channel, feed) -> feed.tailMap(timetoken, true)
                .keySet()
                .forEach(at -> events.put(at, new ModelEvent(channel, groupsOf(channel, groups), entry))));
        Decided result = new Decided(entry, timetoken, outcome);
        decided.add(result);
        return result;
    }

    /** What becomes of a report of presence that is not of the process that is the node, or behind a later one in the log; null of others. */
    private @Nullable Outcome withoutEffect(Entry entry, long timetoken) {
        if (!(entry.command() instanceof ChangePresence report) || report.node() == ChangePresence.ONLY_NODE) {
            return null;
        }
        OperationId operation = entry.operation();
        long incarnation = model.leases.incarnation(report.node());
        if (incarnation != 0 && incarnation != operation.node()) {
            return Ledger.NOT_THE_NODE;
        }
        OperationId last = lastReports.get(report.node());
        if (last != null && last.node() == operation.node() && last.sequence() > operation.sequence()) {
            return new ChangePresence.PresenceChanged(timetoken);
        }
        lastReports.put(report.node(), operation);
        return null;
    }

    /** The presence of a channel belongs to the presence of its groups. */
    private static Set<String> groupsOf(Channel channel, Map<ChannelGroup, ? extends Map<String, Long>> groups) {
        boolean isPresence = Channel.isPresence(channel.name());
        String name = isPresence ? Channel.withoutPresence(channel.name()) : channel.name();
        Set<String> of = new HashSet<>();
        groups.forEach((group, members) -> {
            if (members.containsKey(name)) {
                of.add(isPresence ? group.name() + Channel.PRESENCE : group.name());
            }
        });
        return of;
    }

    private void noteErased(History.LogEntry entry) {
        events.forEach((timetoken, event) -> {
            TreeMap<Long, String> feed = model.feed.get(event.channel);
            if (event.erasedBy == null && (feed == null || !feed.containsKey(timetoken))) {
                event.erasedBy = entry;
            }
        });
    }

    /** What is stored on a channel now, as {@link Reader#stored} finds it. */
    List<String> stored(Channel channel) {
        return stored.computeIfAbsent(channel, this::words);
    }

    private List<String> words(Channel channel) {
        List<String> found = new ArrayList<>();
        TreeMap<Long, MessageAction> actions = model.actions.getOrDefault(channel, new TreeMap<>());
        model.messages.getOrDefault(channel, new TreeMap<>()).forEach((timetoken, message) -> {
            found.add(timetoken + " " + new String(message.payload().utf8(), StandardCharsets.UTF_8));
            actions.values()
                    .stream()
                    .filter(action -> action.messageTimetoken() == timetoken)
                    .map(Reader::on)
                    .sorted(Comparator.naturalOrder())
                    .forEach(found::add);
        });
        actions.values().forEach(action -> found.add(new String(Actions.row(action), StandardCharsets.UTF_8)));
        Map<Long, Publish> messages = model.messages.getOrDefault(channel, new TreeMap<>());
        model.feed.getOrDefault(channel, new TreeMap<>()).forEach((timetoken, what) -> {
            if (!what.equals("message") || messages.containsKey(timetoken)) { // what is only told is not stored
                found.add("told " + timetoken);
            }
        });
        return found;
    }
}
