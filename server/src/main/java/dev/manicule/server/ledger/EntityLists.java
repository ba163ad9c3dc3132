package dev.manicule.server.ledger;

import dev.manicule.server.ledger.LedgerReader.ListPlace;
import dev.manicule.server.ledger.LedgerReader.Placed;
import dev.manicule.server.model.Entity;
import dev.manicule.server.model.EntityId;
import dev.manicule.server.model.EntityOrder;
import dev.manicule.server.model.Metadata;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.RocksDBException;

/**
 * Users and channels that have metadata, by each {@link EntityOrder}. Key: keyset, kind, order, what the order sorts by, and
 * the id; row: the id. The order by id is {@link Entities} itself.
 */
final class EntityLists {
    static final String TABLE = "entityLists";
    static final Family FAMILY = new Family(TABLE, Family.ALL,
            inspection -> (key, row) -> inspect(key, row, inspection));
    private static final List<EntityOrder> ORDERS = List.of(EntityOrder.NAME, EntityOrder.UPDATED, EntityOrder.STATUS,
            EntityOrder.TYPE);

    private EntityLists() {}

    private static byte[] list(String keyset, EntityId.Kind kind, EntityOrder order) {
        return Keys.joined(EntityKeys.list(keyset, kind), new byte[]{(byte) order.code()});
    }

    private static byte[] key(EntityId entity, Metadata metadata, EntityOrder order) {
        byte[] list = list(entity.keyset(), entity.kind(), order);
        return Keys.joined(Keys.joined(list, order.key(entity.name(), metadata)), entity.name());
    }

    /** Metadata has changed; null where there is none. */
    static void change(EntityId entity, @Nullable Metadata before, @Nullable Metadata now, Transaction transaction) {
        ColumnFamilyHandle table = transaction.tables().of(TABLE);
        for (EntityOrder order : ORDERS) {
            byte[] from = before == null ? null : key(entity, before, order);
            byte[] to = now == null ? null : key(entity, now, order);
            if (from != null && !Arrays.equals(from, to)) {
                transaction.delete(table, from);
            }
            if (to != null && !Arrays.equals(from, to)) {
                transaction.put(table, to, entity.name().getBytes(StandardCharsets.UTF_8));
            }
        }
    }

    /** See {@link LedgerReader#entities}. */
    static List<Placed<Entity>> page(Tables open, String keyset, EntityId.Kind kind, EntityOrder order,
            ListPlace from, int most) throws RocksDBException {
        if (order == EntityOrder.ID) {
            return EntityKeys.page(open, Entities.TABLE, EntityKeys.list(keyset, kind), from, most,
                    (key, row) -> new Entity(EntityKeys.entity(key), Entities.read(row)));
        }
        return EntityKeys.page(open, TABLE, list(keyset, kind, order), from, most, (key, row) -> {
            EntityId entity = new EntityId(keyset, kind, new String(row, StandardCharsets.UTF_8));
            Metadata metadata = Entities.find(entity, open);
            return metadata == null ? null : new Entity(entity, metadata); // it may just have been removed
        });
    }

    private static void inspect(byte[] key, byte[] row, IntegrityCheck inspection) throws RocksDBException {
        ByteBuffer rest = ByteBuffer.wrap(key);
        String keyset = Keys.text(rest, rest.get() & 0xFF);
        EntityId.Kind kind = EntityId.Kind.of(rest.get());
        byte order = rest.get();
        if (kind == null) {
            throw new IllegalArgumentException("no kind");
        }
        EntityId entity = new EntityId(keyset, kind, new String(row, StandardCharsets.UTF_8));
        Metadata metadata = Entities.find(entity, inspection.tables());
        boolean isOfEntity = metadata != null && ORDERS.stream()
                .anyMatch(each -> each.code() == order && Arrays.equals(key, key(entity, metadata, each)));
        if (!isOfEntity) {
            inspection.wrong("entityLists: its metadata stands elsewhere, at " + Keys.show(key));
        }
    }

    /** Notes when metadata is not in all lists. */
    static void mustHave(EntityId entity, Metadata metadata, IntegrityCheck inspection) throws RocksDBException {
        for (EntityOrder order : ORDERS) {
            byte[] key = key(entity, metadata, order);
            if (inspection.tables().db.get(inspection.tables().of(TABLE), key) == null) {
                inspection.wrong("entities: it is not in the list by " + order + ", at "
                        + Keys.show(Entities.key(entity)));
            }
        }
    }
}
