package dev.manicule.server.model;

/**
 * How far a user has read a channel.
 *
 * @param uuid the user
 * @param upTo the last timetoken that the user has read
 * @param markedAt the timetoken of the last change
 */
public record ReadMark(String uuid, long upTo, long markedAt) {}
