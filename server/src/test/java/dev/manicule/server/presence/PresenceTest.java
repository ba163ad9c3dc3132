package dev.manicule.server.presence;

import static org.assertj.core.api.Assertions.assertThat;

import dev.manicule.server.command.LeaseModel.Announcement;
import dev.manicule.server.command.LeaseModel;
import dev.manicule.server.command.PresenceChange.Interval;
import dev.manicule.server.command.PresenceChange;
import dev.manicule.server.json.Json;
import dev.manicule.server.limits.Budget;
import dev.manicule.server.limits.Client;
import dev.manicule.server.limits.Limit;
import dev.manicule.server.limits.Limits;
import dev.manicule.server.limits.Resource;
import dev.manicule.server.model.Channel;
import dev.manicule.server.model.ChannelGroup;
import dev.manicule.server.presence.Presence.Reports;
import java.nio.charset.StandardCharsets;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Who is where, with time made by hand. */
class PresenceTest {
    private static final Channel A = new Channel("demo", "a");
    private static final Channel B = new Channel("demo", "b");
    private static final ChannelGroup G = new ChannelGroup("demo", "g");
    private static final long SECOND = 1_000_000_000;
    private static final long NODE = 1;

    private final List<String> told = new ArrayList<>();
    private final List<String> toGroup = new ArrayList<>();
    private final List<Announcement> events = new ArrayList<>();
    private final Map<Limit, Long> limits = new EnumMap<>(Limit.class);
    private final Budget budget = new Budget(new Limits());
    private final Client client = from("192.0.2.1", "demo");
    private LeaseModel leases = new LeaseModel();
    private Presence presence = again(20);
    private boolean isListenedTo = true;
    /** All that have ever been named. */
    private final Set<String> uuids = new LinkedHashSet<>();
    /** The channels of all groups. */
    private final Set<String> inGroup = new TreeSet<>();
    private boolean isFull;
    private boolean isLost;
    private long now = Long.MAX_VALUE - 100 * SECOND; // the clock may be anywhere, and may overflow

    private Client from(String address, String keyset) {
        return budget.connection(InetAddress.ofLiteral(address)).of(keyset).withoutConnection();
    }

    private Presence presence(int threshold) {
        leases = new LeaseModel();
        return again(threshold);
    }

    /** A presence over the leases there are. */
    private Presence again(int threshold) {
        return new Presence(new Reports() {
            @Override
            public boolean hasOthers() {
                return false;
            }

            @Override
            public boolean isListenedTo(Channel channel) {
                return isListenedTo;
            }

            @Override
            public boolean isListenedTo(ChannelGroup group) {
                return isListenedTo;
            }

            @Override
            public boolean isFull() {
                return isFull;
            }

            @Override
            public boolean add(PresenceChange change) {
                Announcement news = isLost ? null : leases.apply(NODE, change);
                if (news != null && news.to() != null) {
                    toGroup.add(news.to().name() + ": " + news);
                } else if (news != null) {
                    events.add(news);
                    told.add(news.toString());
                }
                return !isLost;
            }

            @Override
            public void whenReported(Runnable action) {
                action.run();
            }
        }, (group, channel) -> inGroup.contains(channel), new Limits(limits), threshold, 10 * SECOND);
    }

    private static Json json(String text) {
        return new Json(text.getBytes(StandardCharsets.UTF_8));
    }

    private void pass(double seconds) {
        now += (long) (seconds * SECOND);
        while (presence.tick(now)) {
            assertThat(isFull).isFalse();
        }
    }

    private List<String> on(Channel channel) {
        leases.joins(NODE).forEach(lease -> uuids.add(lease.uuid()));
        return uuids.stream()
                .filter(uuid -> presence.isPresent(channel.keyset(), uuid, channel.name()))
                .toList();
    }

    private Session arrive(String uuid, int patience, Channel... channels) {
        return arrive(uuid, patience, Map.of(), channels);
    }

    private Session arrive(String uuid, int patience, Map<String, Json> states, Channel... channels) {
        Session session = session(uuid, patience, false, List.of());
        for (Channel channel : channels) {
            presence.join(session, channel.name(), null, states.get(channel.name()), now);
        }
        return session;
    }

    private Session session(String uuid, int patience, boolean isStream, List<String> groups) {
        uuids.add(uuid);
        return Objects.requireNonNull(
                presence.connect(Holder.of(client), "demo", uuid, patience * SECOND, isStream, 2, groups));
    }

    private Session stream(String uuid, Channel... channels) {
        Session session = session(uuid, 8, true, List.of());
        for (Channel channel : channels) {
            presence.join(session, channel.name(), null, null, now);
        }
        return session;
    }

    /** A poll of a group, which brings its channels. */
    private Session arriveBy(String uuid, Channel... channels) {
        Session session = session(uuid, 8, false, List.of("g"));
        for (Channel channel : channels) {
            presence.join(session, channel.name(), "g", null, now);
        }
        return session;
    }

