package dev.manicule.bench.peer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The machine that is measured on, its cores divided or not: servers on the lower half, load on the upper, or both on all.
 *
 * @param serverCores as {@code taskset} takes them
 * @param loadCores as {@code taskset} takes them
 */
public record Machine(String serverCores, String loadCores) {
    /** This one. Needs two cores or more. */
    public static Machine here() {
        int cores = Runtime.getRuntime().availableProcessors();
        if (cores < 2) {
            throw new IllegalStateException(
                    "A comparison needs two cores or more: one for the server, one for the load.");
        }
        return new Machine(list(0, cores / 2), list(cores / 2, cores));
    }

    /** This one, undivided: servers and load on all cores. */
    public static Machine undivided() {
        String all = list(0, Runtime.getRuntime().availableProcessors());
        return new Machine(all, all);
    }

    private static String list(int from, int below) {
        return IntStream.range(from, below).mapToObj(String::valueOf).collect(Collectors.joining(","));
    }

    /** Moves this process, and what it starts from now on, to the cores of the load. */
    public void pinLoad() throws IOException, InterruptedException {
        Process process = new ProcessBuilder("taskset", "-a", "-p", "-c", loadCores,
                "" + ProcessHandle.current().pid()).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
        if (process.waitFor() != 0) {
            throw new IOException("Can't move to cores " + loadCores + " (taskset)");
        }
    }

    /** The prefix of a command that runs on the cores of the servers. */
    public List<String> onServerCores() {
        return List.of("taskset", "-c", serverCores);
    }

    /** The machine in a line: processor, cores, memory, kernel, the file system of a folder. */
    public String describe(Path folder) throws IOException {
        String processor = field(Path.of("/proc/cpuinfo"), "model name").orElse("unknown processor");
        String memory = field(Path.of("/proc/meminfo"), "MemTotal").orElse("0 kB");
        long gibibytes = Long.parseLong(memory.replace(" kB", "")) >> 20;
        String kernel = Files.readString(Path.of("/proc/sys/kernel/osrelease")).strip();
        return "%s, %d cores (servers on %s, load on %s), %d GiB, Linux %s, %s, Java %s".formatted(processor,
                Stream.of(serverCores, loadCores).flatMap(cores -> Stream.of(cores.split(",", -1))).distinct().count(),
                serverCores, loadCores, gibibytes,
                kernel,
                Files.getFileStore(folder).type(), Runtime.version());
    }

    private static Optional<String> field(Path file, String name) throws IOException {
        return Files.readAllLines(file)
                .stream()
                .filter(line -> line.startsWith(name))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst();
    }
}
