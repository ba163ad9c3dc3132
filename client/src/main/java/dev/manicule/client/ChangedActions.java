package dev.manicule.client;

import java.util.List;

/**
 * What a change did to the actions on messages, at one moment.
 *
 * @param added the actions that were added, each with its uuid and its own timetoken; empty when there were none
 * @param removed the actions that were removed, also those that an added one replaced; empty when there were none
 * @since 0.1
 */
public record ChangedActions(List<MessageAction> added, List<MessageAction> removed) {
    /** Copies the lists. */
    public ChangedActions {
        added = List.copyOf(added);
        removed = List.copyOf(removed);
    }
}
