package dev.manicule.server.limits;

/**
 * Everything of which there can be too much. Its {@link #setting()} is its name in the configuration, in the metrics and
 * in the docs.
 */
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
    /** Requests a second of a keyset that says nothing else; 0 for any number. */
    REQUESTS_PER_SECOND_BY_KEYSET("requestsPerSecondByKeyset", 0, 0, 10_000_000,
            "requests a second of a keyset that says nothing else (0: any number)",
            "`429` with `Retry-After`; a poll waits"),
    /** Polls and streams of one uuid that are open at once. */
    POLLS_BY_UUID("pollsByUuid", 100, 1, 10_000_000, "open polls and streams of one uuid",
            "one more waits a second, then the oldest is answered with its cursor"),
    /** Seconds that a connection may be open without a request. */
    IDLE_SECONDS("idleSeconds", 310, 1, 86_400, "seconds that a connection may be open without a request",
            "the connection is closed"),
    /** Seconds within which a request must have come in, and an answer must go on being read. */
    REQUEST_SECONDS("requestSeconds", 20, 1, 86_400,
            "seconds for a request to come in whole, for a TLS handshake, and without a byte of an answer being read",
            "`408`, and the connection is closed"),
    /** Writes that wait for the disk. */
    WRITES_WAITING("writesWaiting", 8_192, 1, 10_000_000, "writes that wait for the disk", "`503`"),
    /** Bytes of the writes that wait for the disk. */
    WRITE_BYTES_WAITING("writeBytesWaiting", 64 << 20, 1 << 20, 1L << 40, "bytes of the writes that wait", "`503`"),
    /** Reads that wait for the disk. */
    READS_WAITING("readsWaiting", 16_384, 1, 10_000_000, "reads that wait for the disk",
            "`503`; a poll waits a second"),
    /** Members of all channels together, where each channel that somebody is on counts. */
    PRESENCE_MEMBERS("presenceMembers", 1_000_000, 1, 100_000_000,
            "somebodies on channels, counted on each channel", "whoever comes is not counted as being there");

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

    /** Its value where the configuration says nothing. */
    public long standard() {
        return standard;
    }

    /** The lowest value that it can be given. */
    public long least() {
        return least;
    }

    /** The highest value that it can be given. */
    public long most() {
        return most;
    }

    /** What there is too much of, in a few words. */
    public String what() {
        return what;
    }

    /** What happens then, in a few words of Markdown. */
    public String otherwise() {
        return otherwise;
    }
}
