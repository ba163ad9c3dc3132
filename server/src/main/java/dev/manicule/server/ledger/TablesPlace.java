package dev.manicule.server.ledger;

import java.util.OptionalLong;

/**
 * Which log some tables follow, and how far they have come.
 *
 * @param logId the log; empty when none is known
 * @param applied they have all of its entries below this offset
 */
public record TablesPlace(OptionalLong logId, long applied) {
    /** That of a folder without tables. */
    public static final TablesPlace NOTHING = new TablesPlace(OptionalLong.empty(), 0);
}
