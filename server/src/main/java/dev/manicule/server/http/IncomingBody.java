package dev.manicule.server.http;

import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The body of a request that is handled while it comes in. What has come waits here until it is taken; when much waits, the
 * connection reads no more.
 *
 * <p>Belongs to the event loop of the connection.
 */
public final class IncomingBody {
    /** With so many bytes that wait, reading stops. */
    static final int MOST_WAITING = 64 << 10;
    /** The charge for a body while it comes in: what waits, as much that is being worked on, and what the decoder keeps. */
    static final int WEIGHT = 4 * MOST_WAITING;
    /** So much of a body that is not wanted is read, so that its sender can read the answer. */
    private static final long MOST_DISCARDED = 8 << 20;

    private final String contentType;
    private final @Nullable String encoding;
    private final Consumer<Boolean> reading;
    private final Deque<byte[]> waiting = new ArrayDeque<>();
    private int bytesWaiting;
    private boolean isPaused;
    private boolean isWhole;
    private boolean isBroken;
    private boolean isDiscarded;
    private long discarded;
    private long lastByte = System.nanoTime();
    private @Nullable Runnable listener;
    private @Nullable Runnable whenSettled;

    /**
     * A body of which nothing has come yet.
     *
     * @param contentType the value of {@code Content-Type}
     * @param encoding the value of {@code Content-Encoding}, null when there is none
     * @param reading is set to whether more may be read
     */
    IncomingBody(String contentType, @Nullable String encoding, Consumer<Boolean> reading) {
        this.contentType = contentType;
        this.encoding = encoding;
        this.reading = reading;
    }

    /** The media type that the request gives it, with its parameters; empty when the request gives none. */
    public String contentType() {
        return contentType;
    }

    /** Whether it is compressed, or encoded in another way. */
    public boolean isEncoded() {
        return encoding != null && !encoding.equalsIgnoreCase("identity");
    }

    /** Whether all of it has come. Some of it may wait to be taken. */
    public boolean isWhole() {
        return isWhole;
    }

    /** Whether the rest of it is thrown away. */
    boolean isDiscarded() {
        return isDiscarded;
    }

    /** Whether all of it has come, and was taken. */
    public boolean isTaken() {
        return isWhole && waiting.isEmpty();
    }

    /** Whether its client has gone before all of it had come. */
    public boolean isBroken() {
        return isBroken;
    }

    /** Sets what runs now, and whenever more has come or the body has ended in one of its ways. */
    public void onProgress(Runnable action) {
        listener = action;
        action.run();
    }

    /** Takes some of what waits; null when nothing does. More may come, even before this returns. */
    public byte @Nullable [] take() {
        byte[] bytes = waiting.poll();
        if (bytes != null) {
            bytesWaiting -= bytes.length;
        }
        if (bytes != null && isPaused && bytesWaiting < MOST_WAITING && !isWhole && !isBroken) {
            isPaused = false;
            lastByte = System.nanoTime();
            reading.accept(true);
        }
        return bytes;
    }

    /** Some bytes have come. */
    void add(ByteBuf bytes) {
        lastByte = System.nanoTime();
        int count = bytes.readableBytes();
        if (isDiscarded) {
            discarded += count;
            settle();
        } else if (count > 0) {
            byte[] copy = new byte[count];
            bytes.readBytes(copy);
            waiting.add(copy);
            bytesWaiting += count;
            if (bytesWaiting >= MOST_WAITING && !isPaused) {
                isPaused = true;
                reading.accept(false);
            }
            progress();
        }
    }

    /** All has come. */
    void end() {
        isWhole = true;
        progress();
        settle();
    }

    /** The client has gone. */
    void breakOff() {
        if (!isWhole && !isBroken) {
            isBroken = true;
            waiting.clear();
            progress();
        }
    }

    /** Whether the client has sent nothing for a time although more may come. */
    boolean isStalled(long now, long nanos) {
        return !isWhole && !isPaused && now - lastByte > nanos;
    }

    /**
     * Throws away what waits and what comes, since it has been decided without it.
     *
     * @param settled runs at the end of the body, or when so much was thrown away that the connection has to be closed
     */
    void discard(Runnable settled) {
        isDiscarded = true;
        listener = null;
        waiting.clear();
        bytesWaiting = 0;
        whenSettled = settled;
        if (isPaused && !isWhole) {
            isPaused = false;
            reading.accept(true);
        }
        settle();
    }

    private void settle() {
        Runnable settled = whenSettled;
        if (settled != null && (isWhole || discarded > MOST_DISCARDED)) {
            whenSettled = null;
            settled.run();
        }
    }

    private void progress() {
        if (listener != null) {
            Objects.requireNonNull(listener).run();
        }
    }
}
