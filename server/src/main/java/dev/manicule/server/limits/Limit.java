package dev.manicule.server.limits;

/** All limits. The {@link #setting()} of a limit is its name in the configuration, in the metrics and in the docs. */
public enum Limit {
    /** Bytes of path and query: the protocol's limit for a message that is published by GET. */
    URI_BYTES("uriBytes", 32 * 1024, 1024, 1 << 20, "bytes of path and query", "`414`"),
    /** Bytes of all header fields. */
    HEADER_BYTES("headerBytes", 16 * 1024, 1024, 1 << 20, "bytes of header fields", "`431`"),
    /** Bytes of a body as it is sent. */
    BODY_BYTES("bodyBytes", 32 * 1024, 1024, 64 << 20, "bytes of a body, as sent", "`413`"),
    /** Bytes of a compressed body when it is unpacked. */
    INFLATED_BYTES("inflatedBytes", 32 * 1024, 1024, 64 << 20, "bytes of a compressed body, unpacked", "`413`"),
    /** Open connections. */
    CONNECTIONS("connections", 16_000, 1, 10_000_000, "open connections; never more than open files allow",
            "`503`, and the connection is closed"),
    /** Open connections from one address; of IPv6, from one network of 64 bits. Not those of trusted proxies. */
    CONNECTIONS_BY_ADDRESS("connectionsByAddress", 1_000, 1, 10_000_000,
            "open connections from one address (of IPv6: from one /64)", "`503`, and the connection is closed"),
    /** Requests that are being worked on; polls that wait are not. */
    REQUESTS_IN_FLIGHT("requestsInFlight", 10_000, 1, 10_000_000,
            "requests being worked on; polls that wait are not", "`503`; a poll waits a second"),
    /** Requests a second from one address; 0 for any number. Not those of trusted proxies on their own behalf. */
    REQUESTS_PER_SECOND_BY_ADDRESS("requestsPerSecondByAddress", 1_000, 0, 10_000_000,
            "requests a second from one address (0: any number)", "`429` with `Retry-After`; a poll waits"),
    /** Requests a second of a keyset that has no limit of its own; 0 for any number. */
    REQUESTS_PER_SECOND_BY_KEYSET("requestsPerSecondByKeyset", 0, 0, 10_000_000,
            "requests a second of a keyset that says nothing else (0: any number)",
            "`429` with `Retry-After`; a poll waits"),
    /** Polls and streams of one uuid that are open at once. */
    POLLS_BY_UUID("pollsByUuid", 100, 1, 10_000_000, "open polls and streams of one uuid",
            "one more waits a second, then the oldest is answered with its cursor"),
    /** Seconds that a connection may be open without a request. */
    IDLE_SECONDS("idleSeconds", 310, 1, 86_400, "seconds that a connection may be open without a request",
            "the connection is closed"),
    /** Seconds within which a request must come in whole, and a client must read on in an answer. */
    REQUEST_SECONDS("requestSeconds", 20, 1, 86_400,
            "seconds for a request to come in whole, for a TLS handshake, and without a byte of an answer being read",
            "`408`, and the connection is closed"),
    /** Frames of a connection of HTTP/2 or a WebSocket that advance no request: pings, settings, resets and others. */
    CONTROL_FRAMES("controlFrames", 200, 10, 10_000_000,
            "control frames of HTTP/2 or a WebSocket, of one connection at once, and in ten seconds",
            "the connection is closed"),
    /** Writes that wait for the disk. */
    WRITES_WAITING("writesWaiting", 8_192, 1, 10_000_000, "writes that wait for the disk", "`503`"),
    /** Bytes of the writes that wait for the disk. */
    WRITE_BYTES_WAITING("writeBytesWaiting", 64 << 20, 1 << 20, 1L << 40, "bytes of the writes that wait", "`503`"),
    /** Tasks that wait for a worker: reads, compression, filters, signatures of large requests. */
    TASKS_WAITING("tasksWaiting", 16_384, 1, 10_000_000, "reads and other work that wait for a worker",
            "`503`; a poll waits a second"),
    /** Bytes of memory that all clients together make the server hold. */
    HELD_BYTES("heldBytes", partOfHeap(4), 1 << 20, 1L << 40,
            "bytes of requests, parked subscriptions and unsent responses, of all clients",
            "`503`; a poll waits a second"),
    /** Bytes of memory that one connection makes the server hold. */
    HELD_BYTES_BY_CONNECTION("heldBytesByConnection", 16 << 20, 256 << 10, 1L << 40,
            "bytes of requests, parked subscriptions and unsent responses, of one connection",
            "`503`; a poll waits a second"),
    /** Bytes of presence. */
    PRESENCE_BYTES("presenceBytes", partOfHeap(16), 1 << 16, 1L << 40,
            "bytes of members of channels and their states",
            "the client is not counted as being there"),
    /** Members of all channels of a keyset together, each counted on each of its channels. */
    PRESENCE_MEMBERS_BY_KEYSET("presenceMembersByKeyset", 500_000, 1, 100_000_000,
            "members of the channels of one keyset, counted on each channel",
            "the client is not counted as being there"),
    /** Channels of one request on which its uuid is present, those of its groups included. */
    PRESENCE_CHANNELS_BY_REQUEST("presenceChannelsByRequest", 2_000, 1, 100_000,
            "channels that one request makes its uuid a member of, those of its groups included",
            "the uuid is a member of the first ones only"),
    /** Bytes of channel groups. */
    GROUP_BYTES("groupBytes", partOfHeap(8), 1 << 16, 1L << 40,
            "bytes of channel groups and their channels", "`400`"),
    /** Channel groups of a keyset. */
    GROUPS_BY_KEYSET("groupsByKeyset", 100_000, 1, 100_000_000, "channel groups of one keyset", "`400`"),
    /** Channels of a group: the protocol's limit. */
    CHANNELS_BY_GROUP("channelsByGroup", 2_000, 1, 100_000, "channels of one group", "`400`"),
    /** Names of channels that one request lists. */
    CHANNELS_BY_REQUEST("channelsByRequest", 500, 1, 100_000, "channels that one request names", "`400`"),
    /** Names of groups that one request lists: the protocol's limit. */
    GROUPS_BY_REQUEST("groupsByRequest", 10, 1, 10_000, "channel groups that one request names", "`400`"),
    /** Characters of a uuid: the protocol's limit. */
    UUID_CHARACTERS("uuidCharacters", 92, 1, 4_096, "characters of a uuid", "`400`"),
    /** Bytes of the type of an action. */
    ACTION_TYPE_BYTES("actionTypeBytes", 256, 1, 32 << 10, "bytes of the type of an action", "`400`"),
    /** Bytes of the value of an action. */
    ACTION_VALUE_BYTES("actionValueBytes", 32 << 10, 1, 64 << 20, "bytes of the value of an action", "`400`"),
    /** Bytes of all actions on a message. */
    ACTION_BYTES_BY_MESSAGE("actionBytesByMessage", 8 << 20, 1 << 10, 1L << 32,
            "bytes of all actions on one message", "`400`"),
    /** Users that have a read mark on a channel. */
    READ_MARKS_BY_CHANNEL("readMarksByChannel", 100_000, 1, 10_000_000, "users with a read mark on one channel",
            "`400`"),
    /** Users, and channels, of a keyset that have metadata. */
    METADATA_BY_KEYSET("metadataByKeyset", 10_000_000, 1, 1_000_000_000,
            "users of one keyset that have metadata; likewise channels", "`400`"),
    /** Memberships of a user, or of a channel. */
    MEMBERSHIPS_BY_ENTITY("membershipsByEntity", 1_000_000, 1, 1_000_000_000,
            "memberships of one user, or of one channel", "`400`"),
    /** Bytes of a file. */
    FILE_BYTES("fileBytes", 5 << 20, 1, 1L << 40, "bytes of a file", "`413`"),
    /** Bytes of all files of a keyset. */
    FILE_BYTES_BY_KEYSET("fileBytesByKeyset", 1L << 30, 0, 1L << 50,
            "bytes of all files of one keyset (0: no files)", "`403`"),
    /** Uploads of files that are under way, of one keyset. */
    UPLOADS_BY_KEYSET("uploadsByKeyset", 100, 1, 100_000, "uploads of files of one keyset that are under way", "`503`"),
    /** Uploads of files that are under way, from one address; of IPv6, from one network of 64 bits. */
    UPLOADS_BY_ADDRESS("uploadsByAddress", 20, 1, 100_000,
            "uploads of files from one address (of IPv6: from one /64) that are under way", "`503`"),
    /** Channels of which a device gets notifications. */
    CHANNELS_BY_DEVICE("channelsByDevice", 1_000, 1, 100_000, "channels of which one device gets notifications",
            "`400`"),
    /** Devices that get notifications of a channel. */
    DEVICES_BY_CHANNEL("devicesByChannel", 100_000, 1, 10_000_000, "devices that get notifications of one channel",
            "`400`"),
    /** Permissions of auth keys in a keyset. */
    KEY_GRANTS_BY_KEYSET("keyGrantsByKeyset", 100_000, 1, 10_000_000,
            "pairs of a resource and an auth key with permissions in one keyset", "`400`"),
    /** Parts of a filter expression. */
    FILTER_PARTS("filterParts", 500, 1, 10_000, "operators, names and values of a filter expression", "`400`");

