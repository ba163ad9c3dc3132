package dev.manicule.server.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Netty's decoder, a little stricter: a request whose length is given in two ways may be smuggling another, so it is
 * rejected, and so is a header field that goes on in the next line (RFC 9112, 5.2). And it reports when bytes come,
 * even if they never become a request.
 *
 * <p>In one thing it is more lenient: a query may have spaces, as the awaited flavours of the Python SDK send those of
 * a user id. Any proxy before it sees the same path.
 */
final class RequestDecoder extends HttpRequestDecoder {
    private static final long LINE_FEEDS = 0x0A0A0A0A0A0A0A0AL;
    private static final long LOWEST_BITS = 0x0101010101010101L;
    private static final long HIGHEST_BITS = 0x8080808080808080L;

    private final IntPredicate bytesCome;
    /** Whether the next input is a request line or a header field. */
    private boolean inHead = true;
    /** How many of the bytes that are not decoded yet were checked. */
    private int lookedAt;
    private boolean isAtLineStart;
    /** All further input is ignored. */
    private boolean isRefused;
    /** Whether this head has a line so far that is not empty. */
    private boolean hasLine;
    /** The position of the second word of the request line that is being split: the target up to its first space. */
    private int targetStart;
    private int targetEnd;
    /** The target of that line with its spaces encoded, null when it has none. */
    private @Nullable String spacedTarget;

    RequestDecoder(HttpDecoderConfig config, IntPredicate bytesCome) {
        super(config);
        this.bytesCome = bytesCome;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object bytes) throws Exception {
        if (bytesCome.test(bytes instanceof ByteBuf buffer ? buffer.readableBytes() : 0)) {
            super.channelRead(ctx, bytes);
        } else {
            ReferenceCountUtil.release(bytes);
        }
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) throws Exception {
        if (isRefused || (inHead && hasFoldedLine(in))) {
            in.skipBytes(in.readableBytes());
            if (!isRefused) {
                isRefused = true;
                HttpMessage refused = createInvalidMessage();
                refused.setDecoderResult(DecoderResult.failure(new FoldedHeaderException()));
                out.add(refused);
            }
            return;
        }
        int before = out.size();
        super.decode(ctx, in, out);
        for (int i = before; i < out.size(); i++) {
            Object decoded = out.get(i);
            if (decoded instanceof HttpMessage) {
                inHead = false;
            }
            if (decoded instanceof LastHttpContent) {
                inHead = true;
                isAtLineStart = false;
                hasLine = false;
            }
        }
        lookedAt = inHead && out.size() == before ? in.readableBytes() : 0;
    }

    @Override
    protected String splitSecondWordInitialLine(byte[] line, int start, int length) {
        targetStart = start;
        targetEnd = start + length;
        spacedTarget = null;
        return super.splitSecondWordInitialLine(line, start, length);
    }

    /** The text after the first space of the target: the version, perhaps behind the rest of the target. */
    @Override
    protected String splitThirdWordInitialLine(byte[] line, int start, int length) {
        int end = start + length;
        int version = end;
        while (version > start && line[version - 1] != ' ') {
            version--;
        }
        if (version == start || !isInQuery(line, version)) {
            return super.splitThirdWordInitialLine(line, start, length);
        }
        spacedTarget = new String(line, targetStart, version - 1 - targetStart, StandardCharsets.ISO_8859_1)
                .replace(" ", "%20");
        return super.splitThirdWordInitialLine(line, version, end - version);
    }

    /** Whether the text between the first space and the version belongs to a query, and is visible. */
    private boolean isInQuery(byte[] line, int version) {
        for (int i = targetEnd; i < version; i++) {
            if ((line[i] >= 0 && line[i] < ' ') || line[i] == 127) {
                return false;
            }
        }
        for (int i = targetStart; i < targetEnd; i++) {
            if (line[i] == '?') {
                return true;
            }
        }
        return false;
    }

    @Override
    protected HttpMessage createMessage(String[] words) throws Exception {
        String target = spacedTarget;
        return super.createMessage(target == null ? words : new String[]{words[0], target, words[2]});
    }

    /** Whether a line of the head that is coming in begins with white space. The first line, and empty ones, may. */
    private boolean hasFoldedLine(ByteBuf in) {
        int from = in.readerIndex() + Math.min(lookedAt, in.readableBytes());
        int end = in.writerIndex();
        if ((isAtLineStart && from < end && isBlank(in.getByte(from))) || hasIndentedLine(in, from, end)) {
            return isFolded(in, from, end);
        }
        for (int i = from; i < end && !hasLine; i++) {
            hasLine = in.getByte(i) != '\r' && in.getByte(i) != '\n';
        }
        int last = end - 1;
        while (last >= from && in.getByte(last) == '\r') {
            last--;
        }
        isAtLineStart = last < from ? isAtLineStart : in.getByte(last) == '\n' && hasLine;
        return false;
    }

    /** Whether white space follows any end of a line. Eight bytes are checked together, since every head is checked. */
    private static boolean hasIndentedLine(ByteBuf in, int from, int end) {
        int i = from;
        for (; end - i > Long.BYTES; i += Long.BYTES) {
            long others = in.getLongLE(i) ^ LINE_FEEDS;
            long lineFeeds = others - LOWEST_BITS & ~others & HIGHEST_BITS; // and perhaps the byte after one
            for (; lineFeeds != 0; lineFeeds &= lineFeeds - 1) {
                if (isBlank(in.getByte(i + Long.numberOfTrailingZeros(lineFeeds) / Byte.SIZE + 1))) {
                    return true;
                }
            }
        }
        for (; end - i > 1; i++) {
            if (in.getByte(i) == '\n' && isBlank(in.getByte(i + 1))) {
                return true;
            }
        }
        return false;
    }

    private static boolean isBlank(byte b) {
        return b == ' ' || b == '\t';
    }

    /** The same by the rules, where there is white space at the beginning of some line. */
    private boolean isFolded(ByteBuf in, int from, int end) {
        for (int i = from; i < end; i++) {
            byte b = in.getByte(i);
            if (isAtLineStart && isBlank(b)) {
                return true;
            }
            if (b == '\n') {
                if (hasLine && isAtLineStart) {
                    return false; // the head ends
                }
                isAtLineStart = hasLine;
            } else if (b != '\r') {
                hasLine = true;
                isAtLineStart = false;
            }
        }
        return false;
    }

    /** A header field goes on in the next line. */
    private static final class FoldedHeaderException extends IllegalArgumentException {
        private static final long serialVersionUID = 1;

        FoldedHeaderException() {
            super("a header field goes on in the next line");
        }
    }

    @Override
    protected void handleTransferEncodingChunkedWithContentLength(HttpMessage message) {
        throw new IllegalArgumentException("both Content-Length and Transfer-Encoding");
    }
}
