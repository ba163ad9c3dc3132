package dev.manicule.server.ledger;

/** Is told how far some long work has come, on the thread that does it. */
public interface Progress {
    /** For whom it is of no interest. */
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
