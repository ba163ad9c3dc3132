package dev.manicule.server.command;

/**
 * A change that a client or the server asks for. All changes are commands; the journal puts them in order. Each command has
 * a file of its own, with its outcomes.
 *
 * @param <O> its outcomes
 */
public sealed interface Command<O extends Outcome>
        permits Retryable, Idempotent, DeleteMessages, Retain, Tick, Announce, ChangeGroup, DeleteGroup, RevokeToken {
    /** How many consecutive timetokens it needs, at least 1: one for each of its events. */
    default int timetokens() {
        return 1;
    }

    /** About how many bytes of memory it holds while it waits, more than 0: texts that clients choose, and some more. */
    long weight();
}
