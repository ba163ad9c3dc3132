package dev.manicule.server.simulation;

import dev.manicule.server.command.Outcome;
import dev.manicule.server.command.Unavailable;
import dev.manicule.server.hub.Delivery;
import dev.manicule.server.model.Event;
import dev.manicule.server.simulation.History.LogEntry;
import dev.manicule.server.simulation.History.Poll;
import dev.manicule.server.simulation.History.Publication;
import dev.manicule.server.simulation.History.Read;
import dev.manicule.server.simulation.History.Start;
import dev.manicule.server.simulation.History.Submission;
import dev.manicule.server.simulation.History.ReturnedPosition;
import dev.manicule.server.simulation.History.Violation;
import dev.manicule.server.simulation.Replay.Decided;
import dev.manicule.server.simulation.Replay.ModelEvent;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Holds a history against what is promised. The log says in which order the commands were decided, and a {@link Replay} of it
 * what should have become of them; what clients were told, and when, has to fit.
 */
final class Checker {
    /** In nanoseconds: within it a poll is answered after its event has come to the hub; a search may be put off for a second. */
    private static final long PROMPT_NANOS = 1_500_000_000L;
    private static final long PATIENCE_NANOS = SimulatedServer.PATIENCE.toNanos();

    private final History history;
    private final Replay replay = new Replay();
    private final Map<Submission, Decided> decided = new HashMap<>();
    private final Map<Long, byte[]> envelopes = new HashMap<>();
    /** When each event came to the hub of each start of a server. */
    private final Map<Start, Map<Long, Publication>> published = new HashMap<>();
    private @Nullable Violation violation;

    private Checker(History history) {
        this.history = history;
    }

    /** The first promise that was found broken, null when all were kept. */
    static @Nullable Violation judge(History history) {
        Violation noticed = history.violation();
        if (noticed != null) {
            return noticed;
        }
        Checker checker = new Checker(history);
        checker.checkOrder();
        checker.checkOutcomes();
        history.starts.forEach(checker::findPublications);
        checker.checkPositions();
        history.polls.forEach(checker::checkPoll);
        history.cursors.forEach(checker::checkCursor);
        checker.checkPresent();
        return checker.violation;
    }

    @SuppressWarnings("AnnotateFormatMethod") // the annotation would be one more library
    private void broken(int step, String rule, Object... parts) {
        if (violation == null) {
            violation = new Violation(String.format(rule, parts), step);
        }
    }

    /** Applies the log entry by entry, and looks for the moments in which each read may have been. */
    private void checkOrder() {
        Map<Read, BitSet> moments = new LinkedHashMap<>();
        history.reads.forEach(read -> moments.put(read, new BitSet()));
        findMoments(0, moments);
        Map<Submission, Long> offsets = new HashMap<>();
        int latestSubmission = -1;
        for (LogEntry entry : history.log) {
            Decided result = replay.apply(entry);
            Submission submission = history.of(entry.entry().operation());
            if (submission != null) {
                decided.put(submission, result);
                if (offsets.put(submission, entry.offset()) != null) {
                    broken(entry.step(), "%s is in the log twice.", submission);
                }
                if (isOrdered(submission) && submission.toldAt < latestSubmission) {
                    broken(submission.toldAt, "%s was decided after one that was submitted when its outcome was known.",
                            submission);
                }
                latestSubmission = Math.max(latestSubmission, submission.step);
            }
            findMoments((int) entry.offset() + 1, moments);
        }
        checkReads(moments, offsets);
    }

    /** What was in doubt may come through a shared log later. */
    private boolean isOrdered(Submission submission) {
        return !history.isShared || isDecision(submission);
    }

    /** Notes for each read whether it may have found what is stored when so many entries are applied. */
    private void findMoments(int applied, Map<Read, BitSet> moments) {
        int durableAt = applied == 0 ? -1 : history.log.get(applied - 1).step();
        moments.forEach((read, at) -> {
            if (durableAt < read.step() && replay.stored(read.channel()).equals(read.found())) {
                at.set(applied);
            }
        });
    }

