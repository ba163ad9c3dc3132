package dev.manicule.server.model;

/**
 * That a token does not hold any more.
 *
 * @param keyset the subscribe key of its keyset
 * @param token its signature in hexadecimal digits, which tells it from others
 * @param expiry when it would have ended, in seconds since 1970; afterwards nothing needs to be remembered
 * @param at when it was revoked, in seconds since 1970
 */
public record Revocation(String keyset, String token, long expiry, long at) {}
