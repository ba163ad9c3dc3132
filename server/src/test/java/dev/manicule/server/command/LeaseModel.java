package dev.manicule.server.command;

import dev.manicule.server.command.PresenceChange.Interval;
import dev.manicule.server.command.PresenceChange.Join;
import dev.manicule.server.command.PresenceChange.Leave;
import dev.manicule.server.command.PresenceChange.LeaveEverywhere;
import dev.manicule.server.command.PresenceChange.SetState;
import dev.manicule.server.json.Json;
import dev.manicule.server.model.Channel;
import dev.manicule.server.model.ChannelGroup;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The simplest thing that merges what nodes report of presence. */
public final class LeaseModel {
    private final Map<String, Map<String, User>> channels = new TreeMap<>();
    private final Map<Long, Seen> nodes = new TreeMap<>();

    private static final class User {
        final Channel channel;
        final TreeMap<Long, Long> patiences = new TreeMap<>();
        @Nullable
        Json state;
        boolean isAnnounced;
        boolean isLater;

        User(Channel channel) {
            this.channel = channel;
        }
    }

    /**
     * An announcement to subscribers.
     *
     * @param names the user, or those who come in an interval
     */
    public record Announcement(Channel channel, @Nullable ChannelGroup to, String action, List<String> names,
            List<String> left, List<String> timedOut, @Nullable Json state, boolean refresh, int occupancy) {
        /** As an announcement says it at a time of so many seconds. */
        public String json(long seconds) {
            boolean isInterval = action.equals("interval");
            return "{\"action\":\"" + action + "\",\"timestamp\":" + seconds
                    + (isInterval ? list("join", names) : ",\"uuid\":" + quoted(names.getFirst()))
                    + list("leave", left) + list("timeout", timedOut)
                    + (state == null ? "" : ",\"data\":" + new String(state.utf8(), StandardCharsets.UTF_8))
                    + (refresh ? ",\"here_now_refresh\":true" : "") + ",\"occupancy\":" + occupancy + "}";
        }

        private static String list(String name, List<String> uuids) {
            return uuids.isEmpty()
                    ? ""
                    : ",\"" + name + "\":"
                            + uuids.stream().map(Announcement::quoted).collect(Collectors.joining(",", "[", "]"));
        }

        private static String quoted(String uuid) {
            return Json.ofText(uuid).toString();
        }

        /** In short. */
        @Override
        public String toString() {
            return channel.name() + " " + action + " "
                    + (action.equals("interval")
                            ? "+" + names + " -" + left + " !" + timedOut + (refresh ? " refresh" : "")
                            : names.getFirst() + (state == null ? "" : " " + state))
                    + " " + occupancy;
        }
    }

    /** Announces the join that a node left for later, before what another one reports; null when there is none. */
    public @Nullable Announcement joinDue(PresenceChange change) {
        Map<String, User> users = channels.getOrDefault(change.channel().toString(), Map.of());
        String uuid = switch (change) {
            case LeaveEverywhere leave when leave.group() == null && leave.isAnnounced() -> leave.uuid();
            case SetState set when set.isAnnounced() -> set.uuid();
            default -> "";
        };
        User user = users.get(uuid);
        if (user == null || !user.isLater) {
            return null;
        }
        user.isLater = false;
        user.isAnnounced = true;
        return one(change, "join", uuid, user.state, users);
    }

