package dev.manicule.acceptance.history;

import java.util.List;
import java.util.Map;

/**
 * All that was recorded.
 *
 * @param stored what each channel holds in the end
 */
public record History(List<Operation> calls, List<Stream> streams, Map<String, FinalState> stored) {
    /** Copies the collections. */
    public History {
        calls = List.copyOf(calls);
        streams = List.copyOf(streams);
        stored = Map.copyOf(stored);
    }
}
