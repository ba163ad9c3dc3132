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
import java.util.HashSet;
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
    final List<ReturnedPosition> positions = new ArrayList<>();
    final List<Start> starts = new ArrayList<>();
    final List<Poll> polls = new ArrayList<>();
    final List<Read> reads = new ArrayList<>();
    /** How far each subscriber has come after a quiet time. */
    final List<Cursor> cursors = new ArrayList<>();
    /** Who is present after a quiet time; null when it has not come to that. */
    @Nullable
    Set<String> present;
    /** Whether several servers share the log. */
    final boolean isShared;
    /** The nodes that had an append fail. */
    final Set<String> failing = new HashSet<>();
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

    /** A server from a start to its end. */
    static final class Start {
        final String server;
        /** Its tables had the entries of the log below it when it began to serve. */
        final long applied;
        final List<Publication> publications = new ArrayList<>();
        final List<Pause> pauses = new ArrayList<>();
        /** Whether it has ended by a stop; by a kill, or not at all, otherwise. */
        boolean isStopped;

        Start(String server, long applied) {
            this.server = server;
            this.applied = applied;
        }

        /** How much of the time between two moments it was not paused for, in nanoseconds. */
        long awake(long from, long to) {
            long paused = pauses.stream()
                    .mapToLong(pause -> Math.max(0, Math.min(to, pause.end) - Math.max(from, pause.begin)))
                    .sum();
            return to - from - paused;
        }

        @Override
        public String toString() {
            return server;
        }
    }

    /** A time, in nanoseconds, in which a process did nothing. */
    record Pause(long begin, long end) {}

    /** A command that was submitted. */
    static final class Submission {
        final Start start;
        final int number;
        final Command<?> command;
        final int step;
        final List<Outcome> outcomes = new ArrayList<>();
        @Nullable
        OperationId operation;
        int toldAt = NEVER;

        Submission(Start start, int number, Command<?> command, int step) {
            this.start = start;
            this.number = number;
            this.command = command;
            this.step = step;
        }

        @Override
        public String toString() {
            return "command " + number;
        }
    }

    /** An entry that was durable at a step, by what the log said. */
    record LogEntry(long offset, long time, Entry entry, ByteBuffer bytes, int step) {}

    /**
     * A timetoken that a client got as the present.
     *
     * @param since the step at which it was asked for; {@link #NEVER} when nobody knew what other nodes had answered by then
     */
    record ReturnedPosition(Start start, long timetoken, int since, int step) {}

    /** Up to this timetoken, and above that of the one before, events were handed to the hub. */
    record Publication(long lastTimetoken, int step, long nanos) {}

    /** What is asked of the hub: the events of some names after a cursor. */
    static final class Poll {
        final Start start;
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

        Poll(Start start, String subscriber, Interest interest, long cursor, int step, long nanos) {
            this.start = start;
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
                    || (!Channel.isOfReadMarks(channel) && wildcards.stream()
                            .anyMatch(each -> channel.startsWith(each.substring(0, each.length() - 1))))
                    || groups.stream().anyMatch(groupsOfEvent::contains);
        }
    }

    /** How far a subscriber has come. */
    record Cursor(Interest interest, long cursor) {}

    /**
     * What was found on a channel at a step.
     *
     * @param since the step at which it was asked for
     */
    record Read(Start start, Channel channel, List<String> found, int since, int step) {}

    History(boolean isShared, LongSupplier nanoTime) {
        this.isShared = isShared;
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

    /** A server begins to serve, on tables that have the entries below an offset. */
    Start started(String server, long applied) {
        note(server, "is ready, and has applied %d entries", applied);
        Start start = new Start(server, applied);
        starts.add(start);
        return start;
    }

    Submission submitted(Start start, String client, Command<?> command) {
        int number = submissions.size();
        Submission submission = new Submission(start, number, command,
                note(client, "submits command %d to %s%s", number, start, words(command)));
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

    void position(Start start, String client, long timetoken, int since) {
        positions.add(
                new ReturnedPosition(start, timetoken, since,
                        note(client, "gets the position %d of %s", timetoken, start)));
    }

    void published(Start start, long lastTimetoken, int events) {
        int step = note(start.server, "has the hub get a commit up to %d of %d events", lastTimetoken, events);
        start.publications.add(new Publication(lastTimetoken, step, nanoTime()));
    }

    Poll polls(Start start, String subscriber, Interest interest, long cursor) {
        Poll poll = new Poll(start, subscriber, interest, cursor,
                note(subscriber, "polls %s after %d at %s", interest, cursor, start), nanoTime());
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

    void read(Start start, String client, Channel channel, List<String> found, int since) {
        reads.add(new Read(start, channel, found, since,
                note(client, "reads %s at %s: %s", channel.name(), start, found)));
    }

    void ended(Start start, boolean isStop) {
        note(start.server, isStop ? "has stopped" : "is killed");
        start.isStopped = isStop;
        polls.stream()
                .filter(poll -> poll.start == start && poll.delivery == null)
                .forEach(poll -> poll.isOver = true);
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
