package dev.manicule.server.command;

import dev.manicule.server.model.KeyGrant;
import java.util.LinkedHashSet;
import java.util.List;

/**
 * Set the permissions of auth keys on resources, in place of those that they have there.
 *
 * @param keyset the subscribe key
 * @param resources what the permissions are for, as {@link KeyGrant.Resource#text}, at least one
 * @param keys the auth keys; {@link KeyGrant#ANY_KEY} for all callers
 * @param mask the permissions, a sum of powers of two; 0 takes them away
 * @param expiry when they end, in seconds since 1970; {@link Long#MAX_VALUE} for never
 * @param now the time by the clock that access is checked with, in seconds since 1970: not that of timetokens, which
 *         never goes back when the clock does
 * @param most of how many pairs of a resource and a key the keyset may have permissions, at least 1
 */
public record GrantToKeys(String keyset, List<String> resources, List<String> keys, int mask, long expiry, long now,
        int most) implements Command<GrantToKeys.Outcome> {
    static final int KIND = 30;
    private static final int RULES = 2;
    private static final int BYTES_OF_TEXT = 60;

    /** Copies the lists, without repetitions. */
    public GrantToKeys {
        resources = List.copyOf(new LinkedHashSet<>(resources));
        keys = List.copyOf(new LinkedHashSet<>(keys));
    }

    /** The outcome. */
    public sealed interface Outcome extends dev.manicule.server.command.Outcome
            permits KeysGranted, TooManyGrants, Unavailable {}

    /** The keys have these permissions, and no others, on these resources. */
    public record KeysGranted() implements Outcome {
        static final int KIND = 0xF1;

        @Override
        public void writeTo(ByteWriter out) {
            out.octet(KIND);
        }
    }

    /** The keyset would have more permissions than it may. Nothing has changed. */
    public record TooManyGrants() implements Outcome {
        static final int KIND = 0xF2;

        @Override
        public void writeTo(ByteWriter out) {
            out.octet(KIND);
        }
    }

    @Override
    public int leastRules() {
        return RULES;
    }

    @Override
    public long weight() {
        return BYTES_BESIDE_TEXTS + weight(resources) + weight(keys);
    }

    private static long weight(List<String> texts) {
        return texts.stream().mapToLong(text -> BYTES_OF_TEXT + text.length()).sum();
    }

    static GrantToKeys readFrom(ByteReader in) throws DamagedFormException {
        return new GrantToKeys(in.text(), in.texts(), in.texts(), in.integer(), in.number(), in.number(), in.integer());
    }

    @Override
    public void writeTo(ByteWriter out) {
        out.octet(KIND);
        out.text(keyset);
        out.texts(resources);
        out.texts(keys);
        out.integer(mask);
        out.number(expiry);
        out.number(now);
        out.integer(most);
    }
}
