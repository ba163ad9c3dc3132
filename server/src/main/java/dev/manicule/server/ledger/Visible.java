package dev.manicule.server.ledger;

import dev.manicule.server.model.Event;
import dev.manicule.server.model.Range;

/**
 * Which rows of a channel are visible at a time: neither those that were deleted nor those that are too old, although
 * the rows may still be there.
 *
 * @param deleted what was deleted
 * @param horizon the lowest timetoken that is kept
 */
record Visible(DeletedRanges deleted, long horizon) {
    /**
     * The part of a range that is kept: where a whole channel was deleted, what came later, so that no read walks over
     * millions of rows.
     */
    Range keptOf(Range range) {
        return range.notBefore(Math.max(horizon, deleted.floor()));
    }

    boolean isMessage(long timetoken) {
        return timetoken >= horizon && !deleted.hide(timetoken, timetoken);
    }

    /** Whether what stays when messages go, and was made at a timetoken, is kept. */
    boolean isKept(long timetoken) {
        return timetoken >= horizon;
    }

    boolean isAction(long message, long timetoken) {
        return timetoken >= horizon && !deleted.hide(message, timetoken);
    }

    /** Whether an event that is kept is visible: it goes with the message that it is about. */
    boolean isEvent(Event event) {
        long timetoken = event.timetoken();
        return timetoken >= horizon
                && (deleted.isEmpty() || !deleted.hide(Envelopes.message(event), timetoken));
    }

    /** The count of the actions on a message. */
    ActionCount countOn(long message, ActionCount said) {
        return isGone(message, said.changedAt()) ? ActionCount.NONE : said;
    }

    /** The tally of the actions on a message that share type and value. */
    ActionTally tallyOn(long message, ActionTally said) {
        return isGone(message, said.changedAt()) ? ActionTally.NONE : said;
    }

    /** Whether all actions are gone that a sum counts which was changed last at a timetoken. */
    private boolean isGone(long message, long changedAt) {
        return changedAt < deleted.of(message) || changedAt < horizon;
    }
}
