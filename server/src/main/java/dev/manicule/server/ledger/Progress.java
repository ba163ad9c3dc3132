package dev.manicule.server.ledger;

/** Receives the progress of long work, on the thread that does the work. */
public interface Progress {
    /** Ignores the progress. */
    Progress NONE = new Progress() {
        @Override
        public void begins(String what, long total) {
            // not shown
        }

        @Override
        public void goesOn(long more) {
            // not shown
        }
    };

    /**
     * A part of the work begins.
     *
     * @param what in a word or two, for people
     * @param total about how many steps it has
     */
    void begins(String what, long total);

    /** So many more steps are done. */
    void goesOn(long more);
}
