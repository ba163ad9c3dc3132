package dev.manicule.server.push;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The answer of a gateway, with its body, within 20 seconds: the time of a request would end where the body begins. */
final class WholeAnswer {
    private static final Duration TIMEOUT = Duration.ofSeconds(20);

    private WholeAnswer() {}

    /**
     * Sends a request and waits for all of its answer.
     *
     * @throws IOException when there is none within the time
     */
    static HttpResponse<byte[]> to(HttpRequest request, HttpClient client)
            throws IOException, InterruptedException {
        CompletableFuture<HttpResponse<byte[]>> answer = client.sendAsync(request,
                HttpResponse.BodyHandlers.ofByteArray());
        try {
            return answer.get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw new IOException(String.valueOf(e.getCause()), e.getCause());
        } catch (TimeoutException e) {
            throw new HttpTimeoutException("no whole answer within " + TIMEOUT.toSeconds() + " seconds");
        } finally {
            boolean _ = answer.cancel(true); // which ends the exchange if it is under way
        }
    }
}