    /** Takes in what a node reports; null when subscribers are told nothing. */
    public @Nullable Announcement apply(long node, PresenceChange change) {
        Map<String, User> users = channels.computeIfAbsent(change.channel().toString(), first -> new TreeMap<>());
        return switch (change) {
            case Join join -> {
                boolean isNew = !users.containsKey(join.uuid());
                User user = users.computeIfAbsent(join.uuid(), first -> new User(join.channel()));
                user.isLater = join.isLater() && (isNew || user.isLater);
                user.patiences.put(node, join.patience());
                user.state = join.state() == null ? user.state : join.state();
                boolean isNews = join.isAnnounced() && !user.isAnnounced;
                user.isAnnounced |= join.isAnnounced();
                yield isNews ? one(change, "join", join.uuid(), user.state, users) : null;
            }
            case Leave leave -> {
                User user = users.get(leave.uuid());
                if (user == null || user.patiences.remove(node) == null || !user.patiences.isEmpty()) {
                    yield null;
                }
                users.remove(leave.uuid());
                yield leave.isAnnounced() && !user.isLater
                        ? one(change, leave.isTimeout() ? "timeout" : "leave", leave.uuid(), user.state, users)
                        : null;
            }
            case LeaveEverywhere leave -> {
                User user = leave.group() == null ? users.remove(leave.uuid()) : null;
                yield user != null && leave.isAnnounced() && !user.isLater
                        ? one(change, "leave", leave.uuid(), user.state, users)
                        : null;
            }
            case SetState set -> {
                User user = users.get(set.uuid());
                if (user != null && set.state().equals(user.state)) {
                    yield null;
                }
                if (user != null) {
                    user.state = set.state();
                }
                yield set.isAnnounced() ? one(change, "state-change", set.uuid(), set.state(), users) : null;
            }
            case Interval interval -> {
                List<String> joined = interval.joined().stream().filter(users::containsKey).toList();
                List<String> left = interval.left().stream().filter(uuid -> !users.containsKey(uuid)).toList();
                List<String> timedOut = interval.timedOut().stream().filter(uuid -> !users.containsKey(uuid)).toList();
                yield joined.isEmpty() && left.isEmpty() && timedOut.isEmpty() && !interval.refresh()
                        ? null
                        : new Announcement(change.channel(), interval.to(), "interval", joined, left, timedOut, null,
                                interval.refresh(), occupancy(users));
            }
        };
    }

    private static Announcement one(PresenceChange change, String action, String uuid, @Nullable Json state,
            Map<String, User> users) {
        return new Announcement(change.channel(), null, action, List.of(uuid), List.of(), List.of(), state, false,
                occupancy(users));
    }

    private static int occupancy(Map<String, User> users) {
        return (int) users.values().stream().filter(user -> !user.isLater).count();
    }

    /** The leases of a node. */
    public List<Join> joins(long node) {
        List<Join> leases = new ArrayList<>();
        channels.forEach((channel, users) -> users.forEach((uuid, user) -> {
            Long patience = user.patiences.get(node);
            if (patience != null) {
                leases.add(new Join(user.channel, uuid, patience, user.state, user.isAnnounced, user.isLater));
            }
        }));
        return leases;
    }

    /** A place in the order in which leases are looked at: a channel, or one of its users. */
    private record Place(Channel channel, String uuid) implements Comparable<Place> {
        @Override
        public int compareTo(Place other) {
            return Comparator.comparingInt((Place place) -> bytes(place.channel.keyset()))
                    .thenComparing(place -> place.channel.keyset())
                    .thenComparingInt(place -> bytes(place.channel.name()))
                    .thenComparing(place -> place.channel.name())
                    .thenComparing(place -> place.uuid)
                    .compare(this, other);
        }

        private static int bytes(String text) {
            return text.getBytes(StandardCharsets.UTF_8).length;
        }
    }

    /** A node that was seen. */
    private static final class Seen {
        long at;
        long incarnation;
        int rules;
        String name = "";
        String place = " 0";
        @Nullable
        Place looked;

        void at(long timetoken) {
            at = timetoken;
            looked = null;
        }
    }

    /** A node says something of presence. */
    public void seen(long node, long timetoken) {
        if (node != ChangePresence.ONLY_NODE) {
            nodes.computeIfAbsent(node, first -> new Seen()).at(timetoken);
        }
    }

