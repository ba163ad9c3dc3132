package dev.manicule.server.ledger;

import dev.manicule.server.command.ChangeMemberships;
import dev.manicule.server.command.RemoveEntity;
import dev.manicule.server.json.JsonWriter;
import dev.manicule.server.ledger.LedgerReader.ListPlace;
import dev.manicule.server.ledger.LedgerReader.Placed;
import dev.manicule.server.model.EntityId;
import dev.manicule.server.model.EntityId.Kind;
import dev.manicule.server.model.Membership;
import dev.manicule.server.model.Metadata;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.RocksDBException;

/**
 * Memberships, each twice: in the list of its user and in that of its channel. Key: keyset, kind, the name of the one whose
 * list it is, with its length before it, and the name of the other; row: as in {@link Entities}. The key of the list alone
 * has the number of memberships in it.
 */
final class Memberships {
    static final String TABLE = "memberships";
    static final Family FAMILY = new Family(TABLE, Family.ALL, Inspector::new, new Lines());

    private Memberships() {}

    private static byte[] key(EntityId owner, String other) {
        return Keys.joined(EntityKeys.list(owner), other);
    }

    private static Membership membership(EntityId owner, String other, Metadata metadata) {
        return owner.kind() == Kind.USER
                ? new Membership(owner.name(), other, metadata)
                : new Membership(other, owner.name(), metadata);
    }

    static long count(EntityId owner, Tables open) throws RocksDBException {
        return EntityKeys.count(TABLE, EntityKeys.list(owner), open);
    }

    /** See {@link LedgerReader#memberships}. */
    static List<Placed<Membership>> page(Tables open, EntityId owner, ListPlace from, int most)
            throws RocksDBException {
        byte[] list = EntityKeys.list(owner);
        return EntityKeys.page(open, TABLE, list, from, most,
                (key, row) -> membership(owner, EntityKeys.name(list, key), Entities.read(row)));
    }

    private static @Nullable Metadata find(EntityId owner, String other, Transaction transaction)
            throws RocksDBException {
        byte[] row = transaction.get(transaction.tables().of(TABLE), key(owner, other));
        return row == null ? null : Entities.read(row);
    }

    /** Why a change can't be made; null when it can. */
    static ChangeMemberships.@Nullable Outcome refusal(ChangeMemberships change, Transaction transaction)
            throws RocksDBException {
        EntityId owner = change.owner();
        if (change.sets().isEmpty()) {
            return null;
        }
        if (change.isStrict() && Entities.find(owner, transaction) == null) {
            return new ChangeMemberships.NoSuchEntity(owner.name());
        }
        long more = 0;
        Set<String> names = new TreeSet<>();
        for (ChangeMemberships.Member member : change.sets()) {
            EntityId other = owner.other(member.name());
            if (change.isStrict() && Entities.find(other, transaction) == null) {
                return new ChangeMemberships.NoSuchEntity(member.name());
            }
            boolean isNew = names.add(member.name()) && find(owner, member.name(), transaction) == null;
            if (isNew && EntityKeys.count(TABLE, EntityKeys.list(other), transaction) >= change.most()) {
                return new ChangeMemberships.TooManyMemberships(member.name());
            }
            more += isNew ? 1 : 0;
        }
        return more > 0 && EntityKeys.count(TABLE, EntityKeys.list(owner), transaction) + more > change.most()
                ? new ChangeMemberships.TooManyMemberships(owner.name())
                : null;
    }

    /** Sets a membership, and gives it as it is then. */
    static Membership set(EntityId owner, ChangeMemberships.Member member, long timetoken, Transaction transaction)
            throws RocksDBException {
        Metadata before = find(owner, member.name(), transaction);
        Metadata now = (before == null ? Metadata.NONE : before).patched(member.patch(), timetoken);
        put(owner, member.name(), now, before == null, transaction);
        return membership(owner, member.name(), now);
    }

    private static void put(EntityId owner, String other, Metadata metadata, boolean isNew, Transaction transaction)
            throws RocksDBException {
        ColumnFamilyHandle table = transaction.tables().of(TABLE);
        transaction.put(table, key(owner, other), Entities.row(metadata));
        transaction.put(table, key(owner.other(other), owner.name()), Entities.row(metadata));
        if (isNew) {
            EntityKeys.count(TABLE, EntityKeys.list(owner), 1, transaction);
            EntityKeys.count(TABLE, EntityKeys.list(owner.other(other)), 1, transaction);
        }
    }

