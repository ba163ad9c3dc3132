package dev.manicule.server.http;

import dev.manicule.server.http.Handler.Refusal;
import dev.manicule.server.http.Request.BodyFault;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.AsciiString;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A request whose body is still coming in. Belongs to its connection. */
final class IncomingRequest {
    /** So much of a body that is too large is read and thrown away, so that its sender can read the answer. */
    private static final long MOST_DISCARDED = 8 << 20;
    /** About what a request takes besides its texts, and each of its fields. */
    private static final int OVERHEAD = 512;
    private static final int FIELD_OVERHEAD = 64;
    private static final AsciiString FORWARDED_PROTO = AsciiString.cached("X-Forwarded-Proto");
    private static final AsciiString FORWARDED_FOR = AsciiString.cached("X-Forwarded-For");
    /** The characters that a host name may have beside letters and digits. */
    private static final String NAME_MARKS = ".-_~!$&'()*+,;=%";
    private static final Pattern WEBSOCKET_VERSION = Pattern.compile("13");
    /** Sixteen bytes in base64. */
    private static final Pattern WEBSOCKET_KEY = Pattern.compile("[A-Za-z0-9+/]{22}==");

    private final HttpRequest head;
    private final String target;
    private final long bodyLimit;
    private final int inflatedLimit;
    private @Nullable ByteArrayOutputStream body;
    private final long weight;
    private final boolean wantsWebSocket;
    private long size;
    /** The body, if it comes in while the request is handled. */
    private @Nullable IncomingBody incoming;

    private IncomingRequest(HttpRequest head, String target, long bodyLimit, int inflatedLimit) {
        this.head = head;
        this.target = target;
        this.bodyLimit = bodyLimit;
        this.inflatedLimit = inflatedLimit;
        int texts = OVERHEAD + target.length();
        for (Map.Entry<String, String> field : head.headers()) {
            texts += field.getKey().length() + field.getValue().length() + FIELD_OVERHEAD;
        }
        weight = texts;
        wantsWebSocket = wantsWebSocket(head);
    }

    /**
     * Null when it is of another HTTP than 1, or has no path, or others could see its end elsewhere: a body is chunked
     * or it is not; or it names no host, or two.
     */
    static @Nullable IncomingRequest of(HttpRequest head, long bodyLimit, int inflatedLimit) {
        List<String> encodings = head.headers().getAll(HttpHeaderNames.TRANSFER_ENCODING);
        boolean isPlain = encodings.isEmpty()
                || (encodings.size() == 1 && encodings.getFirst().equalsIgnoreCase("chunked"));
        String target = isPlain && head.protocolVersion().majorVersion() == 1 && hasOneHost(head) ? target(head) : null;
        return target == null ? null : new IncomingRequest(head, target, bodyLimit, inflatedLimit);
    }

    /** RFC 9112, 3.2: a request of HTTP/1.1 has one {@code Host}, and no request has two. */
    private static boolean hasOneHost(HttpRequest head) {
        List<String> hosts = head.headers().getAll(HttpHeaderNames.HOST);
        return hosts.size() == 1
                ? isHost(hosts.getFirst())
                : hosts.isEmpty() && head.protocolVersion().equals(HttpVersion.HTTP_1_0);
    }

    /** A name, or an address in brackets, and perhaps a port (RFC 9110, 7.2); it may be empty. */
    static boolean isHost(String text) {
        int end = text.length();
        int at = 0;
        if (text.startsWith("[")) {
            int closing = text.indexOf(']');
            at = 1;
            while (at < closing && (Character.digit(text.charAt(at), 16) >= 0 || ":.".indexOf(text.charAt(at)) >= 0)) {
                at++;
            }
            if (at == 1 || at != closing) {
                return false;
            }
            at++;
        } else {
            while (at < end && isOfName(text.charAt(at))) {
                at++;
            }
        }
        if (at < end && text.charAt(at) == ':') {
            at++;
            while (at < end && isDigit(text.charAt(at))) {
                at++;
            }
        }
        return at == end;
    }

