package dev.manicule.acceptance.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** A disk that is mounted read-only, or full: the server says so in a line, and starts when it can be written again. */
class ReadOnlyDiskTest {
    @Test
    void readOnlyDiskIsReportedInOneLine() throws Exception {
        refusedWhile(13, disk -> Needs.run("mount", "-o", "remount,ro", disk.toString()),
                disk -> Needs.run("mount", "-o", "remount,rw", disk.toString()),
                said -> assertThat(said).startsWith("manicule: Can't write in the data folder")
                        .contains("Read-only file system")
                        .doesNotContain("\n"));
    }

    @Test
    void fullDiskIsReportedInOneLine() throws Exception {
        refusedWhile(14,
                disk -> Needs.run("sh", "-c", "dd if=/dev/zero of='" + filler(disk) + "' bs=4k 2>/dev/null || true"),
                disk -> Files.delete(filler(disk)),
                said -> assertThat(said).startsWith("manicule: ")
                        .contains("No space left on device", "free some of it")
                        .doesNotContain("\n", "backup", "permissions"));
    }

    private static Path filler(Path disk) {
        return disk.resolve("filler");
    }

    /** Something that is done to the disk. */
    private interface Step {
        void on(Path disk) throws Exception;
    }

    /** A server that has stored something does not start while its disk can't be written, and does afterwards. */
    private static void refusedWhile(int seed, Step begins, Step ends, Consumer<String> said) throws Exception {
        Needs.root();
        Needs.program("mount");
        try (FaultHarness harness = new FaultHarness(seed)) {
            Path disk = Files.createDirectory(harness.folder.resolve("disk"));
            Needs.run("mount", "-t", "tmpfs", "-o", "size=128m", "tmpfs", disk.toString());
            try {
                harness.data(disk.resolve("data"));
                harness.start();
                long message = harness.wire().publish("room", "1");
                harness.server().terminate();
                begins.on(disk);
                Process refused = harness.begin();
                String words = new String(refused.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                assertThat(refused.waitFor(20, TimeUnit.SECONDS)).isTrue();
                assertThat(refused.exitValue()).isEqualTo(1);
                said.accept(words.strip());
                ends.on(disk);
                harness.start();
                assertThat(harness.wire().get("/v3/history/sub-key/demo/channel/room").body()).contains("" + message);
            } finally {
                harness.stop();
                Needs.run("umount", disk.toString());
            }
        }
    }
}
