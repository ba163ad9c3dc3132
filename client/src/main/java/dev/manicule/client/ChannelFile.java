package dev.manicule.client;

import java.time.Instant;

/**
 * A file on a channel.
 *
 * @param id given by the server
 * @param name as it was sent; several files may have the same
 * @param size in bytes
 * @param created when it was sent, in seconds
 * @see ListFiles
 * @since 0.1
 */
public record ChannelFile(String id, String name, long size, Instant created) {}
