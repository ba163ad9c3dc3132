package dev.manicule.acceptance.cluster;

import dev.manicule.acceptance.faults.WireStore;
import dev.manicule.acceptance.history.FinalState;
import dev.manicule.acceptance.history.Invocation;
import dev.manicule.acceptance.history.Result;
import dev.manicule.acceptance.history.Store;
import java.io.IOException;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Several nodes, as a client has them whose load balancer sends each request to another one: polls move with their cursor. */
final class MovingStore implements Store {
    private final List<WireStore> nodes;
    private final Random random;

    /** A client of the nodes at these ports. */
    MovingStore(List<Integer> ports, long seed) {
        nodes = ports.stream().map(WireStore::new).toList();
        random = new Random(seed);
    }

    private Store any() {
        return nodes.get(random.nextInt(nodes.size()));
    }

    @Override
    public Result execute(Invocation invocation, @Nullable String id) throws IOException {
        return any().execute(invocation, id);
    }

    @Override
    public PollResult poll(Set<String> channels, long cursor) throws IOException {
        return any().poll(channels, cursor);
    }

    /** What each node says, which must be the same. */
    @Override
    public FinalState finalState(String channel) throws IOException {
        FinalState first = nodes.getFirst().finalState(channel);
        for (Store each : nodes) {
            FinalState other = each.finalState(channel);
            if (!other.equals(first)) {
                throw new AssertionError("nodes differ in " + channel + ": " + first + " and " + other);
            }
        }
        return first;
    }

    @Override
    public void close() {
        nodes.forEach(WireStore::close);
    }
}
