package dev.manicule.client;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A page of actions.
 *
 * @param actions in the order of the call
 * @param cursor continues after this page, with the same call; null when it is the last one
 * @see GetActionsOn
 * @see GetActionsBy
 * @since 0.1
 */
public record ActionPage(List<MessageAction> actions, @Nullable String cursor) {
    /** Copies the list. */
    public ActionPage {
        actions = List.copyOf(actions);
    }
}