    /**
     * Finds for each read, in the order in which they ended, the earliest moment that it may have been in: it has all that any server had answered, and any
     * read had found, before it was asked for, and all that its own server had told.
     */
    private void checkReads(Map<Read, BitSet> moments, Map<Submission, Long> offsets) {
        Map<Read, Integer> earlier = new LinkedHashMap<>();
        moments.forEach((read, at) -> {
            long after = read.start().applied;
            for (Map.Entry<Submission, Long> each : offsets.entrySet()) {
                Submission submission = each.getKey();
                if (submission.toldAt < (submission.start == read.start() ? read.step() : read.since())
                        && isDecision(submission)) {
                    after = Math.max(after, each.getValue() + 1);
                }
            }
            for (Map.Entry<Read, Integer> each : earlier.entrySet()) {
                if (each.getKey().step() < read.since() || each.getKey().start() == read.start()) {
                    after = Math.max(after, each.getValue());
                }
            }
            int moment = at.nextSetBit((int) after);
            if (moment < 0) {
                broken(read.step(),
                        "A read of %s at %s found what was never stored at one moment between the last answer"
                                + " before it and the read.",
                        read.channel().name(), read.start());
            }
            earlier.put(read, moment);
        });
    }

    private static boolean isDecision(Submission submission) {
        return !submission.outcomes.isEmpty() && !(submission.outcomes.getFirst() instanceof Unavailable);
    }

    private void checkOutcomes() {
        for (Submission submission : history.submissions) {
            Decided result = decided.get(submission);
            if (submission.outcomes.size() > 1) {
                broken(submission.toldAt, "%s got more than one outcome.", submission);
            } else if (submission.outcomes.isEmpty()) {
                if (submission.start.isStopped) {
                    broken(history.steps() - 1, "%s never got an outcome.", submission);
                }
            } else if (submission.outcomes.getFirst() instanceof Unavailable unavailable) {
                if (!unavailable.mayHaveHappened() && result != null) {
                    broken(result.entry().step(), "%s is in the log, but was refused.", submission);
                }
            } else {
                checkDecision(submission, submission.outcomes.getFirst(), result);
            }
        }
    }

    private void checkDecision(Submission submission, Outcome told, @Nullable Decided result) {
        if (result == null) {
            broken(submission.toldAt, "%s was acknowledged, and is not in the log.", submission);
        } else if (result.entry().step() > submission.toldAt) {
            broken(submission.toldAt, "%s was acknowledged before it was durable.", submission);
        } else if (!result.outcome().equals(told)) {
            broken(submission.toldAt, "%s got the outcome %s, and should have got %s.", submission, told,
                    result.outcome());
        }
    }

    /** No event comes at or below a position that a client has, and none above it that was answered before. */
    private void checkPositions() {
        for (ReturnedPosition position : history.positions) {
            for (Map.Entry<Long, ModelEvent> each : replay.events.entrySet()) {
                ModelEvent event = each.getValue();
                boolean isBelow = each.getKey() <= position.timetoken();
                if (isBelow && toldStep(position.start(), each.getKey(), event) > position.step()) {
                    broken(position.step(), "The event %d on %s came after %s had given the position %d.",
                            each.getKey(), event.channel.name(), position.start(), position.timetoken());
                }
                Submission submission = isBelow ? null : history.of(event.entry.entry().operation());
                if (submission != null && submission.toldAt < position.since() && position.since() != History.NEVER
                        && isDecision(submission)) {
                    broken(position.step(), "The event %d on %s was answered before %s gave the position %d.",
                            each.getKey(), event.channel.name(), position.start(), position.timetoken());
                }
            }
        }
    }

    /** When an event came to the hub of a server; one that has not, or has ended before, could have found it when it was durable. */
    private int toldStep(Start start, long timetoken, ModelEvent event) {
        Publication publication = publication(start, timetoken);
        return publication == null ? event.entry.step() : publication.step();
    }

    private @Nullable Publication publication(Start start, long timetoken) {
        return published.getOrDefault(start, Map.of()).get(timetoken);
    }

    /** An event of a log that is read at a start is not told to the hub: it is in storage when the first poll comes. */
    private void findPublications(Start start) {
        Map<Long, Publication> found = new HashMap<>();
        Iterator<Publication> publications = start.publications.iterator();
        @Nullable Publication next = publications.hasNext() ? publications.next() : null;
        for (Map.Entry<Long, ModelEvent> each : replay.events.entrySet()) {
            if (each.getValue().entry.offset() >= start.applied) {
                while (next != null && next.lastTimetoken() < each.getKey()) {
                    next = publications.hasNext() ? publications.next() : null;
                }
                if (next != null) {
                    found.put(each.getKey(), next);
                }
            }
        }
        published.put(start, found);
    }