    /** A node says that it lives. */
    public ReportNode.Outcome report(ReportNode report, long timetoken) {
        Seen seen = nodes.computeIfAbsent(report.node(), first -> new Seen());
        boolean isOther = seen.incarnation != 0 && seen.incarnation != report.incarnation().id();
        if (isOther && !(report.incarnation().isFirst() && report.incarnation().before() == seen.incarnation)) {
            return new ReportNode.NodeReplaced();
        }
        seen.at(timetoken);
        seen.incarnation = report.incarnation().id();
        seen.rules = report.rules();
        seen.name = report.name();
        seen.place = report.address() + " " + report.reached().applied();
        return new ReportNode.NodeReported();
    }

    /** Some of the leases of a node that is not seen any more end; {@code told} gets what subscribers are told. */
    public RemoveNode.Outcome remove(RemoveNode remove, List<Announcement> told) {
        Seen seen = nodes.getOrDefault(remove.node(), new Seen());
        if (seen.at > remove.seenBefore()) {
            return new RemoveNode.NodeSeen();
        }
        Place from = seen.looked;
        TreeSet<Place> places = new TreeSet<>();
        channels.values().stream().filter(users -> !users.isEmpty()).forEach(users -> users.forEach((uuid, user) -> {
            places.add(new Place(user.channel, ""));
            places.add(new Place(user.channel, uuid));
        }));
        Map<Channel, List<String>> ended = new LinkedHashMap<>();
        int count = 0;
        int looks = 0;
        Place last = null;
        for (Place place : from == null ? places : places.tailSet(from, false)) {
            if (count == remove.most() || looks == 10 * remove.most()) {
                break;
            }
            looks++;
            last = place;
            User user = channels.getOrDefault(place.channel.toString(), Map.of()).get(place.uuid);
            if (user != null && user.patiences.containsKey(remove.node())) {
                ended.computeIfAbsent(place.channel, first -> new ArrayList<>()).add(place.uuid);
                count++;
            }
        }
        boolean hasMore = count == remove.most() || looks == 10 * remove.most();
        ended.forEach((channel, uuids) -> timeOut(remove.node(), channel, uuids, told));
        if (hasMore) {
            seen.looked = last;
            nodes.put(remove.node(), seen);
        } else {
            nodes.remove(remove.node());
        }
        return new RemoveNode.NodeRemoved(count, hasMore);
    }

    private void timeOut(long node, Channel channel, List<String> uuids, List<Announcement> told) {
        List<PresenceChange> changes = new ArrayList<>();
        uuids.forEach(uuid -> changes.add(new Leave(channel, uuid, true, uuids.size() <= 20)));
        if (uuids.size() > 20) {
            changes.add(new Interval(channel, List.of(), List.of(), uuids, false, null));
        }
        changes.stream().map(change -> apply(node, change)).filter(Objects::nonNull).forEach(told::add);
    }

    /** Which start of a process is a node; 0 when that is not known. */
    public long incarnation(long node) {
        Seen seen = nodes.get(node);
        return seen == null ? 0 : seen.incarnation;
    }

    /** The nodes that were seen, in words. */
    public List<String> nodes() {
        return nodes.entrySet()
                .stream()
                .map(node -> node.getKey() + " " + node.getValue().name + " " + node.getValue().incarnation + " "
                        + node.getValue().at + " " + node.getValue().rules + " " + node.getValue().place)
                .toList();
    }

    /** The users of a channel with their states, in words. */
    public List<String> users(Channel channel) {
        List<String> users = new ArrayList<>();
        channels.getOrDefault(channel.toString(), Map.of())
                .forEach((uuid, user) -> users.add(uuid + " " + user.state));
        return users;
    }

    /** The leases of a node, in words. */
    public Set<String> leases(long node) {
        return joins(node).stream().map(LeaseModel::words).collect(Collectors.toCollection(TreeSet::new));
    }

    /** A lease in words. */
    public static String words(Join lease) {
        return lease.channel() + " " + lease.uuid() + " " + lease.patience() + " " + lease.state()
                + (lease.isAnnounced() ? " told" : lease.isLater() ? " later" : "");
    }
}
