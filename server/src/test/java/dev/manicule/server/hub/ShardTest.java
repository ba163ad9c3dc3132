package dev.manicule.server.hub;

import static org.assertj.core.api.Assertions.assertThat;

import dev.manicule.server.filter.Filter;
import dev.manicule.server.filter.FilterException;
import dev.manicule.server.limits.Budget;
import dev.manicule.server.limits.Client;
import dev.manicule.server.limits.Limit;
import dev.manicule.server.limits.Limits;
import dev.manicule.server.limits.Workers;
import dev.manicule.server.journal.CommitListener.Commit;
import dev.manicule.server.journal.CommitListener.NodeChanges;
import dev.manicule.server.model.Channel;
import dev.manicule.server.model.ChannelGroup;
import dev.manicule.server.model.ChannelGroup.Former;
import dev.manicule.server.model.ChannelGroup.Members;
import dev.manicule.server.model.Event;
import dev.manicule.server.model.Timetoken;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;

/** The shard, with its event loop and its readers run by hand. */
class ShardTest {
    private static final Channel A = new Channel("demo", "x.a");
    private static final Channel B = new Channel("demo", "x.b");
    private static final Channel C = new Channel("demo", "c");
    private static final ChannelGroup GROUP = new ChannelGroup("demo", "g");

    private final Queue<Runnable> loop = new ArrayDeque<>();
    private final Queue<Runnable> readers = new ArrayDeque<>();
    private final Client client = new Budget(new Limits()).connection(null);
    private final List<Event> stored = new ArrayList<>();
    private long nanos;
    private long now;
    private final Groups groups = new Groups(List.of());
    private final HubMetrics figures = new HubMetrics();
    private int pageSize = 1;
    private int reads;
    /** Whether storage can be read, and whether there is room for another who waits to read it. */
    private boolean readable = true;
    private boolean room = true;
    private Shard shard = shardAt(0);

    private Shard shardAt(long position) {
        FeedReader feed = new FeedReader() {
            @Override
            public List<Event> events(Channel channel, long after, long upTo, long at, int limit, long bytes) {
                return read(channel, after, upTo, limit, bytes);
            }

            @Override
            public Page channels(String keyset, String beginning, long after, @Nullable Channel from, int rows) {
                List<Channel> all = stored.stream()
                        .filter(e -> e.channel().name().startsWith(beginning) && e.timetoken() > after)
                        .map(Event::channel)
                        .distinct()
                        .sorted()
                        .dropWhile(channel -> from != null && channel.compareTo(from) < 0)
                        .toList();
                return all.size() > pageSize
                        ? new Page(all.subList(0, pageSize), all.get(pageSize))
                        : new Page(all, null);
            }
        };
        return new Shard(loop::add, this::queue, new Events(feed, groups, null, () -> now, position), figures,
                () -> nanos,
                Duration.ofSeconds(280));
    }

    private void queue(Client of, Workers.Task task) {
        if (!room) {
            throw new RejectedExecutionException("no room, as the test asks");
        }
        readers.add(() -> goOn(task));
    }

    private void goOn(Workers.Task task) {
        if (task.run()) {
            readers.add(() -> goOn(task));
        }
    }

    private List<Event> read(Channel channel, long after, long upTo, int limit, long bytes) {
        reads++;
        if (!readable) {
            throw new IllegalStateException("storage can't be read, as the test asks");
        }
        List<Event> found = new ArrayList<>();
        long left = bytes;
        for (Event e : stored) {
            if (e.channel().equals(channel) && e.timetoken() > after && e.timetoken() <= upTo && found.size() < limit
                    && left > 0) {
                found.add(e);
                left -= e.envelope().length;
            }
        }
        return found;
    }

    /** A subscriber that keeps what it was told. */
    private static final class Subscriber implements Poll.Waiter {
        final List<Long> got = new ArrayList<>();
        final List<String> labels = new ArrayList<>();
        long cursor;
        boolean answered;
        boolean failed;
        /** Thrown at delivery, where a test asks for it. */
        @Nullable
        Error fault;
        /** Of a stream. */
        @Nullable
        Poll poll;

        @Override
        public void fail() {
            failed = true;
        }

        @Override
        public void deliver(Delivery delivery) {
            assertThat(answered).as("answered once").isFalse();
            if (fault != null) {
                throw fault;
            }
            answered = true;
            delivery.matches().forEach(match -> got.add(match.event().timetoken()));
            delivery.matches().forEach(match -> labels.add(match.subscription()));
            cursor = delivery.cursor();
        }
    }

    private static Subscription to(Channel... channels) {
        return Subscription.to("demo", Arrays.stream(channels).map(Channel::name).collect(Collectors.toSet()));
    }

    private Subscriber poll(long cursor, Channel... channels) {
        return poll(cursor, to(channels));
    }

    private static Event event(Channel channel, long timetoken) {
        byte[] envelope = ("{\"u\":{\"n\":" + timetoken + "},\"d\":0").getBytes(StandardCharsets.UTF_8);
        return new Event(channel, timetoken, true, envelope);
    }

