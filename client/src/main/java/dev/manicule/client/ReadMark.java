package dev.manicule.client;

/**
 * How far a user has read a channel.
 *
 * @param uuid the user
 * @param timetoken what the user has read up to, in 100-nanosecond steps since 1970
 * @param markedAt when the mark changed last, in 100-nanosecond steps since 1970
 * @see GetReadMarks
 * @since 0.1
 */
public record ReadMark(String uuid, long timetoken, long markedAt) {}
