package dev.manicule.server.presence;

import dev.manicule.server.command.Announce;
import dev.manicule.server.command.Announce.Announcement;
import dev.manicule.server.command.Unavailable;
import dev.manicule.server.journal.Journal;
import dev.manicule.server.json.Json;
import dev.manicule.server.json.JsonText;
import dev.manicule.server.model.Channel;
import dev.manicule.server.model.ChannelGroup;
import dev.manicule.server.model.Timetoken;
import dev.manicule.server.presence.PresenceEvent.Interval;
import dev.manicule.server.presence.PresenceEvent.Somebody;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Announcements on their way to the journal, in their order: one command of bounded size at a time, so that presence, however
 * much of it there is, takes a bounded part of each batch of the journal. While one is being decided the next is gathered;
 * when that is full too, {@link Presence} waits.
 *
 * <p>What the journal refuses is submitted again. Meanwhile presence goes on: what then finds no place is not announced, and
 * its channels tell their subscribers to ask who is there. Belongs to the thread of presence.
 */
final class Announcements implements Presence.Announcer {
    /** As many as the channels that a request may name, so that a request is one command. */
    static final int MOST = 500;
    /** Bytes of the events of one command. */
    static final long MOST_BYTES = 256 << 10;
    private static final int ENVELOPE_BYTES = 200;

    /** How often the journal may refuse a command: then others should have their turn, in case that it is at fault. */
    private static final int MOST_REFUSALS = 50;

    private final Journal journal;
    private final Predicate<Channel> isListenedTo;
    private final LongSupplier time;
    private final Consumer<Announce.Outcome> whenDecided;
    private List<Announcement> gathered = new ArrayList<>();
    private long gatheredBytes;
    private long allBytes;
    /** What the journal decides over; none when it decides over nothing. */
    private List<Announcement> submitted = List.of();
    private long submittedBytes;
    private boolean isSubmitted;
    private boolean isFailing;
    private int refusals;

    /**
     * Announcements to a journal.
     *
     * @param isListenedTo whether a presence channel reaches a subscriber
     * @param time tells the present timetoken
     * @param whenDecided gets the outcome, on any thread, and has {@link #decided} called on that of presence
     */
    Announcements(Journal journal, Predicate<Channel> isListenedTo, LongSupplier time,
            Consumer<Announce.Outcome> whenDecided) {
        this.journal = journal;
        this.isListenedTo = isListenedTo;
        this.time = time;
        this.whenDecided = whenDecided;
    }

    @Override
    public boolean isListenedTo(Channel channel) {
        return isListenedTo.test(channel.presence());
    }

    /** Never while the journal refuses: heartbeats are answered all the same. */
    @Override
    public boolean isFull() {
        return !isFailing && hasMost();
    }

    @Override
    public boolean isListenedTo(ChannelGroup group) {
        return isListenedTo.test(group.presence());
    }

    @Override
    public boolean announce(Channel channel, PresenceEvent event) {
        return gather(channel, event, null);
    }

    @Override
    public boolean announce(Channel channel, PresenceEvent event, ChannelGroup to) {
        return gather(channel, event, to);
    }

    private boolean gather(Channel channel, PresenceEvent event, @Nullable ChannelGroup to) {
        if (isFailing && hasMost()) {
            return false;
        }
        Json payload = payload(event, Timetoken.seconds(time.getAsLong()));
        gathered.add(new Announcement(channel.presence(), payload, to));
        int bytes = ENVELOPE_BYTES + payload.utf8().length;
        gatheredBytes += bytes;
        allBytes += bytes;
        return true;
    }

    /** Whether there is something to submit, and the journal has nothing to decide over. */
    boolean isReady() {
        return !isSubmitted && !(submitted.isEmpty() && gathered.isEmpty());
    }

    /**
     * Submits what was gathered, if it {@link #isReady}.
     *
     * @return about how many bytes of events that is
     */
    long submit() {
        if (!isReady()) {
            return 0;
        }
        if (submitted.isEmpty()) {
            submitted = gathered;
            submittedBytes = gatheredBytes;
            gathered = new ArrayList<>();
            gatheredBytes = 0;
        }
        isSubmitted = true;
        journal.submit(new Announce(submitted), whenDecided);
        return submittedBytes;
    }

    /** About how many bytes of events were announced so far. */
    long bytes() {
        return allBytes;
    }

    /**
     * The journal has decided. What it refused is submitted again with the next {@link #submit}, some times, but not what may
     * have been done: subscribers are told nothing twice.
     *
     * @return the channels for which announcements are lost
     */
    List<Channel> decided(Announce.Outcome outcome) {
        isSubmitted = false;
        isFailing = outcome instanceof Unavailable;
        refusals = isFailing ? refusals + 1 : 0;
        if (outcome instanceof Unavailable(_, boolean mayHaveHappened) && !mayHaveHappened
                && refusals % MOST_REFUSALS != 0) {
            return List.of();
        }
        List<Announcement> done = submitted;
        submitted = List.of();
        return isFailing
                ? done.stream()
                        .map(lost -> new Channel(lost.channel().keyset(),
                                Channel.withoutPresence(lost.channel().name())))
                        .distinct()
                        .toList()
                : List.of();
    }

    /** Whether the journal refused what was submitted last. */
    boolean isFailing() {
        return isFailing;
    }

    private boolean hasMost() {
        return gathered.size() >= MOST || gatheredBytes >= MOST_BYTES;
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
