package dev.manicule.server.http;

import dev.manicule.server.http.Inflater.Inflated;
import dev.manicule.server.http.Request.BodyFault;
import org.jspecify.annotations.Nullable;

/**
 * The body of a request. The first read of its bytes inflates it, so that a request that is rejected before that costs
 * nothing. Used by one thread at a time.
 */
public final class Body {
    /** That of a request without one. */
    static final Body NONE = new Body(new byte[0], null, 0);

    private final byte[] sent;
    private final @Nullable String encoding;
    private final int inflatedLimit;
    private @Nullable Inflated inflated;
    private @Nullable IncomingBody incoming;

    /**
     * A body that came in whole.
     *
     * @param encoding the value of {@code Content-Encoding}, null when there is none
     * @param inflatedLimit how many bytes it may have without its encoding
     */
    Body(byte[] sent, @Nullable String encoding, int inflatedLimit) {
        this.sent = sent;
        this.encoding = sent.length == 0 ? null : encoding;
        this.inflatedLimit = inflatedLimit;
    }

    /** A body that comes in while its request is handled: it has no bytes here. */
    static Body of(IncomingBody incoming) {
        Body body = new Body(new byte[0], null, 0);
        body.incoming = incoming;
        return body;
    }

    /** The body that comes in while its request is handled; null of one that is whole. */
    public @Nullable IncomingBody incoming() {
        return incoming;
    }

    /** A body that could not be taken. */
    static Body of(BodyFault fault) {
        Body body = new Body(new byte[0], null, 0);
        body.inflated = new Inflated(new byte[0], fault);
        return body;
    }

    /** How many bytes were sent. */
    public int sentBytes() {
        return sent.length;
    }

    /** Whether it has an encoding, so that the first read of its bytes inflates it. */
    public boolean isEncoded() {
        return encoding != null && inflated == null;
    }

    /** The bytes without their encoding; none when it has a fault. Not to be changed. */
    public byte[] bytes() {
        return inflated().bytes();
    }

    /** Why its bytes can't be read, null when they can. */
    public @Nullable BodyFault fault() {
        return inflated().fault();
    }

    private Inflated inflated() {
        Inflated known = inflated;
        if (known == null) {
            known = Inflater.inflate(sent, encoding, inflatedLimit);
            inflated = known;
        }
        return known;
    }
}
