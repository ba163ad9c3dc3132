package dev.manicule.acceptance.history;

import dev.manicule.acceptance.history.Result.Sent;
import dev.manicule.acceptance.history.Result.Unknown;
import dev.manicule.acceptance.history.Invocation.Add;
import dev.manicule.acceptance.history.Invocation.Publish;
import dev.manicule.acceptance.history.Invocation.Read;
import dev.manicule.acceptance.history.Invocation.Remove;
import dev.manicule.acceptance.history.Invocation.Toggle;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Workers that publish, add, remove, toggle and read at random, and subscribers, all recorded. They choose among few users, types,
 * values and messages, so that they get into each other's way.
 */
public final class Workload {
    private static final List<String> UUIDS = List.of("alice", "bob", "carol ☞");
    private static final List<String> TYPES = List.of("reaction", "receipt");
    private static final List<String> VALUES = List.of("smile", "😀");
    private static final int CHANNELS = 10;
    private static final int RECENT = 6;
    private static final long PATIENCE_SECONDS = 60;

    private final Supplier<Store> stores;
    private final List<String> channels;
    private final AtomicLong moments = new AtomicLong();
    private final AtomicLong names = new AtomicLong();
    private final AtomicBoolean isOver = new AtomicBoolean();
    /** The first timetoken of each channel after all work. */
    private final Map<String, Long> ends = new ConcurrentHashMap<>();
    private final AtomicInteger pollsCut = new AtomicInteger();
    private final List<Operation> operations = Collections.synchronizedList(new ArrayList<>());
    private final List<SubscriberLog> streams = Collections.synchronizedList(new ArrayList<>());
    private final List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());
    private final List<Long> recentMessages = Collections.synchronizedList(new ArrayList<>());
    private final Map<Long, String> channelOf = new ConcurrentHashMap<>();
    private final List<Map.Entry<ActionKey, Long>> recentActions = Collections.synchronizedList(new ArrayList<>());
    private final List<Thread> workers = new ArrayList<>();
    private final List<Thread> subscribers = new ArrayList<>();
    private final String prefix;

    /**
     * Starts it.
     *
     * @param prefix what the names of its channels begin with
     */
    public Workload(Supplier<Store> stores, String prefix, long seed, int workerCount, int subscriberCount) {
        this.stores = stores;
        this.prefix = prefix;
        channels = IntStream.range(0, CHANNELS).mapToObj(i -> prefix + "-é☞" + i).toList();
        for (int i = 0; i < subscriberCount; i++) {
            int number = i;
            subscribers.add(Thread.startVirtualThread(() -> guarded(() -> subscribe(number))));
        }
        for (int i = 0; i < workerCount; i++) {
            Random random = new Random(seed * 1000 + i);
            workers.add(Thread.startVirtualThread(() -> guarded(() -> work(random))));
        }
    }

    /** How many operations were answered. */
    public int answered() {
        return (int) snapshot().stream().filter(operation -> !(operation.result() instanceof Unknown)).count();
    }

    /** How many polls got no result but an end of their connection. */
    public int pollsCut() {
        return pollsCut.get();
    }

    /** Ends it, waits until subscribers have received everything, and gives what was recorded. */
    public RecordedHistory end() throws InterruptedException, IOException {
        isOver.set(true);
        join(workers);
        try (Store store = stores.get()) {
            long patience = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
            while (subscribers.stream().anyMatch(Thread::isAlive) && System.nanoTime() < patience) {
                for (String channel : channels) { // again and again, so that none is parked for good
                    Invocation marker = new Publish(channel, prefix + "-end-" + names.incrementAndGet());
                    if (execute(store, marker, null) instanceof Sent(long timetoken)) {
                        ends.putIfAbsent(channel, timetoken);
                    }
                }
                TimeUnit.MILLISECONDS.sleep(20);
            }
            join(subscribers);
            Map<String, FinalState> stored = new HashMap<>();
            for (String channel : channels) {
                stored.put(channel, store.finalState(channel));
            }
            if (!failures.isEmpty()) {
                throw new AssertionError("the workload failed", failures.getFirst());
            }
            return new RecordedHistory(snapshot(), streams, stored);
        }
    }

    /** Ends it, whatever its clients are about, and records nothing. */
    public void abandon() {
        isOver.set(true);
        workers.forEach(Thread::interrupt);
        subscribers.forEach(Thread::interrupt);
    }

    private List<Operation> snapshot() {
        synchronized (operations) {
            return List.copyOf(operations);
        }
    }

    private void join(List<Thread> threads) throws InterruptedException {
        for (Thread thread : threads) {
            if (!thread.join(java.time.Duration.ofSeconds(PATIENCE_SECONDS))) {
                throw new AssertionError("a client waits for ever; failures so far: " + failures);
            }
        }
    }

    private interface Task {
        void run() throws Exception;
    }

    private void guarded(Task task) {
        try {
            task.run();
        } catch (Exception | AssertionError e) {
            failures.add(e);
        }
    }

    private void work(Random random) throws InterruptedException {
        try (Store store = stores.get()) {
            while (!isOver.get()) {
                Invocation invocation = invocation(random);
                String id = random.nextBoolean() ? "id-" + prefix + "-" + names.incrementAndGet() : null;
                try {
                    learn(invocation, execute(store, invocation, id));
                    TimeUnit.MILLISECONDS.sleep(1); // a history is to be looked at, not to be large
                } catch (IOException e) {
                    TimeUnit.MILLISECONDS.sleep(20); // the server is away
                }
            }
        }
    }

    /** Executes an invocation and records it. With an id, it is repeated until the result is known. */
    private Result execute(Store store, Invocation invocation, @Nullable String id) throws IOException {
        long invoked = moments.incrementAndGet();
        Result result = store.execute(invocation, id);
        long patience = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (result instanceof Unknown && id != null && System.nanoTime() < patience) {
            try {
                TimeUnit.MILLISECONDS.sleep(5);
                result = store.execute(invocation, id);
            } catch (IOException e) {
                continue; // still unknown
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                break;
            }
            if (result instanceof Result.Refused) {
                result = new Unknown(); // this attempt did nothing; an earlier one may have
            }
        }
        operations.add(new Operation(invocation, invoked, moments.incrementAndGet(), result));
        return result;
    }

    private Invocation invocation(Random random) {
        int dice = random.nextInt(100);
        Long message = pick(recentMessages, random);
        if (message == null || dice < 20) {
            return new Publish(channels.get(random.nextInt(channels.size())), prefix + "-" + names.incrementAndGet());
        }
        String channel = String.valueOf(channelOf.get(message));
        if (dice < 65) {
            ActionKey key = new ActionKey(channel, message, TYPES.get(random.nextInt(TYPES.size())),
                    VALUES.get(random.nextInt(VALUES.size())), UUIDS.get(random.nextInt(UUIDS.size())));
            return dice < 45 ? new Add(key) : new Toggle(key);
        }
        Map.Entry<ActionKey, Long> action = pick(recentActions, random);
        return action == null || dice < 80
                ? new Read(channel, message)
                : new Remove(action.getKey(), action.getValue());
    }

    private void learn(Invocation invocation, Result result) {
        if (invocation instanceof Publish publish && result instanceof Sent(long timetoken)) {
            channelOf.put(timetoken, publish.channel());
            remember(recentMessages, timetoken);
        } else if (result instanceof Result.Added(long timetoken)) {
            ActionKey key = switch (invocation) {
                case Add(ActionKey added) -> added;
                case Toggle(ActionKey toggled) -> toggled;
                case Publish _,Remove _,Read _ -> throw new AssertionError("%s by %s".formatted(result, invocation));
            };
            remember(recentActions, Map.entry(key, timetoken));
        }
    }

    private static <T> void remember(List<T> list, T thing) {
        synchronized (list) {
            list.add(thing);
            if (list.size() > RECENT) {
                list.removeFirst();
            }
        }
    }

    private static <T> @Nullable T pick(List<T> list, Random random) {
        synchronized (list) {
            return list.isEmpty() ? null : list.get(random.nextInt(list.size()));
        }
    }

    private void subscribe(int number) throws InterruptedException {
        Set<String> some = number % 2 == 0 ? Set.copyOf(channels) : Set.copyOf(channels.subList(0, 1 + number % 3));
        List<FeedEvent> delivered = new ArrayList<>();
        long from = 0;
        long cursor = 0;
        try (Store store = stores.get()) {
            while (!isAtEnd(some, cursor)) {
                try {
                    Store.PollResult result = store.poll(some, cursor);
                    delivered.addAll(result.events());
                    cursor = result.cursor();
                    from = from == 0 ? cursor : from;
                } catch (IOException e) {
                    pollsCut.incrementAndGet();
                    TimeUnit.MILLISECONDS.sleep(20);
                }
            }
        }
        streams.add(new SubscriberLog("subscriber " + number, some, from, cursor, delivered));
    }

    private boolean isAtEnd(Set<String> some, long cursor) {
        return ends.keySet().containsAll(some)
                && some.stream().allMatch(channel -> cursor >= ends.getOrDefault(channel, 0L));
    }
}
