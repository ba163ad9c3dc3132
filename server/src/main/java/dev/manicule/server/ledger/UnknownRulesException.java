package dev.manicule.server.ledger;

/**
 * The log, or the tables, require rules that only a newer version of the server knows. The message names the remedy.
 */
public final class UnknownRulesException extends RuntimeException {
    private static final long serialVersionUID = 1;

    UnknownRulesException(int version, int newest) {
        super("The log was written by a newer Manicule: version " + version
                + " of the rules is in force there, and this one knows them up to version " + newest
                + ". Install that Manicule, or a newer one.");
    }
}
