package dev.manicule.server.command;

/**
 * A command that a client may send again under the same key without having it applied again, as an {@link Idempotent}.
 *
 * @param <O> its outcomes
 */
public sealed interface Retryable<O extends Outcome> extends Command<O>
        permits Publish, AddAction, RemoveAction, ChangeActions, SetEntity, ChangeMemberships {
    /**
     * Adds to a digest what makes two requests the same one. Digests are stored: what is added must never change.
     *
     * @param digest is added to
     */
    void addTo(RequestDigest digest);

    /** Reads a command whose kind has been read. */
    static Retryable<?> readFrom(int kind, ByteReader in) throws DamagedFormException {
        return switch (kind) {
            case Publish.KIND -> Publish.readFrom(in);
            case AddAction.KIND -> AddAction.readFrom(in);
            case RemoveAction.KIND -> RemoveAction.readFrom(in);
            case ChangeActions.KIND -> ChangeActions.readFrom(in);
            case SetEntity.KIND -> SetEntity.readFrom(in);
            case ChangeMemberships.KIND -> ChangeMemberships.readFrom(in);
            default -> throw in.damaged("no such command is of kind " + kind);
        };
    }
}
