package dev.manicule.server.ledger;

import dev.manicule.server.files.OpenFolder;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The name by which RocksDB finds a folder of tables: its path, or another one through the open folder above it where RocksDB
 * can't take the path. Good as long as it is open.
 */
final class TablesName implements AutoCloseable {
    private final String text;
    private final @Nullable OpenFolder above;

    private TablesName(String text, @Nullable OpenFolder above) {
        this.text = text;
        this.above = above;
    }

    /** The name of a folder, which need not be there yet; the one above it must be. */
    static TablesName of(Path path) throws IOException {
        Path absolute = path.toAbsolutePath();
        Path parent = absolute.getParent();
        if (parent == null || OpenFolder.isPlain(absolute)) {
            return new TablesName(path.toString(), null);
        }
        OpenFolder above = OpenFolder.of(parent);
        return new TablesName(above.path() + "/" + path.getFileName(), above);
    }

    @Override
    public String toString() {
        return text;
    }

    @Override
    public void close() {
        if (above != null) {
            above.close();
        }
    }
}
