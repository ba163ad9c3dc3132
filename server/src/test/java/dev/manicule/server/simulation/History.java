package dev.manicule.server.simulation;

import dev.manicule.server.command.Command;
import dev.manicule.server.command.Entry;
import dev.manicule.server.command.Idempotent;
import dev.manicule.server.command.OperationId;
import dev.manicule.server.command.Outcome;
import dev.manicule.server.hub.Delivery;
import dev.manicule.server.model.Channel;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** All that happened in a simulation, in the order in which it happened: each happening is a step, and steps are counted. */
final class History {
    /** A step that has not come. */
    static final int NEVER = Integer.MAX_VALUE;

    final List<Submission> submissions = new ArrayList<>();
    final List<LogEntry> log = new ArrayList<>();
    final List<Told> positions = new ArrayList<>();
    final List<Publication> publications = new ArrayList<>();
    final List<Poll> polls = new ArrayList<>();
    final List<Read> reads = new ArrayList<>();
    /** How far each subscriber has come after a quiet time. */
    final List<Cursor> cursors = new ArrayList<>();
    final List<End> ends = new ArrayList<>();
    private final List<Step> story = new ArrayList<>();
    private final IdentityHashMap<Command<?>, Submission> byCommand = new IdentityHashMap<>();
    private final Map<OperationId, Submission> byOperation = new HashMap<>();
    private final LongSupplier nanoTime;
    private @Nullable Violation violation;

    /** Something that happened, in words. */
    private record Step(long nanos, String subject, String words, List<Object> parts) {
        @Override
        public String toString() {
            return String.format(Locale.ROOT, "%12.6f s  %-12s ", nanos / 1e9, subject)
                    + String.format(Locale.ROOT, words, parts.toArray());
        }
    }

    /** A promise that was broken, and the step at which it was. */
    record Violation(String rule, int step) {}

    /** A command that was submitted. */
    static final class Submission {
        final int number;
        final Command<?> command;
        final int step;
        final List<Outcome> outcomes = new ArrayList<>();
        @Nullable
        OperationId operation;
        int toldAt = NEVER;

        Submission(int number, Command<?> command, int step) {
            this.number = number;
            this.command = command;
            this.step = step;
        }

        @Override
        public String toString() {
            return "command " + number;
        }
    }

    /**
     * An entry that was durable at a step, by what the log said.
     *
     * @param isFound whether a start has found it, otherwise an append has put it there
     */
    record LogEntry(long offset, long time, Entry entry, ByteBuffer bytes, int step, boolean isFound) {}

    /** A timetoken that a client got as the present. */
    record Told(long timetoken, int step) {}

    /** Up to this timetoken, and above that of the one before, events were handed to the hub. */
    record Publication(long lastTimetoken, int step, long nanos) {}

    /** What is asked of the hub: the events of some names after a cursor. */
    static final class Poll {
        final String subscriber;
        final Interest interest;
        final long cursor;
        final int step;
        final long nanos;
        @Nullable
        Delivery delivery;
        int answeredAt = NEVER;
        long answeredNanos;
        /** Whether the subscriber has hung up, or the server has failed at it or ended. */
        boolean isOver;

        Poll(String subscriber, Interest interest, long cursor, int step, long nanos) {
            this.subscriber = subscriber;
            this.interest = interest;
            this.cursor = cursor;
            this.step = step;
            this.nanos = nanos;
        }
    }

    /** The names that a subscriber listens to. */
    record Interest(Set<String> channels, Set<String> wildcards, Set<String> groups) {
        /** Copies the sets into some whose order is the same in each process. */
        Interest {
            channels = new TreeSet<>(channels);
            wildcards = new TreeSet<>(wildcards);
            groups = new TreeSet<>(groups);
        }

