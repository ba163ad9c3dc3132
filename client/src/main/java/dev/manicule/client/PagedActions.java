package dev.manicule.client;

import dev.manicule.client.internal.PageWalk;
import dev.manicule.client.internal.Query;
import dev.manicule.client.internal.Transport;

/**
 * Gets actions page by page, by cursors: the part that {@link GetActionsOn} and {@link GetActionsBy} share.
 *
 * @param <C> the call itself
 * @since 0.1
 */
public abstract sealed class PagedActions<C extends PagedActions<C>> extends PagedCall<C, ActionPage, MessageAction>
        permits GetActionsBy, GetActionsOn {
    PagedActions(Transport transport, Query query) {
        super(transport, query);
    }

    /**
     * Turns the order round: the actions on the newest messages first, or, of one message, the newest actions of each type
     * and value. By default, the oldest are first.
     *
     * @return a call with this order
     */
    public C newestFirst() {
        return with(query.with("order", "newest"));
    }

    @Override
    final PageWalk.Entries<MessageAction> entries(ActionPage page) {
        return new PageWalk.Entries<>(page.actions(), page.cursor());
    }
}
