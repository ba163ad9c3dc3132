package dev.manicule.client;

import dev.manicule.client.internal.Path;
import dev.manicule.client.internal.Query;
import dev.manicule.client.internal.Request;
import dev.manicule.client.internal.Transport;

/**
 * Revokes a token. Needs the secret key: see {@link ClientConfig.Builder#secretKey}.
 *
 * <pre>{@code
 * client.revokeToken(token).sync().orThrow();
 * }</pre>
 *
 * @since 0.1
 */
public final class RevokeToken extends Call<RevokeToken.Result> {
    private final String token;

    /**
     * The token is revoked; the result is empty.
     *
     * @since 0.1
     */
    public record Result() {}

    RevokeToken(Transport transport, String token) {
        super(transport);
        this.token = token;
    }

    @Override
    Request<Result> request() {
        Path path = Path.of("v3", "pam", subscribeKey(), "grant", required(token, "token"));
        return Request.delete(Operation.REVOKE_TOKEN, path, Query.NONE, json -> new Result());
    }
}
