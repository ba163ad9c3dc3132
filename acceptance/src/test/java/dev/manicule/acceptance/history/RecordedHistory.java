package dev.manicule.acceptance.history;

import java.util.List;
import java.util.Map;

/**
 * All that was recorded.
 *
 * @param finalStates what each channel holds in the end
 */
public record RecordedHistory(List<Operation> operations, List<SubscriberLog> streams,
        Map<String, FinalState> finalStates) {
    /** Copies the collections. */
    public RecordedHistory {
        operations = List.copyOf(operations);
        streams = List.copyOf(streams);
        finalStates = Map.copyOf(finalStates);
    }
}
