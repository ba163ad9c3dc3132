package dev.manicule.bench.load;

import dev.manicule.bench.peer.Machine;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What the disk can do, and no server more: append a record to a file and sync it, again and again. */
public final class RawDisk {
    private static final int RECORD = 350; // about what the log takes for one add
    private static final int MEBIBYTE = 1 << 20;

    private RawDisk() {}

    /** Appends and syncs in the folder named first, for so many milliseconds, to a file of so many MiB; prints the rate. */
    public static void main(String... arguments) throws IOException {
        System.out.println(perSecond(Path.of(arguments[0]), Duration.ofMillis(Long.parseLong(arguments[1])),
                Integer.parseInt(arguments[2])));
    }

    /**
     * Appends and syncs (fdatasync) for a time, in a process on the cores of the servers: not all cores are equally far
     * from the disk.
     *
     * @param folder where the file is made
     * @param preallocatedMebibytes written before with zeros, so that syncs have no metadata to write; 0 for none
     * @return syncs in a second
     */
    public static double perSecond(Machine machine, Path folder, Duration time, int preallocatedMebibytes)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(machine.onServerCores());
        command.addAll(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
                System.getProperty("java.class.path"), RawDisk.class.getName(), folder.toString(), "" + time.toMillis(),
                "" + preallocatedMebibytes));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException("Writing to the disk failed: " + said);
        }
        return Double.parseDouble(said);
    }

    private static double perSecond(Path folder, Duration time, int preallocatedMebibytes) throws IOException {
        Path path = folder.resolve("raw");
        try (FileChannel file = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE,
                StandardOpenOption.TRUNCATE_EXISTING)) {
            ByteBuffer zeros = ByteBuffer.allocateDirect(MEBIBYTE);
            for (int i = 0; i < preallocatedMebibytes; i++) {
                file.write(zeros.clear(), (long) i * MEBIBYTE);
            }
            file.force(true);
            ByteBuffer record = ByteBuffer.allocateDirect(RECORD);
            long begin = System.nanoTime();
            long count = 0;
            while (System.nanoTime() - begin < time.toNanos()) {
                file.write(record.clear(), count * RECORD);
                file.force(false);
                count++;
            }
            return count * 1e9 / (System.nanoTime() - begin);
        } finally {
            Files.deleteIfExists(path);
        }
    }
}
