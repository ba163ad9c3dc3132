package dev.manicule.server.limits;

/** The resources that clients make the server hold, of which there is a bounded amount for all clients together. */
public enum Resource {
    /** Bytes of memory: requests that wait, subscriptions that are parked, responses that are not sent yet. */
    MEMORY(0, "memory", Limit.HELD_BYTES, 4 << 10),
    /** Writes that wait for the disk. */
    WRITES(1, "writes", Limit.WRITES_WAITING, 16),
    /** Bytes of the writes that wait for the disk. */
    WRITE_BYTES(5, "write_bytes", Limit.WRITE_BYTES_WAITING, 64 << 10),
    /** Tasks that wait for a worker. */
    TASKS(2, "tasks", Limit.TASKS_WAITING, 16),
    /** Bytes of presence: members, their states, pending announcements. */
    PRESENCE(3, "presence", Limit.PRESENCE_BYTES, 0),
    /** Bytes of channel groups and their channels. */
    GROUPS(4, "groups", Limit.GROUP_BYTES, 0);

    private final int slot;
    private final String label;
    private final Limit capacity;
    private final long always;

    Resource(int slot, String label, Limit capacity, long always) {
        this.slot = slot;
        this.label = label;
        this.capacity = capacity;
        this.always = always;
    }

    /** Its place in arrays of all of them. */
    int slot() {
        return slot;
    }

    /** Its name in the metrics. */
    public String label() {
        return label;
    }

    /** The limit that sets how much of it there is. */
    public Limit capacity() {
        return capacity;
    }

    /** How much a connection may hold whatever its address and its keyset hold, while there is any left. */
    long always() {
        return always;
    }
}
