package dev.manicule.acceptance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2StreamFrame;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Apple's gateway as its documentation describes it: HTTP/2 only, over TLS, with provider tokens. */
final class ApnsGateway extends PushGateway {
    private final ObjectMapper mapper = new ObjectMapper();
    private final KeyPair keys;
    private final EventLoopGroup threads = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final Channel server;

    ApnsGateway(TestCertificate certificate, KeyPair keys) throws Exception {
        this.keys = keys;
        SslContext tls = SslContextBuilder.forServer(certificate.privateKey(), certificate.certificate())
                .applicationProtocolConfig(new ApplicationProtocolConfig(ApplicationProtocolConfig.Protocol.ALPN,
                        ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                        ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
                        ApplicationProtocolNames.HTTP_2))
                .build();
        server = new ServerBootstrap().group(threads)
                .channel(NioServerSocketChannel.class)
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline()
                                .addLast(tls.newHandler(channel.alloc()), Http2FrameCodecBuilder.forServer().build(),
                                        new Http2MultiplexHandler(new ChannelInitializer<Channel>() {
                                            @Override
                                            protected void initChannel(Channel stream) {
                                                stream.pipeline().addLast(new Stream());
                                            }
                                        }));
                    }
                })
                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .sync()
                .channel();
    }

    /** Keys as Apple makes them for the owner of an app. */
    static KeyPair makeKeys() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        return generator.generateKeyPair();
    }

    @Override
    int port() {
        return ((InetSocketAddress) server.localAddress()).getPort();
    }

    @Override
    public void close() {
        server.close().syncUninterruptibly();
        threads.shutdownGracefully().syncUninterruptibly();
    }

    /** What a provider token says; null when the owner has not signed it. */
    private @Nullable JsonNode verified(String authorization) throws IOException {
        String[] parts = authorization.replaceFirst("^bearer ", "").split("\\.", -1);
        try {
            Signature signature = Signature.getInstance("SHA256withECDSAinP1363Format");
            signature.initVerify(keys.getPublic());
            signature.update((parts[0] + "." + parts[1]).getBytes(StandardCharsets.US_ASCII));
            JsonNode header = mapper.readTree(Base64.getUrlDecoder().decode(parts[0]));
            JsonNode claims = mapper.readTree(Base64.getUrlDecoder().decode(parts[1]));
            boolean isRight = signature.verify(Base64.getUrlDecoder().decode(parts[2]))
                    && header.get("alg").asText().equals("ES256") && header.get("kid").asText().equals("KEY0000001")
                    && claims.get("iss").asText().equals("TEAM000001")
                    && Math.abs(claims.get("iat").asLong() - System.currentTimeMillis() / 1000) < 3600;
            return isRight ? claims : null;
        } catch (GeneralSecurityException e) {
            return null;
        }
    }

    /** One request. */
    private final class Stream extends SimpleChannelInboundHandler<Http2StreamFrame> {
        private final Map<String, String> fields = new TreeMap<>();
        private final StringBuilder body = new StringBuilder();

        @Override
        protected void channelRead0(ChannelHandlerContext context, Http2StreamFrame frame) throws Exception {
            boolean isEnd = false;
            if (frame instanceof Http2HeadersFrame headers) {
                headers.headers().forEach(each -> fields.put(each.getKey().toString(), each.getValue().toString()));
                isEnd = headers.isEndStream();
            } else if (frame instanceof Http2DataFrame data) {
                body.append(data.content().toString(StandardCharsets.UTF_8));
                isEnd = data.isEndStream();
            }
            if (isEnd) {
                Reply reply = verified(String.valueOf(fields.get("authorization"))) == null
                        ? Reply.of(403, "{\"reason\":\"InvalidProviderToken\"}")
                        : reply(new Sent(String.valueOf(fields.get(":path")), fields, body.toString(),
                                System.nanoTime()));
                if (reply != null) {
                    respond(context, reply);
                }
            }
        }

        private static void respond(ChannelHandlerContext context, Reply reply) {
            Http2Headers headers = new DefaultHttp2Headers().status(String.valueOf(reply.status()));
            reply.fields().forEach((name, value) -> headers.add(name.toLowerCase(java.util.Locale.ROOT), value));
            var _ = context.write(new DefaultHttp2HeadersFrame(headers));
            ByteBuf content = Unpooled.copiedBuffer(reply.body(), StandardCharsets.UTF_8);
            var _ = context.writeAndFlush(new DefaultHttp2DataFrame(content, true));
        }
    }
}