        boolean takesIn(String channel, Set<String> groupsOfEvent) {
            return channels.contains(channel)
                    || wildcards.stream().anyMatch(each -> channel.startsWith(each.substring(0, each.length() - 1)))
                    || groups.stream().anyMatch(groupsOfEvent::contains);
        }
    }

    /** The end of the process, by a kill or by a stop. */
    record End(int step, boolean isStop) {}

    /** How far a subscriber has come. */
    record Cursor(Interest interest, long cursor) {}

    /** What was found on a channel at a step. */
    record Read(Channel channel, List<String> found, int step) {}

    History(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** Notes what happened; gives the number of the step. */
    int note(String subject, String words, Object... parts) {
        story.add(new Step(nanoTime.getAsLong(), subject, words, Arrays.asList(parts)));
        return story.size() - 1;
    }

    /** How many steps there were. */
    int steps() {
        return story.size();
    }

    long nanoTime() {
        return nanoTime.getAsLong();
    }

    /** Notes that a promise was broken; the first one counts. */
    void broken(String rule) {
        if (violation == null) {
            violation = new Violation(rule, note("VIOLATION", "%s", rule));
        }
    }

    @Nullable
    Violation violation() {
        return violation;
    }

    Submission submitted(String client, Command<?> command) {
        int number = submissions.size();
        Submission submission = new Submission(number, command,
                note(client, "submits command %d%s", number, words(command)));
        submissions.add(submission);
        byCommand.put(command, submission);
        return submission;
    }

    /** A key has bytes, which say nothing here. */
    private static String words(Command<?> command) {
        return command instanceof Idempotent<?> once ? ", to be done once: " + once.command() : ": " + command;
    }

    void told(Submission submission, Outcome outcome) {
        submission.outcomes.add(outcome);
        submission.toldAt = note("outcome", "of command %d: %s", submission.number, outcome);
    }

    void appending(Entry entry) {
        Submission submission = byCommand.get(entry.command());
        if (submission != null) {
            submission.operation = entry.operation();
            byOperation.put(entry.operation(), submission);
            note("log", "appends command %d", submission.number);
        } else {
            note("log", "appends %s", entry.command());
        }
    }

    /** What was submitted as an operation; null when it was no client. */
    @Nullable
    Submission of(OperationId operation) {
        return byOperation.get(operation);
    }

    void position(String client, long timetoken) {
        positions.add(new Told(timetoken, note(client, "gets the position %d", timetoken)));
    }

    void published(long lastTimetoken, int events) {
        int step = note("hub", "gets a commit up to %d of %d events", lastTimetoken, events);
        publications.add(new Publication(lastTimetoken, step, nanoTime()));
    }

    Poll polls(String subscriber, Interest interest, long cursor) {
        Poll poll = new Poll(subscriber, interest, cursor,
                note(subscriber, "polls %s after %d", interest, cursor), nanoTime());
        polls.add(poll);
        return poll;
    }

    void delivered(Poll poll, Delivery delivery) {
        poll.delivery = delivery;
        poll.answeredNanos = nanoTime();
        poll.answeredAt = note(poll.subscriber, "gets %s, cursor %d",
                delivery.matches()
                        .stream()
                        .map(match -> match.event().channel().name() + " " + match.event().timetoken())
                        .toList(),
                delivery.cursor());
    }

    void read(String client, Channel channel, List<String> found) {
        reads.add(new Read(channel, found, note(client, "reads %s: %s", channel.name(), found)));
    }

    void ended(boolean isStop) {
        ends.add(new End(note("server", isStop ? "has stopped" : "is killed"), isStop));
        polls.stream().filter(poll -> poll.delivery == null).forEach(poll -> poll.isOver = true);
    }

    /** The last steps up to one, each a line. */
    String story(int last, int count) {
        int end = Math.min(last + 1, story.size());
        StringBuilder lines = new StringBuilder();
        for (Step step : story.subList(Math.max(0, end - count), end)) {
            lines.append(step).append('\n');
        }
        return lines.toString();
    }
}
