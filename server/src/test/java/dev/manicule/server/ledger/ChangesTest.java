package dev.manicule.server.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/** What is encoded here must be what RocksDB encodes, byte for byte. */
class ChangesTest {
    private final WriteBuffer changes = new WriteBuffer();
    @TempDir
    private Path folder;
    private DataFolder taken;
    private Tables tables;

    @BeforeEach
    void open() throws Exception {
        taken = DataFolder.take(folder.resolve("data"));
        tables = Tables.openFirst(taken);
    }

    @AfterEach
    void close() {
        tables.close();
        taken.close();
    }

    private static byte[] bytes(int size) {
        byte[] bytes = new byte[size];
        for (int i = 0; i < size; i++) {
            bytes[i] = (byte) (i * 31 + size);
        }
        return bytes;
    }

    @Test
    void rowEncodingEqualsRocksDbs() throws RocksDBException {
        for (int size : new int[]{0, 1, 127, 128, 16_383, 16_384, 2_097_151, 2_097_152}) {
            WriteBuffer one = new WriteBuffer();
            one.put(tables.of(Feed.TABLE), bytes(Math.max(size, 1)), bytes(size));
            try (WriteBatch ours = one.toBatch(); WriteBatch theirs = new WriteBatch()) {
                theirs.put(tables.of(Feed.TABLE), bytes(Math.max(size, 1)), bytes(size));
                assertThat(ours.data()).as("%d bytes", size).isEqualTo(theirs.data());
                assertThat(ours.count()).isEqualTo(1);
            }
        }
    }

    @Test
    void deletionEncodingEqualsRocksDbs() throws RocksDBException {
        changes.delete(tables.of(Recent.TABLE), bytes(200));
        try (WriteBatch ours = changes.toBatch(); WriteBatch theirs = new WriteBatch()) {
            theirs.delete(tables.of(Recent.TABLE), bytes(200));
            assertThat(ours.data()).isEqualTo(theirs.data());
        }
    }

    @Test
    void lastWriteOfARowWins() throws RocksDBException {
        changes.put(tables.of(Tables.META), bytes(3), bytes(1));
        changes.put(tables.of(Actions.TABLE), bytes(3), bytes(2));
        changes.put(tables.of(Actions.TABLE), bytes(4), bytes(5));
        changes.put(tables.of(Actions.TABLE), bytes(3), bytes(0));
        changes.delete(tables.of(Actions.TABLE), bytes(4));
        changes.delete(tables.of(Feed.TABLE), bytes(6));
        changes.put(tables.of(Feed.TABLE), bytes(6), bytes(7));
        try (WriteBatch batch = changes.toBatch(); WriteOptions how = new WriteOptions()) {
            assertThat(batch.count()).isEqualTo(4);
            tables.db.write(how, batch);
        }
        assertThat(tables.db.get(tables.of(Tables.META), bytes(3))).isEqualTo(bytes(1));
        assertThat(tables.db.get(tables.of(Actions.TABLE), bytes(3))).isEmpty();
        assertThat(tables.db.get(tables.of(Actions.TABLE), bytes(4))).isNull();
        assertThat(tables.db.get(tables.of(Feed.TABLE), bytes(6))).isEqualTo(bytes(7));
        assertThat(tables.db.get(tables.of(Messages.TABLE), bytes(3))).isNull();
    }

    @Test
    void readsSeeBufferedWrites() throws RocksDBException {
        tables.db.put(tables.of(Feed.TABLE), bytes(1), bytes(10));
        tables.db.put(tables.of(Feed.TABLE), bytes(2), bytes(20));
        changes.put(tables.of(Feed.TABLE), bytes(1), bytes(0)); // an empty row is a row
        changes.delete(tables.of(Feed.TABLE), bytes(2));
        assertThat(changes.get(tables.of(Feed.TABLE), bytes(1), tables.db::get)).isEmpty();
        assertThat(changes.get(tables.of(Feed.TABLE), bytes(2), tables.db::get)).isNull();
        assertThat(changes.get(tables.of(Messages.TABLE), bytes(1), tables.db::get)).isNull();
        tables.db.put(tables.of(Feed.TABLE), bytes(3), bytes(30));
        assertThat(changes.get(tables.of(Feed.TABLE), bytes(3), tables.db::get)).isEqualTo(bytes(30));
    }
}
