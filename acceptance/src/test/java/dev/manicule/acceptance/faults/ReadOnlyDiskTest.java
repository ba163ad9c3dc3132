package dev.manicule.acceptance.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A disk that is mounted read-only, or full: the server says so in a line, and starts when it can be written again. */
class ReadOnlyDiskTest {
    @Test
    void aReadOnlyDiskIsSaidInALine() throws Exception {
        Needs.root();
        Needs.program("mount");
        try (Rig rig = new Rig(13)) {
            Path disk = Files.createDirectory(rig.folder.resolve("disk"));
            Needs.run("mount", "-t", "tmpfs", "-o", "size=128m", "tmpfs", disk.toString());
            try {
                rig.data(disk.resolve("data"));
                rig.start();
                long message = rig.wire().publish("room", "1");
                rig.server().terminate();
                Needs.run("mount", "-o", "remount,ro", disk.toString());
                Process refused = rig.begin();
                String said = new String(refused.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                assertThat(refused.waitFor(20, TimeUnit.SECONDS)).isTrue();
                assertThat(refused.exitValue()).isEqualTo(1);
                assertThat(said.strip()).startsWith("manicule: Can't write in the data folder")
                        .contains("Read-only file system")
                        .doesNotContain("\n");
                Needs.run("mount", "-o", "remount,rw", disk.toString());
                rig.start();
                assertThat(rig.wire().get("/v3/history/sub-key/demo/channel/room").body()).contains("" + message);
            } finally {
                rig.stop();
                Needs.run("umount", disk.toString());
            }
        }
    }

    @Test
    void aFullDiskIsSaidInALine() throws Exception {
        Needs.root();
        Needs.program("mount");
        try (Rig rig = new Rig(14)) {
            Path disk = Files.createDirectory(rig.folder.resolve("disk"));
            Needs.run("mount", "-t", "tmpfs", "-o", "size=128m", "tmpfs", disk.toString());
            try {
                rig.data(disk.resolve("data"));
                rig.start();
                long message = rig.wire().publish("room", "1");
                rig.server().terminate();
                Path filler = disk.resolve("filler");
                Needs.run("sh", "-c", "dd if=/dev/zero of='" + filler + "' bs=4k 2>/dev/null || true");
                Process refused = rig.begin();
                String said = new String(refused.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                assertThat(refused.waitFor(20, TimeUnit.SECONDS)).isTrue();
                assertThat(refused.exitValue()).isEqualTo(1);
                assertThat(said.strip()).startsWith("manicule: ")
                        .contains("No space left on device", "free some of it")
                        .doesNotContain("\n", "backup", "permissions");
                Files.delete(filler);
                rig.start();
                assertThat(rig.wire().get("/v3/history/sub-key/demo/channel/room").body()).contains("" + message);
            } finally {
                rig.stop();
                Needs.run("umount", disk.toString());
            }
        }
    }
}
