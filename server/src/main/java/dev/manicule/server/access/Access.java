package dev.manicule.server.access;

import dev.manicule.server.access.Caller.Anonymous;
import dev.manicule.server.access.Caller.KeyBearer;
import dev.manicule.server.access.Caller.Owner;
import dev.manicule.server.access.Caller.TokenBearer;
import dev.manicule.server.access.Grant.Kind;
import dev.manicule.server.model.KeyGrant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Access control, all in one place: authenticates and authorizes requests, and checks deliveries to waiting clients
 * again. Any thread may use it.
 */
public final class Access {
    /** How far the clock of the signer may be off, in seconds. */
    private static final int SECONDS_OFF = 60;
    /** The part of the heap that tokens read lately may take. */
    private static final int PART_FOR_TOKENS = 32;
    /** The most signatures remembered for all keysets together, some hundred bytes each. */
    private static final int MOST_SIGNATURES = 1 << 17;
    private static final int MOST_SIGNATURES_OF_KEYSET = 1 << 16;
    /** For so many seconds, some clients sign all their publishes alike. */
    private static final int SIGNED_ALIKE = 2;

    private final Keysets keysets;
    private final Revocations revocations;
    private final KeyGrants keyGrants;
    private final LongSupplier seconds;
    private final RandomGenerator chance;
    private final TokenCache tokens;
    /** By subscribe key. */
    private final Map<String, SeenSignatures> seen = new ConcurrentHashMap<>();
    private final Hmac bodies;

    /** The result of authentication: a caller, or a denial. */
    public sealed interface Entry permits Caller, Denial {}

    /**
     * Access control of a server.
     *
     * @param keysets the keysets that there are
     * @param revocations the tokens that are revoked
     * @param keyGrants the permissions of auth keys
     * @param seconds returns the time in seconds since 1970
     * @param chance makes tokens unique; its values can't be predicted
     */
    public Access(Keysets keysets, Revocations revocations, KeyGrants keyGrants, LongSupplier seconds,
            RandomGenerator chance) {
        this.keysets = keysets;
        this.revocations = revocations;
        this.keyGrants = keyGrants;
        this.seconds = seconds;
        this.chance = chance;
        tokens = new TokenCache(Runtime.getRuntime().maxMemory() / PART_FOR_TOKENS, name -> keysets.find(name) != null);
        byte[] key = new byte[Hmac.LENGTH];
        chance.nextBytes(key);
        bodies = new Hmac(key);
    }

    /**
     * Whether authentication needs a hash of all of a request. It does not where there is no secret key, or where the
     * signature is invalid by its form or its time.
     */
    public boolean needsHash(Keyset keyset, SignedRequest request) {
        return keyset.secretKey() != null && isInTime(request) && request.isWellFormed();
    }

    private boolean isInTime(SignedRequest request) {
        long signedAt = request.timestamp();
        return signedAt != Long.MIN_VALUE && Math.abs(seconds.getAsLong() - signedAt) <= SECONDS_OFF;
    }

    /**
     * The caller that sends a request, or a denial.
     *
     * @param request the signed request, null when it has no signature
     * @param text the token of the request, null when it has none
     * @param uuid the uuid that the request names, null when it names none
     */
    public Entry authenticate(Keyset keyset, @Nullable SignedRequest request, @Nullable String text,
            @Nullable String uuid) {
        Secret secret = keyset.secretKey();
        if (secret != null && request != null) {
            boolean isInTime = isInTime(request);
            if (isInTime && isSigned(request, keyset, secret)) {
                return new Owner();
            }
            if (keyset.accessManager()) {
                return isInTime ? Denial.BAD_SIGNATURE : Denial.INVALID_TIMESTAMP;
            }
        }
        if (!keyset.accessManager()) {
            return new Anonymous();
        }
        Token token = text == null ? null : read(text, keyset);
        if (token == null && keyGrants.isUsed(keyset.subscribeKey())) {
            return new KeyBearer(keyset.subscribeKey(), text == null ? KeyGrant.ANY_KEY : text);
        }
        return new TokenBearer(token, text != null && token == null, uuid);
    }

    private boolean isSigned(SignedRequest request, Keyset keyset, Secret secret) {
        return switch (request.cover(keyset, secret)) {
            case NOTHING -> false;
            case ALL -> true;
            case ALL_BUT_BODY -> isFirst(request, keyset, 0);
            case ALL_BUT_BODY_AND_NAME -> isFirst(request, keyset, SIGNED_ALIKE);
        };
    }