    /** An event of so many bytes, at least. */
    private static Event large(Channel channel, long timetoken, int bytes) {
        byte[] envelope = ("{\"x\":\"" + "x".repeat(bytes) + "\",\"u\":{\"n\":" + timetoken + "},\"d\":0")
                .getBytes(StandardCharsets.UTF_8);
        return new Event(channel, timetoken, true, envelope);
    }

    private Subscriber stream(long cursor, Subscription subscription) {
        Subscriber subscriber = new Subscriber();
        subscriber.cursor = cursor;
        subscriber.poll = shard.stream(subscription, cursor, client, subscriber);
        subscriber.poll.next();
        return subscriber;
    }

    private Subscriber poll(long cursor, Subscription subscription) {
        Subscriber subscriber = new Subscriber();
        subscriber.cursor = cursor;
        shard.poll(subscription, cursor, client, subscriber);
        return subscriber;
    }

    private static Subscription all(Set<String> channels, Set<String> wildcards, Set<String> groups, String filter) {
        try {
            return new Subscription("demo", channels, wildcards, groups,
                    filter.isEmpty() ? null : Filter.parse(filter, 100));
        } catch (FilterException e) {
            throw new AssertionError(e);
        }
    }

    private void put(Channel channel, long since) {
        groups.replace(new Members(GROUP, Map.of(channel.name(), since)));
    }

    private void commit(Event... events) {
        stored.addAll(List.of(events));
        shard.deliver(new Commit(List.of(events), List.of(), List.of(), NodeChanges.NONE,
                events[events.length - 1].timetoken(),
                false));
    }

    private static void run(Queue<Runnable> queue) {
        for (Runnable task = queue.poll(); task != null; task = queue.poll()) {
            task.run();
        }
    }

    private void settle() {
        while (!loop.isEmpty() || !readers.isEmpty()) {
            run(readers);
            run(loop);
        }
    }

    @Test
    void eventOfItsChannelWakesAParkedPoll() {
        Subscriber subscriber = poll(5, A);
        commit(event(B, 6));
        assertThat(subscriber.answered).isFalse();
        commit(event(A, 7));
        assertThat(subscriber.got).containsExactly(7L);
        assertThat(subscriber.cursor).isEqualTo(7);
        assertThat(shard.parked()).isZero();
    }

    private void hand(Event... events) {
        stored.addAll(List.of(events));
        shard.hand(new Commit(List.of(events), List.of(), List.of(), NodeChanges.NONE,
                events[events.length - 1].timetoken(),
                false));
    }

    @Test
    void aCommitWakesTheLoopOnlyWherePollsWait() {
        hand(event(A, 1));
        assertThat(loop).isEmpty();
        assertThat(poll(0, A).got).as("told before the poll is").containsExactly(1L);
        Subscriber parked = poll(1, A);
        hand(event(A, 2));
        assertThat(loop).hasSize(1);
        settle();
        assertThat(parked.got).containsExactly(2L);
        hand(event(A, 3));
        assertThat(loop).as("the last poll was answered").isEmpty();
        Subscriber waits = poll(3, A);
        shard.expire(3);
        assertThat(waits.answered).isFalse();
        hand(event(A, 4));
        settle();
        assertThat(waits.got).containsExactly(4L);
    }

    @Test
    void commitsAreProcessedWithoutParkedPolls() {
        for (int i = 1; i <= 300; i++) {
            hand(event(A, i));
        }
        assertThat(loop).hasSize(1);
        settle();
        hand(event(A, 301));
        shard.expire(302);
        assertThat(loop).isEmpty();
        assertThat(poll(250, A).got).hasSize(51);
        assertThat(reads).isZero();
    }

    /** Handing it over has failed when it was in the queue already. */
    @Test
    void missedCommitIsDeliveredOnce() {
        Subscriber subscriber = poll(0, A);
        hand(event(A, 1));
        shard.missed(1);
        settle();
        assertThat(subscriber.got).containsExactly(1L);
        assertThat(poll(1, A).answered).isFalse();
        assertThat(reads).isPositive();
    }

    /** However it is told: parked and woken, out of the tail, out of storage. */
    @Test
    void wildcardsWithoutPresenceMatchNoPresence() {
        Subscription silent = new Subscription("demo", Set.of(), Set.of("x.*"), Set.of("x.*"), Set.of(), null);
        Subscriber parked = poll(0, silent);
        Subscriber loud = poll(0, all(Set.of(), Set.of("x.*"), Set.of(), ""));
        commit(event(A.presence(), 1), event(new Channel("demo", "x.*-pnpres"), 2));
        assertThat(parked.answered).isFalse();
        assertThat(loud.got).containsExactly(1L, 2L);
        commit(event(A, 3), event(A.presence(), 4));
        assertThat(parked.got).containsExactly(3L);
        assertThat(poll(0, silent).got).as("from the tail").containsExactly(3L);
        shard = shardAt(4);
        Subscriber late = poll(0, silent);
        settle();
        assertThat(late.got).as("from storage").containsExactly(3L);
    }