    private void checkPoll(Poll poll) {
        Delivery delivery = poll.delivery;
        if (delivery == null) {
            if (!poll.isOver) {
                broken(history.steps() - 1, "The poll of %s after %d was never answered.", poll.subscriber,
                        poll.cursor);
            }
            return;
        }
        if (delivery.cursor() < poll.cursor) {
            broken(poll.answeredAt, "The cursor of %s stepped back from %d to %d.", poll.subscriber, poll.cursor,
                    delivery.cursor());
        }
        if (poll.start.awake(poll.nanos, poll.answeredNanos) > PATIENCE_NANOS + PROMPT_NANOS) {
            broken(poll.answeredAt, "The poll of %s after %d was parked beyond its patience.", poll.subscriber,
                    poll.cursor);
        }
        Set<Long> told = new HashSet<>();
        long last = poll.cursor;
        for (Delivery.Match match : delivery.matches()) {
            Event event = match.event();
            if (event.timetoken() <= last || event.timetoken() > delivery.cursor()) {
                broken(poll.answeredAt, "%s got %d out of order, or again.", poll.subscriber, event.timetoken());
            }
            last = event.timetoken();
            told.add(last);
            checkEvent(poll, event);
        }
        NavigableMap<Long, ModelEvent> due = replay.events.subMap(poll.cursor, false,
                Math.max(poll.cursor, delivery.cursor()), true);
        due.forEach((timetoken, event) -> {
            if (isFor(poll, event) && !told.contains(timetoken) && !isErasedAt(event, poll.answeredAt)) {
                broken(poll.answeredAt, "%s did not get %d on %s, and its cursor is %d now.", poll.subscriber,
                        timetoken, event.channel.name(), delivery.cursor());
            }
        });
        checkPrompt(poll);
    }

    /** In a quiet time each subscriber gets all there is. */
    private void checkCursor(History.Cursor end) {
        replay.events.tailMap(end.cursor(), false).forEach((timetoken, event) -> {
            if (event.erasedBy == null && end.interest().takesIn(event.channel.name(), event.groups)) {
                broken(history.steps() - 1, "A subscriber of %s has come to %d, and never got %d.",
                        end.interest(), end.cursor(), timetoken);
            }
        });
    }

    /** What was announced of presence comes to those who are present. */
    private void checkPresent() {
        Set<String> present = history.present;
        String fault = present == null ? null : RollCall.fault(replay.announced(), present);
        if (fault != null) {
            broken(history.steps() - 1, "%s", fault);
        }
    }

    private static boolean isFor(Poll poll, ModelEvent event) {
        return poll.interest.takesIn(event.channel.name(), event.groups);
    }

    private static boolean isErasedAt(ModelEvent event, int step) {
        return event.erasedBy != null && event.erasedBy.step() < step;
    }

    private void checkEvent(Poll poll, Event event) {
        ModelEvent known = replay.events.get(event.timetoken());
        if (known == null || !known.channel.equals(event.channel()) || known.entry.step() > poll.answeredAt) {
            broken(poll.answeredAt, "%s got %d on %s, of which nothing is known.", poll.subscriber,
                    event.timetoken(), event.channel().name());
            return;
        }
        if (!isFor(poll, known)) {
            broken(poll.answeredAt, "%s got %d on %s, and did not ask for it.", poll.subscriber,
                    event.timetoken(), event.channel().name());
        }
        byte[] envelope = envelopes.putIfAbsent(event.timetoken(), event.envelope());
        if (envelope != null && !Arrays.equals(envelope, event.envelope())) {
            broken(poll.answeredAt, "%s got %s at %d, and others %s.", poll.subscriber,
                    new String(event.envelope(), StandardCharsets.UTF_8), event.timetoken(),
                    new String(envelope, StandardCharsets.UTF_8));
        }
        LogEntry erasedBy = known.erasedBy;
        Submission deletion = erasedBy == null ? null : history.of(erasedBy.entry().operation());
        boolean isToldHere = deletion != null && erasedBy != null
                && (deletion.start == poll.start || erasedBy.offset() < poll.start.applied);
        if (deletion != null && isToldHere && deletion.toldAt < poll.step && isDecision(deletion)) {
            broken(poll.answeredAt, "%s got %d, which was deleted when it asked.", poll.subscriber,
                    event.timetoken());
        }
    }

    /** A poll does not wait while there is something for it. */
    private void checkPrompt(Poll poll) {
        replay.events.tailMap(poll.cursor, false).forEach((timetoken, event) -> {
            if (isFor(poll, event) && !isErasedAt(event, poll.answeredAt)) {
                Publication publication = publication(poll.start, timetoken);
                if (publication != null && publication.step() < poll.answeredAt) {
                    long from = Math.max(poll.nanos, publication.nanos());
                    long late = poll.start.awake(from, poll.answeredNanos);
                    if (late > PROMPT_NANOS) {
                        broken(poll.answeredAt, "The poll of %s was answered %d ms after %d had come to the hub.",
                                poll.subscriber, late / 1_000_000, timetoken);
                    }
                }
            }
        });
    }
}
