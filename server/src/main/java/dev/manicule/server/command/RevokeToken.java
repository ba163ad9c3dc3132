package dev.manicule.server.command;

/**
 * Revoke a token.
 *
 * @param keyset the subscribe key of its keyset
 * @param token its signature in hexadecimal digits
 * @param expiry when it would have expired, in seconds since 1970
 * @param now the time by the clock that tokens are checked with, in seconds since 1970: not that of timetokens, which
 *         never goes back when the clock does
 */
public record RevokeToken(String keyset, String token, long expiry, long now) implements Command<RevokeToken.Outcome> {
    static final int KIND = 9;

    /** The outcome. */
    public sealed interface Outcome extends dev.manicule.server.command.Outcome permits Revoked, Unavailable {}

    /** The token is revoked. */
    public record Revoked() implements Outcome {
        static final int KIND = 0x90;

        @Override
        public void writeTo(ByteWriter out) {
            out.octet(KIND);
        }
    }

    @Override
    public long weight() {
        return BYTES_BESIDE_TEXTS;
    }

    static RevokeToken readFrom(ByteReader in) throws DamagedFormException {
        return new RevokeToken(in.text(), in.text(), in.number(), in.number());
    }

    @Override
    public void writeTo(ByteWriter out) {
        out.octet(KIND);
        out.text(keyset);
        out.text(token);
        out.number(expiry);
        out.number(now);
    }
}
