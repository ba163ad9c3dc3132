package dev.manicule.server.ledger;

import dev.manicule.server.command.SetEntity;
import dev.manicule.server.json.Json;
import dev.manicule.server.json.JsonReader;
import dev.manicule.server.json.JsonWriter;
import dev.manicule.server.model.EntityId;
import dev.manicule.server.model.Metadata;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.RocksDBException;

/**
 * The metadata of users and channels. Key: keyset, kind, and id; row: the timetoken of the last change, and the fields as
 * JSON. The key without an id has the number of entities. Each entity is in {@link EntityLists} too.
 */
final class Entities {
    static final String TABLE = "entities";
    static final Family FAMILY = new Family(TABLE, Family.ALL, Inspector::new, new Lines());

    private Entities() {}

    static byte[] key(EntityId entity) {
        return Keys.joined(EntityKeys.list(entity.keyset(), entity.kind()), entity.name());
    }

    static byte[] row(Metadata metadata) {
        byte[] fields = metadata.fields().utf8();
        return ByteBuffer.allocate(Long.BYTES + fields.length).putLong(metadata.updated()).put(fields).array();
    }

    static Metadata read(byte[] row) {
        return new Metadata(new Json(Arrays.copyOfRange(row, Long.BYTES, row.length)), Keys.number(row));
    }

    static @Nullable Metadata find(EntityId entity, Tables open) throws RocksDBException {
        byte[] row = open.db.get(open.of(TABLE), key(entity));
        return row == null ? null : read(row);
    }

    static @Nullable Metadata find(EntityId entity, Transaction transaction) throws RocksDBException {
        byte[] row = transaction.get(transaction.tables().of(TABLE), key(entity));
        return row == null ? null : read(row);
    }

    static long count(String keyset, EntityId.Kind kind, Tables open) throws RocksDBException {
        return EntityKeys.count(TABLE, EntityKeys.list(keyset, kind), open);
    }

    /** Sets metadata, if it has the tag that it must have. */
    static SetEntity.Outcome set(SetEntity set, long timetoken, Transaction transaction) throws RocksDBException {
        Metadata before = find(set.entity(), transaction);
        if (set.tag() != null && (before == null || !before.eTag().equals(set.tag()))) {
            return new SetEntity.OtherTag();
        }
        byte[] list = EntityKeys.list(set.entity().keyset(), set.entity().kind());
        if (before == null && EntityKeys.count(TABLE, list, transaction) >= set.most()) {
            return new SetEntity.TooManyEntities();
        }
        Metadata metadata = (before == null ? Metadata.NONE : before).patched(set.patch(), timetoken);
        put(set.entity(), before, metadata, transaction);
        return new SetEntity.EntitySet(metadata);
    }

    /** Removes metadata; returns whether there was any. */
    static boolean remove(EntityId entity, Transaction transaction) throws RocksDBException {
        Metadata before = find(entity, transaction);
        if (before == null) {
            return false;
        }
        put(entity, before, null, transaction);
        return true;
    }

    private static void put(EntityId entity, @Nullable Metadata before, @Nullable Metadata now,
            Transaction transaction) throws RocksDBException {
        ColumnFamilyHandle table = transaction.tables().of(TABLE);
        if (now == null) {
            transaction.delete(table, key(entity));
        } else {
            transaction.put(table, key(entity), row(now));
        }
        if ((before == null) != (now == null)) {
            EntityKeys.count(TABLE, EntityKeys.list(entity.keyset(), entity.kind()), now == null ? -1 : 1,
                    transaction);
        }
        EntityLists.change(entity, before, now, transaction);
    }

    private static final class Inspector implements Family.Inspector {
        private final IntegrityCheck inspection;
        private final EntityKeys.CountCheck counts;

        Inspector(IntegrityCheck inspection) {
            this.inspection = inspection;
            counts = new EntityKeys.CountCheck(TABLE, inspection);
        }

        @Override
        public void row(byte[] key, byte[] row) throws RocksDBException {
            EntityId entity = EntityKeys.entity(key);
            if (entity.name().isEmpty()) {
                counts.list(key, row);
                return;
            }
            counts.element(EntityKeys.list(entity.keyset(), entity.kind()));
            Metadata metadata = read(row);
            if (!metadata.fields().equals(Metadata.object(metadata.members()))) {
                inspection.wrong("entities: fields that no change makes, at " + Keys.show(key));
            }
            EntityLists.mustHave(entity, metadata, inspection);
        }

        @Override
        public void end() {
            counts.end();
        }
    }

    /** The fields of a line, in the form that the tables have. */
    static Metadata metadata(ExportLine text, Import into) {
        Map<String, Json> fields = JsonReader.parts(text.part("fields").utf8());
        if (fields == null) {
            throw new IllegalArgumentException("\"fields\" is not a JSON object");
        }
        return new Metadata(Metadata.object(new TreeMap<>(fields)), into.known(text.timetoken("updated")));
    }

    /** A name in a line. */
    static String checkedName(String name) {
        if (!EntityId.isName(name)) {
            throw new IllegalArgumentException("no id of a user or a channel: " + name);
        }
        return name;
    }

    /** A line of an export. */
    private static final class Lines implements Family.Exported {
        @Override
        public String kind() {
            return "object";
        }

        @Override
        public Set<String> members() {
            return Set.of("kind", "keyset", "type", "id", "fields", "updated");
        }

        private static EntityId entity(ExportLine line) {
            EntityId.Kind kind = EntityId.Kind.of(line.text("type"));
            if (kind == null) {
                throw new IllegalArgumentException("no \"type\" of an object: " + line.text("type"));
            }
            return new EntityId(line.keyset(), kind, checkedName(line.text("id")));
        }

        @Override
        public byte[] key(ExportLine line) {
            return Entities.key(entity(line));
        }

        @Override
        public @Nullable JsonWriter line(byte[] key, byte[] row, Export export) {
            EntityId entity = EntityKeys.entity(key);
            if (entity.name().isEmpty()) {
                return null; // the number of entities
            }
            Metadata metadata = read(row);
            return !export.isDue(metadata.updated())
                    ? null
                    : Export.begin(kind(), entity.keyset())
                            .member("type", entity.kind().wireName())
                            .member("id", entity.name())
                            .quoted("updated", metadata.updated())
                            .member("fields", metadata.fields())
                            .end();
        }

        @Override
        public boolean take(ExportLine text, Import into, Transaction transaction) throws RocksDBException {
            EntityId entity = entity(text);
            Metadata metadata = metadata(text, into);
            boolean isNew = Import.isNew(transaction, transaction.tables().of(TABLE), Entities.key(entity),
                    Entities.row(metadata));
            if (isNew) {
                put(entity, null, metadata, transaction);
            }
            return isNew;
        }
    }
}
