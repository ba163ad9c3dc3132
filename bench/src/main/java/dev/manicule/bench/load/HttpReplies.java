package dev.manicule.bench.load;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Finds the end of HTTP/1.1 responses in the input of one connection, and their status. Only as much of the protocol as
 * the servers here speak: a body has a {@code Content-Length}.
 */
final class HttpReplies implements ClosedLoop.Replies {
    private static final byte[] LENGTH = "content-length:".getBytes(StandardCharsets.US_ASCII);
    private static final int LARGEST_HEAD = 16 << 10;

    /** The head so far, when it came in more than one piece. */
    private byte[] head = new byte[0];
    private long bodyLeft = -1;
    private int status;

    /** Bytes after a complete response stay in the buffer. */
    @Override
    public boolean read(ByteBuffer in) throws IOException {
        if (bodyLeft < 0 && !readHead(in)) {
            return false;
        }
        int here = (int) Math.min(bodyLeft, in.remaining());
        in.position(in.position() + here);
        bodyLeft -= here;
        if (bodyLeft > 0) {
            return false;
        }
        bodyLeft = -1;
        if (status / 100 != 2) {
            throw new IOException("an answer " + status);
        }
        return true;
    }

    private boolean readHead(ByteBuffer in) throws IOException {
        int before = head.length;
        byte[] bytes = new byte[before + Math.min(in.remaining(), LARGEST_HEAD)];
        System.arraycopy(head, 0, bytes, 0, before);
        in.get(in.position(), bytes, before, bytes.length - before);
        int end = endOfHead(bytes, Math.max(before - 3, 0));
        if (end < 0) {
            if (bytes.length >= LARGEST_HEAD) {
                throw new IOException("a response without an end of its head");
            }
            head = bytes;
            in.position(in.limit());
            return false;
        }
        in.position(in.position() + end - before);
        head = new byte[0];
        status = (bytes[9] - '0') * 100 + (bytes[10] - '0') * 10 + bytes[11] - '0';
        bodyLeft = contentLength(bytes, end);
        return true;
    }

    private static int endOfHead(byte[] bytes, int from) {
        for (int i = from; i + 3 < bytes.length; i++) {
            if (bytes[i] == '\r' && bytes[i + 1] == '\n' && bytes[i + 2] == '\r' && bytes[i + 3] == '\n') {
                return i + 4;
            }
        }
        return -1;
    }

    private static long contentLength(byte[] bytes, int end) throws IOException {
        for (int line = 0; line < end; line++) {
            if (bytes[line] == '\n' && startsWithLength(bytes, line + 1)) {
                long length = 0;
                for (int i = line + 1 + LENGTH.length; bytes[i] != '\r'; i++) {
                    length = bytes[i] == ' ' ? length : length * 10 + bytes[i] - '0';
                }
                return length;
            }
        }
        throw new IOException("a response without a length: " + new String(bytes, 0, end, StandardCharsets.UTF_8));
    }

    private static boolean startsWithLength(byte[] bytes, int at) {
        for (int i = 0; i < LENGTH.length; i++) {
            if (at + i >= bytes.length || (bytes[at + i] | 0x20) != (LENGTH[i] | 0x20)) {
                return false;
            }
        }
        return true;
    }
}
