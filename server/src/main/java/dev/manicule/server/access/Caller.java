package dev.manicule.server.access;

import org.jspecify.annotations.Nullable;

/** Who asks, as far as it could be verified. */
public sealed interface Caller extends Access.Entry {
    /** Knows the secret key, and has signed the request with it. */
    record Owner() implements Caller {}

    /** Anybody, where the access manager is off. */
    record Anonymous() implements Caller {}

    /**
     * Somebody, where the access manager is on.
     *
     * @param token what was brought along; null for nothing, or for what is no token
     * @param nonsense whether something was brought along that is no token
     * @param uuid who it says it is, null when it does not say
     */
    record TokenBearer(@Nullable Token token, boolean nonsense, @Nullable String uuid) implements Caller {}
}
