package dev.manicule.client;

import java.util.List;

/**
 * What a change did to the actions on messages, at one moment.
 *
 * @param added the actions that were added, each with its uuid and its own timetoken; empty when there were none
 * @param removed the actions that were removed, also those that an added one replaced; empty when there were none
 * @param renewed the actions that were there before and leave at another time now; most often empty
 * @since 0.1
 */
public record ChangedActions(List<MessageAction> added, List<MessageAction> removed, List<MessageAction> renewed) {
    /** Copies the lists. */
    public ChangedActions {
        added = List.copyOf(added);
        removed = List.copyOf(removed);
        renewed = List.copyOf(renewed);
    }

    /**
     * A change that renewed nothing.
     *
     * @param added the actions that were added; empty when there were none
     * @param removed the actions that were removed; empty when there were none
     */
    public ChangedActions(List<MessageAction> added, List<MessageAction> removed) {
        this(added, removed, List.of());
    }
}
