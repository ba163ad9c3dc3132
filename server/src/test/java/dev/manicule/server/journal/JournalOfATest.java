package dev.manicule.server.journal;

import dev.manicule.server.command.Command;
import dev.manicule.server.command.Outcome;
import dev.manicule.server.command.Unavailable;
import dev.manicule.server.limits.Client;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A journal whose test says what becomes of what is submitted, whatever client it is charged to. Nothing waits in it, and nothing is wrong. */
public abstract class JournalOfATest implements Journal {
    @Override
    public <O extends Outcome> void submit(Client of, Command<O> command, Consumer<? super O> whenDecided) {
        submit(command, whenDecided);
    }

    @Override
    public boolean isPresent(Consumer<@Nullable Unavailable> action) {
        return true;
    }

    @Override
    public long position() {
        return 0;
    }

    @Override
    public int waiting() {
        return 0;
    }

    @Override
    public @Nullable String fault() {
        return null;
    }

    @Override
    public void refuse(String reason) {}

    @Override
    public void askFor(int rules) {}

    @Override
    public boolean isAlive() {
        return true;
    }

    @Override
    public void close() {}
}
