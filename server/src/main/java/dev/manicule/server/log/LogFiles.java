package dev.manicule.server.log;

import java.io.IOException;
import java.util.List;

/**
 * The folder of a log: all that the log needs from a file system. {@code toString()} names the folder.
 *
 * <p>Changes of names (create, rename, delete) survive a power cut once {@link #sync()} has returned; before that, each of them may
 * be undone. For several threads, on files of different names.
 */
public interface LogFiles {
    /** The names of all files, in no order. */
    List<String> list() throws IOException;

    /**
     * Makes an empty file.
     *
     * @param bytes how many bytes will be written; rejected when it is known that there is no space for them
     * @throws IOException also when there is a file of that name
     */
    LogFile create(String name, long bytes) throws IOException;

    /** Opens a file to be read and written. */
    LogFile open(String name) throws IOException;

    /** Gives a file another name, in one step; a file that had that name is gone. */
    void rename(String from, String to) throws IOException;

    /** Deletes a file. */
    void delete(String name) throws IOException;

    /** Makes the changes of names durable. */
    void sync() throws IOException;
}
