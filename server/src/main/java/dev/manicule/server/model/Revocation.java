package dev.manicule.server.model;

/**
 * That a token does not hold any more; or, with {@link #EVERY} as its token, that none of its keyset does that ends by then.
 *
 * @param keyset the subscribe key of its keyset
 * @param token its signature in hexadecimal digits, which tells it from others
 * @param expiry when it would have ended, in seconds since 1970
 * @param at when it was revoked, by the clock of that moment, in seconds since 1970
 */
public record Revocation(String keyset, String token, long expiry, long at) {
    /** For every token that ends by then: what stands for revocations that are forgotten. No signature is empty. */
    public static final String EVERY = "";
    /** A clock may be ahead for a while: so long after its end, a token is surely of no use to anybody. */
    private static final long SECONDS_KEPT = 86_400;

    /**
     * Up to where revocations are forgotten when there is a new one: those of tokens that ended before. So that none of them
     * comes back to life, should the clock turn out to have been ahead, all tokens that end by the last of those are revoked
     * together.
     *
     * @param now in seconds since 1970
     * @return the first moment of an end, in seconds since 1970, that is not forgotten
     */
    public static long forgottenBefore(long now) {
        return Math.max(0, now - SECONDS_KEPT);
    }
}
