package dev.manicule.server.command;

/**
 * Put an action on a message, or take it off when the same user has put the same type and value there.
 *
 * @param add the action, and what an addition must fulfil
 */
public record ToggleAction(AddAction add) implements Retryable<ToggleAction.Outcome> {
    static final int KIND = 15;

    /** The outcome: that of an addition, or of a removal. */
    public sealed interface Outcome extends dev.manicule.server.command.Outcome
            permits AddAction.Outcome, RemoveByValue.TakenOff {}

    @Override
    public long weight() {
        return add.weight();
    }

    @Override
    public void addTo(RequestDigest digest) {
        digest.add(4);
        add.addTo(digest);
    }

    static ToggleAction readFrom(ByteReader in) throws DamagedFormException {
        return new ToggleAction(AddAction.readFrom(in));
    }

    @Override
    public void writeTo(ByteWriter out) {
        out.octet(KIND);
        add.writeFieldsTo(out);
    }
}