    private void change(List<String> removed, List<String> added) {
        inGroup.addAll(added);
        removed.forEach(inGroup::remove);
        GroupWork work = new GroupWork(G, removed, added, inGroup::contains);
        while (work.on(presence, now)) {
            assertThat(isFull).isFalse();
        }
    }

    private void beat(String uuid, int patience, Channel... channels) {
        beat(client, uuid, patience, channels);
    }

    private void beat(Client of, String uuid, int patience, Channel... channels) {
        uuids.add(uuid);
        for (Channel channel : channels) {
            presence.heartbeat(Holder.of(of), channel.keyset(), uuid, channel.name(), null, patience * SECOND, null,
                    now);
        }
    }

    private void leave(String uuid, Channel... channels) {
        for (Channel channel : channels) {
            presence.leave("demo", uuid, channel.name(), null, now);
        }
    }

    private void leaveGroup(String uuid, Channel... channels) {
        for (Channel channel : channels) {
            presence.leave("demo", uuid, channel.name(), "g", now);
        }
        presence.leave(G, uuid);
    }

    private boolean setState(String uuid, Channel channel, String state) {
        return presence.setState(Holder.of(client), "demo", uuid, channel.name(), json(state), now);
    }

    private List<String> whereabouts(String uuid) {
        return Stream.of("a", "b", "c", "d").filter(channel -> presence.isPresent("demo", uuid, channel)).toList();
    }

    @Test
    void joinsLeavesAndTimeoutsAreAnnounced() {
        Session alice = arrive("alice", 8, A, B);
        arrive("bob", 8, A);
        leave("bob", A, B);
        presence.disconnect(alice, 0, now);
        pass(7.9);
        assertThat(on(A)).containsExactly("alice");
        pass(0.2);
        assertThat(told).containsExactly("a join alice 1", "b join alice 1", "a join bob 2", "a leave bob 1",
                "a timeout alice 0", "b timeout alice 0");
        assertThat(whereabouts("alice")).isEmpty();
        assertThat(presence.occupancy("demo", "a")).isZero();
    }

    @Test
    void aParkedPollIsPresence() {
        Session poll = arrive("alice", 8, A);
        pass(1000);
        assertThat(on(A)).containsExactly("alice");
        Session another = arrive("alice", 8, A);
        presence.disconnect(poll, 0, now);
        pass(1000);
        assertThat(on(A)).containsExactly("alice");
        presence.disconnect(another, 0, now);
        pass(7.5);
        beat("alice", 20, A);
        pass(19.5);
        assertThat(on(A)).containsExactly("alice");
        pass(1);
        assertThat(told).containsExactly("a join alice 1", "a timeout alice 0");
    }

    @Test
    void shorterHeartbeatAppliesAtOnce() {
        beat("alice", 300, A);
        beat("alice", 5, A);
        pass(5.1);
        assertThat(on(A)).isEmpty();
        pass(1000);
        assertThat(told).containsExactly("a join alice 1", "a timeout alice 0");
    }

    @Test
    void leaveOverridesEarlierPolls() {
        Session stale = arrive("alice", 8, A);
        leave("alice", A);
        Session fresh = arrive("alice", 8, A);
        presence.disconnect(stale, 0, now);
        pass(100);
        assertThat(on(A)).as("the new poll is still parked").containsExactly("alice");
        presence.disconnect(fresh, 0, now);
        pass(9);
        assertThat(told).containsExactly("a join alice 1", "a leave alice 0", "a join alice 1", "a timeout alice 0");
    }

    @Test
    void joinByHeartbeatIsAnnouncedWithTheFirstPoll() {
        beat("alice", 20, A);
        assertThat(on(A)).containsExactly("alice");
        pass(0.5);
        arrive("bob", 20, A);
        assertThat(told).as("nothing yet of the one that has not polled, and is there").containsExactly("a join bob 1");
        arrive("alice", 20, A);
        assertThat(told).containsExactly("a join bob 1", "a join alice 2");
        pass(5);
        assertThat(told).as("once").hasSize(2);
        beat("carol", 20, A);
        pass(1.1);
        assertThat(told).as("without a poll after a second").last().isEqualTo("a join carol 3");
        beat("dave", 20, A);
        leave("dave", A);
        assertThat(told).as("before its leave").endsWith("a join dave 4", "a leave dave 3");
        beat("fred", 20, A);
        beat("gina", 20, A);
        leave("bob", A);
        assertThat(told).as("in the order of all").endsWith("a join fred 4", "a join gina 5", "a leave bob 4");
        leave("fred", A);
        leave("gina", A);
        beat("bob", 20, A);
        pass(1.1);
        beat("erin", 20, A);
        setState("erin", A, "{}");
        assertThat(told).endsWith("a join erin 4", "a state-change erin {} 4");
    }

