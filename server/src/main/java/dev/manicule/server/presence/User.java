package dev.manicule.server.presence;

/** A uuid of a keyset that is a member of some channel. Belongs to the thread of {@link Presence}. */
final class User {
    private static final long BYTES = 160;

    final String uuid;
    final Holder holder;
    /** Of how many channels. */
    int members;

    User(String uuid, Holder holder) {
        this.uuid = uuid;
        this.holder = holder;
    }

    /** About how many bytes of memory it takes. */
    long bytes() {
        return BYTES + 2L * uuid.length();
    }
}
