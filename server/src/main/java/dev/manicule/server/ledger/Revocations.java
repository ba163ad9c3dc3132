package dev.manicule.server.ledger;

import dev.manicule.server.command.RevokeToken;
import dev.manicule.server.json.JsonWriter;
import dev.manicule.server.model.Revocation;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.rocksdb.RocksDBException;

/**
 * Revoked tokens. Key: the keyset, after its length, the second at which the token would have expired, its signature.
 * Row: the second at which it was revoked. Within a keyset, the token that expires first comes first.
 */
final class Revocations {
    private static final byte[] BEGINNING = "revoked/".getBytes(StandardCharsets.US_ASCII);
    private static final Pattern SIGNATURE = Pattern.compile("[0-9a-f]+");
    static final Family FAMILY = new Family(Tables.META, BEGINNING, inspection -> (key, row) -> {
        var _ = read(key, row);
    }, new Lines());

    private Revocations() {}

    /** The prefix of the keys of a keyset's revoked tokens. */
    static byte[] ofKeyset(String subscribeKey) {
        byte[] keyset = subscribeKey.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(BEGINNING.length + 1 + keyset.length)
                .put(BEGINNING)
                .put((byte) keyset.length)
                .put(keyset)
                .array();
    }

    /** A revoked token. Those of a keyset that end first come first. */
    static byte[] key(String subscribeKey, long expiry, String token) {
        byte[] keyset = subscribeKey.getBytes(StandardCharsets.UTF_8);
        byte[] name = token.getBytes(StandardCharsets.US_ASCII);
        return ByteBuffer.allocate(BEGINNING.length + 1 + keyset.length + Long.BYTES + name.length)
                .put(BEGINNING)
                .put((byte) keyset.length)
                .put(keyset)
                .putLong(expiry)
                .put(name)
                .array();
    }

    /** Reads what {@link #key} wrote. */
    static Revocation read(byte[] key, byte[] row) {
        ByteBuffer rest = ByteBuffer.wrap(key, BEGINNING.length, key.length - BEGINNING.length);
        String keyset = Keys.text(rest, rest.get() & 0xFF);
        long expiry = rest.getLong();
        return new Revocation(keyset, Keys.text(rest, rest.remaining()), expiry, Keys.number(row));
    }

    /** Stores a revoked token, and forgets those that expired long ago, as {@link Revocation#forgottenBefore} says. */
    static void put(RevokeToken revoke, Transaction transaction) throws RocksDBException {
        String keyset = revoke.keyset();
        ByteKey below = new ByteKey(key(keyset, Revocation.forgottenBefore(revoke.now()), Revocation.EVERY));
        List<byte[]> ended = new ArrayList<>();
        for (ByteKey key : transaction.rows(transaction.tables().of(Tables.META), ofKeyset(keyset))
                .headMap(below)
                .keySet()) {
            ended.add(key.bytes);
            transaction.delete(transaction.tables().of(Tables.META), key.bytes);
        }
        byte[] now = Keys.number(revoke.now());
        if (!ended.isEmpty()) {
            long last = read(ended.getLast(), now).expiry();
            transaction.put(transaction.tables().of(Tables.META), key(keyset, last, Revocation.EVERY), now);
        }
        transaction.put(transaction.tables().of(Tables.META), key(keyset, revoke.expiry(), revoke.token()), now);
    }

    /** See {@link LedgerReader#revocations}. */
    static List<Revocation> all(Tables open) throws RocksDBException {
        List<Revocation> all = new ArrayList<>();
        open.walk(open.of(Tables.META), BEGINNING, (key, row) -> all.add(read(key, row)));
        return all;
    }

    private static Revocation revocation(ExportLine line) {
        String token = line.text("token");
        long expiry = line.natural("expiry");
        long since = line.natural("since");
        if (token.equals(Revocation.EVERY) ? expiry >= since : !SIGNATURE.matcher(token).matches()) {
            throw new IllegalArgumentException("no signature of a token, in hexadecimal digits: \"" + token + "\"");
        }
        return new Revocation(line.keyset(), token, expiry, since);
    }

    /** A line of an export. */
    private static final class Lines implements Family.Exported {
        @Override
        public String kind() {
            return "revocation";
        }

        @Override
        public Set<String> members() {
            return Set.of("kind", "keyset", "token", "expiry", "since");
        }

        @Override
        public byte[] key(ExportLine line) {
            return Revocations.key(line.keyset(), line.number("expiry"), line.text("token"));
        }

        @Override
        public JsonWriter line(byte[] key, byte[] row, Export export) {
            Revocation revocation = read(key, row);
            return Export.begin(kind(), revocation.keyset())
                    .member("token", revocation.token())
                    .member("expiry", revocation.expiry())
                    .member("since", Keys.number(row))
                    .end();
        }

        /** Revocations and timetokens use different clocks: the heading says nothing about that of revocations. */
        @Override
        public boolean take(ExportLine text, Import into, Transaction transaction) throws RocksDBException {
            Revocation revocation = revocation(text);
            if (revocation.at() > into.latestSecond()) {
                throw new IllegalArgumentException("its \"since\" " + revocation.at()
                        + " is later than the present by more than a day (it counts seconds)");
            }
            byte[] row = Keys.number(revocation.at());
            boolean isNew = Import.isNew(transaction, transaction.tables().of(Tables.META), key(text), row);
            transaction.put(transaction.tables().of(Tables.META), key(text), row);
            return isNew;
        }
    }
}
