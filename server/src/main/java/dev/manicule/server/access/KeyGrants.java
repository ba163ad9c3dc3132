package dev.manicule.server.access;

import dev.manicule.server.model.Channel;
import dev.manicule.server.model.KeyGrant;
import dev.manicule.server.model.KeyGrant.Kind;
import dev.manicule.server.model.KeyGrant.Resource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The permissions of auth keys, all of them in memory, as they are stored. Any thread may use it; a lookup takes no lock.
 */
public final class KeyGrants {
    /** How many parts of the name of a channel may stand before that of a wildcard. */
    private static final int MOST_LEVELS = 32;

    private final Map<String, OfKeyset> keysets = new ConcurrentHashMap<>();

    private record Pair(Kind kind, String name, String key) {}

    private static final class OfKeyset {
        private final Map<Pair, KeyGrant> grants = new ConcurrentHashMap<>();
        /** So that most lookups are of a few names. Stays true. */
        private volatile boolean hasWildcards;

        void set(KeyGrant grant) {
            Pair pair = new Pair(grant.resource().kind(), grant.resource().name(), grant.key());
            if (grant.mask() == 0) {
                grants.remove(pair);
                return;
            }
            if (isWildcard(grant.resource())) {
                hasWildcards = true;
            }
            grants.put(pair, grant);
        }

        boolean isGranted(Kind kind, String name, String key, Permission permission, long now) {
            return isGranted(new Pair(kind, name, key), permission, now)
                    || isGranted(new Pair(kind, name, KeyGrant.ANY_KEY), permission, now);
        }

        private boolean isGranted(Pair pair, Permission permission, long now) {
            KeyGrant grant = grants.get(pair);
            return grant != null && permission.isIn(grant.mask()) && now < grant.expiry();
        }
    }

    /** With these permissions. */
    public KeyGrants(Collection<KeyGrant> grants) {
        grants.forEach(this::set);
    }

    /** Sets permissions in place of those of the same key on the same resource. */
    public void set(KeyGrant grant) {
        keysets.computeIfAbsent(grant.keyset(), _ -> new OfKeyset()).set(grant);
    }

    /** Whether any auth key of a keyset has permissions. */
    boolean isUsed(String keyset) {
        OfKeyset found = keysets.get(keyset);
        return found != null && !found.grants.isEmpty();
    }

    /** All permissions of a keyset that have not ended, in no order. */
    List<KeyGrant> all(String keyset, long now) {
        OfKeyset found = keysets.get(keyset);
        return found == null
                ? List.of()
                : new ArrayList<>(found.grants.values()).stream().filter(grant -> now < grant.expiry()).toList();
    }

    /** What a caller may do with an auth key now. */
    Permissions of(String keyset, String key, long now) {
        return new OfKey(keysets.computeIfAbsent(keyset, _ -> new OfKeyset()), key, now);
    }

    private static boolean isWildcard(Resource resource) {
        String name = Channel.isPresence(resource.name()) ? Channel.withoutPresence(resource.name()) : resource.name();
        return resource.kind() == Kind.CHANNEL && name.endsWith(Channel.WILDCARD);
    }

    /** The permissions of the key, and those of all callers, count together: on the name, on wildcards above it, on all. */
    private record OfKey(OfKeyset grants, String key, long now) implements Permissions {
        @Override
        public boolean allows(Demand.On demand) {
            Kind kind = switch (demand.kind()) {
                case CHANNEL, SPACE -> Kind.CHANNEL;
                case GROUP -> Kind.GROUP;
                case UUID, USER -> Kind.UUID;
            };
            return grants.isGranted(kind, demand.name(), key, demand.permission(), now)
                    || grants.isGranted(Kind.KEYSET, "", key, demand.permission(), now)
                    || (kind == Kind.CHANNEL && grants.hasWildcards && isBelowWildcard(demand));
        }

        private boolean isBelowWildcard(Demand.On demand) {
            boolean isPresence = Channel.isPresence(demand.name());
            String plain = isPresence ? Channel.withoutPresence(demand.name()) : demand.name();
            int dot = plain.indexOf('.');
            for (int level = 0; dot >= 0 && level < MOST_LEVELS; level++) {
                String wildcard = plain.substring(0, dot) + Channel.WILDCARD + (isPresence ? Channel.PRESENCE : "");
                if (grants.isGranted(Kind.CHANNEL, wildcard, key, demand.permission(), now)) {
                    return true;
                }
                dot = plain.indexOf('.', dot + 1);
            }
            return false;
        }

        @Override
        public long steps(Demand.On demand) {
            return (long) (grants.hasWildcards ? MOST_LEVELS : 1) * (1 + demand.name().length());
        }

        @Override
        public boolean isFor(@Nullable String uuid) {
            return true;
        }
    }
}