    @Test
    void joinIsAnnouncedToAListenerWithinASecond() {
        isListenedTo = false;
        beat("alice", 300, A);
        beat("bob", 300, B);
        leave("bob", B);
        isListenedTo = true; // by a poll that names the presence of the channel, and not the channel
        pass(1.1);
        assertThat(told).containsExactly("a join alice 1");
        arrive("alice", 8, A);
        pass(5);
        assertThat(told).as("once").hasSize(1);
    }

    @Test
    void unheardJoinIsAnnouncedToTheFirstPoll() {
        isListenedTo = false;
        beat("alice", 300, A);
        pass(30);
        isListenedTo = true; // by the poll
        Session first = arrive("alice", 300, A);
        assertThat(told).containsExactly("a join alice 1");
        presence.disconnect(first, 0, now);
        arrive("alice", 300, A);
        assertThat(told).as("once").hasSize(1);
    }

    @Test
    void openStreamRejoinsAfterALeave() {
        Session left = stream("alice", A, B);
        Session other = stream("alice", A);
        Session poll = arrive("bob", 8, A);
        told.clear();
        leave("alice", A, B);
        leave("bob", A);
        presence.disconnect(left, 0, now);
        assertThat(on(A)).isEmpty();
        pass(1.1);
        assertThat(on(A)).as("by the other stream; a poll may be left behind").containsExactly("alice");
        assertThat(on(B)).isEmpty();
        assertThat(told).containsExactly("a leave alice 1", "b leave alice 0", "a leave bob 0", "a join alice 1");
        leave("alice", A);
        pass(1.1);
        assertThat(on(A)).as("each time").containsExactly("alice");
        presence.disconnect(other, 0, now);
        presence.disconnect(poll, 0, now);
        pass(8.1);
        assertThat(on(A)).isEmpty();
        assertThat(presence.members() + presence.deadlines()).isZero();
        assertThat(budget.used(Resource.PRESENCE)).isZero();
    }

    @Test
    void channelRemovedFromAGroupLosesTheGroupsUsers() {
        inGroup.addAll(List.of("a", "b"));
        Session poll = arriveBy("alice", A, B);
        arrive("bob", 300, A);
        presence.join(session("bob", 300, false, List.of("g")), "a", "g", null, now);
        presence.heartbeat(Holder.of(client), "demo", "carol", "a", "g", 300 * SECOND, null, now);
        presence.heartbeat(Holder.of(client), "demo", "dave", "a", null, 300 * SECOND, null, now);
        pass(1.1);
        told.clear();
        change(List.of("a"), List.of());
        assertThat(on(A)).containsExactlyInAnyOrder("bob", "dave");
        assertThat(on(B)).containsExactly("alice");
        assertThat(told).containsExactlyInAnyOrder("a leave carol 3", "a leave alice 2");
        presence.join(poll, "a", "g", null, now);
        assertThat(on(A)).as("what came late").doesNotContain("alice");
        presence.disconnect(poll, 0, now);
        pass(9);
        assertThat(on(B)).isEmpty();
    }

    @Test
    void channelAddedToAGroupGetsTheGroupsUsers() {
        Session poll = arriveBy("alice");
        change(List.of(), List.of("a", "b"));
        assertThat(on(A)).containsExactly("alice");
        assertThat(on(B)).containsExactly("alice");
        change(List.of("a"), List.of());
        change(List.of(), List.of("a"));
        change(List.of(), List.of("a"));
        assertThat(told).containsExactly("a join alice 1", "b join alice 1", "a leave alice 0", "a join alice 1");
        presence.disconnect(poll, 0, now);
        pass(9);
        assertThat(presence.members() + presence.deadlines()).isZero();
        assertThat(budget.used(Resource.PRESENCE)).isZero();
    }

    @Test
    void removedChannelTriggersARefreshForItsGroup() {
        inGroup.addAll(List.of("a", "b"));
        arriveBy("alice", A);
        arrive("bob", 8, A);
        change(List.of("a", "b"), List.of());
        assertThat(toGroup).as("nothing of b, where nobody was").containsExactly("g: a interval +[] -[] ![] refresh 1");
        assertThat(told).endsWith("a leave alice 1");
        toGroup.clear();
        change(List.of(), List.of("a"));
        assertThat(toGroup).isEmpty();
    }

    @Test
    void groupLeaveRemovesGroupPresence() {
        inGroup.addAll(List.of("a", "b"));
        Session poll = arriveBy("alice", A, B);
        beat("alice", 300, A);
        leaveGroup("alice", A, B);
        assertThat(on(A)).as("there by name").containsExactly("alice");
        assertThat(on(B)).isEmpty();
        assertThat(told).containsExactly("a join alice 1", "b join alice 1", "b leave alice 0");
        leave("alice", A);
        assertThat(on(A)).isEmpty();
        presence.disconnect(poll, 0, now);
        pass(9);
        assertThat(presence.members() + presence.deadlines()).isZero();
        assertThat(budget.used(Resource.PRESENCE)).isZero();
    }