    private static long partOfHeap(int part) {
        return Math.max(1 << 20, Runtime.getRuntime().maxMemory() / part);
    }

    private final String setting;
    private final long standard;
    private final long least;
    private final long most;
    private final String what;
    private final String otherwise;

    Limit(String setting, long standard, long least, long most, String what, String otherwise) {
        this.setting = setting;
        this.standard = standard;
        this.least = least;
        this.most = most;
        this.what = what;
        this.otherwise = otherwise;
    }

    /** Its name for people. */
    public String setting() {
        return setting;
    }

    /** Its default. */
    public long standard() {
        return standard;
    }

    /** The default in words, where it depends on the machine; else the number. */
    public String usual() {
        return switch (this) {
            case HELD_BYTES -> "a quarter of the heap";
            case PRESENCE_BYTES -> "a sixteenth of the heap";
            case GROUP_BYTES -> "an eighth of the heap";
            default -> "%,d".formatted(standard);
        };
    }

    /** The lowest value that it can be given. */
    public long least() {
        return least;
    }

    /** The highest value that it can be given. */
    public long most() {
        return most;
    }

    /** The thing that is limited, in a few words. */
    public String what() {
        return what;
    }

    /** The effect when it is exceeded, in a few words of Markdown. */
    public String otherwise() {
        return otherwise;
    }
}
