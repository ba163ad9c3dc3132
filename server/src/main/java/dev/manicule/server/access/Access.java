package dev.manicule.server.access;

import dev.manicule.server.access.Caller.Anyone;
import dev.manicule.server.access.Caller.Owner;
import dev.manicule.server.access.Caller.Somebody;
import dev.manicule.server.access.Grant.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The one door: decides who may do what. Requests are let in here, deliveries to whoever waits long are looked at here
 * again. Any thread may ask.
 */
public final class Access {
    /** How far the clock of who signs may be off. */
    private static final int SECONDS_OFF = 60;
    private static final int MOST_TOKENS = 10_000;

    private final Keysets keysets;
    private final Revocations revocations;
    private final LongSupplier seconds;
    private final RandomGenerator chance;
    /** Tokens read lately, never refused ones. With its keyset, secret key and all, so that no other can be meant. */
    private final Map<Reading, Token> tokens = new ConcurrentHashMap<>();

    private record Reading(Keyset keyset, String text) {}

    /** What comes of entering: somebody is let in, or not. */
    public sealed interface Entry permits Caller, Denial {}

    /**
     * A door.
     *
     * @param keysets the keysets that there are
     * @param revocations the tokens that don't hold any more
     * @param seconds tells the time in seconds since 1970
     * @param chance tells tokens apart; nobody can foretell it
     */
    public Access(Keysets keysets, Revocations revocations, LongSupplier seconds, RandomGenerator chance) {
        this.keysets = keysets;
        this.revocations = revocations;
        this.seconds = seconds;
        this.chance = chance;
    }

    /**
     * Who sends a request.
     *
     * @param request what is signed, null when it does not say that it is
     * @param text the token that came with it, null when none did
     * @param uuid who it says it is from, null when it does not say
     */
    public Entry enter(Keyset keyset, @Nullable SignedRequest request, @Nullable String text, @Nullable String uuid) {
        Secret secret = keyset.secretKey();
        if (secret != null && request != null) {
            Long signedAt = request.timestamp();
            boolean inTime = signedAt != null && Math.abs(seconds.getAsLong() - signedAt) <= SECONDS_OFF;
            if (inTime && request.isSignedBy(keyset, secret)) {
                return new Owner();
            }
            if (keyset.accessManager()) {
                return inTime ? Denial.BAD_SIGNATURE : Denial.INVALID_TIMESTAMP;
            }
        }
        if (!keyset.accessManager()) {
            return new Anyone();
        }
        Token token = text == null ? null : read(text, keyset);
        return new Somebody(token, text != null && token == null, uuid);
    }

    /** Why a caller may not do what it takes all this to do; null when it may, as of now. */
    public @Nullable Denial check(Caller caller, List<? extends Demand> demands) {
        if (!(caller instanceof Somebody somebody) || demands.isEmpty()) {
            return null;
        }
        Token token = somebody.token();
        Denial fault = token != null ? fault(token) : somebody.nonsense() ? Denial.BAD_TOKEN : null;
        if (token != null && fault == null && !token.isFor(somebody.uuid())) {
            fault = Denial.OTHER_UUID;
        }
        if (fault != null) {
            return fault;
        }
        List<String> channels = new ArrayList<>();
        List<String> groups = new ArrayList<>();
        for (Demand demand : demands) {
            switch (demand) {
                case Demand.As as when token != null && !token.isFor(as.uuid()) -> {
                    return Denial.OTHER_UUID;
                }
                case Demand.As _ -> {}
                case Demand.On on when token == null || !token.allows(on) -> {
                    (on.kind() == Kind.GROUP ? groups : channels).add(on.name());
                }
                case Demand.On _ -> {}
            }
        }
        return channels.isEmpty() && groups.isEmpty() ? null : new Denial(403, "Forbidden", channels, groups);
    }

    /**
     * Whether a caller that was let in may still be told what it waits for: its token holds, and its keyset asks for no
     * more than it did.
     */
    public boolean stillHolds(Caller caller, Keyset entered) {
        Keyset now = keysets.now(entered);
        if (now == null) {
            return false;
        }
        boolean isSame = now.accessManager() == entered.accessManager()
                && Objects.equals(now.secretKey(), entered.secretKey());
        return isSame && !(caller instanceof Somebody(Token token, _, _) && token != null && fault(token) != null);
    }

    /** Whether a caller may read a channel or a group, as of now. */
    public boolean mayRead(Caller caller, Kind kind, String name) {
        return check(caller, List.of(new Demand.On(kind, name, Permission.READ))) == null;
    }

    /** A new token of a keyset that has a secret key. */
    public String grant(Keyset keyset, Grant grant) {
        return TokenText.of(grant, keyset, seconds.getAsLong(), chance);
    }

    /** The token of a text, whether or not it still holds; null when it is none of this keyset's. */
    public @Nullable Token read(String text, Keyset keyset) {
        Reading reading = new Reading(keyset, text);
        Token known = tokens.get(reading);
        if (known != null) {
            return known;
        }
        Token token = TokenText.read(text, keyset);
        if (token != null) {
            if (tokens.size() >= MOST_TOKENS) {
                tokens.clear();
            }
            tokens.put(reading, token);
        }
        return token;
    }

    /** Why a token does not hold any more, null when it does. */
    public @Nullable Denial fault(Token token) {
        if (token.expiry() <= seconds.getAsLong()) {
            return Denial.EXPIRED;
        }
        return revocations.contain(token) ? Denial.REVOKED : null;
    }
}