    @Test
    void abandonedPollJoinsNoNewGroupChannel() {
        inGroup.add("a");
        arriveBy("alice", A);
        Session stream = session("bob", 8, true, List.of("g"));
        presence.join(stream, "a", "g", null, now);
        leaveGroup("alice", A);
        leaveGroup("bob", A);
        change(List.of(), List.of("b"));
        assertThat(on(B)).as("a stream is open still").containsExactly("bob");
        change(List.of("a"), List.of());
        change(List.of(), List.of("a"));
        assertThat(on(A)).containsExactly("bob");
        arriveBy("alice", A, B);
        assertThat(on(B)).as("polls again").containsExactlyInAnyOrder("bob", "alice");
    }

    @Test
    void silentClientTimesOut() {
        Session poll = arrive("alice", 8, A);
        Session stream = stream("bob", A, B);
        pass(100);
        presence.suspend(poll, now);
        presence.suspend(stream, now);
        pass(0.1);
        assertThat(on(A)).isEmpty();
        assertThat(told).contains("a timeout alice 1", "a timeout bob 0", "b timeout bob 0");
        while (presence.resume(stream, 1, now)) {
            assertThat(isFull).isFalse();
        }
        assertThat(on(A)).as("when it is heard of again").containsExactly("bob");
        assertThat(on(B)).containsExactly("bob");
        presence.disconnect(poll, 0, now);
        presence.disconnect(stream, 6 * SECOND, now);
        pass(2.1);
        assertThat(on(A)).as("silent for six seconds of eight when it ended").isEmpty();
        assertThat(presence.members() + presence.deadlines()).isZero();
        assertThat(budget.used(Resource.PRESENCE)).isZero();
    }

    @Test
    void groupChangeDuringAReturnCountsOnce() {
        inGroup.add("a");
        Session poll = arriveBy("alice", A);
        presence.join(poll, "c", null, null, now);
        presence.join(poll, "d", null, null, now);
        presence.suspend(poll, now);
        pass(9);
        assertThat(presence.resume(poll, 1, now)).isTrue();
        change(List.of("a"), List.of("b"));
        while (presence.resume(poll, 1, now)) {
            assertThat(isFull).isFalse();
        }
        assertThat(whereabouts("alice")).containsExactly("b", "c", "d");
        presence.disconnect(poll, 0, now);
        pass(9);
        assertThat(whereabouts("alice")).isEmpty();
        assertThat(presence.members() + presence.deadlines()).isZero();
        assertThat(budget.used(Resource.PRESENCE)).isZero();
    }

    @Test
    void heartbeatOutlivesASilentPoll() {
        Session poll = arrive("alice", 8, A);
        pass(100);
        beat("alice", 8, A);
        pass(5);
        presence.suspend(poll, now);
        pass(2.9);
        assertThat(on(A)).containsExactly("alice");
        pass(0.2);
        assertThat(on(A)).isEmpty();
    }

    @Test
    void stateLastsWhileItsUserIsPresent() {
        setState("alice", A, "{\"mood\":\"ok\"}");
        assertThat(presence.occupancy("demo", "a")).isZero();
        assertThat(presence.state("demo", "alice", "a")).isEqualTo(json("{\"mood\":\"ok\"}"));
        Session session = arrive("alice", 8, Map.of("a", json("{}")), A);
        setState("alice", A, "{}"); // no change
        setState("alice", A, "{\"mood\":\"fine\"}");
        presence.disconnect(session, 0, now);
        pass(9);
        assertThat(presence.state("demo", "alice", "a")).isNull();
        assertThat(told).containsExactly("a state-change alice {\"mood\":\"ok\"} 0", "a join alice {} 1",
                "a state-change alice {\"mood\":\"fine\"} 1", "a timeout alice {\"mood\":\"fine\"} 0");
        setState("carol", B, "{}");
        pass(301);
        assertThat(presence.state("demo", "carol", "b")).isNull();
    }

    @Test
    void largeChannelAnnouncesInIntervals() {
        presence = presence(2);
        List<Session> sessions = new ArrayList<>();
        for (String uuid : List.of("a", "b", "c", "d")) {
            sessions.add(arrive(uuid, 8, A));
        }
        leave("d", A); // came and went: nothing has changed
        pass(10);
        leave("a", A);
        presence.disconnect(sessions.get(1), 0, now);
        pass(9);
        assertThat(told).containsExactly("a join a 1", "a join b 2", "a interval +[c] -[] ![] 3");
        pass(1);
        arrive("e", 8, A);
        assertThat(told.subList(3, told.size())).containsExactly("a interval +[] -[a] ![b] 1", "a join e 2");
    }

