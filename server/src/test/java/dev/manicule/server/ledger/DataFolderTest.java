package dev.manicule.server.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataFolderTest {
    @TempDir
    private Path folder;

    @Test
    void aFolderInUseIsRefused() throws Exception {
        try (Ledger first = Ledger.open(folder)) {
            assertThatThrownBy(() -> Ledger.open(folder)).isInstanceOf(DataFolderException.class)
                    .hasMessageContaining("in use")
                    .hasMessageContaining("process " + ProcessHandle.current().pid());
            assertThat(first.lastTimetoken()).isZero();
        }
        Ledger.open(folder).close();
    }

    @Test
    void aFolderOfSomethingElseIsRefusedAndLeftAlone() throws IOException {
        Files.writeString(folder.resolve("thesis.txt"), "mine");
        assertThatThrownBy(() -> Ledger.open(folder)).hasMessageContaining("thesis.txt").hasMessageContaining("--data");
        assertThat(folder).isDirectoryNotContaining(path -> !path.endsWith("thesis.txt"));
    }

    @Test
    void anotherFormatIsRefused() throws Exception {
        Ledger.open(folder).close();
        Files.writeString(folder.resolve("FORMAT"), "manicule data format 99\n");
        assertThatThrownBy(() -> Ledger.open(folder)).hasMessageContaining("format 99");
    }

    @Test
    void tablesThatAreGoneAreNotReplacedByEmptyOnes() throws Exception {
        Ledger.open(folder).close();
        try (var files = Files.list(folder.resolve("tables"))) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        assertThatThrownBy(() -> Ledger.open(folder)).isInstanceOf(DataFolderException.class)
                .hasMessageContaining("tables");
    }

    @Test
    void aFileInItsPlaceIsSaidPlainly() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "");
        assertThatThrownBy(() -> Ledger.open(file)).isInstanceOf(DataFolderException.class)
                .hasMessageContaining("is a file")
                .hasMessageContaining("--data");
    }
}
