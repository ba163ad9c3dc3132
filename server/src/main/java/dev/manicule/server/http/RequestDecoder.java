package dev.manicule.server.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpRequestDecoder;

/**
 * Netty's decoder, a little stricter: a request whose length is given in two ways may be smuggling another, so it is
 * refused. And it tells when bytes come, of which no request may ever become one.
 */
final class RequestDecoder extends HttpRequestDecoder {
    private final Runnable bytesCome;

    RequestDecoder(HttpDecoderConfig config, Runnable bytesCome) {
        super(config);
        this.bytesCome = bytesCome;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object bytes) throws Exception {
        bytesCome.run();
        super.channelRead(ctx, bytes);
    }

    @Override
    protected void handleTransferEncodingChunkedWithContentLength(HttpMessage message) {
        throw new IllegalArgumentException("both Content-Length and Transfer-Encoding");
    }
}
