package dev.manicule.client;

import java.util.List;

/** Revokes a token. Needs the secret key: see {@link ClientConfig.Builder#secretKey}. */
public final class RevokeToken extends Call<RevokeToken.Result> {
    private final String subscribeKey;
    private final String token;

    /** The token is revoked. */
    public record Result() {}

    RevokeToken(Transport transport, String token) {
        super(transport);
        subscribeKey = transport.config().keys().subscribeKey();
        this.token = token;
    }

    @Override
    Request<Result> request() {
        String path = "/v3/pam/" + Request.encode(subscribeKey) + "/grant/"
                + Request.encode(required(token, "token"));
        return new Request<>(Operation.REVOKE_TOKEN, "DELETE", path, new Request.Query().parameters(), null, null,
                List.of(), json -> new Result());
    }
}
