package dev.manicule.server.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.manicule.server.Maintenance;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is stored can be read by its owner alone. */
class OwnerOnlyTest {
    @TempDir
    Path folder;

    @BeforeEach
    void thereArePermissions() {
        assumeThat(folder.getFileSystem().supportedFileAttributeViews()).contains("posix");
    }

    private static String permissions(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    @Test
    void aDataFolderIsForItsOwner() throws Exception {
        Path data = folder.resolve("above/data");
        try (Ledger ledger = Ledger.open(data)) {
            ledger.mark(1);
            for (Path made : new Path[]{data.getParent(), data, data.resolve("tables")}) {
                assertThat(permissions(made)).as("%s", made).isEqualTo("rwx------");
            }
            for (String file : new String[]{"lock", "FORMAT", "reached"}) {
                assertThat(permissions(data.resolve(file))).as(file).isEqualTo("rw-------");
            }
        }
    }

    @Test
    void existingFolderBecomesPrivate() throws Exception {
        Path data = Files.createDirectory(folder.resolve("data"));
        Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("rwxr-xrwx"));
        Ledger.open(data).close();
        assertThat(permissions(data)).as("its group may stay").isEqualTo("rwxr-x---");
        Files.setPosixFilePermissions(data.resolve("tables"), PosixFilePermissions.fromString("rwxr-xr-x"));
        Ledger.open(data).close();
        assertThat(permissions(data.resolve("tables"))).isEqualTo("rwx------");
    }

    @Test
    void backupsAndExportsAreForTheirOwner() throws Exception {
        Path data = folder.resolve("data");
        Ledger.open(data).close();
        Path backup = folder.resolve("backup");
        Backup made;
        try (Ledger ledger = Ledger.open(data)) {
            made = Backup.make(ledger::copyTables, backup, Progress.NONE);
        }
        Path restored = folder.resolve("restored");
        made.restore(restored, Progress.NONE);
        for (Path root : new Path[]{backup, restored.resolve("tables")}) {
            try (var all = Files.walk(root)) {
                for (Path each : all.toList()) {
                    assertThat(permissions(each)).as("%s", each)
                            .isEqualTo(Files.isDirectory(each) ? "rwx------" : "rw-------");
                }
            }
        }
        Path export = folder.resolve("export.jsonl");
        Maintenance.export(data, export, Progress.NONE);
        assertThat(permissions(export)).isEqualTo("rw-------");
    }
}
