package dev.manicule.server.model;

/**
 * The revocation of a token; or, with {@link #EVERY} as its token, of all tokens of its keyset that expire by then.
 *
 * @param keyset the subscribe key of its keyset
 * @param token its signature in hexadecimal digits, which identifies it
 * @param expiry when it would have expired, in seconds since 1970
 * @param at when it was revoked, by the clock of that moment, in seconds since 1970
 */
public record Revocation(String keyset, String token, long expiry, long at) {
    /** Stands for every token that expires by then, in place of forgotten revocations. No signature is empty. */
    public static final String EVERY = "";
    /** A clock may be ahead for a while: so long after its expiry, a token is certainly useless. */
    private static final long SECONDS_KEPT = 86_400;

    /**
     * The bound below which a new revocation has older ones forgotten: those of tokens that expired before it. If the
     * clock turns out to have been ahead, none of them may become valid again: so all tokens that expire by the last of
     * those are revoked together.
     *
     * @param now in seconds since 1970
     * @return the earliest expiry, in seconds since 1970, that is not forgotten
     */
    public static long forgottenBefore(long now) {
        return Math.max(0, now - SECONDS_KEPT);
    }
}
