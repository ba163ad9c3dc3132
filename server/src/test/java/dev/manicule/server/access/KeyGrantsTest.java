package dev.manicule.server.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.manicule.server.access.Grant.Kind;
import dev.manicule.server.command.GrantToKeys;
import dev.manicule.server.ledger.Ledger;
import dev.manicule.server.ledger.Transaction;
import dev.manicule.server.model.KeyGrant;
import dev.manicule.server.model.KeyGrant.Resource;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyGrantsTest {
    private static final long NOON = 1_700_000_000;
    private static final long DAY = 86_400;

    private static KeyGrant grant(String resource, String key, long expiry) {
        return new KeyGrant("demo", Resource.of(resource), key, 1, expiry);
    }

    private static boolean mayRead(KeyGrants grants, Kind kind, String name, String key, long now) {
        return grants.of("demo", key, now).allows(new Demand.On(kind, name, Permission.READ));
    }

    @Test
    void permissionEndsWithItsExpiry() {
        KeyGrants grants = new KeyGrants(List.of(grant("ca", "k", NOON)));
        assertThat(mayRead(grants, Kind.CHANNEL, "a", "k", NOON - 1)).isTrue();
        assertThat(mayRead(grants, Kind.CHANNEL, "a", "k", NOON)).isFalse();
        assertThat(grants.all("demo", NOON - 1)).hasSize(1);
        assertThat(grants.all("demo", NOON)).isEmpty();
    }

    @Test
    void permissionOfAKindIsForNoOtherKind() {
        KeyGrants grants = new KeyGrants(List.of(grant("ga", "k", NOON)));
        assertThat(mayRead(grants, Kind.GROUP, "a", "k", 1)).isTrue();
        assertThat(mayRead(grants, Kind.CHANNEL, "a", "k", 1)).isFalse();
        assertThat(mayRead(grants, Kind.UUID, "a", "k", 1)).isFalse();
        grants.set(grant("k", "", NOON));
        assertThat(mayRead(grants, Kind.UUID, "a", "other", 1)).isTrue();
    }

    @Test
    void wildcardIsForNamesBelowIt() {
        KeyGrants grants = new KeyGrants(List.of(grant("ca.b.*", "k", NOON)));
        assertThat(mayRead(grants, Kind.CHANNEL, "a.b.c.d", "k", 1)).isTrue();
        assertThat(mayRead(grants, Kind.CHANNEL, "a.b.*", "k", 1)).isTrue();
        assertThat(mayRead(grants, Kind.CHANNEL, "a.b.c.*", "k", 1)).isTrue();
        assertThat(mayRead(grants, Kind.CHANNEL, "a.b", "k", 1)).isFalse();
        assertThat(mayRead(grants, Kind.CHANNEL, "a.*", "k", 1)).isFalse();
        assertThat(mayRead(grants, Kind.CHANNEL, "a.b.c-pnpres", "k", 1)).isFalse();
    }

    /** The memory follows the tables, and a restart changes nothing. */
    @Test
    void endedPermissionsMakeRoomForNewOnes(@TempDir Path folder) throws Exception {
        KeyGrants grants = new KeyGrants(List.of());
        try (Ledger ledger = Ledger.open(folder.resolve("data"))) {
            assertThat(apply(ledger, grants, List.of("ca", "cb"), NOON, NOON))
                    .isInstanceOf(GrantToKeys.KeysGranted.class);
            assertThat(apply(ledger, grants, List.of("cc"), NOON + 9 * DAY, NOON + DAY))
                    .isInstanceOf(GrantToKeys.TooManyGrants.class);
            assertThat(apply(ledger, grants, List.of("ca"), NOON + 9 * DAY, NOON + DAY))
                    .as("it was there")
                    .isInstanceOf(GrantToKeys.KeysGranted.class);
            assertThat(apply(ledger, grants, List.of("cc"), NOON + 9 * DAY, NOON + DAY + 1))
                    .isInstanceOf(GrantToKeys.KeysGranted.class);
            assertThat(grants.all("demo", 0)).hasSize(2);
        }
        try (Ledger ledger = Ledger.open(folder.resolve("data"))) {
            assertThat(ledger.reads().keyGrants()).containsExactlyInAnyOrderElementsOf(grants.all("demo", 0));
        }
    }

    private static GrantToKeys.Outcome apply(Ledger ledger, KeyGrants grants, List<String> resources, long expiry,
            long now) {
        Transaction transaction = ledger.transaction();
        GrantToKeys.Outcome outcome = ledger.apply(new GrantToKeys("demo", resources, List.of("k"), 1, expiry, now, 2),
                ledger.lastTimetoken() + 1000, transaction);
        ledger.commit(transaction);
        transaction.keyGrants().forEach(grants::set);
        return outcome;
    }
}
