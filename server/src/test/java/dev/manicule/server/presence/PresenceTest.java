package dev.manicule.server.presence;

import static org.assertj.core.api.Assertions.assertThat;

import dev.manicule.server.json.Json;
import dev.manicule.server.model.Channel;
import dev.manicule.server.presence.Presence.Occupant;
import dev.manicule.server.presence.Presence.Visit;
import dev.manicule.server.presence.PresenceEvent.Action;
import dev.manicule.server.presence.PresenceEvent.Interval;
import dev.manicule.server.presence.PresenceEvent.Somebody;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Who is where, with time made by hand. */
class PresenceTest {
    private static final Channel A = new Channel("demo", "a");
    private static final Channel B = new Channel("demo", "b");
    private static final long SECOND = 1_000_000_000;

    private final List<String> told = new ArrayList<>();
    private final List<PresenceEvent> events = new ArrayList<>();
    private Presence presence = presence(20);
    private int most = Integer.MAX_VALUE;
    private long now = Long.MAX_VALUE - 100 * SECOND; // the clock may be anywhere, and may overflow

    private Presence presence(int threshold) {
        return new Presence((channel, event) -> {
            events.add(event);
            told.add(channel.name() + " " + switch (event) {
                case Somebody somebody -> somebody.action().word() + " " + somebody.uuid()
                        + (somebody.state() == null ? "" : " " + somebody.state());
                case Interval interval -> "interval +" + interval.joined() + " -" + interval.left() + " !"
                        + interval.timedOut() + (interval.refresh() ? " refresh" : "");
            } + " " + event.occupancy());
        }, members -> members >= most, threshold, 10 * SECOND);
    }

    private static Json json(String text) {
        return new Json(text.getBytes(StandardCharsets.UTF_8));
    }

    private void pass(double seconds) {
        now += (long) (seconds * SECOND);
        presence.tick(now);
    }

    private List<String> on(Channel channel) {
        return presence.occupants(channel, 0, 1000).stream().map(Occupant::uuid).toList();
    }

    private Visit arrive(String uuid, int patience, Channel... channels) {
        return presence.arrive(uuid, List.of(channels), patience * SECOND, Map.of(), now);
    }

    @Test
    void whoComesAndGoesIsTold() {
        Visit alice = arrive("alice", 8, A, B);
        arrive("bob", 8, A);
        presence.leave("bob", List.of(A, B), now);
        presence.depart(alice, now);
        pass(7.9);
        assertThat(on(A)).containsExactly("alice");
        pass(0.2);
        assertThat(told).containsExactly("a join alice 1", "b join alice 1", "a join bob 2", "a leave bob 1",
                "a timeout alice 0", "b timeout alice 0");
        assertThat(presence.whereabouts("demo", "alice")).isEmpty();
        assertThat(presence.occupied("demo")).isEmpty();
    }

    @Test
    void aParkedPollIsPresence() {
        Visit poll = arrive("alice", 8, A);
        pass(1000);
        assertThat(on(A)).containsExactly("alice");
        Visit another = arrive("alice", 8, A);
        presence.depart(poll, now);
        pass(1000);
        assertThat(on(A)).containsExactly("alice");
        presence.depart(another, now);
        pass(7.5);
        presence.beat("alice", List.of(A), 20 * SECOND, Map.of(), now);
        pass(19.5);
        assertThat(on(A)).containsExactly("alice");
        pass(1);
        assertThat(told).containsExactly("a join alice 1", "a timeout alice 0");
    }

    @Test
    void aShorterPatienceHoldsAtOnce() {
        presence.beat("alice", List.of(A), 300 * SECOND, Map.of(), now);
        presence.beat("alice", List.of(A), 5 * SECOND, Map.of(), now);
        pass(5.1);
        assertThat(on(A)).isEmpty();
        pass(1000);
        assertThat(told).containsExactly("a join alice 1", "a timeout alice 0");
    }

    @Test
    void afterALeaveThePollsOfBeforeDontCount() {
        Visit stale = arrive("alice", 8, A);
        presence.leave("alice", List.of(A), now);
        Visit fresh = arrive("alice", 8, A);
        presence.depart(stale, now);
        pass(100);
        assertThat(on(A)).as("the new poll is still parked").containsExactly("alice");
        presence.depart(fresh, now);
        pass(9);
        assertThat(told).containsExactly("a join alice 1", "a leave alice 0", "a join alice 1", "a timeout alice 0");
    }

