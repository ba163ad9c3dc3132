package dev.manicule.server.ledger;

import dev.manicule.server.command.GrantToKeys;
import dev.manicule.server.json.JsonWriter;
import dev.manicule.server.model.Channel;
import dev.manicule.server.model.KeyGrant;
import dev.manicule.server.model.KeyGrant.Resource;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.RocksDBException;

/**
 * Permissions of auth keys. Key: the keyset, after its length, the resource, after its length, the auth key. Row: the
 * permissions as a mask, and the second at which they end. A key with the keyset alone has the number of these rows.
 *
 * <p>Permissions that have ended are removed when there is no room for new ones: until then they do no harm.
 */
final class KeyGrants {
    private static final byte[] BEGINNING = "keyGrant/".getBytes(StandardCharsets.US_ASCII);
    private static final long SECONDS_KEPT = 86_400;
    private static final int MOST_MASK = 255;
    static final Family FAMILY = new Family(Tables.META, BEGINNING, inspection -> new Counted(), new Lines());

    private KeyGrants() {}

    /** The key of the number of rows of a keyset, and the prefix of their keys. */
    private static byte[] ofKeyset(String subscribeKey) {
        byte[] keyset = subscribeKey.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(BEGINNING.length + 1 + keyset.length)
                .put(BEGINNING)
                .put((byte) keyset.length)
                .put(keyset)
                .array();
    }

    private static boolean isCount(byte[] key) {
        return key.length == BEGINNING.length + 1 + (key[BEGINNING.length] & 0xFF);
    }

    private static byte[] key(String subscribeKey, String resource, String authKey) {
        byte[] keyset = ofKeyset(subscribeKey);
        byte[] name = resource.getBytes(StandardCharsets.UTF_8);
        byte[] last = authKey.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(keyset.length + Short.BYTES + name.length + last.length)
                .put(keyset)
                .putShort((short) name.length)
                .put(name)
                .put(last)
                .array();
    }

    private static byte[] row(int mask, long expiry) {
        return ByteBuffer.allocate(Integer.BYTES + Long.BYTES).putInt(mask).putLong(expiry).array();
    }

    private static KeyGrant read(byte[] key, byte[] row) {
        ByteBuffer rest = ByteBuffer.wrap(key, BEGINNING.length, key.length - BEGINNING.length);
        String keyset = Keys.text(rest, rest.get() & 0xFF);
        Resource resource = Resource.of(Keys.text(rest, rest.getShort() & 0xFFFF));
        ByteBuffer granted = ByteBuffer.wrap(row);
        return new KeyGrant(keyset, resource, Keys.text(rest, rest.remaining()), granted.getInt(), granted.getLong());
    }

    /** Replaces permissions, or changes nothing where the keyset would have too many. */
    static GrantToKeys.Outcome put(GrantToKeys grant, Transaction transaction) throws RocksDBException {
        ColumnFamilyHandle table = transaction.tables().of(Tables.META);
        long count = count(grant.keyset(), transaction);
        boolean mayBeFull = count + (long) grant.resources().size() * grant.keys().size() > grant.most();
        if (mayBeFull && grant.mask() != 0) {
            count -= forgetEnded(grant, transaction);
        }
        List<KeyGrant> changed = new ArrayList<>();
        for (String resource : grant.resources()) {
            for (String key : grant.keys()) {
                boolean isThere = transaction.get(table, key(grant.keyset(), resource, key)) != null;
                if (isThere || grant.mask() != 0) {
                    changed.add(new KeyGrant(grant.keyset(), Resource.of(resource), key, grant.mask(), grant.expiry()));
                    count += grant.mask() == 0 ? -1 : isThere ? 0 : 1;
                }
            }
        }
        if (count > grant.most() && grant.mask() != 0) {
            return new GrantToKeys.TooManyGrants();
        }
        changed.forEach(each -> put(each, transaction));
        transaction.put(table, ofKeyset(grant.keyset()), Keys.number(count));
        return new GrantToKeys.KeysGranted();
    }

    private static long count(String keyset, Transaction transaction) throws RocksDBException {
        byte[] row = transaction.get(transaction.tables().of(Tables.META), ofKeyset(keyset));
        return row == null ? 0 : Keys.number(row);
    }

