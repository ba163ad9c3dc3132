package dev.manicule.server.ledger;

import dev.manicule.server.ledger.LedgerReader.ListPlace;
import dev.manicule.server.ledger.LedgerReader.Placed;
import dev.manicule.server.model.EntityId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;

/**
 * How keys of App Context are laid out. A key begins with its list: one byte of length, the keyset, a byte for the kind, and
 * what each table goes on with. The key that is the list alone has the number of its elements.
 */
final class EntityKeys {
    private EntityKeys() {}

    /** The list of the entities of a kind. */
    static byte[] list(String keyset, EntityId.Kind kind) {
        byte[] bytes = keyset.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(2 + bytes.length)
                .put((byte) bytes.length)
                .put(bytes)
                .put((byte) kind.code())
                .array();
    }

    /** The list of what belongs to an entity. */
    static byte[] list(EntityId owner) {
        byte[] list = list(owner.keyset(), owner.kind());
        byte[] name = owner.name().getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(list.length + Short.BYTES + name.length)
                .put(list)
                .putShort((short) name.length)
                .put(name)
                .array();
    }

    /** The entity that a key begins with, where the name is the rest of it; its name is empty in the key of a list. */
    static EntityId entity(byte[] key) {
        ByteBuffer rest = ByteBuffer.wrap(key);
        String keyset = Keys.text(rest, rest.get() & 0xFF);
        return new EntityId(keyset, kind(rest.get()), Keys.text(rest, rest.remaining()));
    }

    /** The entity whose list a key begins with. */
    static EntityId owner(byte[] key) {
        ByteBuffer rest = ByteBuffer.wrap(key);
        String keyset = Keys.text(rest, rest.get() & 0xFF);
        EntityId.Kind kind = kind(rest.get());
        return new EntityId(keyset, kind, Keys.text(rest, rest.getShort() & 0xFFFF));
    }

    private static EntityId.Kind kind(byte code) {
        EntityId.Kind kind = EntityId.Kind.of(code);
        if (kind == null) {
            throw new IllegalArgumentException("no entity is of kind " + code);
        }
        return kind;
    }

    /** What stands behind the list in a key, as text. */
    static String name(byte[] list, byte[] key) {
        return new String(key, list.length, key.length - list.length, StandardCharsets.UTF_8);
    }

    /** A number that one more or one less element leads to; the row goes with the last element. */
    static void count(String table, byte[] list, int more, Transaction transaction) throws RocksDBException {
        long count = count(table, list, transaction) + more;
        if (count == 0) {
            transaction.delete(transaction.tables().of(table), list);
        } else {
            transaction.put(transaction.tables().of(table), list, Keys.number(count));
        }
    }

    static long count(String table, byte[] list, Transaction transaction) throws RocksDBException {
        byte[] count = transaction.get(transaction.tables().of(table), list);
        return count == null ? 0 : Keys.number(count);
    }

    static long count(String table, byte[] list, Tables open) throws RocksDBException {
        byte[] count = open.db.get(open.of(table), list);
        return count == null ? 0 : Keys.number(count);
    }

    /** Reads an element; null when there is none any more. */
    @FunctionalInterface
    interface Element<T> {
        @Nullable
        T read(byte[] key, byte[] row) throws RocksDBException;
    }

    /** Some elements of a list. */
    static <T> List<Placed<T>> page(Tables open, String table, byte[] list, ListPlace from, int most,
            Element<T> element) throws RocksDBException {
        List<Placed<T>> page = new ArrayList<>();
        try (RocksIterator rows = open.db.newIterator(open.of(table))) {
            begin(rows, list, from);
            while (rows.isValid() && page.size() < most) {
                byte[] key = rows.key();
                if (key.length == list.length || !Keys.startsWith(key, list)) {
                    break;
                }
                T read = element.read(key, rows.value());
                if (read != null) {
                    page.add(new Placed<>(Arrays.copyOfRange(key, list.length, key.length), read));
                }
                if (from.isBackwards()) {
                    rows.prev();
                } else {
                    rows.next();
                }
            }
            rows.status();
        }
        return page;
    }

    private static void begin(RocksIterator rows, byte[] list, ListPlace from) {
        byte[] after = from.after();
        if (!from.isBackwards()) {
            rows.seek(Keys.directlyAfter(after == null ? list : Keys.joined(list, after)));
        } else if (after == null) {
            rows.seekForPrev(Keys.after(list));
            if (rows.isValid() && Arrays.equals(rows.key(), Keys.after(list))) {
                rows.prev();
            }
        } else {
            byte[] key = Keys.joined(list, after);
            rows.seekForPrev(key);
            if (rows.isValid() && Arrays.equals(rows.key(), key)) {
                rows.prev();
            }
        }
    }

    /** Checks that each list has a number, which is right. Rows come in the order of their keys. */
    static final class CountCheck {
        private final String table;
        private final IntegrityCheck inspection;
        private byte[] list = {};
        private long left;

        CountCheck(String table, IntegrityCheck inspection) {
            this.table = table;
            this.inspection = inspection;
        }

        /** The row of a list. */
        void list(byte[] key, byte[] row) {
            end();
            list = key;
            left = Keys.number(row);
        }

        /** An element of a list. */
        void element(byte[] ofList) {
            if (!Arrays.equals(list, ofList)) {
                end();
                inspection.wrong(table + ": a list without a number, at " + Keys.show(ofList));
                list = ofList;
                left = Long.MAX_VALUE;
            }
            left--;
        }

        /** There are no more rows of the list. */
        void end() {
            if (left != 0 && left < Long.MAX_VALUE / 2) {
                inspection.wrong(table + ": a list with another number of elements, at " + Keys.show(list));
            }
            left = 0;
        }
    }
}
