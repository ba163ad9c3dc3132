package dev.manicule.client;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Grants a token. Needs the secret key: see {@link ClientConfig.Builder#secretKey}.
 *
 * <pre>{@code
 * String token = client.grantToken(60)
 *         .channel("chats.room1", Permission.READ, Permission.WRITE)
 *         .authorizedUuid("alice")
 *         .sync().orThrow().token();
 * }</pre>
 *
 * <p>A pattern is a regular expression (of the RE2 kind, without capturing groups) that must match a whole name.
 */
public final class GrantToken extends Call<GrantToken.Result> {
    private final String subscribeKey;
    private final int ttlMinutes;
    private final ObjectNode permissions = Transport.JSON.createObjectNode();

    /**
     * The granted token.
     *
     * @param token the token, for its user; not part of {@link #toString()}
     */
    public record Result(String token) {
        /** Without the token: results end up in logs. */
        @Override
        public String toString() {
            return "Result[token=(hidden)]";
        }
    }

    GrantToken(Transport transport, int ttlMinutes) {
        super(transport);
        subscribeKey = transport.config().keys().subscribeKey();
        this.ttlMinutes = ttlMinutes;
    }

    /** The permissions for a channel; {@code name-pnpres} for its presence, {@code name.*} for the wildcard. */
    public GrantToken channel(String name, Permission... allowed) {
        return with("resources", "channels", name, allowed);
    }

    /** The permissions for every channel of such a name. */
    public GrantToken channelPattern(String pattern, Permission... allowed) {
        return with("patterns", "channels", pattern, allowed);
    }

    /** The permissions for a group; the permission to read it is enough to read the channels in it. */
    public GrantToken channelGroup(String name, Permission... allowed) {
        return with("resources", "groups", name, allowed);
    }

    /** The permissions for every group of such a name. */
    public GrantToken channelGroupPattern(String pattern, Permission... allowed) {
        return with("patterns", "groups", pattern, allowed);
    }

    /** The permissions for a uuid; Manicule keeps them in the token and does not use them. */
    public GrantToken uuid(String name, Permission... allowed) {
        return with("resources", "uuids", name, allowed);
    }

    /** The permissions for every uuid of such a name. */
    public GrantToken uuidPattern(String pattern, Permission... allowed) {
        return with("patterns", "uuids", pattern, allowed);
    }

    /** The only user that may use the token; by default, any holder may. */
    public GrantToken authorizedUuid(String uuid) {
        permissions.put("uuid", uuid);
        return this;
    }

    /** A member of the token's metadata: a text, a number, a boolean or null. */
    public GrantToken meta(String name, @Nullable Object value) {
        permissions.withObjectProperty("meta").set(name, Transport.JSON.valueToTree(value));
        return this;
    }

    private GrantToken with(String group, String kind, String name, Permission... allowed) {
        permissions.withObjectProperty(group)
                .withObjectProperty(kind)
                .put(required(name, "name"),
                        Permission.mask(allowed));
        return this;
    }

    @Override
    Request<Result> request() {
        String path = "/v3/pam/" + Request.encode(subscribeKey) + "/grant";
        ObjectNode body = Transport.JSON.createObjectNode().put("ttl", ttlMinutes);
        body.set("permissions", permissions);
        return new Request<>(Operation.GRANT_TOKEN, "POST", path, new Request.Query().parameters(),
                Transport.json(body, "a permission"), null, List.of(),
                json -> new Result(Answers.text(Answers.member(json, "data"), "token")));
    }
}
