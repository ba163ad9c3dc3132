package dev.manicule.server.ledger;

import java.util.List;

/**
 * The versions of the rules that a build knows: the one place in which they differ. An entry of the log is decided by the rules
 * that were in force when it was written, at every replay and on every machine, however new the build.
 *
 * <p>A change to an outcome or a row of an entry that is in a log already needs a new version, at the end; the version
 * before stays as long as logs may hold its entries. Never changed.
 */
final class RuleBook {
    /** In force when no entry has required a later one. */
    static final int FIRST = 1;
    /** That of the server. */
    static final RuleBook PRESENT = new RuleBook(
            List.of(transaction -> new FirstRules(transaction, GlobalFeed.Bounds.USUAL),
                    transaction -> new Rules(transaction, GlobalFeed.Bounds.USUAL)));

    /** A version: makes the rules that decide over what is put into a transaction. */
    interface Version {
        /** The rules over a transaction. */
        Rules over(Transaction transaction);
    }

    private final List<Version> versions;

    /** One of these versions, from {@link #FIRST} on. */
    RuleBook(List<Version> versions) {
        this.versions = List.copyOf(versions);
    }

    /** The highest version in it. */
    int newest() {
        return FIRST + versions.size() - 1;
    }

    /**
     * Refuses a version that is not in it.
     *
     * @throws UnknownRulesException when it is a later one
     */
    void check(int version) {
        if (version > newest()) {
            throw new UnknownRulesException(version, newest());
        }
    }

    /**
     * The rules of a version.
     *
     * @throws UnknownRulesException when it is a later one than those that are known
     */
    Rules rules(int version, Transaction transaction) {
        check(version);
        return versions.get(version - FIRST).over(transaction);
    }
}