    @Test
    void eventsOfOneCommitAreDeliveredTogether() {
        Subscriber one = poll(0, A);
        Subscriber both = poll(0, A, B);
        commit(event(A, 1), event(B, 2), event(A, 3));
        assertThat(one.got).containsExactly(1L, 3L);
        assertThat(both.got).containsExactly(1L, 2L, 3L);
    }

    @Test
    void recentCursorIsServedFromMemory() {
        commit(event(A, 1), event(A, 2));
        Subscriber subscriber = poll(1, A);
        assertThat(subscriber.got).containsExactly(2L);
        assertThat(reads).isZero();
    }

    @Test
    void oldCursorIsServedFromStorage() {
        stored.addAll(List.of(event(A, 1), event(B, 2), event(A, 3)));
        shard = shardAt(3);
        Subscriber subscriber = poll(1, A, B);
        settle();
        assertThat(subscriber.got).containsExactly(2L, 3L);
    }

    @Test
    void commitDuringAStorageReadIsDelivered() {
        shard = shardAt(10);
        Subscriber subscriber = poll(1, A);
        run(readers); // reads up to 10, finds nothing
        commit(event(A, 11)); // before the shard hears of it
        settle();
        assertThat(subscriber.got).containsExactly(11L);
    }

    @Test
    void eventBeforeTheCursorIsNotDelivered() {
        Subscriber future = poll(100, A);
        commit(event(A, 50));
        commit(event(A, 100));
        assertThat(future.answered).isFalse();
        commit(event(A, 101));
        assertThat(future.got).containsExactly(101L);
    }

    @Test
    void responseHasAHundredEventsAndTheNextContinues() {
        Event[] events = new Event[250];
        for (int i = 0; i < 250; i++) {
            events[i] = event(i % 2 == 0 ? A : B, i + 1);
        }
        Subscriber parked = poll(0, A, B);
        commit(events);
        assertThat(parked.got).hasSize(100).isSorted();
        List<Long> all = new ArrayList<>(parked.got);
        while (all.size() < 250) {
            Subscriber next = poll(all.getLast(), A, B);
            settle();
            assertThat(next.got).hasSizeBetween(1, 100);
            all.addAll(next.got);
        }
        assertThat(all).hasSize(250).doesNotHaveDuplicates().isSorted();
    }

    @Test
    void timeoutReturnsTheCurrentCursor() {
        Subscriber subscriber = poll(5, A);
        commit(event(B, 9));
        nanos += Duration.ofSeconds(279).toNanos();
        shard.expire(20);
        assertThat(subscriber.answered).isFalse();
        commit(event(B, 30));
        nanos += Duration.ofSeconds(2).toNanos();
        shard.expire(25);
        assertThat(subscriber.answered).isTrue();
        assertThat(subscriber.got).isEmpty();
        assertThat(subscriber.cursor).as("of the last event that this shard knows").isEqualTo(30);
        assertThat(poll(subscriber.cursor, A, B).answered).as("a channel that is added brings nothing old").isFalse();
        commit(event(A, 31));
        Subscriber next = poll(30, A);
        assertThat(next.got).containsExactly(31L);
    }

    @Test
    void idleStreamsCursorAdvancesEveryTwentySeconds() {
        Subscriber subscriber = stream(5, to(A));
        nanos += Duration.ofSeconds(21).toNanos();
        shard.expire(40);
        assertThat(subscriber.answered).isTrue();
        assertThat(subscriber.got).isEmpty();
        assertThat(subscriber.cursor).isEqualTo(40);
    }

    @Test
    void pollWithoutWaitingEndsAfterTheSearch() {
        stored.add(event(A, 5));
        shard = shardAt(10);
        Subscriber behind = new Subscriber();
        shard.poll(to(A), 1, client, behind, false);
        settle();
        assertThat(behind.got).containsExactly(5L);
        Subscriber next = new Subscriber();
        shard.poll(to(A), 5, client, next, false);
        settle();
        assertThat(next.answered).isTrue();
        assertThat(next.cursor).isEqualTo(10);
        assertThat(shard.parked()).isZero();
    }

    @Test
    void idleCursorStaysBehindARunningSearch() {
        shard = shardAt(10);
        Subscriber behind = poll(1, A); // its search has not begun
        nanos += Duration.ofSeconds(281).toNanos();
        shard.expire(50);
        assertThat(behind.cursor).isEqualTo(1);
    }

    @Test
    void idleCursorStaysBehindAMissedCommit() {
        Subscriber subscriber = poll(5, A);
        stored.add(event(A, 8));
        shard.missed(8);
        nanos += Duration.ofSeconds(281).toNanos();
        shard.expire(50);
        settle();
        assertThat(subscriber.cursor).isLessThan(9);
        Subscriber next = subscriber.got.isEmpty() ? poll(subscriber.cursor, A) : subscriber;
        settle();
        assertThat(next.got).containsExactly(8L);
    }

