package dev.manicule.server.ledger;

import dev.manicule.server.files.Folders;
import dev.manicule.server.files.OwnerOnly;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A copy of the tables as one stream of bytes: for each file a line with its size and name and then its bytes, and a
 * last line. So a process gets the tables of a server whose files it may not read, and writes where the server may not.
 */
public final class TableStream {
    /** The last line of a stream that is whole. */
    public static final String DONE = "done";
    private static final Pattern FILE = Pattern.compile("file (\\d{1,18}) ([A-Za-z0-9][A-Za-z0-9._-]*)");
    private static final int MOST_LINE_BYTES = 64 << 10;

    private TableStream() {}

    /**
     * Writes all files of a folder, and not the last line.
     *
     * @param tables a copy that does not change
     */
    public static void write(Path tables, WritableByteChannel out) throws IOException {
        for (Path file : Backup.list(tables)) {
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
                long size = channel.size();
                line("file " + size + " " + file.getFileName(), out);
                for (long at = 0; at < size;) {
                    long sent = channel.transferTo(at, size - at, out);
                    if (sent <= 0) {
                        throw new IOException(file + " has become shorter");
                    }
                    at += sent;
                }
            }
        }
    }

    /** Writes a line, which has no line break in it. */
    public static void line(String line, WritableByteChannel out) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
            out.write(bytes);
        }
    }

    /**
     * Reads a stream into a folder, whose files are on the disk when this returns.
     *
     * @param in buffered
     * @param tables where; made, for its owner alone
     * @throws IOException when the stream is not whole, or says why it is not
     */
    public static void read(InputStream in, Path tables, Progress progress) throws IOException {
        OwnerOnly.makeFolder(tables);
        progress.begins("bytes", 0);
        for (String line = line(in); !line.equals(DONE); line = line(in)) {
            Matcher file = FILE.matcher(line);
            if (!file.matches()) {
                throw new IOException("the server says: " + line);
            }
            Path target = tables.resolve(file.group(2));
            try (OutputStream out = Channels.newOutputStream(OwnerOnly.make(target))) {
                copy(in, Long.parseLong(file.group(1)), out, progress);
            }
            Folders.sync(target);
        }
        Folders.sync(tables);
    }

    private static void copy(InputStream in, long size, OutputStream out, Progress progress) throws IOException {
        byte[] buffer = new byte[1 << 16];
        for (long left = size; left > 0;) {
            int read = in.read(buffer, 0, (int) Math.min(buffer.length, left));
            if (read < 0) {
                throw new IOException("the server ended before all was sent");
            }
            out.write(buffer, 0, read);
            progress.goesOn(read);
            left -= read;
        }
    }

    private static String line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0 || line.size() > MOST_LINE_BYTES) {
                throw new IOException("the server ended before all was sent");
            }
            line.write(b);
        }
        return line.toString(StandardCharsets.UTF_8);
    }
}
