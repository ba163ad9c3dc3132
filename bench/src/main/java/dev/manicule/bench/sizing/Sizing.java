package dev.manicule.bench.sizing;

import dev.manicule.bench.peer.Machine;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** The measurements of sizes, by name. */
public final class Sizing {
    private Sizing() {}

    /** A measurement; a server, a part of it, or several in turn are what it starts. */
    @FunctionalInterface
    public interface Measurement {
        /** Does it. */
        List<SizingTable> tables() throws IOException, InterruptedException;
    }

    /**
     * All of them, in the order of the page.
     *
     * @param progress gets a line for each part
     */
    public static Map<String, Measurement> all(Machine machine, SizingRun run, Consumer<String> progress) {
        Map<String, Measurement> all = new LinkedHashMap<>();
        all.put("server", () -> new IdleServer(machine, run, progress).tables());
        all.put("stored", () -> new StoredContent(machine, run, progress).tables());
        all.put("subscribers", () -> new HeldSubscribers(machine, run, progress).tables());
        all.put("state", () -> new HeldState(machine, run, progress).tables());
        return all;
    }
}
