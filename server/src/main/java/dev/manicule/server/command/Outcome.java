package dev.manicule.server.command;

/**
 * What became of a {@link Command}. Each command has a sealed interface of its own outcomes. All but {@link Unavailable}
 * are decisions of the state machine: durable when a client gets them, and the same on every machine that applies the same
 * commands.
 */
public sealed interface Outcome
        permits Publish.Outcome, AddAction.Outcome, RemoveAction.Outcome, DeleteMessages.Outcome, Announce.Outcome,
        ChangeGroup.Outcome, DeleteGroup.Outcome, RevokeToken.Outcome, Retain.Outcome, Tick.Outcome {}