    /** Whether a signature that does not cover all is new, or comes again with the same method and body. */
    private boolean isFirst(SignedRequest request, Keyset keyset, int grace) {
        int most = Math.min(MOST_SIGNATURES_OF_KEYSET, MOST_SIGNATURES / Math.max(1, keysets.all().size()));
        return seen.computeIfAbsent(keyset.subscribeKey(), _ -> new SeenSignatures(Math.max(1, most), bodies))
                .allow(request.signature(), request.isRead() ? "GET" : request.method(), request.body().get(),
                        seconds.getAsLong(),
                        request.timestamp() + SECONDS_OFF, grace);
    }

    /** Whether a caller has all these permissions now. */
    public Check authorize(Caller caller, List<? extends Demand> demands) {
        if (caller instanceof KeyBearer(String keyset, String key) && !demands.isEmpty()) {
            return Check.of(keyGrants.of(keyset, key, seconds.getAsLong()), demands);
        }
        if (!(caller instanceof TokenBearer bearer) || demands.isEmpty()) {
            return Check.known(null);
        }
        Token token = bearer.token();
        Denial fault = token != null ? fault(token) : bearer.nonsense() ? Denial.BAD_TOKEN : null;
        if (token != null && fault == null && !token.isFor(bearer.uuid())) {
            fault = Denial.OTHER_UUID;
        }
        return fault == null ? Check.of(token, demands) : Check.known(fault);
    }

    /**
     * Whether a caller that was admitted may still receive the deliveries that it waits for: its token is valid, and
     * its keyset requires no more than it did.
     */
    public boolean isStillAuthorized(Caller caller, Keyset entered) {
        Keyset now = keysets.now(entered);
        if (now == null) {
            return false;
        }
        boolean isSame = now.accessManager() == entered.accessManager()
                && Objects.equals(now.secretKey(), entered.secretKey());
        return isSame && fault(caller) == null;
    }

    /** The permissions of auth keys of a keyset that have not ended, in no order. */
    public List<KeyGrant> keyGrants(Keyset keyset) {
        return keyGrants.all(keyset.subscribeKey(), seconds.getAsLong());
    }

    /** Whether a caller was admitted with a token, which may expire while it waits. */
    public boolean hasToken(Caller caller) {
        return caller instanceof TokenBearer(Token token, _, _) && token != null;
    }

    /** Why the token of an admitted caller is not valid any more; null when it is, or when there was none. */
    public @Nullable Denial fault(Caller caller) {
        return caller instanceof TokenBearer(Token token, _, _) && token != null ? fault(token) : null;
    }

    /** Whether a caller may read a channel or a group, as of now. */
    public boolean mayRead(Caller caller, Kind kind, String name) {
        return authorize(caller, List.of(new Demand.On(kind, name, Permission.READ))).result() == null;
    }

    /** A new token of a keyset that has a secret key; null when it would be longer than the longest that is read. */
    public @Nullable String grant(Keyset keyset, Grant grant) {
        String text = TokenText.of(grant, keyset, seconds.getAsLong(), chance);
        return text.length() > TokenText.LONGEST ? null : text;
    }

    /** The token of a text, whether or not it is still valid; null when it is none of this keyset's. */
    public @Nullable Token read(String text, Keyset keyset) {
        Secret secret = keyset.secretKey();
        byte[] bytes = secret == null ? null : TokenText.decode(text);
        if (secret == null || bytes == null) {
            return null;
        }
        TokenCache.OfKeyset known = tokens.of(keyset, secret);
        Token token = known.find(HexFormat.of().formatHex(TokenText.signature(bytes)), bytes);
        if (token == null) {
            token = TokenText.read(bytes, keyset.subscribeKey(), known.key());
            if (token != null) {
                known.keep(token);
            }
        }
        return token;
    }

    /** The present time for tokens, in seconds since 1970. The clock may step. */
    public long now() {
        return seconds.getAsLong();
    }

    /** Why a token is not valid any more, null when it is. */
    public @Nullable Denial fault(Token token) {
        if (token.expiry() <= seconds.getAsLong()) {
            return Denial.EXPIRED;
        }
        return revocations.contain(token) ? Denial.REVOKED : null;
    }
}
