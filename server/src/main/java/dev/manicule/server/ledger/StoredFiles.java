package dev.manicule.server.ledger;

import dev.manicule.server.command.AddFile;
import dev.manicule.server.command.DeleteFile;
import dev.manicule.server.command.ExpireFiles;
import dev.manicule.server.json.JsonWriter;
import dev.manicule.server.ledger.LedgerReader.FilePage;
import dev.manicule.server.model.Channel;
import dev.manicule.server.model.StoredFile;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;

/**
 * Files on channels, without their bytes. Key: the id. Row: the channel as in other keys, the timetoken of the file, its
 * size, its SHA-256, then its type and the place of its bytes, each after two bytes of length, and its name. Each stands in
 * {@link FilesByChannel} too. {@link #SUMS} has how many files a keyset has, and their bytes together.
 */
final class StoredFiles {
    static final String TABLE = "files";
    static final Family FAMILY = new Family(TABLE, Family.ALL, Inspector::new, new Lines());
    private static final byte[] SUM = "files/".getBytes(StandardCharsets.US_ASCII);
    static final Family SUMS = new Family(Tables.META, SUM, inspection -> (key, row) -> {
        if (row.length != 2 * Long.BYTES || ByteBuffer.wrap(row).getLong() <= 0) {
            throw new IllegalArgumentException("no sum of files");
        }
    });
    private static final int SHA_BYTES = 32;

    private StoredFiles() {}

    static byte[] key(String id) {
        return id.getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] row(StoredFile file) {
        byte[] channel = Keys.channel(file.channel());
        byte[] type = file.content().type().getBytes(StandardCharsets.US_ASCII);
        byte[] place = file.content().place().getBytes(StandardCharsets.US_ASCII);
        byte[] name = file.name().getBytes(StandardCharsets.UTF_8);
        return ByteBuffer
                .allocate(channel.length + 2 * Long.BYTES + SHA_BYTES + 2 * Short.BYTES + type.length + place.length
                        + name.length)
                .put(channel)
                .putLong(file.created())
                .putLong(file.content().size())
                .put(HexFormat.of().parseHex(file.content().sha256()))
                .putShort((short) type.length)
                .put(type)
                .putShort((short) place.length)
                .put(place)
                .put(name)
                .array();
    }

    private static StoredFile read(byte[] key, byte[] row) {
        Channel channel = Keys.parseChannel(row);
        int length = Keys.channelLength(row);
        ByteBuffer rest = ByteBuffer.wrap(row).position(length);
        long created = rest.getLong();
        long size = rest.getLong();
        byte[] sha = new byte[SHA_BYTES];
        rest.get(sha);
        String type = Keys.text(rest, rest.getShort() & 0xFFFF);
        String place = Keys.text(rest, rest.getShort() & 0xFFFF);
        String name = Keys.text(rest, rest.remaining());
        return new StoredFile(channel, new String(key, StandardCharsets.US_ASCII), name,
                new StoredFile.Content(size, type, HexFormat.of().formatHex(sha), place), created);
    }

    /** How many files a keyset has, and their bytes. */
    private record Sum(long files, long bytes) {
        static final Sum NONE = new Sum(0, 0);

        static Sum read(byte @Nullable [] row) {
            ByteBuffer numbers = row == null ? null : ByteBuffer.wrap(row);
            return numbers == null ? NONE : new Sum(numbers.getLong(), numbers.getLong());
        }

        Sum plus(long moreFiles, long moreBytes) {
            return new Sum(files + moreFiles, bytes + moreBytes);
        }

        byte[] row() {
            return ByteBuffer.allocate(2 * Long.BYTES).putLong(files).putLong(bytes).array();
        }
    }

    private static byte[] sumKey(String keyset) {
        return Keys.joined(SUM, keyset);
    }

    private static Sum sum(String keyset, Transaction transaction) throws RocksDBException {
        return Sum.read(transaction.get(transaction.tables().of(Tables.META), sumKey(keyset)));
    }