    @Test
    void intervalOmitsTooManyNames() {
        presence = presence(0);
        for (int i = 0; i <= Interval.MOST_NAMES; i++) {
            arrive("u" + i, 8, A);
        }
        pass(10);
        assertThat(told).containsExactly("a interval +[] -[] ![] refresh " + (Interval.MOST_NAMES + 1));
    }

    @Test
    void emptyChannelIsRemoved() {
        presence = presence(0);
        Session session = arrive("alice", 1, A);
        presence.disconnect(session, 0, now);
        pass(2);
        pass(10);
        assertThat(told).isEmpty();
        arrive("bob", 1, A);
        pass(10);
        assertThat(told).containsExactly("a interval +[bob] -[] ![] 1");
    }

    /** After each history all that was charged is given back: nothing keeps what is gone. */
    @Test
    void departedUsersHoldNoMemory() {
        String uuid = "u".repeat(90);
        for (int i = 0; i < 50_000; i++) {
            beat(uuid + i, 86_400, new Channel("demo", "c" + i % 1_000));
            leave(uuid + i, new Channel("demo", "c" + i % 1_000));
        }
        assertThat(presence.members()).isZero();
        assertThat(presence.deadlines()).as("a deadline of a day holds nothing that has left").isZero();
        assertThat(budget.used(Resource.PRESENCE)).isZero();
    }

    @Test
    void intervalsHoldNoDepartedUsers() {
        presence = presence(0);
        for (int i = 0; i < 10_000; i++) {
            beat("u" + i, 86_400, A);
        }
        pass(10);
        for (int i = 0; i < 10_000; i++) {
            leave("u" + i, A);
        }
        assertThat(budget.used(Resource.PRESENCE)).as("names that wait for their interval are charged, and bounded")
                .isBetween(1L, 100_000L);
        pass(10);
        assertThat(budget.used(Resource.PRESENCE)).isZero();
        assertThat(told).last().isEqualTo("a interval +[] -[] ![] refresh 0");
    }

    @Test
    void oneAddressLeavesPlaceForOthersInItsKeyset() {
        limits.put(Limit.PRESENCE_MEMBERS_BY_KEYSET, 900L);
        presence = presence(20);
        for (int i = 0; i < 2_000; i++) {
            beat("attacker" + i, 86_400, A);
        }
        assertThat(presence.members()).isEqualTo(600);
        for (int i = 0; i < 100; i++) {
            beat(from("192.0.2.2", "demo"), "innocent" + i, 300, A);
        }
        assertThat(presence.members()).as("another address").isEqualTo(700);
        beat(from("192.0.2.1", "other"), "innocent", 300, new Channel("other", "a"));
        assertThat(presence.members()).as("another keyset").isEqualTo(701);
    }

    @Test
    void oneAddressLeavesMemoryForOthers() {
        Json state = json("{\"s\":\"" + "x".repeat(30_000) + "\"}");
        int keysets = 0;
        for (; keysets < 100; keysets++) { // an attacker that changes its keyset as it likes
            for (int i = 0; i < 500; i++) {
                String keyset = "k" + keysets;
                presence.heartbeat(Holder.of(from("192.0.2.1", keyset)), keyset, "attacker", "c" + i, null,
                        86_400 * SECOND,
                        state,
                        now);
            }
        }
        long capacity = budget.capacity(Resource.PRESENCE);
        assertThat(budget.used(Resource.PRESENCE)).isBetween(capacity / 2, capacity * 7 / 10);
        for (int i = 0; i < 1_000; i++) {
            assertThat(presence.setState(Holder.of(from("192.0.2.2", "demo")), "demo", "innocent" + i, "a", json("{}"),
                    now))
                    .isTrue();
        }
    }

    @Test
    void refusedStateLeavesItsUserPresent() {
        limits.put(Limit.PRESENCE_BYTES, (long) (1 << 16));
        Budget small = new Budget(new Limits(limits));
        Client of = small.keyset("demo");
        Json state = json("{\"s\":\"" + "x".repeat(66_000) + "\"}");
        assertThat(presence.setState(Holder.of(of), "demo", "alice", "a", state, now)).isFalse();
        presence.heartbeat(Holder.of(of), "demo", "alice", "a", null, SECOND, state, now);
        assertThat(on(A)).containsExactly("alice");
        assertThat(presence.state("demo", "alice", "a")).isNull();
        pass(1);
        assertThat(small.used(Resource.PRESENCE)).isZero();
    }

    @Test
    void pollWithoutRoomIsNotPresence() {
        limits.put(Limit.PRESENCE_BYTES, (long) (1 << 16));
        Client of = new Budget(new Limits(limits)).keyset("demo");
        assertThat(presence.connect(Holder.of(of), "demo", "alice", SECOND, false, 100_000, List.of())).isNull();
    }

    @Test
    void presenceWithoutListenersIsNotAnnounced() {
        isListenedTo = false;
        beat("alice", 8, A);
        setState("alice", A, "{}");
        leave("alice", A);
        presence = presence(0);
        beat("bob", 8, A);
        pass(10);
        assertThat(told).isEmpty();
        isListenedTo = true;
        beat("carol", 80, A);
        pass(10);
        assertThat(told).containsExactly("a interval +[carol] -[] ![] 1");
    }

