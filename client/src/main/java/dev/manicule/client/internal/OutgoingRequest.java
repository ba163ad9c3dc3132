package dev.manicule.client.internal;

import dev.manicule.client.ClientConfig;
import dev.manicule.client.ManiculeClient;
import dev.manicule.client.Operation;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A request with the id by which the server recognizes it when it comes again, and with its address.
 *
 * @param id null for a poll
 * @param address without token and signature
 */
record OutgoingRequest<R>(Request<R> request, @Nullable String id, String address) {
    private static final String SDK = "Manicule-Java/" + ManiculeClient.VERSION;

    static <R> OutgoingRequest<R> of(Request<R> request, @Nullable String id, ClientConfig config) {
        if (request.target().elsewhere() != null) {
            return new OutgoingRequest<>(request, null, request.target().elsewhere().toString());
        }
        StringBuilder address = new StringBuilder(256).append(config.server().secure() ? "https://" : "http://")
                .append(config.server().origin())
                .append(request.target().path())
                .append("?uuid=")
                .append(Path.encode(config.uuid()))
                .append("&pnsdk=")
                .append(Path.encode(SDK));
        request.target().query().forEach((name, value) -> parameter(name, value, address));
        if (id != null) {
            parameter("requestid", id, address);
        }
        return new OutgoingRequest<>(request, id, address.toString());
    }

    /** The method and the address as statuses show them: a token that is revoked is part of the path. */
    String shown() {
        String shown = request.isTransfer() ? address.replaceFirst("\\?.*", "") : address;
        if (request.operation() == Operation.REVOKE_TOKEN) {
            String path = request.target().path().toString();
            shown = address.replace(path, path.substring(0, path.lastIndexOf('/') + 1) + "(hidden)");
        }
        return request.target().method() + " " + shown;
    }

    /**
     * The request for the JDK's client.
     *
     * @param token null for none
     * @param timeout for the response
     */
    HttpRequest toHttp(ClientConfig config, @Nullable String token, Duration timeout) {
        HttpRequest.Builder builder = HttpRequest.newBuilder(uri(config, token)).timeout(timeout);
        Request.Target target = request.target();
        if (target.ifMatch() != null) {
            builder.setHeader("If-Match", target.ifMatch());
        }
        Content content = target.content();
        if (content == null) {
            return builder.method(target.method(), BodyPublishers.noBody()).build();
        }
        return builder.method(target.method(), content.publisher())
                .setHeader("Content-Type", content.type())
                .build();
    }

    private URI uri(ClientConfig config, @Nullable String token) {
        String secretKey = config.keys().secretKey();
        if (request.isTransfer() || (token == null && secretKey == null)) {
            return URI.create(address);
        }
        StringBuilder uri = new StringBuilder(address);
        if (token != null) {
            parameter("auth", token, uri);
        }
        if (secretKey != null) {
            Query query = request.target()
                    .query()
                    .with("uuid", config.uuid())
                    .with("pnsdk", SDK)
                    .with("requestid", id)
                    .with("auth", token);
            Signature.of(secretKey, config.keys().publishKey(), request.target(), query)
                    .forEach((name, value) -> parameter(name, value, uri));
        }
        return URI.create(uri.toString());
    }

    private static void parameter(String name, String value, StringBuilder uri) {
        uri.append('&').append(Path.encode(name)).append('=').append(Path.encode(value));
    }
}
