package dev.manicule.server.command;

import dev.manicule.server.model.Timetoken;

/**
 * Apply a command, unless a request of the same key was applied before: then the outcome is that of the earlier
 * request. A key is remembered for at least {@link Timetoken#SHORTLY}. It can't hold another one of its kind.
 *
 * @param <O> the command's outcomes
 */
public record Idempotent<O extends Outcome>(Retryable<O> command, IdempotencyKey key) implements Command<O> {
    static final int KIND = 10;
    private static final long BYTES_OF_KEY = 200;

    /** The key is that of another request, although the client declared it unique. Nothing was changed. */
    public record KeyReused()
            implements
                Publish.Outcome,
                AddAction.Outcome,
                RemoveAction.Outcome,
                ChangeActions.Outcome,
                SetEntity.Outcome,
                ChangeMemberships.Outcome {
        static final int KIND = 0xA0;

        @Override
        public void writeTo(ByteWriter out) {
            out.octet(KIND);
        }
    }

    @Override
    public int timetokens() {
        return command.timetokens();
    }

    @Override
    public int leastRules() {
        return command.leastRules();
    }

    @Override
    public long weight() {
        return BYTES_OF_KEY + command.weight();
    }

    static Idempotent<?> readFrom(ByteReader in) throws DamagedFormException {
        IdempotencyKey key = IdempotencyKey.readFrom(in);
        return new Idempotent<>(Retryable.readFrom(in.octet(), in), key);
    }

    @Override
    public void writeTo(ByteWriter out) {
        out.octet(KIND);
        key.writeTo(out);
        command.writeTo(out);
    }
}