    @Test
    void lostAnnouncementTriggersARefresh() {
        beat("alice", 80, A);
        pass(1.1);
        isLost = true;
        beat("bob", 80, A);
        pass(1.1);
        isLost = false;
        beat("carol", 80, A);
        assertThat(told).containsExactly("a join alice 1");
        pass(10);
        assertThat(told).last().isEqualTo("a interval +[] -[] ![] refresh 3");
        beat("dave", 80, A);
        pass(1.1);
        assertThat(told).last().isEqualTo("a join dave 4");
    }

    @Test
    void lostAnnouncementOfAnEmptyChannelTriggersARefresh() {
        beat("alice", 80, A);
        isLost = true;
        leave("alice", A);
        isLost = false;
        pass(10);
        assertThat(told).last().isEqualTo("a interval +[] -[] ![] refresh 0");
        assertThat(budget.used(Resource.PRESENCE)).isZero();
    }

    @Test
    void timeoutsWaitWhileAnnouncementsAreBlocked() {
        beat("alice", 5, A);
        isFull = true;
        now += 6 * SECOND;
        assertThat(presence.tick(now)).as("more is due").isTrue();
        assertThat(on(A)).containsExactly("alice");
        isFull = false;
        pass(0);
        assertThat(told).last().isEqualTo("a timeout alice 0");
    }

    /** The server starts again: it knows what was reported. */
    private void restart() {
        presence = again(20);
        told.clear();
        leases.joins(NODE).forEach(lease -> presence.restore(Holder.of(client), lease, now));
    }

    @Test
    void restartAnnouncesOnlyUsersThatStayAway() {
        arrive("alice", 8, A);
        Session bob = arrive("bob", 8, Map.of("a", json("{\"b\":1}")), A);
        beat("carol", 300, A);
        presence.disconnect(bob, 0, now);
        pass(1.1);
        restart();
        assertThat(on(A)).containsExactlyInAnyOrder("alice", "bob", "carol");
        assertThat(presence.state("demo", "bob", "a")).isEqualTo(json("{\"b\":1}"));
        pass(7);
        arrive("alice", 8, A);
        assertThat(told).isEmpty();
        pass(1.1);
        assertThat(told).as("as long as after a poll").containsExactly("a timeout bob {\"b\":1} 2");
        leave("carol", A);
        assertThat(told).last().isEqualTo("a leave carol 1");
        pass(1000);
        assertThat(on(A)).containsExactly("alice");
    }

    @Test
    void stopAnnouncesPendingJoins() {
        beat("alice", 80, A);
        assertThat(told).as("it waits for the first poll").isEmpty();
        presence.finish(now);
        assertThat(told).containsExactly("a join alice 1");
        restart();
        assertThat(on(A)).containsExactly("alice");
        pass(2);
        assertThat(told).as("once").isEmpty();
    }

    @Test
    void pendingJoinSurvivesAKill() {
        beat("alice", 80, A);
        beat("bob", 80, A);
        restart();
        assertThat(on(A)).containsExactly("alice", "bob");
        arrive("alice", 80, A);
        assertThat(told).as("with the first poll").containsExactly("a join alice 1");
        pass(1.1);
        assertThat(told).as("or after a second").containsExactly("a join alice 1", "a join bob 2");
        pass(5);
        assertThat(told).as("once").hasSize(2);
    }

    @Test
    void restartDoesNotAnnounceALargeChannelAgain() {
        presence = presence(2);
        for (String uuid : List.of("a", "b", "c", "d")) {
            arrive(uuid, 80, A);
        }
        pass(10);
        told.clear();
        presence = again(2);
        leases.joins(NODE).forEach(lease -> presence.restore(Holder.of(client), lease, now));
        arrive("d", 80, A);
        pass(30);
        assertThat(told).isEmpty();
    }

    /** Other nodes have ended some of the leases, because they took this node for dead. */
    @Test
    void usersWithEndedLeasesAreReportedAgain() {
        arrive("former", 8, A);
        restart();
        arrive("alice", 80, Map.of("a", json("{\"s\":1}")), A);
        arrive("bob", 80, B);
        beat("carol", 80, B);
        told.clear();
        for (String uuid : List.of("alice", "former")) {
            var _ = leases.apply(NODE, new PresenceChange.Leave(A, uuid, true, false));
        }
        presence.reportAgain(now);
        leave("bob", B);
        pass(0);
        assertThat(told).as("who is still there joins once; who is not leaves; nobody else is announced")
                .containsExactly("b join carol 2", "b leave bob 1", "a join alice {\"s\":1} 1");
        assertThat(on(A)).as("of whom nothing was heard since the start is gone").containsExactly("alice");
        assertThat(leases.users(A)).containsExactly("alice {\"s\":1}");
        pass(1000);
        assertThat(on(A)).containsExactly("alice");
        assertThat(told).as("once").hasSize(4).last().isEqualTo("b timeout carol 0");
    }

