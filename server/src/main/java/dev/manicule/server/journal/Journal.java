package dev.manicule.server.journal;

import dev.manicule.server.command.Command;
import dev.manicule.server.command.Outcome;
import dev.manicule.server.command.Unavailable;
import dev.manicule.server.limits.Client;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Puts commands in one order, has the ledger apply them in that order, and makes them durable.
 *
 * <p>What every journal promises:
 * <ul>
 * <li>Each submitted command gets exactly one outcome. If it is not {@link Unavailable}, the command is
 * durable: it survives the death of the process and of the machine's power.
 * <li>When an outcome is delivered, readers of the ledger see the effect of the command, and the {@link CommitListener}
 * has received its events, in order of their timetokens.
 * <li>Commands submitted one after the other's outcome are applied in that order.
 * <li>Timetokens of commands strictly increase, over restarts and whatever the clock does. A command of several
 * events has as many consecutive ones ({@link Command#timetokens}).
 * </ul>
 */
public interface Journal extends AutoCloseable {
    /**
     * Submits a command. Does not wait.
     *
     * @param client what the command is charged to while it waits
     * @param whenDecided receives the outcome, at once or later, on a thread of the journal's or the caller's; it must
     *         not block
     */
    <O extends Outcome> void submit(Client client, Command<O> command, Consumer<? super O> whenDecided);

    /** Submits a command of the server's own. */
    <O extends Outcome> void submit(Command<O> command, Consumer<? super O> whenDecided);

    /**
     * Calls back when readers of this node's ledger see all that any node had returned to clients before this call,
     * unless they do so already. Where the log belongs to one process, they always do. Does not wait.
     *
     * @param action gets null, or why the log can't be reached; on a thread of the journal's; it must not block
     * @return true when they do so already: then the action is not called
     */
    boolean isPresent(Consumer<@Nullable Unavailable> action);

    /**
     * The timetoken at which a subscriber begins that wants all later events: each event with a timetoken up to it is
     * committed, and the {@link CommitListener} has received it; each event that the listener receives after this call
     * returns has a higher one. It is the present time, or a little before. Any thread may call this.
     */
    long position();

    /** How many commands wait. */
    int waiting();

    /** Why a command submitted now would be refused, in a few words; null when it would not. */
    @Nullable
    String fault();

    /**
     * Rejects all that is submitted from now on; {@link #fault} says so too. What was submitted before is decided.
     *
     * @param reason why, in a sentence for people
     */
    void refuse(String reason);

    /**
     * Has later entries require a version of the rules: one that all nodes of the log know. The first such entry puts
     * it in force; a version lower than that in force changes nothing.
     */
    void askFor(int rules);

    /** Whether it still decides commands. When it does not and was not closed, only a restart helps. */
    boolean isAlive();

    /** Decides what was submitted, then ends. Later commands are {@link Unavailable}. */
    @Override
    void close();
}
