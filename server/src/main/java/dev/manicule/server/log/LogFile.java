package dev.manicule.server.log;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * An open file of a log. For one thread.
 *
 * <p>What is written survives a power cut once {@link #sync()} has returned. Before that, each sector of 512 bytes may have its
 * old or its new bytes. When a write or a sync fails, a later sync does not make up for it: what was written since the last sync
 * that returned has to be written again.
 */
public interface LogFile extends AutoCloseable {
    /** How many bytes the file has. */
    long size() throws IOException;

    /**
     * Fills a buffer, up to its limit or the end of the file.
     *
     * @param position where in the file the first byte is
     */
    void read(ByteBuffer bytes, long position) throws IOException;

    /**
     * Writes all bytes of a buffer. When it fails, any part of them may have been written.
     *
     * @param position where in the file the first byte goes
     */
    void write(ByteBuffer bytes, long position) throws IOException;

    /** Makes what was written durable. */
    void sync() throws IOException;

    /** Closes the file; what was not synced may be lost. Throws nothing, since then there is nothing left to do. */
    @Override
    void close();
}