    private static void put(String keyset, Sum sum, Transaction transaction) {
        if (sum.files() == 0) {
            transaction.delete(transaction.tables().of(Tables.META), sumKey(keyset));
        } else {
            transaction.put(transaction.tables().of(Tables.META), sumKey(keyset), sum.row());
        }
    }

    private static @Nullable StoredFile find(String id, Transaction transaction) throws RocksDBException {
        byte[] key = key(id);
        byte[] row = transaction.get(transaction.tables().of(TABLE), key);
        return row == null ? null : read(key, row);
    }

    /** Adds a file, if its id is free and the keyset has room. */
    static AddFile.Outcome add(AddFile add, long timetoken, Transaction transaction) throws RocksDBException {
        StoredFile there = find(add.id(), transaction);
        if (there != null) {
            return there.channel().equals(add.channel()) && there.name().equals(add.name())
                    && there.content().hasBytesOf(add.content()) ? new AddFile.SameFile() : new AddFile.OtherFile();
        }
        String keyset = add.channel().keyset();
        if (sum(keyset, transaction).bytes() + add.content().size() > add.mostBytes()) {
            return new AddFile.TooManyFileBytes();
        }
        put(new StoredFile(add.channel(), add.id(), add.name(), add.content(), timetoken), transaction);
        return new AddFile.FileAdded();
    }

    private static void put(StoredFile file, Transaction transaction) throws RocksDBException {
        String keyset = file.channel().keyset();
        put(keyset, sum(keyset, transaction).plus(1, file.content().size()), transaction);
        transaction.put(transaction.tables().of(TABLE), key(file.id()), row(file));
        FilesByChannel.put(file, transaction);
    }

    private static void remove(StoredFile file, Transaction transaction) throws RocksDBException {
        String keyset = file.channel().keyset();
        put(keyset, sum(keyset, transaction).plus(-1, -file.content().size()), transaction);
        transaction.delete(transaction.tables().of(TABLE), key(file.id()));
        FilesByChannel.delete(file, transaction);
    }

    /** Deletes a file. */
    static DeleteFile.Outcome delete(DeleteFile delete, Transaction transaction) throws RocksDBException {
        StoredFile file = find(delete.id(), transaction);
        if (file == null || !file.channel().equals(delete.channel()) || !file.name().equals(delete.name())) {
            return new DeleteFile.NoSuchFile();
        }
        remove(file, transaction);
        return new DeleteFile.FileDeleted(file.content().place());
    }

    /** Deletes those of some files that are too old. */
    static ExpireFiles.Outcome expire(ExpireFiles expire, long timetoken, Transaction transaction)
            throws RocksDBException {
        List<String> places = new ArrayList<>();
        for (String id : expire.ids()) {
            StoredFile file = find(id, transaction);
            if (file != null && file.created() < transaction.horizons().from(file.channel().keyset(), timetoken)) {
                remove(file, transaction);
                places.add(file.content().place());
            }
        }
        return new ExpireFiles.FilesExpired(places);
    }

    /** See {@link LedgerReader#file}. */
    static @Nullable StoredFile find(String id, Tables open) throws RocksDBException {
        byte[] key = key(id);
        byte[] row = open.db.get(open.of(TABLE), key);
        return row == null ? null : read(key, row);
    }

    /** See {@link LedgerReader#fileBytes}. */
    static long bytes(String keyset, Tables open) throws RocksDBException {
        return Sum.read(open.db.get(open.of(Tables.META), sumKey(keyset))).bytes();
    }

    /** See {@link LedgerReader#files(String, int)}. */
    static FilePage page(Tables open, String after, int most) throws RocksDBException {
        List<StoredFile> files = new ArrayList<>();
        try (RocksIterator rows = open.db.newIterator(open.of(TABLE))) {
            for (rows.seek(Keys.directlyAfter(key(after))); rows.isValid() && files.size() < most; rows.next()) {
                files.add(read(rows.key(), rows.value()));
            }
            rows.status();
            return new FilePage(files, rows.isValid() && !files.isEmpty() ? files.getLast().id() : null);
        }
    }