    @Test
    void cancelledPollIsRemoved() {
        Subscriber subscriber = new Subscriber();
        Poll poll = shard.poll(to(A, B), 5, client, subscriber);
        assertThat(shard.parked()).isEqualTo(1);
        poll.cancel();
        assertThat(shard.parked()).isZero();
        commit(event(A, 6));
        assertThat(subscriber.answered).isFalse();
    }

    @Test
    void erasedEventsAreNotDeliveredFromMemory() {
        commit(event(A, 1), event(A, 2));
        stored.clear();
        shard.deliver(new Commit(List.of(), List.of(), List.of(), NodeChanges.NONE, 3, true));
        Subscriber subscriber = poll(0, A);
        settle();
        assertThat(subscriber.answered).isFalse();
        assertThat(reads).isPositive();
    }

    /** The loop of a real server may read a request before it runs a commit that was handed over, and acknowledged, before. */
    @Test
    void pollFollowsEarlierCommits() {
        Subscriber parked = poll(5, B);
        shard.hand(new Commit(List.of(event(A, 6)), List.of(), List.of(), NodeChanges.NONE, 7, true));
        Subscriber later = poll(5, A);
        settle();
        assertThat(later.answered).as("what the same commit has erased").isFalse();
        assertThat(parked.answered).isFalse();
        hand(event(A, 8));
        assertThat(poll(7, A).got).as("at once").containsExactly(8L);
    }

    @Test
    void transientEventsExpire() {
        commit(new Event(A, 1, false, new byte[1]), event(A, 2));
        now = Timetoken.SHORTLY;
        assertThat(poll(0, A).got).containsExactly(1L, 2L);
        now++;
        assertThat(poll(0, A).got).containsExactly(2L);
    }

    @Test
    void wildcardMatchesChannelsBelowAndLabelsThem() {
        Subscriber wildcard = poll(0, all(Set.of(), Set.of("x.*"), Set.of(), ""));
        Subscriber deep = poll(0, all(Set.of(), Set.of("x.*", "x.a.*"), Set.of(), ""));
        Subscriber other = poll(0, all(Set.of("x"), Set.of("y.*", "x.a.*"), Set.of(), ""));
        commit(event(C, 1), event(A, 2), event(new Channel("demo", "x.a.b"), 3), event(new Channel("other", "x.a"), 4));
        assertThat(wildcard.got).containsExactly(2L, 3L);
        assertThat(wildcard.labels).containsExactly("x.*", "x.*");
        assertThat(deep.labels).containsExactly("x.*", "x.a.*");
        assertThat(other.got).containsExactly(3L);
        assertThat(other.labels).containsExactly("x.a.*");
    }

    @Test
    void eventIsDeliveredOnceUnderTheNearestName() {
        put(A, 0);
        Subscriber many = poll(0, all(Set.of(A.name()), Set.of("x.*"), Set.of("g"), ""));
        Subscriber fewer = poll(0, all(Set.of(), Set.of("x.*"), Set.of("g"), ""));
        commit(event(A, 1));
        assertThat(many.got).containsExactly(1L);
        assertThat(many.labels).containsExactly(A.name());
        assertThat(fewer.got).containsExactly(1L);
        assertThat(fewer.labels).containsExactly("x.*");
        settle();
    }

    @Test
    void groupMembershipCountsAtTheEventsTime() {
        Subscription group = all(Set.of(), Set.of(), Set.of("g"), "");
        Subscriber parked = poll(0, group);
        commit(event(A, 1));
        assertThat(parked.answered).isFalse();
        put(A, 2);
        commit(event(A, 3));
        assertThat(parked.got).containsExactly(3L);
        assertThat(parked.labels).containsExactly("g");
        Subscriber late = poll(0, group);
        assertThat(late.got).as("what happened before it was put in did not happen in the group").containsExactly(3L);
        groups.replace(new Members(GROUP, Map.of()));
        Subscriber afterwards = poll(3, group);
        commit(event(A, 4));
        assertThat(afterwards.answered).isFalse();
        shard = shardAt(10);
        put(A, 3);
        Subscriber fromStorage = poll(1, group);
        settle();
        assertThat(fromStorage.got).containsExactly(4L);
    }

    @Test
    void eventInAGroupIsDeliveredAfterItsChannelIsRemoved() {
        Subscription group = all(Set.of(), Set.of(), Set.of("g"), "");
        put(A, 2);
        Subscriber parked = poll(3, group);
        groups.replace(new Members(GROUP, Map.of(), List.of(new Former(A.name(), 2, 5)))); // in the batch of event 4
        commit(event(A, 2), event(A, 4), event(A, 6));
        assertThat(parked.got).containsExactly(4L);
        assertThat(parked.labels).containsExactly("g");
        assertThat(poll(1, group).got).as("from the tail").containsExactly(4L);
        shard = shardAt(10);
        Subscriber late = poll(1, group);
        settle();
        assertThat(late.got).as("from storage").containsExactly(4L);
    }

