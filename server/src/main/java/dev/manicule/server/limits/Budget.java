package dev.manicule.server.limits;

import java.net.InetAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLongArray;
import org.jspecify.annotations.Nullable;

/**
 * The one place that charges all resources that a client makes the server hold, by connection, address and keyset.
 *
 * <p>Sharing is by <em>dynamic thresholds</em>, as in switches that share a packet buffer: an account may hold at most
 * a multiple of the <em>free</em> amount, so the account that holds most is rejected first, some always stays free for
 * others, and there is no search and no eviction. A connection may hold as much as is free, an address twice, a keyset
 * four times that: alone they reach a half, two thirds and four fifths of the capacity. A connection that holds little
 * ({@link Resource#always}) is never rejected for the holdings of others of its address or keyset, and an eighth of the
 * capacity is for such connections alone.
 *
 * <p>Any thread may use it; nothing waits.
 */
public final class Budget {
    private static final int SHARE_OF_CONNECTION = 1;
    private static final int SHARE_OF_ADDRESS = 2;
    private static final int SHARE_OF_KEYSET = 4;
    /** The part of the capacity for connections that hold little. */
    private static final int PART_FOR_THE_SMALL = 8;
    /** With so many accounts, those that hold nothing are dropped. */
    private static final int MANY = 10_000;
    private static final int RESOURCES = Resource.values().length;

    private final Limits limits;
    private final AtomicLongArray used = new AtomicLongArray(RESOURCES);
    private final Accounts<AddressRange> addresses = new Accounts<>();
    private final Accounts<String> keysets = new Accounts<>();

    /** A budget of these limits, of which nothing is used. */
    public Budget(Limits limits) {
        this.limits = limits;
    }

    /** The amount of each resource that one connection, address or keyset holds. */
    static final class Account {
        private final AtomicLongArray held = new AtomicLongArray(RESOURCES);

        long held(Resource resource) {
            return held.get(resource.slot());
        }

        private boolean isEmpty() {
            for (int i = 0; i < RESOURCES; i++) {
                if (held.get(i) != 0) {
                    return false;
                }
            }
            return true;
        }
    }

    /** Accounts by name. An account that is dropped while a charge on it begins is only dropped a little early. */
    private static final class Accounts<K> {
        private final Map<K, Account> accounts = new ConcurrentHashMap<>();
        private volatile int dropAt = MANY;

        Account of(K name) {
            Account known = accounts.get(name);
            if (known != null) {
                return known;
            }
            if (accounts.size() >= dropAt) {
                accounts.values().removeIf(Account::isEmpty);
                dropAt = Math.max(MANY, 2 * accounts.size());
            }
            return accounts.computeIfAbsent(name, absent -> new Account());
        }

        long held(K name, Resource resource) {
            Account known = accounts.get(name);
            return known == null ? 0 : known.held(resource);
        }
    }

    /**
     * A client with a connection of its own.
     *
     * @param address its address; null for one that is not charged by address, such as a proxy
     */
    public Client connection(@Nullable InetAddress address) {
        return new Client(this, new Account(), address == null ? null : AddressRange.one(address), null);
    }

    /** A keyset, for charges that outlive every connection and go to no address. */
    public Client keyset(String subscribeKey) {
        return new Client(this, null, null, subscribeKey);
    }

    /** The server itself, which is charged to no account. */
    public Client server() {
        return new Client(this, null, null, null);
    }

    /** How much of a resource is held by all clients together. */
    public long used(Resource resource) {
        return used.get(resource.slot());
    }

    /** How much of a resource a keyset holds. */
    public long heldByKeyset(String subscribeKey, Resource resource) {
        return keysets.held(subscribeKey, resource);
    }

    /** How much of a resource there is. */
    public long capacity(Resource resource) {
        return limits.of(resource.capacity());
    }

    /** The account of a client's address, null when it is not charged by address. */
    @Nullable
    Account ofAddress(Client client) {
        return client.address() == null ? null : addresses.of(client.address());
    }

    /** The account of a client's keyset, null when the client names none yet. */
    @Nullable
    Account ofKeyset(Client client) {
        return client.keyset() == null ? null : keysets.of(client.keyset());
    }

    /** Takes so much of a resource for these accounts; false, and nothing is taken, when that exceeds a limit. */
    boolean take(Resource resource, long amount, @Nullable Account connection, @Nullable Account address,
            @Nullable Account keyset) {
        long free = capacity(resource) - used.getAndAdd(resource.slot(), amount);
        Limit exceeded = exceeded(resource, amount, free, connection, address, keyset);
        if (exceeded != null) {
            used.addAndGet(resource.slot(), -amount);
            limits.reached(exceeded);
            return false;
        }
        add(resource, amount, connection);
        add(resource, amount, address);
        add(resource, amount, keyset);
        return true;
    }

    /** Takes so much although it may exceed a limit: data that exists already has to be charged to an account. */
    void takeAnyway(Resource resource, long amount, @Nullable Account connection, @Nullable Account address,
            @Nullable Account keyset) {
        used.addAndGet(resource.slot(), amount);
        add(resource, amount, connection);
        add(resource, amount, address);
        add(resource, amount, keyset);
    }

    private @Nullable Limit exceeded(Resource resource, long amount, long free, @Nullable Account connection,
            @Nullable Account address, @Nullable Account keyset) {
        if (amount > free) {
            return resource.capacity();
        }
        if (connection != null) {
            long held = connection.held(resource) + amount;
            if (held <= resource.always()) {
                return null;
            }
            if (resource == Resource.MEMORY && held > limits.of(Limit.HELD_BYTES_BY_CONNECTION)) {
                return Limit.HELD_BYTES_BY_CONNECTION;
            }
        }
        long shared = free - capacity(resource) / PART_FOR_THE_SMALL;
        return isBeyond(connection, SHARE_OF_CONNECTION, resource, amount, shared)
                || isBeyond(address, SHARE_OF_ADDRESS, resource, amount, shared)
                || isBeyond(keyset, SHARE_OF_KEYSET, resource, amount, shared) ? resource.capacity() : null;
    }

    private static boolean isBeyond(@Nullable Account account, int share, Resource resource, long amount, long free) {
        return account != null && account.held(resource) + amount > share * free;
    }

    private static void add(Resource resource, long amount, @Nullable Account account) {
        if (account != null) {
            account.held.addAndGet(resource.slot(), amount);
        }
    }
}
