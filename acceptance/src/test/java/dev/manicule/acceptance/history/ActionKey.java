package dev.manicule.acceptance.history;

/** What is unique about an action: it can be on its message once. */
public record ActionKey(String channel, long message, String type, String value, String uuid) {}
