package dev.manicule.server.access;

/**
 * A tenant: channels, messages and actions of one keyset never meet those of another.
 *
 * @param subscribeKey its name, which every request carries
 * @param publishKey what a publisher must know besides
 */
public record Keyset(String subscribeKey, String publishKey) {}
