package dev.manicule.server.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/**
 * Where the bytes of files are. The rows of the ledger say which files there are, and name the place of the bytes of each.
 * Bytes at a place never change. All methods may wait for a disk or a network, and may be called by any thread.
 */
public interface FileStore {
    /**
     * Begins to take the bytes of a file.
     *
     * @throws IOException if they can't be taken, for example because the disk is full
     */
    Draft begin() throws IOException;

    /**
     * Some bytes.
     *
     * @param place the place of the bytes, as {@link Draft#keep} has returned it
     * @param from the first byte, from 0 on
     * @param most the most bytes, at least 1
     * @return fewer bytes only at the end
     * @throws java.nio.file.NoSuchFileException if there are no bytes at the place
     */
    byte[] read(String place, long from, int most) throws IOException;

    /** Whether there are bytes at a place. */
    boolean has(String place) throws IOException;

    /** Deletes the bytes at a place, if there are any. */
    void delete(String place) throws IOException;

    /** Passes on all places, in no order; also some that are added or deleted meanwhile. */
    void forEachPlace(Consumer<String> each) throws IOException;

    /** How many bytes it can still take, about. */
    long freeBytes() throws IOException;

    /** The id of the file whose bytes are at a place; a text that is no id if the place is none of this store's. */
    static String idOf(String place) {
        int dot = place.indexOf('.');
        return dot < 0 ? "" : place.substring(0, dot);
    }

    /** Bytes that are being taken. For one thread at a time. */
    interface Draft extends AutoCloseable {
        /** Takes more bytes. */
        void write(ByteBuffer bytes) throws IOException;

        /**
         * Keeps the bytes: they outlast a crash when this returns.
         *
         * @param id the id of their file
         * @param more letters and digits that make the place a new one
         * @return the place of the bytes
         */
        String keep(String id, String more) throws IOException;

        /** Discards the bytes, unless they are kept. */
        @Override
        void close();
    }
}
