package dev.manicule.server.command;

/**
 * Take off actions whose time to live has ended by the timetoken of the command, in the order of their ends. Each has an
 * event with a timetoken of its own.
 *
 * @param most how many ends are looked at, at least 1: the next command goes on
 */
public record ExpireActions(int most) implements Command<ExpireActions.Outcome> {
    static final int KIND = 17;
    private static final int RULES = 2;

    /** The outcome. */
    public sealed interface Outcome extends dev.manicule.server.command.Outcome permits ActionsExpired, Unavailable {}

    /**
     * The actions are gone.
     *
     * @param actions how many
     */
    public record ActionsExpired(int actions) implements Outcome {
        static final int KIND = 0xE2;

        static ActionsExpired readFrom(ByteReader in) throws DamagedFormException {
            return new ActionsExpired(in.integer());
        }

        @Override
        public void writeTo(ByteWriter out) {
            out.octet(KIND);
            out.integer(actions);
        }
    }

    /** One for each event, and one by which time has passed. */
    @Override
    public int timetokens() {
        return most + 1;
    }

    @Override
    public int leastRules() {
        return RULES;
    }

    @Override
    public long weight() {
        return BYTES_BESIDE_TEXTS;
    }

    static ExpireActions readFrom(ByteReader in) throws DamagedFormException {
        int most = in.integer();
        if (most < 1 || most == Integer.MAX_VALUE) {
            throw in.damaged("no command takes off " + most + " actions");
        }
        return new ExpireActions(most);
    }

    @Override
    public void writeTo(ByteWriter out) {
        out.octet(KIND);
        out.integer(most);
    }
}