    @Test
    void repeatedReportsAreSpreadOut() {
        for (int i = 0; i < 20; i++) {
            arrive("u" + i, 80, A);
        }
        told.clear();
        leases = new LeaseModel();
        presence.reportAgain(now);
        isFull = true;
        assertThat(presence.tick(now)).as("more is due").isTrue();
        assertThat(told).isEmpty();
        isFull = false;
        pass(0);
        assertThat(told).hasSize(20).last().asString().endsWith(" 20");
    }

    /** What another node has made of the state meanwhile stays. */
    @Test
    void joinAnnouncementHasNoEarlierState() {
        presence.heartbeat(Holder.of(client), "demo", "alice", "a", null, 80 * SECOND, json("{\"s\":1}"), now);
        var _ = leases.apply(2, new PresenceChange.SetState(A, "alice", json("{\"s\":2}"), false));
        pass(1.1);
        assertThat(told).containsExactly("a join alice {\"s\":2} 1");
    }

    @Test
    void restartKeepsAGroupUserByItsGroupOnly() {
        inGroup.add("a");
        Session poll = arriveBy("alice", A);
        restart();
        assertThat(on(A)).containsExactly("alice");
        arriveBy("alice", A);
        change(List.of("a"), List.of());
        assertThat(on(A)).isEmpty();
        assertThat(told).containsExactly("a leave alice 0");
        assertThat(poll.uuid).isEqualTo("alice");
    }

    @Test
    void userWithoutRoomAfterARestartIsRemoved() {
        beat("alice", 80, A);
        beat("bob", 80, A);
        pass(1.1);
        limits.put(Limit.PRESENCE_MEMBERS_BY_KEYSET, 1L);
        restart();
        pass(0);
        assertThat(on(A)).hasSize(1);
        assertThat(told).hasSize(1).first().asString().startsWith("a timeout");
        assertThat(leases.joins(NODE)).hasSize(1);
    }

    /** Whatever the journal refuses for a while, and whoever comes and goes meanwhile. */
    @Test
    void leasesMatchPresenceOnceTheJournalAccepts() {
        for (int seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            presence = presence(seed % 4);
            now = 1000 * SECOND;
            for (int step = 0; step < 60; step++) {
                String uuid = "u" + random.nextInt(4);
                Channel channel = random.nextBoolean() ? A : B;
                isLost = random.nextInt(3) == 0 ? !isLost : isLost;
                isListenedTo = random.nextInt(5) > 0;
                switch (random.nextInt(5)) {
                    case 0 -> beat(uuid, 1 + random.nextInt(9), channel);
                    case 1 -> presence.disconnect(arrive(uuid, 1 + random.nextInt(9), channel), 0, now);
                    case 2 -> leave(uuid, channel);
                    case 3 -> setState(uuid, channel, "{\"n\":" + random.nextInt(3) + "}");
                    default -> pass(random.nextInt(4));
                }
            }
            isLost = false;
            pass(1.1); // also for the joins that are told later
            Set<String> expected = new TreeSet<>();
            for (Channel channel : List.of(A, B)) {
                on(channel).forEach(uuid -> expected
                        .add(channel.name() + uuid + presence.state("demo", uuid, channel.name())));
            }
            Set<String> reported = new TreeSet<>();
            leases.joins(NODE)
                    .forEach(lease -> reported.add(lease.channel().name() + lease.uuid() + lease.state()));
            assertThat(reported).as("seed " + seed).isEqualTo(expected);
        }
    }

    /** Random comings and goings: occupancy is exact at every moment, and whoever follows the events knows who is there. */
    @Test
    void occupancyIsExactInRandomHistories() {
        for (int seed = 0; seed < 200; seed++) {
            events.clear();
            history(new Random(seed), seed % 4 == 0 ? 1000 : seed % 5);
        }
    }

    /** The simplest thing that says who is there: of each uuid and channel, open polls and when time is over. */
    private static final class Model {
        final Map<String, Long> until = new HashMap<>();
        final Map<String, Integer> polls = new HashMap<>();

        Set<String> on(Channel channel, long now) {
            Set<String> there = new TreeSet<>();
            for (String uuid : List.of("u0", "u1", "u2", "u3", "u4", "u5")) {
                String key = channel.name() + uuid;
                if (polls.getOrDefault(key, 0) > 0 || until.getOrDefault(key, 0L) > now) {
                    there.add(uuid);
                }
            }
            return there;
        }
    }

    private record Open(String uuid, List<Channel> channels, int patience, Session session, List<Integer> generation) {}