    /** Compares the files with their places in the lists of channels, and with the sums of their keysets. */
    private static final class Inspector implements Family.Inspector {
        private final IntegrityCheck inspection;
        private final Map<String, Sum> sums = new HashMap<>();

        Inspector(IntegrityCheck inspection) {
            this.inspection = inspection;
        }

        @Override
        public void row(byte[] key, byte[] row) throws RocksDBException {
            StoredFile file = read(key, row);
            if (!StoredFile.isId(file.id()) || !StoredFile.isName(file.name()) || file.content().size() < 0) {
                throw new IllegalArgumentException("no file");
            }
            sums.merge(file.channel().keyset(), new Sum(1, file.content().size()),
                    (one, other) -> one.plus(other.files(), other.bytes()));
            FilesByChannel.mustHave(file, inspection);
            if (!inspection.hasBytes(file.content().place())) {
                inspection.wrong("files: the bytes of " + file.id() + " are not there");
            }
        }

        @Override
        public void end() {
            try {
                Map<String, Sum> said = new HashMap<>();
                inspection.tables()
                        .walk(inspection.tables().of(Tables.META), SUM,
                                (key, row) -> said.put(
                                        new String(key, SUM.length, key.length - SUM.length, StandardCharsets.UTF_8),
                                        Sum.read(row)));
                if (!said.equals(sums)) {
                    inspection.wrong("files: the sums of keysets are " + said + " and the files say " + sums);
                }
            } catch (RocksDBException e) {
                inspection.wrong("files: the sums can't be read: " + e.getMessage());
            }
        }
    }

    /** A line of an export. */
    private static final class Lines implements Family.Exported {
        @Override
        public String kind() {
            return "file";
        }

        @Override
        public Set<String> members() {
            return Set.of("kind", "keyset", "channel", "id", "name", "size", "contentType", "sha256", "place",
                    "created");
        }

        @Override
        public byte[] key(ExportLine line) {
            return StoredFiles.key(id(line));
        }

        private static String id(ExportLine line) {
            String id = line.text("id");
            if (!StoredFile.isId(id)) {
                throw new IllegalArgumentException("no id of a file: " + id);
            }
            return id;
        }

        @Override
        public @Nullable JsonWriter line(byte[] key, byte[] row, Export export) {
            StoredFile file = read(key, row);
            return !export.isDue(file.created())
                    || !export.visible(file.channel()).isKept(file.created())
                            ? null
                            : Export.begin(kind(), file.channel().keyset())
                                    .member("channel", file.channel().name())
                                    .member("id", file.id())
                                    .member("name", file.name())
                                    .member("size", file.content().size())
                                    .member("contentType", file.content().type())
                                    .member("sha256", file.content().sha256())
                                    .member("place", file.content().place())
                                    .quoted("created", file.created())
                                    .end();
        }

        @Override
        public boolean take(ExportLine text, Import into, Transaction transaction) throws RocksDBException {
            StoredFile file = new StoredFile(text.channel(), id(text), ascii(text, "name", false),
                    new StoredFile.Content(text.natural("size"), ascii(text, "contentType", true),
                            ascii(text, "sha256", true), ascii(text, "place", true)),
                    into.known(text.timetoken("created")));
            if (!StoredFile.isName(file.name()) || file.content().sha256().length() != 2 * SHA_BYTES) {
                throw new IllegalArgumentException("no \"name\" or \"sha256\" that a file can have");
            }
            boolean isNew = Import.isNew(transaction, transaction.tables().of(TABLE), key(text), row(file));
            if (isNew) {
                put(file, transaction);
            }
            return isNew;
        }

        private static String ascii(ExportLine text, String name, boolean isAscii) {
            String value = text.text(name);
            if (isAscii && !value.chars().allMatch(c -> c > ' ' - 1 && c < 0x7F)) {
                throw new IllegalArgumentException("its \"" + name + "\" has other characters than ASCII");
            }
            return value;
        }
    }
}