    private static boolean isOfName(char c) {
        return isDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || NAME_MARKS.indexOf(c) >= 0;
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    /** The host that it names, empty when it names none. */
    String host() {
        String host = head.headers().get(HttpHeaderNames.HOST);
        return host == null ? "" : host;
    }

    /** Whether the client waits for a {@code 100 Continue} before it sends the body. */
    boolean asksFirst() {
        return HttpUtil.is100ContinueExpected(head);
    }

    /** Whether the announced body is too large; then it counts as too large. */
    boolean announcesTooMuch() {
        size = HttpUtil.getContentLength(head, 0L);
        boolean tooMuch = size > bodyLimit;
        size = tooMuch ? size : 0;
        return tooMuch;
    }

    /** Its path, without the query. */
    static String path(HttpRequest head) {
        String target = target(head);
        int question = target == null ? -1 : target.indexOf('?');
        return target == null ? "" : question < 0 ? target : target.substring(0, question);
    }

    /** Has the body come in while the request is handled. */
    IncomingBody stream(Consumer<Boolean> reading) {
        String type = head.headers().get(HttpHeaderNames.CONTENT_TYPE);
        IncomingBody body = new IncomingBody(type == null ? "" : type,
                head.headers().get(HttpHeaderNames.CONTENT_ENCODING), reading);
        incoming = body;
        return body;
    }

    /** The body that comes in while the request is handled; null when it does not. */
    @Nullable
    IncomingBody incoming() {
        return incoming;
    }

    /** The scheme by which a proxy says that the client has sent it; null when none says so. */
    @Nullable
    String forwardedScheme() {
        return head.headers().get(FORWARDED_PROTO);
    }

    void add(ByteBuf bytes) {
        size += bytes.readableBytes();
        if (size > bodyLimit) {
            body = null;
        } else if (bytes.isReadable()) {
            if (body == null) {
                body = new ByteArrayOutputStream(bytes.readableBytes());
            }
            try {
                bytes.readBytes(body, bytes.readableBytes());
            } catch (IOException e) {
                throw new UncheckedIOException("writing to memory", e);
            }
        }
    }

    /** The charge for it while it is held, in bytes: its texts and its body. */
    long weight() {
        return weight + (body == null ? 0 : body.size()) + (incoming == null ? 0 : IncomingBody.WEIGHT);
    }

    /** Whether it is of HTTP/1.0, whose clients know no chunks. */
    boolean isHttp10() {
        return head.protocolVersion().equals(HttpVersion.HTTP_1_0);
    }

    /** Whether so much discarded input has come that no more should be read. */
    boolean isBeyondPatience() {
        return size > MOST_DISCARDED;
    }

    boolean wantsKeepAlive() {
        return HttpUtil.isKeepAlive(head) && !isHttp10();
    }

    boolean acceptsGzip() {
        String accepted = head.headers().get(HttpHeaderNames.ACCEPT_ENCODING);
        return accepted != null && accepted.contains("gzip") && !accepted.contains("gzip;q=0");
    }

    /** Whether the client prefers JSON by the name {@code application/json}. */
    boolean prefersJson() {
        return prefersJson(head);
    }

    /** The same of a head, which may be that of a request that can't be handled. */
    static boolean prefersJson(HttpRequest head) {
        return AcceptField.prefersJson(head.headers().getAll(HttpHeaderNames.ACCEPT));
    }

    /** The addresses that proxies forward as the origin of the request, null when there are none. */
    @Nullable
    String forwardedFor() {
        List<String> lines = head.headers().getAll(FORWARDED_FOR); // each proxy adds one at the end, or a line
        return lines.isEmpty() ? null : String.join(",", lines);
    }

    Request toRequest(InetAddress client) {
        int question = target.indexOf('?');
        String path = question < 0 ? target : target.substring(0, question);
        String query = question < 0 ? "" : target.substring(question + 1);
        return new Request(head.method().name(), path, query, sentBody(), new Headers(head.headers()), webSocketKey(),
                client);
    }

    private Body sentBody() {
        if (incoming != null) {
            return Body.of(incoming);
        }
        if (size > bodyLimit) {
            return Body.of(BodyFault.TOO_LARGE);
        }
        return body == null
                ? Body.NONE
                : new Body(body.toByteArray(), head.headers().get(HttpHeaderNames.CONTENT_ENCODING), inflatedLimit);
    }

    /**
     * Why the WebSocket that it requests is rejected (RFC 6455, 4.4); null when it is not, or when it requests none.
     */
    @Nullable
    Refusal webSocketFault() {
        if (!wantsWebSocket) {
            return null;
        }
        if (!hasOnly(HttpHeaderNames.SEC_WEBSOCKET_VERSION, WEBSOCKET_VERSION)) {
            return Refusal.OTHER_WEBSOCKET;
        }
        return hasOnly(HttpHeaderNames.SEC_WEBSOCKET_KEY, WEBSOCKET_KEY) ? null : Refusal.WEBSOCKET_WITHOUT_KEY;
    }

    private boolean hasOnly(AsciiString name, Pattern form) {
        List<String> values = head.headers().getAll(name);
        return values.size() == 1 && form.matcher(values.getFirst()).matches();
    }

    private static boolean wantsWebSocket(HttpRequest head) {
        HttpHeaders fields = head.headers();
        return head.method().equals(HttpMethod.GET) && !head.protocolVersion().equals(HttpVersion.HTTP_1_0)
                && fields.containsValue(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET, true)
                && fields.containsValue(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE, true);
    }

    /** The key of a valid request for a WebSocket, null when it is no such request. */
    private @Nullable String webSocketKey() {
        return wantsWebSocket && webSocketFault() == null
                ? head.headers().get(HttpHeaderNames.SEC_WEBSOCKET_KEY)
                : null;
    }

    /** Path and query; a request may name the server in front of them. Null when it has no path. */
    private static @Nullable String target(HttpRequest head) {
        String uri = head.uri();
        if (uri.startsWith("/") || (uri.equals("*") && head.method().equals(HttpMethod.OPTIONS))) {
            return uri;
        }
        int authority = uri.startsWith("http://") ? 7 : uri.startsWith("https://") ? 8 : -1;
        int path = authority < 0 ? -1 : uri.indexOf('/', authority);
        return path < 0 ? null : uri.substring(path);
    }
}
