package dev.manicule.server.simulation;

import dev.manicule.server.command.Outcome;
import dev.manicule.server.command.Unavailable;
import dev.manicule.server.hub.Delivery;
import dev.manicule.server.model.Event;
import dev.manicule.server.simulation.History.End;
import dev.manicule.server.simulation.History.LogEntry;
import dev.manicule.server.simulation.History.Poll;
import dev.manicule.server.simulation.History.Publication;
import dev.manicule.server.simulation.History.Read;
import dev.manicule.server.simulation.History.Submission;
import dev.manicule.server.simulation.History.Told;
import dev.manicule.server.simulation.History.Violation;
import dev.manicule.server.simulation.Replay.Decided;
import dev.manicule.server.simulation.Replay.ModelEvent;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
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
    /** When each event came to the hub. */
    private final Map<Long, Publication> published = new HashMap<>();
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
        checker.findPublications();
        checker.checkPositions();
        history.polls.forEach(checker::checkPoll);
        history.cursors.forEach(checker::checkCursor);
        return checker.violation;
    }

    @SuppressWarnings("AnnotateFormatMethod") // the annotation would be one more library
    private void broken(int step, String rule, Object... parts) {
        if (violation == null) {
            violation = new Violation(String.format(rule, parts), step);
        }
    }

    /** Applies the log entry by entry, and looks for the moment in which each read may have been. */
    private void checkOrder() {
        List<Read> waiting = new ArrayList<>(history.reads);
        Map<Read, Long> earliest = new HashMap<>();
        Map<Submission, Long> offsets = new HashMap<>();
        for (LogEntry entry : history.log) {
            Submission submission = history.of(entry.entry().operation());
            if (submission != null && offsets.put(submission, entry.offset()) != null) {
                broken(entry.step(), "%s is in the log twice.", submission);
            }
        }
        for (Read read : waiting) {
            long after = 0;
            for (Map.Entry<Submission, Long> each : offsets.entrySet()) {
                if (each.getKey().toldAt < read.step() && isDecision(each.getKey())) {
                    after = Math.max(after, each.getValue() + 1);
                }
            }
            earliest.put(read, after);
        }
        int latestSubmission = -1;
        findReads(0, waiting, earliest);
        for (LogEntry entry : history.log) {
            Decided result = replay.apply(entry);
            Submission submission = history.of(entry.entry().operation());
            if (submission != null) {
                decided.put(submission, result);
                if (submission.toldAt < latestSubmission) {
                    broken(submission.toldAt, "%s was decided after one that was submitted when its outcome was known.",
                            submission);
                }
                latestSubmission = Math.max(latestSubmission, submission.step);
            }
            findReads(entry.offset() + 1, waiting, earliest);
        }
        for (Read read : waiting) {
            broken(read.step(), "A read of %s found what was never stored at one moment between the last answer before"
                    + " it and the read.", read.channel().name());
        }
    }

    private static boolean isDecision(Submission submission) {
        return !submission.outcomes.isEmpty() && !(submission.outcomes.getFirst() instanceof Unavailable);
    }

    /** Takes out the reads that found what is stored when so many entries are applied. */
    private void findReads(long applied, List<Read> waiting, Map<Read, Long> earliest) {
        for (Iterator<Read> each = waiting.iterator(); each.hasNext();) {
            Read read = each.next();
            boolean isDurable = applied == 0 || history.log.get((int) applied - 1).step() < read.step();
            if (isDurable && applied >= earliest.getOrDefault(read, 0L)
                    && replay.stored(read.channel()).equals(read.found())) {
                each.remove();
            }
        }
    }

    private void checkOutcomes() {
        for (Submission submission : history.submissions) {
            Decided result = decided.get(submission);
            if (submission.outcomes.size() > 1) {
                broken(submission.toldAt, "%s got more than one outcome.", submission);
            } else if (submission.outcomes.isEmpty()) {
                history.ends.stream()
                        .filter(end -> end.step() > submission.step)
                        .findFirst()
                        .filter(End::isStop)
                        .ifPresent(end -> broken(end.step(), "%s never got an outcome.", submission));
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

    /** No event comes at or below a position that a client has. */
    private void checkPositions() {
        TreeMap<Integer, Long> told = new TreeMap<>();
        long highest = 0;
        for (Told position : history.positions) {
            highest = Math.max(highest, position.timetoken());
            told.put(position.step(), highest);
        }
        for (Map.Entry<Long, ModelEvent> event : replay.events.entrySet()) {
            Map.Entry<Integer, Long> before = told.floorEntry(toldStep(event.getKey(), event.getValue()));
            if (before != null && before.getValue() >= event.getKey()) {
                broken(before.getKey(), "The event %d on %s came after the position %d was given.", event.getKey(),
                        event.getValue().channel.name(), before.getValue());
            }
        }
    }

    /** When an event came to the hub; what a start has found in the log was durable before. */
    private int toldStep(long timetoken, ModelEvent event) {
        Publication publication = published.get(timetoken);
        return publication == null ? event.entry.step() : publication.step();
    }

    /** An event of a log that is read at a start is not told to the hub: it is in storage when the first poll comes. */
    private void findPublications() {
        Iterator<Publication> publications = history.publications.iterator();
        @Nullable Publication next = publications.hasNext() ? publications.next() : null;
        for (Map.Entry<Long, ModelEvent> each : replay.events.entrySet()) {
            int durable = each.getValue().entry.step();
            boolean isFound = each.getValue().entry.isFound();
            while (next != null && (next.step() < durable || next.lastTimetoken() < each.getKey())) {
                next = publications.hasNext() ? publications.next() : null;
            }
            Publication publication = next;
            if (publication != null && !isFound && history.ends.stream()
                    .noneMatch(end -> end.step() > durable && end.step() < publication.step())) {
                published.put(each.getKey(), publication);
            }
        }
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
        if (poll.answeredNanos - poll.nanos > PATIENCE_NANOS + PROMPT_NANOS) {
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
        if (deletion != null && deletion.toldAt < poll.step && isDecision(deletion)) {
            broken(poll.answeredAt, "%s got %d, which was deleted when it asked.", poll.subscriber,
                    event.timetoken());
        }
    }

    /** A poll does not wait while there is something for it. */
    private void checkPrompt(Poll poll) {
        replay.events.tailMap(poll.cursor, false).forEach((timetoken, event) -> {
            if (isFor(poll, event) && !isErasedAt(event, poll.answeredAt)) {
                Publication publication = published.get(timetoken);
                if (publication != null && publication.step() < poll.answeredAt) {
                    long from = Math.max(poll.nanos, publication.nanos());
                    if (poll.answeredNanos - from > PROMPT_NANOS) {
                        broken(poll.answeredAt, "The poll of %s was answered %d ms after %d had come to the hub.",
                                poll.subscriber, (poll.answeredNanos - from) / 1_000_000, timetoken);
                    }
                }
            }
        });
    }
}
