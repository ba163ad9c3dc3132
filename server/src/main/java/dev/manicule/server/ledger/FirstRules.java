package dev.manicule.server.ledger;

import dev.manicule.server.command.AddAction;
import dev.manicule.server.model.MessageAction;

/** The first version: an addition of an action that is there already learns no more than that. */
final class FirstRules extends Rules {
    FirstRules(Transaction transaction, GlobalFeed.Bounds bounds) {
        super(transaction, bounds);
    }

    @Override
    AddAction.Outcome existing(MessageAction action) {
        return new AddAction.AlreadyAdded();
    }
}
