package dev.manicule.server.presence;

import dev.manicule.server.journal.Journal;
import dev.manicule.server.json.Json;
import dev.manicule.server.json.JsonText;
import dev.manicule.server.limits.Limit;
import dev.manicule.server.limits.Limits;
import dev.manicule.server.model.Channel;
import dev.manicule.server.model.Command.Delivery;
import dev.manicule.server.model.Command.Publish;
import dev.manicule.server.model.Timetoken;
import dev.manicule.server.presence.PresenceEvent.Interval;
import dev.manicule.server.presence.PresenceEvent.Somebody;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread that {@link Presence} belongs to. What it has to tell is published on presence channels, through the
 * journal like everything else, so that it has its place in the order and whoever was briefly away catches up with it.
 */
public final class PresenceThread implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PresenceThread.class);
    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    private static final Duration GATHERING = Duration.ofMillis(1);
    private static final int MOST_AT_ONCE = 1_000;

    private final Presence presence;
    private final Journal journal;
    private final LongSupplier time;
    private final LongSupplier nanoTime;
    private final BlockingQueue<Work> works = new LinkedBlockingQueue<>();
    private final Thread thread;
    private volatile boolean closing;
    private volatile int members;

    /** Something to do on the thread. */
    @FunctionalInterface
    public interface Work {
        /**
         * Does it.
         *
         * @param now nanoseconds, as {@link Presence} wants them
         */
        void on(Presence presence, long now);
    }

    /**
     * Starts the thread.
     *
     * @param time tells the present timetoken
     * @param nanoTime a clock that does not step back, in nanoseconds
     */
    public PresenceThread(Journal journal, LongSupplier time, LongSupplier nanoTime, PresenceSettings settings,
            Limits limits) {
        this.nanoTime = nanoTime;
        this.journal = journal;
        this.time = time;
        presence = new Presence(this::announce, members -> isFull(members, limits), settings.intervalAbove(),
                settings.interval().toNanos());
        thread = Thread.ofPlatform().name("manicule-presence").daemon().start(this::run);
    }

    /** Has something done, after all that was handed over before. Nothing happens when the server stops. */
    public void submit(Work work) {
        works.add(work);
    }

    @Override
    public void close() {
        closing = true;
        thread.interrupt();
    }

    private void run() {
        List<Work> batch = new ArrayList<>();
        long nextTick = System.nanoTime();
        while (!closing) {
            try {
                Work first = works.poll(Math.max(nextTick - System.nanoTime(), 0), TimeUnit.NANOSECONDS);
                if (first != null) {
                    if (works.isEmpty()) {
                        Thread.sleep(GATHERING); // they come in crowds, and being woken for each costs more than it does
                    }
                    batch.add(first);
                    works.drainTo(batch, MOST_AT_ONCE);
                }
            } catch (InterruptedException e) {
                continue; // stopping: nobody's presence matters any more
            }
            batch.forEach(this::guarded);
            batch.clear();
            if (System.nanoTime() - nextTick >= 0) {
                guarded(Presence::tick);
                nextTick = System.nanoTime() + TICK_NANOS;
            }
        }
    }

    /** How many members there are on all channels together. */
    public int members() {
        return members;
    }

    private static boolean isFull(int members, Limits limits) {
        boolean full = members >= limits.of(Limit.PRESENCE_MEMBERS_BY_KEYSET);
        if (full) {
            limits.reached(Limit.PRESENCE_MEMBERS_BY_KEYSET);
        }
        return full;
    }

    private void guarded(Work work) {
        try {
            work.on(presence, nanoTime.getAsLong());
            members = presence.members();
        } catch (RuntimeException e) {
            LOG.error("Presence failed", e);
        }
    }

    private void announce(Channel channel, PresenceEvent event) {
        Json payload = payload(event, Timetoken.seconds(time.getAsLong()));
        journal.submit(new Publish(channel.presence(), payload, null, null, null, null, null, Delivery.TRANSIENT),
                outcome -> {});
    }

    private static Json payload(PresenceEvent event, long seconds) {
        JsonText json = new JsonText().raw("{\"action\":\"");
        switch (event) {
            case Somebody somebody -> {
                json.raw(somebody.action().word()).raw("\",\"timestamp\":").number(seconds);
                json.raw(",\"uuid\":").quoted(somebody.uuid());
                if (somebody.state() != null) {
                    json.raw(",\"data\":").raw(somebody.state());
                }
            }
            case Interval interval -> {
                json.raw("interval\",\"timestamp\":").number(seconds);
                names("join", interval.joined(), json);
                names("leave", interval.left(), json);
                names("timeout", interval.timedOut(), json);
                if (interval.refresh()) {
                    json.raw(",\"here_now_refresh\":true");
                }
            }
        }
        return new Json(json.raw(",\"occupancy\":").number(event.occupancy()).raw("}").toBytes());
    }

    private static void names(String action, List<String> names, JsonText json) {
        if (!names.isEmpty()) {
            json.raw(",\"").raw(action).raw("\":").quoted(names);
        }
    }
}