    @Test
    void thePresenceOfAGroupIsThatOfItsChannels() {
        put(C, 0);
        Subscriber presence = poll(0, all(Set.of(), Set.of(), Set.of("g-pnpres"), ""));
        Subscriber messages = poll(0, all(Set.of(), Set.of(), Set.of("g"), ""));
        commit(event(new Channel("demo", "c-pnpres"), 1));
        assertThat(presence.labels).containsExactly("g-pnpres");
        assertThat(messages.answered).isFalse();
        shard = shardAt(10);
        Subscriber stored = poll(0, all(Set.of(), Set.of(), Set.of("g-pnpres"), ""));
        settle();
        assertThat(stored.got).containsExactly(1L);
    }

    @Test
    void filteredEventsAdvanceTheCursor() {
        Subscription even = all(Set.of(A.name()), Set.of(), Set.of(), "n % 2 == 0");
        Subscriber parked = poll(0, even);
        commit(event(A, 1));
        commit(event(A, 3));
        assertThat(parked.answered).isFalse();
        nanos += Duration.ofMinutes(5).toNanos();
        shard.expire(0);
        assertThat(parked.cursor).isEqualTo(3);
        Subscriber next = poll(3, even);
        commit(event(A, 4), event(A, 5));
        assertThat(next.got).containsExactly(4L);
        assertThat(next.cursor).isEqualTo(5);
        Subscriber behind = poll(0, even);
        assertThat(behind.got).containsExactly(4L);
        assertThat(behind.cursor).isEqualTo(5);
    }

    @Test
    void filterSearchesAllOfStorage() {
        for (int i = 1; i <= 1000; i++) {
            stored.add(event(A, i));
        }
        shard = shardAt(2000);
        Subscriber rare = poll(0, all(Set.of(A.name()), Set.of(), Set.of(), "n == 777"));
        settle();
        assertThat(rare.got).containsExactly(777L);
        assertThat(rare.cursor).isEqualTo(800);
        Subscriber never = poll(0, all(Set.of(A.name()), Set.of(), Set.of(), "n == 5000"));
        settle();
        assertThat(never.answered).isFalse();
        assertThat(shard.parked()).isEqualTo(1);
    }

    @Test
    void actionsAndPresencePassEveryFilter() {
        Subscriber subscriber = poll(0, all(Set.of("c", "c-pnpres"), Set.of(), Set.of(), "false"));
        Event action = new Event(C, 2, true, "{\"e\":3,\"d\":{}".getBytes(StandardCharsets.UTF_8));
        Event signal = new Event(C, 3, true, "{\"e\":1,\"d\":{}".getBytes(StandardCharsets.UTF_8));
        commit(event(C, 1), action, signal, event(new Channel("demo", "c-pnpres"), 4));
        assertThat(subscriber.got).containsExactly(2L, 4L);
    }

    @Test
    void failedReadAsksForARetryAndLosesNothing() {
        stored.add(event(A, 5));
        shard = shardAt(10);
        readable = false;
        Subscriber failed = poll(1, A);
        settle();
        room = false;
        Subscriber refused = poll(2, A);
        Subscriber gone = new Subscriber();
        shard.poll(to(A), 3, client, gone).cancel();
        nanos += Duration.ofMillis(990).toNanos();
        shard.expire(0);
        assertThat(failed.answered || refused.answered).isFalse();
        nanos += Duration.ofMillis(20).toNanos();
        shard.expire(0);
        assertThat(List.of(failed.cursor, refused.cursor)).containsExactly(1L, 2L);
        assertThat(failed.answered && refused.answered).isTrue();
        assertThat(failed.got).isEmpty();
        assertThat(gone.answered).isFalse();
        readable = true;
        room = true;
        Subscriber again = poll(1, A);
        settle();
        assertThat(again.got).containsExactly(5L);
    }

    @Test
    void drainAnswersDeferredPolls() {
        shard = shardAt(10);
        room = false;
        Subscriber before = poll(1, A);
        assertThat(before.answered).isFalse();
        shard.drain();
        assertThat(before.cursor).isEqualTo(1);
        assertThat(before.answered).isTrue();
        assertThat(poll(2, A).answered).isTrue();
    }

    @Test
    void drainAnswersPresentAndLaterPolls() {
        Subscriber before = poll(5, A);
        shard.drain();
        Subscriber after = poll(6, A);
        assertThat(before.answered).isTrue();
        assertThat(before.cursor).isEqualTo(5);
        assertThat(after.answered).isTrue();
    }

