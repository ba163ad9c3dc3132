package dev.manicule.server.hub;

import static org.assertj.core.api.Assertions.assertThat;

import dev.manicule.server.limits.Budget;
import dev.manicule.server.limits.Limits;
import dev.manicule.server.limits.Resource;
import dev.manicule.server.model.Channel;
import dev.manicule.server.model.ChannelGroup;
import dev.manicule.server.model.ChannelGroup.Former;
import dev.manicule.server.model.ChannelGroup.Members;
import dev.manicule.server.model.Event;
import dev.manicule.server.model.Timetoken;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class GroupsTest {
    private final Budget budget = new Budget(new Limits());

    private static Members group(String name, String... channels) {
        Map<String, Long> since = new HashMap<>();
        for (String channel : channels) {
            since.put(channel, 5L);
        }
        return new Members(new ChannelGroup("demo", name), since);
    }

    private static Event on(String channel, long timetoken) {
        return new Event(new Channel("demo", channel), timetoken, true, new byte[0]);
    }

    @Test
    void anEventHappensInTheGroupsThatItsChannelIsIn() {
        Groups groups = new Groups(List.of(group("g", "a", "b"), group("h", "a")), budget);
        assertThat(groups.of(on("a", 6))).containsExactlyInAnyOrder("g", "h");
        assertThat(groups.of(on("a", 5))).as("before it was put in").isEmpty();
        assertThat(groups.of(on("a-pnpres", 6))).containsExactlyInAnyOrder("g-pnpres", "h-pnpres");
        assertThat(groups.of(on("a", 6), Set.of("g", "x", "g-pnpres"))).containsExactly("g");
        assertThat(groups.of(on("a-pnpres", 6), Set.of("g", "g-pnpres", "x", "y"))).containsExactly("g-pnpres");
        assertThat(groups.of(on("a", 6), Set.of("h"))).containsExactly("h");
        assertThat(groups.happenedIn("g", on("b", 6))).isTrue();
        assertThat(groups.happenedIn("g-pnpres", on("b", 6))).isFalse();
        assertThat(groups.happenedIn("h", on("b", 6))).isFalse();
        groups.replace(group("g", "b"));
        assertThat(groups.of(on("a", 6))).containsExactly("h");
    }

    @Test
    void groupRemembersFormerChannelsForAWeek() {
        Groups groups = new Groups(List.of(), budget);
        ChannelGroup name = new ChannelGroup("demo", "g");
        groups.replace(new Members(name, Map.of("a", 5L)));
        groups.replace(new Members(name, Map.of(), List.of(new Former("a", 5, 9))));
        assertThat(groups.of(on("a", 9))).containsExactly("g");
        assertThat(groups.of(on("a", 10))).isEmpty();
        assertThat(groups.happenedIn("g", on("a", 5))).isFalse();
        assertThat(groups.count("demo")).isZero();
        assertThat(groups.names("demo", "", 10)).isEmpty();
        long later = 9 + Timetoken.steps(Duration.ofDays(8));
        groups.replace(new Members(new ChannelGroup("demo", "h"), Map.of("b", 5L), List.of(new Former("c", 5, later))));
        assertThat(groups.of(on("a", 9))).isEmpty();
        groups.replace(new Members(new ChannelGroup("demo", "h"), Map.of()));
        assertThat(budget.used(Resource.GROUPS)).isZero();
    }

    @Test
    void listenersGetAddedAndRemovedChannels() {
        Groups groups = new Groups(List.of(group("g", "a", "b")), budget);
        List<String> told = new ArrayList<>();
        groups.listen((name, removed, added) -> told.add(name.name() + " -" + removed + " +" + added
                + groups.isIn(name, "a") + groups.isIn(name, "c")));
        groups.replace(group("g", "b", "c"));
        groups.replace(group("g", "b", "c"));
        assertThat(told).containsExactly("g -[a] +[c]falsetrue");
    }

    /** However groups change: what is asked of them is as a plain look at their members says. */
    @Test
    void everyHistoryMatchesTheMembers() {
        Random random = new Random(1);
        Groups groups = new Groups(List.of(), budget);
        Map<String, Members> model = new HashMap<>();
        for (int step = 0; step < 3_000; step++) {
            String name = "g" + random.nextInt(30);
            String[] channels = random.ints(random.nextInt(4), 0, 5).mapToObj(i -> "c" + i).toArray(String[]::new);
            Members now = group(name, channels);
            model.put(name, now);
            groups.replace(now);
            String channel = "c" + random.nextInt(5);
            Set<String> expected = new TreeSet<>();
            model.forEach((each, members) -> {
                if (members.since().containsKey(channel)) {
                    expected.add(each);
                }
            });
            assertThat(groups.of(on(channel, 6))).containsExactlyInAnyOrderElementsOf(expected);
            assertThat(groups.countOf(new Channel("demo", channel))).isEqualTo(expected.size());
            Set<String> some = Set.of("g1", "g2", "g3", name + "x");
            assertThat(groups.of(on(channel, 6), some))
                    .containsExactlyInAnyOrderElementsOf(expected.stream().filter(some::contains).toList());
        }
        List<String> names = model.values()
                .stream()
                .filter(each -> !each.since().isEmpty())
                .map(each -> each.group().name())
                .sorted()
                .toList();
        assertThat(groups.names("demo", "", 100)).isEqualTo(names);
        assertThat(groups.names("demo", names.get(2), 2)).isEqualTo(names.subList(3, 5));
        assertThat(groups.count("demo")).isEqualTo(names.size());
        for (String name : model.keySet()) {
            groups.replace(group(name));
        }
        assertThat(budget.heldByKeyset("demo", Resource.GROUPS)).as("all of it is given back").isZero();
        assertThat(groups.names("demo", "", 100)).isEmpty();
    }

    /** Compared with what takes time in proportion: the same groups with a channel of their own each. */
    @Test
    void manyGroupsThatShareAChannelAreReadInLinearTime() {
        int count = 30_000;
        List<Members> apart = new ArrayList<>();
        List<Members> together = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            apart.add(group("g" + i, "c" + i));
            together.add(group("g" + i, "shared"));
        }
        Map<Boolean, Long> best = new HashMap<>();
        for (int i = 0; i < 5; i++) {
            best.merge(false, nanos(apart), Math::min);
            best.merge(true, nanos(together), Math::min);
        }
        assertThat(best.get(true)).isLessThan(10 * best.getOrDefault(false, 0L));
    }

    private long nanos(List<Members> all) {
        long begin = System.nanoTime();
        Groups groups = new Groups(all, budget);
        for (Members each : all) {
            groups.replace(new Members(each.group(), Map.of()));
        }
        long nanos = System.nanoTime() - begin;
        assertThat(groups.count("demo")).isZero();
        return nanos;
    }

    @Test
    void storedGroupsAreCharged() {
        Groups groups = new Groups(List.of(group("g", "a", "b")), budget);
        long held = budget.heldByKeyset("demo", Resource.GROUPS);
        assertThat(held).isGreaterThan(2 * Groups.bytes("a"));
        groups.replace(group("g", "a"));
        assertThat(budget.heldByKeyset("demo", Resource.GROUPS)).isEqualTo(held - Groups.bytes("b"));
    }
}