    @Test
    void statesLiveAsLongAsTheirOwnerIsThere() {
        presence.setState("alice", List.of(A), json("{\"mood\":\"ok\"}"), now);
        assertThat(presence.occupancy(A)).isZero();
        assertThat(presence.state("alice", A)).isEqualTo(json("{\"mood\":\"ok\"}"));
        Visit visit = presence.arrive("alice", List.of(A), 8 * SECOND, Map.of("a", json("{}")), now);
        presence.setState("alice", List.of(A), json("{}"), now); // no change
        presence.setState("alice", List.of(A), json("{\"mood\":\"fine\"}"), now);
        presence.depart(visit, now);
        pass(9);
        assertThat(presence.state("alice", A)).isNull();
        assertThat(told).containsExactly("a state-change alice {\"mood\":\"ok\"} 0", "a join alice {} 1",
                "a state-change alice {\"mood\":\"fine\"} 1", "a timeout alice {\"mood\":\"fine\"} 0");
        presence.setState("carol", List.of(B), json("{}"), now);
        pass(301);
        assertThat(presence.state("carol", B)).isNull();
    }

    @Test
    void aCrowdIsToldInIntervals() {
        presence = presence(2);
        List<Visit> visits = new ArrayList<>();
        for (String uuid : List.of("a", "b", "c", "d")) {
            visits.add(arrive(uuid, 8, A));
        }
        presence.leave("d", List.of(A), now); // came and went: nothing has changed
        pass(10);
        presence.leave("a", List.of(A), now);
        presence.depart(visits.get(1), now);
        pass(9);
        assertThat(told).containsExactly("a join a 1", "a join b 2", "a interval +[c] -[] ![] 3");
        pass(1);
        arrive("e", 8, A);
        assertThat(told.subList(3, told.size())).containsExactly("a interval +[] -[a] ![b] 1", "a join e 2");
    }

    @Test
    void tooManyNamesAreLeftOut() {
        presence = presence(0);
        for (int i = 0; i <= Presence.MOST_NAMES; i++) {
            arrive("u" + i, 8, A);
        }
        pass(10);
        assertThat(told).containsExactly("a interval +[] -[] ![] refresh " + (Presence.MOST_NAMES + 1));
    }

    @Test
    void anEmptyRoomIsForgotten() {
        presence = presence(0);
        Visit visit = arrive("alice", 1, A);
        presence.depart(visit, now);
        pass(2);
        pass(10);
        assertThat(told).isEmpty();
        arrive("bob", 1, A);
        pass(10);
        assertThat(told).containsExactly("a interval +[bob] -[] ![] 1");
    }

    /** Random comings and goings: occupancy is exact at every moment, and whoever follows the events knows who is there. */
    @Test
    void occupancyIsExactWhateverHappens() {
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

    private record Open(String uuid, List<Channel> channels, int patience, Visit visit, List<Integer> generation) {}

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
                    Visit visit = presence.arrive(uuid, channels, patience * SECOND, Map.of(), now);
                    List<Integer> generation = new ArrayList<>();
                    for (int i = 0; i < channels.size(); i++) {
                        String key = channels.get(i).name() + uuid;
                        model.polls.merge(key, 1, Integer::sum);
                        generation.add(generations.getOrDefault(key, 0));
                    }
                    open.add(new Open(uuid, channels, patience, visit, generation));
                }
                case 2 -> {
                    if (!open.isEmpty()) {
                        Open ended = open.remove(random.nextInt(open.size()));
                        presence.depart(ended.visit(), now);
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
                    presence.beat(uuid, channels, patience * SECOND, Map.of(), now);
                    channels.forEach(channel -> {
                        if (model.polls.getOrDefault(channel.name() + uuid, 0) == 0) {
                            model.until.put(channel.name() + uuid, now + patience * SECOND);
                        }
                    });
                }
                case 4 -> {
                    presence.leave(uuid, channels, now);
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
                assertThat(presence.occupancy(channel)).isEqualTo(model.on(channel, now).size());
                for (String each : model.on(channel, now)) {
                    assertThat(presence.whereabouts("demo", each)).contains(channel.name());
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
    }

    /** What somebody knows who believes the events; and that each says the right occupancy. */
    private static void follow(String text, PresenceEvent event, Set<String> known) {
        String channel = text.substring(0, 1);
        switch (event) {
            case Somebody somebody when somebody.action() == Action.JOIN ->
                assertThat(known.add(channel + somebody.uuid())).as(text).isTrue();
            case Somebody somebody -> assertThat(known.remove(channel + somebody.uuid())).as(text).isTrue();
            case Interval interval -> {
                interval.joined().forEach(uuid -> assertThat(known.add(channel + uuid)).as(text).isTrue());
                interval.left().forEach(uuid -> assertThat(known.remove(channel + uuid)).as(text).isTrue());
                interval.timedOut().forEach(uuid -> assertThat(known.remove(channel + uuid)).as(text).isTrue());
            }
        }
        assertThat(known.stream().filter(key -> key.startsWith(channel))).as(text).hasSize(event.occupancy());
    }
}
