package dev.manicule.server.access;

import org.jspecify.annotations.Nullable;

/** The sender of a request, as far as it could be verified. */
public sealed interface Caller extends Access.Entry {
    /** Knows the secret key, and has signed the request with it. */
    record Owner() implements Caller {}

    /** Any caller, where the access manager is off. */
    record Anonymous() implements Caller {}

    /**
     * A caller without a valid signature, where the access manager is on.
     *
     * @param token the token of the request; null when it has none, or an invalid one
     * @param nonsense whether the request has an invalid token
     * @param uuid the uuid that the request names, null when it names none
     */
    record TokenBearer(@Nullable Token token, boolean nonsense, @Nullable String uuid) implements Caller {}

    /**
     * A caller without a valid signature or token, where auth keys have permissions.
     *
     * @param keyset the subscribe key
     * @param key the auth key of the request; empty when it has none
     */
    record KeyBearer(String keyset, String key) implements Caller {}
}