    @Test
    void failureOfOneSubscriberReachesNoOther() {
        List<Subscriber> good = new ArrayList<>();
        List<Subscriber> bad = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            for (Subscription subscription : List.of(to(A), to(A, B),
                    all(Set.of("x.a"), Set.of(), Set.of(), "n > 0"))) {
                good.add(poll(0, subscription));
                bad.add(i == 1 ? stream(0, subscription) : poll(0, subscription));
                bad.getLast().fault = i == 2 ? new OutOfMemoryError("as the test asks") : new StackOverflowError();
            }
        }
        commit(event(A, 1), event(B, 2));
        settle();
        assertThat(good).allSatisfy(subscriber -> assertThat(subscriber.got).startsWith(1L));
        assertThat(bad).allSatisfy(subscriber -> assertThat(subscriber.failed && !subscriber.answered).isTrue());
        assertThat(figures.failures()).isEqualTo(bad.size());
        assertThat(shard.parked()).isZero();
        Subscriber later = poll(2, A);
        commit(event(A, 3));
        assertThat(later.got).containsExactly(3L);
    }

    @Test
    void failureAtATimeoutDelaysNoOthers() {
        Subscriber bad = poll(5, A);
        bad.fault = new StackOverflowError();
        Subscriber good = poll(5, A);
        nanos += Duration.ofMinutes(5).toNanos();
        shard.expire(0);
        assertThat(good.answered).isTrue();
        bad = poll(5, A);
        bad.fault = new StackOverflowError();
        good = poll(5, A);
        shard.drain();
        assertThat(good.answered && bad.failed).isTrue();
    }

    @Test
    void missedCommitIsReadFromStorage() {
        Subscriber parked = poll(0, A);
        Subscriber stream = stream(0, to(A, B));
        stored.addAll(List.of(event(A, 1), event(B, 2)));
        shard.missed(2);
        commit(event(A, 3));
        settle();
        assertThat(parked.got).containsExactly(1L, 3L);
        assertThat(stream.got).containsExactly(1L, 2L, 3L);
        Subscriber next = poll(3, A);
        stored.add(event(A, 4));
        shard.missed(4);
        shard.expire(0);
        settle();
        assertThat(next.got).containsExactly(4L);
    }

    @Test
    void deliveryIsBoundedInBytesAndTheNextContinues() {
        Event[] events = new Event[8];
        for (int i = 0; i < events.length; i++) {
            events[i] = large(A, i + 1, i == 5 ? 400_000 : 100_000);
        }
        List<Subscription> wanted = List.of(to(A), to(A, B), all(Set.of("x.a"), Set.of(), Set.of(), "n > 0"));
        List<Subscriber> parked = wanted.stream().map(subscription -> poll(0, subscription)).toList();
        commit(events);
        for (boolean fromStorage : new boolean[]{false, true}) {
            settle();
            for (int i = 0; i < wanted.size(); i++) {
                List<List<Long>> deliveries = new ArrayList<>();
                Subscriber next = fromStorage ? poll(0, wanted.get(i)) : parked.get(i);
                settle();
                while (next.cursor < 8) {
                    deliveries.add(next.got);
                    next = poll(next.cursor, wanted.get(i));
                    settle();
                }
                deliveries.add(next.got);
                assertThat(deliveries).containsExactly(List.of(1L, 2L), List.of(3L, 4L), List.of(5L), List.of(6L),
                        List.of(7L, 8L));
            }
            shard = shardAt(8);
        }
    }

    @Test
    void filtersOfLargeEventsRunOnWorkers() {
        Subscription wanted = all(Set.of("x.a"), Set.of(), Set.of(), "n % 2 == 0");
        Subscriber parked = poll(0, wanted);
        Subscriber plain = poll(0, A);
        commit(event(A, 1), large(A, 2, 10_000), large(A, 3, 10_000));
        assertThat(parked.answered).isFalse();
        assertThat(plain.got).as("others don't wait").containsExactly(1L, 2L, 3L);
        commit(event(A, 4)); // while it is looked at
        settle();
        assertThat(parked.got).containsExactly(2L, 4L);
        assertThat(reads).as("the tail has it").isZero();
        room = false;
        Subscriber refused = poll(2, wanted);
        commit(large(A, 5, 10_000), large(A, 6, 10_000));
        nanos += Duration.ofSeconds(2).toNanos();
        shard.expire(0);
        assertThat(refused.answered).isTrue();
        room = true;
        Subscriber again = poll(refused.cursor, wanted);
        settle();
        assertThat(refused.got.isEmpty() ? again.got : refused.got).contains(4L);
    }

    @Test
    void filterIsEvaluatedOncePerEvent() {
        Subscription wanted = all(Set.of("x.a"), Set.of(), Set.of(), "n == 0");
        Filter filter = wanted.filter();
        assertThat(filter).isNotNull();
        SharedFilter shared = new SharedFilter(filter);
        assertThat(shared.known(17)).isNull();
        assertThat(FilterInputs.passesSlowly(shared, event(A, 17))).isFalse();
        assertThat(shared.known(17)).isFalse();
        shared.know(18, true);
        assertThat(FilterInputs.passesSlowly(shared, event(A, 18))).as("not asked again").isTrue();
        FilterInputs inputs = new FilterInputs();
        inputs.begin(1);
        assertThat(inputs.passes(shared, event(A, 19))).isFalse();
        assertThat(inputs.passes(shared, large(A, 20, 10_000))).as("too large for the event loop").isNull();
        assertThat(FilterInputs.passesSlowly(shared, large(A, 20, 10_000))).isFalse();
        assertThat(inputs.passes(shared, large(A, 20, 10_000))).as("known by then").isFalse();
    }

    @Test
    void eventTooLargeToParsePassesFilters() throws FilterException {
        SharedFilter shared = new SharedFilter(Filter.parse("data.x == 1", 10));
        byte[] many = ("{\"d\":[" + "[],".repeat(100_000) + "0]").getBytes(StandardCharsets.UTF_8);
        assertThat(FilterInputs.passesSlowly(shared, new Event(A, 1, true, many))).isTrue();
    }

    @Test
    void aLongCatchUpTakesTurnsAndEndsWithItsPoll() {
        Set<String> names = new HashSet<>();
        for (int i = 0; i < 1_000; i++) {
            names.add("c" + i);
        }
        stored.add(event(new Channel("demo", "c999"), 5));
        shard = shardAt(10);
        Subscriber subscriber = poll(0, all(names, Set.of(), Set.of(), ""));
        for (int slices = 1; !readers.isEmpty(); slices++) {
            int before = reads;
            runOne(readers);
            assertThat(reads - before).isLessThanOrEqualTo(200);
            assertThat(slices).isLessThan(20);
        }
        run(loop);
        assertThat(subscriber.got).containsExactly(5L);
        Poll gone = shard.poll(all(names, Set.of(), Set.of(), ""), 0, client, new Subscriber());
        runOne(readers);
        gone.cancel();
        int before = reads;
        settle();
        assertThat(reads).isEqualTo(before);
        assertThat(shard.parked()).isZero();
    }

    @Test
    void searchBeyondTheTimeoutContinues() {
        for (int i = 1; i <= 1_000; i++) {
            stored.add(event(A, i));
        }
        shard = shardAt(1_000);
        Subscription rare = all(Set.of(A.name()), Set.of(), Set.of(), "n == 999");
        Subscriber first = poll(0, rare);
        runOne(readers);
        assertThat(readers).as("there is more to do").isNotEmpty();
        nanos += Duration.ofMinutes(5).toNanos();
        shard.expire(0);
        assertThat(first.got).isEmpty();
        assertThat(first.cursor).isBetween(100L, 900L);
        Subscriber next = poll(first.cursor, rare);
        settle();
        assertThat(next.got).containsExactly(999L);
    }

    @Test
    void pollOverItsMemoryLimitRetriesLater() {
        stored.addAll(List.of(large(A, 1, 200_000), large(A, 2, 200_000)));
        shard = shardAt(10);
        Client poor = new Budget(new Limits(Map.of(Limit.HELD_BYTES, 100_000L))).connection(null);
        Subscriber subscriber = new Subscriber();
        shard.poll(to(A), 0, poor, subscriber);
        settle();
        nanos += Duration.ofSeconds(1).toNanos();
        shard.expire(0);
        assertThat(subscriber.answered).isTrue();
        assertThat(subscriber.got).isEmpty();
        assertThat(subscriber.cursor).isZero();
    }

    @Test
    void streamsContinueAtTheirCursor() {
        Subscriber stream = stream(0, to(A, C));
        commit(event(A, 1));
        assertThat(stream.got).containsExactly(1L);
        commit(event(A, 2), event(B, 3), event(C, 4)); // before it was read
        stream.answered = false;
        Objects.requireNonNull(stream.poll).next();
        settle();
        assertThat(stream.got).containsExactly(1L, 2L, 4L);
        stream.answered = false;
        stream.poll.next();
        commit(event(C, 5));
        assertThat(stream.got).containsExactly(1L, 2L, 4L, 5L);
        stream.poll.cancel();
        commit(event(C, 6));
        stream.poll.next();
        assertThat(shard.parked()).isZero();
    }

    /** A subscription to N names costs what matches, not N: 300 events to 100 streams of 5,000 names each. */
    @Test
    void manyNamesDoNotMakeEventsSlow() {
        Set<String> names = new HashSet<>();
        for (int i = 0; i < 5_000; i++) {
            names.add("c" + i);
        }
        Subscription many = all(names, Set.of(), Set.of(), "");
        List<Subscriber> streams = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            streams.add(stream(0, many));
        }
        Assertions.assertTimeout(Duration.ofSeconds(5), () -> {
            for (int i = 1; i <= 300; i++) {
                Event event = event(new Channel("demo", "c" + i), i);
                shard.deliver(
                        new Commit(List.of(event), List.of(), List.of(), NodeChanges.NONE, i, false));
                settle();
                for (Subscriber each : streams) {
                    each.answered = false;
                    Objects.requireNonNull(each.poll).next();
                }
            }
        });
        assertThat(streams).allSatisfy(each -> assertThat(each.got).hasSize(300));
    }

    /**
     * Random interleavings of commits, polls and reads, of which some fail: every subscriber gets every event of its
     * channels once, in order.
     */
    @Test
    void noInterleavingMissesOrRepeatsAnEvent() {
        for (int seed = 0; seed < 300; seed++) {
            interleave(seed);
        }
    }

    private void interleave(int seed) {
        Random random = new Random(seed);
        stored.clear();
        loop.clear();
        readers.clear();
        shard = shardAt(0);
        List<Subscriber> current = new ArrayList<>();
        List<List<Long>> got = new ArrayList<>();
        put(C, 0);
        List<Subscription> wanted = List.of(to(A), to(A, C), all(Set.of(), Set.of("x.*"), Set.of(), ""),
                all(Set.of(), Set.of(), Set.of("g"), ""), all(Set.of(B.name()), Set.of("x.*"), Set.of("g"), ""),
                all(Set.of(), Set.of("x.*"), Set.of("g"), "n % 7 == 3"),
                all(Set.of(A.name(), B.name()), Set.of(), Set.of(), "n % 3 == 1"), to(B, C));
        for (Subscription subscription : wanted) {
            got.add(new ArrayList<>());
            current.add(random.nextBoolean() ? poll(0, subscription) : stream(0, subscription));
        }
        long timetoken = 0;
        Queue<Commit> told = new ArrayDeque<>();
        for (int step = 0; step < 400 || !told.isEmpty() || !loop.isEmpty() || !readers.isEmpty(); step++) {
            readable = step >= 400 || random.nextInt(3) > 0;
            room = step >= 400 || random.nextInt(3) > 0;
            nanos += Duration.ofMillis(100).toNanos();
            shard.expire(0);
            switch (random.nextInt(5)) {
                case 0 -> {
                    if (step < 400) {
                        List<Event> events = new ArrayList<>();
                        for (int i = random.nextInt(60); i >= 0; i--) {
                            Channel channel = List.of(A, B, C).get(random.nextInt(3));
                            timetoken++;
                            events.add(random.nextInt(4) > 0
                                    ? event(channel, timetoken)
                                    : large(channel, timetoken, random.nextInt(10) == 0 ? 100_000 : 5_000));
                        }
                        stored.addAll(events); // visible to readers before the shard is told, as on the real journal
                        told.add(
                                new Commit(events, List.of(), List.of(), NodeChanges.NONE, timetoken,
                                        random.nextInt(20) == 0));
                    }
                }
                case 1 -> {
                    Commit commit = told.poll();
                    if (commit != null && random.nextInt(30) == 0) {
                        shard.missed(commit.lastTimetoken());
                    } else if (commit != null) {
                        shard.deliver(commit);
                    }
                }
                case 2 -> runOne(readers);
                case 3 -> runOne(loop);
                default -> pollAgain(current, got, wanted, random);
            }
        }
        readable = true;
        room = true;
        for (int i = 0; i < 4; i++) {
            collect(current, got, wanted);
            settle();
            collect(current, got, wanted);
        }
        for (int i = 0; i < 200; i++) {
            collect(current, got, wanted);
            settle();
            nanos += Duration.ofSeconds(1).toNanos();
            shard.expire(0);
        }
        List<Predicate<Event>> expected = List.of(e -> e.channel().equals(A), e -> !e.channel().equals(B),
                e -> !e.channel().equals(C), e -> e.channel().equals(C), e -> true, e -> e.timetoken() % 7 == 3,
                e -> !e.channel().equals(C) && e.timetoken() % 3 == 1, e -> !e.channel().equals(A));
        for (int i = 0; i < wanted.size(); i++) {
            assertThat(got.get(i)).as("seed %d, %d", seed, i)
                    .isEqualTo(stored.stream().filter(expected.get(i)).map(Event::timetoken).toList());
        }
    }

    private void pollAgain(List<Subscriber> current, List<List<Long>> got, List<Subscription> wanted, Random random) {
        if (random.nextInt(3) == 0) {
            collect(current, got, wanted);
        }
    }

    private void collect(List<Subscriber> current, List<List<Long>> got, List<Subscription> wanted) {
        for (int i = 0; i < current.size(); i++) {
            Subscriber subscriber = current.get(i);
            if (subscriber.answered) {
                got.get(i).addAll(subscriber.got);
                if (subscriber.poll == null) {
                    current.set(i, poll(subscriber.cursor, wanted.get(i)));
                } else {
                    subscriber.got.clear();
                    subscriber.answered = false;
                    subscriber.poll.next();
                }
            }
        }
    }

    private static void runOne(Queue<Runnable> queue) {
        Runnable task = queue.poll();
        if (task != null) {
            task.run();
        }
    }
}
