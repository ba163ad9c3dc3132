package dev.manicule.server.peers;

import dev.manicule.server.access.PeerKey;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;

/**
 * Sends requests to other nodes of a cluster. It returns only a verified response of a node of the cluster to just this
 * request. For one thread.
 */
final class PeerClient implements AutoCloseable {
    private static final Duration CONNECTING = Duration.ofSeconds(5);
    private static final int LARGEST_REFUSAL = 16 << 10;
    private static final int LONGEST_WORDS = 200;
    private static final byte[] NOTHING = {};

    private final PeerKey key;
    private final LongSupplier seconds;
    private final Duration patience;
    private final SecureRandom chance = new SecureRandom();
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECTING)
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();

    /**
     * A client.
     *
     * @param seconds tells the time in seconds since 1970
     * @param patience how long a response may take, all of it
     */
    PeerClient(PeerKey key, LongSupplier seconds, Duration patience) {
        this.key = key;
        this.seconds = seconds;
        this.patience = patience;
    }

    /**
     * Sends a request.
     *
     * @param address of the node
     * @param path raw
     * @param query raw, unsigned
     * @param most how many bytes the response may have
     * @throws PeerException when there is no response in time, or it is not from a node of this cluster
     */
    byte[] get(URI address, String path, String query, int most) throws PeerException, InterruptedException {
        byte[] nonce = new byte[16];
        chance.nextBytes(nonce);
        String signed = key.sign("GET", path, query, seconds.getAsLong(),
                Base64.getUrlEncoder().withoutPadding().encodeToString(nonce));
        HttpRequest request = HttpRequest.newBuilder(address.resolve(path + "?" + signed))
                .header("Accept", "application/octet-stream")
                .build();
        HttpResponse<byte[]> response = send(request, most + PeerKey.SEAL_BYTES);
        if (response.statusCode() != 200) {
            throw new PeerException("it answers " + response.statusCode() + " (" + words(response.body()) + ")"
                    + (response.statusCode() == 403 ? ": is `cluster.secret` the same there, and the clock?" : ""),
                    response.statusCode());
        }
        if (!isBounded(response.headers(), most + PeerKey.SEAL_BYTES)) {
            throw new PeerException("its answer is too large, or does not say how large it is");
        }
        byte[] body = key.open("GET", path, signed, response.body());
        if (body == null) {
            throw new PeerException("its answer is not signed by the secret of this cluster");
        }
        return body;
    }

    private HttpResponse<byte[]> send(HttpRequest request, long most) throws PeerException, InterruptedException {
        CompletableFuture<HttpResponse<byte[]>> answer = http.sendAsync(request, bounded(most));
        try {
            return answer.get(patience.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new PeerException("it has not answered within " + patience.toSeconds() + " s");
        } catch (ExecutionException e) {
            throw new PeerException(e.getCause() instanceof IOException failed && failed.getMessage() != null
                    ? "it can't be reached or hangs up (" + failed.getMessage() + ")"
                    : "it can't be reached (" + String.valueOf(e.getCause()).replaceAll("\\s+", " ") + ")");
        } finally {
            boolean _ = answer.cancel(true); // drops a response that took too long
        }
    }

    /** Accepts a body that declares its length and is not too long; keeps nothing of others. */
    private static BodyHandler<byte[]> bounded(long most) {
        return info -> isBounded(info.headers(), info.statusCode() == 200 ? most : LARGEST_REFUSAL)
                ? BodySubscribers.ofByteArray()
                : BodySubscribers.replacing(NOTHING);
    }

    private static boolean isBounded(HttpHeaders headers, long most) {
        OptionalLong length = headers.firstValueAsLong("content-length");
        return length.isPresent() && length.getAsLong() <= most;
    }

    /** The reason that a node gives for a refusal, for people: it may come from another server altogether. */
    private static String words(byte[] body) {
        String text = new String(body, StandardCharsets.UTF_8).replaceAll("[^\\x20-\\x7E]+", " ").strip();
        return text.length() > LONGEST_WORDS ? text.substring(0, LONGEST_WORDS) + "…" : text;
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