    private static void put(KeyGrant grant, Transaction transaction) {
        byte[] key = key(grant.keyset(), grant.resource().text(), grant.key());
        if (grant.mask() == 0) {
            transaction.delete(transaction.tables().of(Tables.META), key);
        } else {
            transaction.put(transaction.tables().of(Tables.META), key, row(grant.mask(), grant.expiry()));
        }
        transaction.granted(grant);
    }

    /** Removes what ended a day ago and before: a clock may be ahead for a while. Returns how many rows. */
    private static long forgetEnded(GrantToKeys grant, Transaction transaction) throws RocksDBException {
        ColumnFamilyHandle table = transaction.tables().of(Tables.META);
        long forgotten = 0;
        for (Map.Entry<ByteKey, byte[]> row : transaction.rows(table, ofKeyset(grant.keyset())).entrySet()) {
            byte[] key = row.getKey().bytes;
            if (!isCount(key)) {
                KeyGrant each = read(key, row.getValue());
                if (each.expiry() < grant.now() - SECONDS_KEPT) {
                    put(new KeyGrant(each.keyset(), each.resource(), each.key(), 0, each.expiry()), transaction);
                    forgotten++;
                }
            }
        }
        transaction.put(table, ofKeyset(grant.keyset()), Keys.number(count(grant.keyset(), transaction) - forgotten));
        return forgotten;
    }

    /** See {@link LedgerReader#keyGrants}. */
    static List<KeyGrant> all(Tables open) throws RocksDBException {
        List<KeyGrant> all = new ArrayList<>();
        open.walk(open.of(Tables.META), BEGINNING, (key, row) -> {
            if (!isCount(key)) {
                all.add(read(key, row));
            }
        });
        return all;
    }

    /** Checks that each row makes sense, and that there are as many as the number says. */
    private static final class Counted implements Family.Inspector {
        private long left;

        @Override
        public void row(byte[] key, byte[] row) {
            if (isCount(key)) {
                left = Keys.number(row);
                return;
            }
            KeyGrant grant = read(key, row);
            if (grant.mask() < 1 || grant.mask() > MOST_MASK) {
                throw new IllegalArgumentException("it has the mask " + grant.mask());
            }
            left--;
            if (left < 0) {
                throw new IllegalArgumentException("the keyset has more permissions of auth keys than it counts");
            }
        }
    }

    /** A line of an export. */
    private static final class Lines implements Family.Exported {
        @Override
        public String kind() {
            return "keyGrant";
        }

        @Override
        public Set<String> members() {
            return Set.of("kind", "keyset", "resource", "key", "mask", "expiry");
        }

        @Override
        public byte[] key(ExportLine line) {
            return KeyGrants.key(line.keyset(), line.text("resource"), line.text("key"));
        }

        @Override
        public @Nullable JsonWriter line(byte[] key, byte[] row, Export export) {
            if (isCount(key)) {
                return null;
            }
            KeyGrant grant = read(key, row);
            JsonWriter line = Export.begin(kind(), grant.keyset())
                    .member("resource", grant.resource().text())
                    .member("key", grant.key())
                    .member("mask", grant.mask());
            return (grant.expiry() == Long.MAX_VALUE ? line : line.member("expiry", grant.expiry())).end();
        }

        @Override
        public boolean take(ExportLine line, Import into, Transaction transaction) throws RocksDBException {
            Resource resource = Resource.of(line.text("resource"));
            String authKey = line.text("key");
            if (resource.kind() != KeyGrant.Kind.KEYSET && !Channel.isName(resource.name())) {
                throw new IllegalArgumentException("no name of a channel, group or user: \"" + resource.name() + "\"");
            }
            if (authKey.getBytes(StandardCharsets.UTF_8).length > KeyGrant.MOST_KEY_BYTES) {
                throw new IllegalArgumentException("\"key\" has more than " + KeyGrant.MOST_KEY_BYTES + " bytes");
            }
            long expiry = line.has("expiry") ? line.natural("expiry") : Long.MAX_VALUE;
            byte[] row = row(line.number("mask", 1, MOST_MASK), expiry);
            ColumnFamilyHandle table = transaction.tables().of(Tables.META);
            boolean isNew = Import.isNew(transaction, table, key(line), row);
            if (isNew) {
                transaction.put(table, ofKeyset(line.keyset()), Keys.number(count(line.keyset(), transaction) + 1));
            }
            transaction.put(table, key(line), row);
            return isNew;
        }
    }
}
