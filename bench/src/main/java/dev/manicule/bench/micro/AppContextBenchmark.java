package dev.manicule.bench.micro;

import dev.manicule.server.command.ChangeMemberships;
import dev.manicule.server.command.SetEntity;
import dev.manicule.server.json.Json;
import dev.manicule.server.ledger.LedgerReader.ListPlace;
import dev.manicule.server.ledger.LedgerReader.Placed;
import dev.manicule.server.ledger.Transaction;
import dev.manicule.server.model.Entity;
import dev.manicule.server.model.EntityId;
import dev.manicule.server.model.EntityOrder;
import dev.manicule.server.model.Membership;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/** A page of a hundred users, or of a hundred members of a channel with their metadata. */
public class AppContextBenchmark extends OwnLedger {
    private static final int PAGE = 100;
    private static final int BATCH = 1_000;

    /** How many users have metadata, and are members of the channel. */
    @Param({"10000", "1000000"})
    private int users;

    private final EntityId room = new EntityId("demo", EntityId.Kind.CHANNEL, "bench");
    private byte[] middle = {};

    private static String name(int user) {
        return "user" + user;
    }

    @Override
    void fill() {
        timetoken = FIRST;
        Json none = new Json("{}".getBytes(StandardCharsets.UTF_8));
        for (int first = 0; first < users; first += BATCH) {
            Transaction transaction = ledger.transaction();
            for (int user = first; user < first + BATCH; user++) {
                String text = "{\"name\":\"" + Integer.toHexString(user * 0x9E3779B1) + "\",\"custom\":{\"n\":" + user
                        + "}}";
                apply(new SetEntity(new EntityId("demo", EntityId.Kind.USER, name(user)),
                        new Json(text.getBytes(StandardCharsets.UTF_8)), null, users), SetEntity.EntitySet.class,
                        transaction);
                apply(new ChangeMemberships(room, List.of(new ChangeMemberships.Member(name(user), none)), List.of(),
                        false, users), ChangeMemberships.MembershipsChanged.class, transaction);
            }
            ledger.commit(transaction);
        }
        ledger.flush();
        middle = name(users / 2).getBytes(StandardCharsets.UTF_8);
    }

    private List<Placed<Entity>> entities(EntityOrder order, ListPlace from) {
        List<Placed<Entity>> page = ledger.reads().entities("demo", EntityId.Kind.USER, order, from, PAGE);
        if (page.size() != PAGE) {
            throw new IllegalStateException("not the page");
        }
        return page;
    }

    /** From the middle on, by id. */
    @Benchmark
    public List<Placed<Entity>> usersById() {
        return entities(EntityOrder.ID, new ListPlace(middle, false));
    }

    /** By name. */
    @Benchmark
    public List<Placed<Entity>> usersByName() {
        return entities(EntityOrder.NAME, new ListPlace(null, false));
    }

    /** Those that were changed last. */
    @Benchmark
    public List<Placed<Entity>> usersByChange() {
        return entities(EntityOrder.UPDATED, new ListPlace(null, true));
    }

    /** Members from the middle on, each with its metadata. */
    @Benchmark
    public int members() {
        int bytes = 0;
        for (Placed<Membership> each : ledger.reads().memberships(room, new ListPlace(middle, false), PAGE)) {
            var metadata = ledger.reads().metadata(room.other(each.element().user()));
            bytes += metadata == null ? 0 : metadata.fields().utf8().length;
        }
        return bytes;
    }
}
