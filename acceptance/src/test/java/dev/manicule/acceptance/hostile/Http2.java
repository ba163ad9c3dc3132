package dev.manicule.acceptance.hostile;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/**
 * Frames of HTTP/2 (RFC 9113) by hand, so that they can be wrong. What the server sends is discarded, and no window is
 * ever opened for it. Belongs to one thread.
 */
final class Http2 implements AutoCloseable {
    static final int DATA = 0;
    static final int HEADERS = 1;
    static final int PRIORITY = 2;
    static final int RST_STREAM = 3;
    static final int SETTINGS = 4;
    static final int PING = 6;
    static final int WINDOW_UPDATE = 8;
    static final int CONTINUATION = 9;
    static final int END_STREAM = 1;
    static final int END_HEADERS = 4;

    private final Target target;
    private final Socket socket;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private int frames;
    private int lastStream = -1;

    /**
     * Opens a connection.
     *
     * @param window how much of each response the server may send at first
     */
    Http2(Target target, int window) throws IOException {
        this.target = target;
        socket = target.openHttp2();
        out.writeBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        frame(SETTINGS, 0, 0, 0, 4, window >>> 24, window >>> 16, window >>> 8, window);
        frame(SETTINGS, 1, 0); // acknowledges those of the server, which come meanwhile
        flush();
        Thread.ofPlatform().daemon().stackSize(256 << 10).start(this::discard);
    }

    private void discard() {
        byte[] buffer = new byte[1 << 14];
        try {
            while (socket.getInputStream().read(buffer) >= 0) {
                // discarded
            }
            socket.close();
        } catch (IOException e) {
            // closed
        }
    }

    /** A frame with any bytes. */
    void frame(int type, int flags, int stream, int... payload) {
        byte[] bytes = new byte[payload.length];
        for (int i = 0; i < payload.length; i++) {
            bytes[i] = (byte) payload[i];
        }
        frame(type, flags, stream, bytes);
    }

    private void frame(int type, int flags, int stream, byte[] payload) {
        out.write(payload.length >>> 16);
        out.write(payload.length >>> 8);
        out.write(payload.length);
        out.write(type);
        out.write(flags);
        for (int shift = 24; shift >= 0; shift -= 8) {
            out.write(stream >>> shift);
        }
        out.writeBytes(payload);
        frames++;
    }

    /** Sends a whole request on a new stream. */
    int get(String path) {
        return request("GET", path, END_STREAM | END_HEADERS);
    }

    /** Sends the head of a request on a new stream, whose number it gives. */
    int request(String method, String path, int flags) {
        lastStream += 2;
        frame(HEADERS, flags, lastStream,
                block(":method", method, ":scheme", "https", ":authority", "test", ":path", path));
        return lastStream;
    }

    /** Sends fields of any names on a new stream. */
    int fields(int flags, String... namesAndValues) {
        lastStream += 2;
        frame(HEADERS, flags, lastStream, block(namesAndValues));
        return lastStream;
    }

    /** Fields as literals that are not indexed (RFC 7541, 6.2.2). */
    private static byte[] block(String... namesAndValues) {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        for (int i = 0; i < namesAndValues.length; i++) {
            if (i % 2 == 0) {
                block.write(0);
            }
            byte[] text = namesAndValues[i].getBytes(StandardCharsets.ISO_8859_1);
            if (text.length < 127) {
                block.write(text.length);
            } else {
                block.write(127);
                int rest = text.length - 127;
                for (; rest >= 128; rest >>>= 7) {
                    block.write((rest & 127) | 128);
                }
                block.write(rest);
            }
            block.writeBytes(text);
        }
        return block.toByteArray();
    }

    /** Whether what was put together is long enough to be sent. */
    boolean isFull() {
        return out.size() > 1 << 14;
    }

    void flush() throws IOException {
        socket.getOutputStream().write(out.toByteArray());
        socket.getOutputStream().flush();
        target.sent(out.size(), frames);
        out.reset();
        frames = 0;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