    private void history(Random random, int threshold) {
        presence = presence(threshold);
        now = 1000 * SECOND;
        Model model = new Model();
        Map<String, Integer> generations = new HashMap<>();
        List<Open> open = new ArrayList<>();
        Set<String> followed = new TreeSet<>();
        int followedEvents = 0;
        for (int step = 0; step < 300; step++) {
            String uuid = "u" + random.nextInt(6);
            List<Channel> channels = random.nextInt(3) == 0
                    ? List.of(A, B)
                    : random.nextBoolean() ? List.of(A) : List.of(B);
            int patience = 1 + random.nextInt(20);
            switch (random.nextInt(6)) {
                case 0, 1 -> {
                    Session session = arrive(uuid, patience, channels.toArray(Channel[]::new));
                    List<Integer> generation = new ArrayList<>();
                    for (int i = 0; i < channels.size(); i++) {
                        String key = channels.get(i).name() + uuid;
                        model.polls.merge(key, 1, Integer::sum);
                        generation.add(generations.getOrDefault(key, 0));
                    }
                    open.add(new Open(uuid, channels, patience, session, generation));
                }
                case 2 -> {
                    if (!open.isEmpty()) {
                        Open ended = open.remove(random.nextInt(open.size()));
                        presence.disconnect(ended.session(), 0, now);
                        for (int i = 0; i < ended.channels().size(); i++) {
                            String key = ended.channels().get(i).name() + ended.uuid();
                            if (generations.getOrDefault(key, 0).equals(ended.generation().get(i))
                                    && model.polls.merge(key, -1, Integer::sum) == 0) {
                                model.until.put(key, now + ended.patience() * SECOND);
                            }
                        }
                    }
                }
                case 3 -> {
                    beat(uuid, patience, channels.toArray(Channel[]::new));
                    channels.forEach(channel -> {
                        if (model.polls.getOrDefault(channel.name() + uuid, 0) == 0) {
                            model.until.put(channel.name() + uuid, now + patience * SECOND);
                        }
                    });
                }
                case 4 -> {
                    leave(uuid, channels.toArray(Channel[]::new));
                    channels.forEach(channel -> {
                        String key = channel.name() + uuid;
                        if (model.on(channel, now).contains(uuid)) {
                            generations.merge(key, 1, Integer::sum);
                        }
                        model.polls.remove(key);
                        model.until.remove(key);
                    });
                }
                default -> {
                    now += random.nextInt(4) * SECOND + 7;
                    for (Channel channel : List.of(A, B)) { // who times out may come back as somebody new
                        for (String each : List.of("u0", "u1", "u2", "u3", "u4", "u5")) {
                            String key = channel.name() + each;
                            if (model.until.containsKey(key) && !model.on(channel, now).contains(each)) {
                                model.until.remove(key);
                            }
                        }
                    }
                    presence.tick(now);
                }
            }
            for (Channel channel : List.of(A, B)) {
                assertThat(new TreeSet<>(on(channel))).isEqualTo(model.on(channel, now));
                assertThat(presence.occupancy("demo", channel.name())).isEqualTo(model.on(channel, now).size());
                for (String each : model.on(channel, now)) {
                    assertThat(whereabouts(each)).contains(channel.name());
                }
            }
        }
        now += 20 * SECOND;
        presence.tick(now);
        for (; followedEvents < events.size(); followedEvents++) {
            follow(told.get(told.size() - events.size() + followedEvents), events.get(followedEvents), followed);
        }
        Set<String> there = new TreeSet<>();
        List.of(A, B).forEach(channel -> on(channel).forEach(uuid -> there.add(channel.name() + uuid)));
        assertThat(followed).isEqualTo(there);
        open.forEach(each -> presence.disconnect(each.session(), 0, now));
        for (String uuid : List.of("u0", "u1", "u2", "u3", "u4", "u5")) {
            leave(uuid, A, B);
        }
        now += 20 * SECOND;
        presence.tick(now);
        assertThat(presence.members() + presence.deadlines()).isZero();
        assertThat(budget.used(Resource.PRESENCE)).as("all of it is given back").isZero();
    }

    /** What somebody knows who believes the events; and that each says the right occupancy. */
    private static void follow(String text, Announcement event, Set<String> known) {
        String channel = text.substring(0, 1);
        switch (event.action()) {
            case "join" -> assertThat(known.add(channel + event.names().getFirst())).as(text).isTrue();
            case "leave", "timeout" ->
                assertThat(known.remove(channel + event.names().getFirst())).as(text).isTrue();
            default -> {
                event.names().forEach(uuid -> assertThat(known.add(channel + uuid)).as(text).isTrue());
                event.left().forEach(uuid -> assertThat(known.remove(channel + uuid)).as(text).isTrue());
                event.timedOut().forEach(uuid -> assertThat(known.remove(channel + uuid)).as(text).isTrue());
            }
        }
        assertThat(known.stream().filter(key -> key.startsWith(channel))).as(text).hasSize(event.occupancy());
    }
}