    /** Removes a membership, and gives what it was; null when there is none. */
    static @Nullable Membership remove(EntityId owner, String other, Transaction transaction)
            throws RocksDBException {
        Metadata before = find(owner, other, transaction);
        if (before == null) {
            return null;
        }
        ColumnFamilyHandle table = transaction.tables().of(TABLE);
        transaction.delete(table, key(owner, other));
        transaction.delete(table, key(owner.other(other), owner.name()));
        EntityKeys.count(TABLE, EntityKeys.list(owner), -1, transaction);
        EntityKeys.count(TABLE, EntityKeys.list(owner.other(other)), -1, transaction);
        return membership(owner, other, before);
    }

    /** Removes the first memberships of an entity that is to be removed, as many as its command allows. */
    static List<Membership> removeSome(RemoveEntity remove, Transaction transaction) throws RocksDBException {
        if (remove.mostMemberships() == 0) {
            return List.of();
        }
        byte[] list = EntityKeys.list(remove.entity());
        List<Membership> removed = new ArrayList<>();
        for (ByteKey key : transaction.rows(transaction.tables().of(TABLE), list,
                (each, row) -> each.length > list.length, remove.mostMemberships()).keySet()) {
            Membership membership = remove(remove.entity(), EntityKeys.name(list, key.bytes), transaction);
            if (membership != null) {
                removed.add(membership);
            }
        }
        return removed;
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
            EntityId owner = EntityKeys.owner(key);
            byte[] list = EntityKeys.list(owner);
            if (list.length == key.length) {
                counts.list(key, row);
                return;
            }
            counts.element(list);
            Metadata metadata = Entities.read(row);
            byte[] twin = key(owner.other(EntityKeys.name(list, key)), owner.name());
            Tables tables = inspection.tables();
            if (!metadata.fields().equals(Metadata.object(metadata.members()))) {
                inspection.wrong("memberships: fields that no change makes, at " + Keys.show(key));
            }
            if (!Arrays.equals(row, tables.db.get(tables.of(TABLE), twin))) {
                inspection.wrong("memberships: the other list has something else, at " + Keys.show(key));
            }
        }

        @Override
        public void end() {
            counts.end();
        }
    }

    /** A line of an export: of the list of the user. */
    private static final class Lines implements Family.Exported {
        @Override
        public String kind() {
            return "membership";
        }

        @Override
        public Set<String> members() {
            return Set.of("kind", "keyset", "uuid", "channel", "fields", "updated");
        }

        private static EntityId user(ExportLine line) {
            return new EntityId(line.keyset(), Kind.USER, Entities.checkedName(line.text("uuid")));
        }

        @Override
        public byte[] key(ExportLine line) {
            return Memberships.key(user(line), Entities.checkedName(line.text("channel")));
        }

        @Override
        public @Nullable JsonWriter line(byte[] key, byte[] row, Export export) {
            EntityId owner = EntityKeys.owner(key);
            byte[] list = EntityKeys.list(owner);
            if (owner.kind() != Kind.USER || list.length == key.length) {
                return null; // the list of a channel, or a number
            }
            Metadata metadata = Entities.read(row);
            return !export.isDue(metadata.updated())
                    ? null
                    : Export.begin(kind(), owner.keyset())
                            .member("uuid", owner.name())
                            .member("channel", EntityKeys.name(list, key))
                            .quoted("updated", metadata.updated())
                            .member("fields", metadata.fields())
                            .end();
        }

        @Override
        public boolean take(ExportLine text, Import into, Transaction transaction) throws RocksDBException {
            String channel = Entities.checkedName(text.text("channel"));
            Metadata metadata = Entities.metadata(text, into);
            boolean isNew = Import.isNew(transaction, transaction.tables().of(TABLE), key(text),
                    Entities.row(metadata));
            if (isNew) {
                put(user(text), channel, metadata, true, transaction);
            }
            return isNew;
        }
    }
}
