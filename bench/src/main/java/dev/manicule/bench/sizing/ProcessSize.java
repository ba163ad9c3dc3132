package dev.manicule.bench.sizing;

import dev.manicule.bench.peer.PeerProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * The memory of a server at a moment, after a collection of garbage.
 *
 * @param heap bytes of live objects
 * @param outside bytes of the process that are not its heap; exact only if the whole heap was touched at the start
 * @param kernel bytes that the kernel takes for the sockets of this machine, both ends; 0 where it does not show them
 */
record ProcessSize(long heap, long outside, long kernel) {
    private static final List<String> SOCKETS = List.of("TCP", "TCPv6", "sock_inode_cache", "filp", "eventpoll_epi");

    /** Bytes that the kernel takes for sockets, if this user may know. */
    static long kernelBytes() throws IOException {
        Path caches = Path.of("/proc/slabinfo");
        if (!Files.isReadable(caches)) {
            return 0;
        }
        long sum = 0;
        for (String line : Files.readAllLines(caches)) {
            String[] cells = line.split(" +", -1);
            if (SOCKETS.contains(cells[0])) {
                sum += Long.parseLong(cells[1]) * Long.parseLong(cells[3]);
            }
        }
        return sum;
    }

    /** A number in a file of {@code /proc} of a server, by its name there. */
    static long of(PeerProcess server, String file, String name) throws IOException {
        return Files.readAllLines(Path.of("/proc", "" + server.pid(), file))
                .stream()
                .filter(line -> line.startsWith(name + ":"))
                .map(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElseThrow(() -> new IOException("no " + name + " in " + file));
    }

    /** How many files and connections a server has open. */
    static long openFiles(PeerProcess server) throws IOException {
        try (Stream<Path> all = Files.list(Path.of("/proc", "" + server.pid(), "fd"))) {
            return all.count();
        }
    }

    /** Bytes that a file or a folder takes on its disk, a file of several names once. */
    static long onDisk(Path path) throws IOException, InterruptedException {
        Process process = new ProcessBuilder("du", "-s", "-B1", path.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD) // files that are deleted meanwhile
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() > 1 || said.isEmpty()) {
            throw new IOException("du " + path + " failed");
        }
        return Long.parseLong(said.substring(0, said.indexOf('\t')));
    }

    /**
     * Bytes that were ever written to the disk of a folder, by all programs; what waits for the disk is written first. A process
     * knows only how much it has made dirty, which is pages of up to a megabyte for a row.
     *
     * @return NaN where the folder is on no disk that the kernel counts for
     */
    static double writtenToDisk(Path folder) throws IOException, InterruptedException {
        run(List.of("sync", "-f", folder.toString()));
        long device = (Long) Files.getAttribute(folder, "unix:dev"); // as glibc packs both numbers
        long major = (device >>> 8) & 0xfff;
        long minor = (device & 0xff) | ((device >>> 12) & 0xfff00);
        Path counts = Path.of("/sys/dev/block", major + ":" + minor, "stat");
        if (!Files.isReadable(counts)) {
            return Double.NaN;
        }
        return Long.parseLong(Files.readString(counts).strip().split(" +", -1)[6]) * 512.0;
    }

    /** Runs a command to its end. */
    static void run(List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException(String.join(" ", command) + " failed: " + said);
        }
    }
}
