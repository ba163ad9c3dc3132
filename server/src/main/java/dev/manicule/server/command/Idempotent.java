package dev.manicule.server.command;

import dev.manicule.server.model.Timetoken;

/**
 * Apply a command, unless a request of the same key was applied a while ago: then the outcome is what it was then. A while
 * is at least {@link Timetoken#SHORTLY}. It can't hold another one of its kind.
 *
 * @param <O> the command's outcomes
 */
public record Idempotent<O extends Outcome>(Retryable<O> command, IdempotencyKey key) implements Command<O> {
    private static final long BYTES_OF_KEY = 200;

    /** The key is that of another request, and its client promised that it is not. Nothing was changed. */
    public record KeyReused() implements Publish.Outcome, AddAction.Outcome, RemoveAction.Outcome {}

    @Override
    public long weight() {
        return BYTES_OF_KEY + command.weight();
    }
}
