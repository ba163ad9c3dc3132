package dev.manicule.server.http;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.nio.charset.StandardCharsets;

/** The format of answers on the wire: the objects that are written to a channel. */
enum Framing {
    /** Bytes, of an answer encoded once for all. */
    HTTP_1 {
        @Override
        Object response(ChannelHandlerContext ctx, Response answer, boolean stays, String origin) {
            return answer.encode(ctx.alloc(), stays, origin);
        }

        @Override
        Object onlyHead(ChannelHandlerContext ctx, Response answer, boolean stays, boolean withLength, String origin) {
            return answer.encodeHead(ctx.alloc(), stays, withLength, origin, 0);
        }

        @Override
        Object head(ChannelHandlerContext ctx, Response answer, boolean stays, boolean withLength, String origin) {
            return answer.encodeHead(ctx.alloc(), stays, withLength,
                    withLength ? origin : origin + "Transfer-Encoding: chunked\r\n", 0);
        }

        @Override
        Object proceed() {
            return Unpooled.wrappedBuffer(ascii("HTTP/1.1 100 Continue\r\n\r\n"));
        }

        @Override
        Object begin(String fields) {
            return Unpooled.wrappedBuffer(ascii("HTTP/1.1 200 OK\r\n" + fields
                    + "Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n"));
        }

        @Override
        Object piece(ChannelHandlerContext ctx, byte[] piece) {
            byte[] size = ascii(Integer.toHexString(piece.length) + "\r\n");
            return ctx.alloc()
                    .directBuffer(size.length + piece.length + 2)
                    .writeBytes(size)
                    .writeBytes(piece)
                    .writeByte('\r')
                    .writeByte('\n');
        }

        @Override
        Object end() {
            return Unpooled.wrappedBuffer(ascii("0\r\n\r\n"));
        }
    },
    /** Bytes of HTTP/1 whose end is known by their length, or is the end of the connection. */
    RAW {
        @Override
        Object response(ChannelHandlerContext ctx, Response answer, boolean stays, String origin) {
            return HTTP_1.response(ctx, answer, stays, origin);
        }

        @Override
        Object onlyHead(ChannelHandlerContext ctx, Response answer, boolean stays, boolean withLength, String origin) {
            return HTTP_1.onlyHead(ctx, answer, stays, withLength, origin);
        }

        @Override
        Object head(ChannelHandlerContext ctx, Response answer, boolean stays, boolean withLength, String origin) {
            return HTTP_1.onlyHead(ctx, answer, stays, withLength, origin);
        }

        @Override
        Object proceed() {
            return HTTP_1.proceed();
        }

        @Override
        Object begin(String fields) {
            return Unpooled.wrappedBuffer(ascii("HTTP/1.1 200 OK\r\n" + fields + "Connection: close\r\n\r\n"));
        }

        @Override
        Object piece(ChannelHandlerContext ctx, byte[] piece) {
            return Unpooled.wrappedBuffer(piece);
        }

        @Override
        Object end() {
            return Unpooled.EMPTY_BUFFER;
        }
    },

    /** Messages, which Netty makes frames of: one stream of HTTP/2 is a channel of its own. */
    HTTP_2 {
        @Override
        Object response(ChannelHandlerContext ctx, Response answer, boolean stays, String origin) {
            HttpResponse response = whole(answer, answer.body(), origin);
            if (answer.hasBody()) {
                response.headers().set("Content-Length", answer.size());
            }
            return response;
        }

        @Override
        Object onlyHead(ChannelHandlerContext ctx, Response answer, boolean stays, boolean withLength, String origin) {
            return whole(answer, new byte[0], origin);
        }

        @Override
        Object head(ChannelHandlerContext ctx, Response answer, boolean stays, boolean withLength, String origin) {
            HttpResponse response = new DefaultHttpResponse(HttpVersion.HTTP_1_1,
                    HttpResponseStatus.valueOf(answer.status()));
            put(answer.fields() + origin, response.headers());
            response.headers().set("Date", DateField.text());
            if (withLength) {
                response.headers().set("Content-Length", answer.length());
            }
            return response;
        }

        @Override
        Object proceed() {
            return new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE);
        }

        @Override
        Object begin(String fields) {
            HttpResponse response = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
            put(fields, response.headers());
            return response;
        }

        @Override
        Object piece(ChannelHandlerContext ctx, byte[] piece) {
            return new DefaultHttpContent(Unpooled.wrappedBuffer(piece));
        }

        @Override
        Object end() {
            return LastHttpContent.EMPTY_LAST_CONTENT;
        }
    };

    /**
     * A whole answer.
     *
     * @param stays whether the connection stays open after it
     * @param origin the field that says which web pages may read it, with its line break, or nothing
     */
    abstract Object response(ChannelHandlerContext ctx, Response answer, boolean stays, String origin);

    /**
     * An answer without its body, as to a HEAD.
     *
     * @param withLength whether it has the length of the body; over HTTP/2 none has
     */
    abstract Object onlyHead(ChannelHandlerContext ctx, Response answer, boolean stays, boolean withLength,
            String origin);

    /**
     * The beginning of an answer whose body follows in pieces.
     *
     * @param withLength whether the length of the body is known
     */
    abstract Object head(ChannelHandlerContext ctx, Response answer, boolean stays, boolean withLength, String origin);

    /** Requests the body. */
    abstract Object proceed();

    /** Begins an answer of unknown length, with these fields, a line each. */
    abstract Object begin(String fields);

    /** A piece of such an answer. */
    abstract Object piece(ChannelHandlerContext ctx, byte[] piece);

    /** The end of such an answer. */
    abstract Object end();

    private static HttpResponse whole(Response answer, byte[] body, String origin) {
        HttpResponse response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1,
                HttpResponseStatus.valueOf(answer.status()), Unpooled.wrappedBuffer(body));
        put(answer.fields() + origin, response.headers());
        response.headers().set("Date", DateField.text());
        return response;
    }

    private static void put(String fields, HttpHeaders headers) {
        fields.lines().forEach(line -> {
            int colon = line.indexOf(':');
            headers.add(line.substring(0, colon), line.substring(colon + 1).strip());
        });
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
