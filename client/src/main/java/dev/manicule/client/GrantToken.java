package dev.manicule.client;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Grants a token, for who has the secret key: see {@link ClientConfig.Builder#secretKey}.
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
     * What was granted.
     *
     * @param token to be handed to its user; not part of {@link #toString()}
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
        subscribeKey = transport.config().subscribeKey();
        this.ttlMinutes = ttlMinutes;
    }

    /** What may be done with a channel; {@code name-pnpres} for its presence, {@code name.*} for the wildcard. */
    public GrantToken channel(String name, Permission... allowed) {
        return with("resources", "channels", name, allowed);
    }

    /** What may be done with every channel of such a name. */
    public GrantToken channelPattern(String pattern, Permission... allowed) {
        return with("patterns", "channels", pattern, allowed);
    }

    /** What may be done with a group; to read it is enough to read the channels in it. */
    public GrantToken channelGroup(String name, Permission... allowed) {
        return with("resources", "groups", name, allowed);
    }

    /** What may be done with every group of such a name. */
    public GrantToken channelGroupPattern(String pattern, Permission... allowed) {
        return with("patterns", "groups", pattern, allowed);
    }

    /** What may be done with a uuid; Manicule keeps it in the token and has no use for it. */
    public GrantToken uuid(String name, Permission... allowed) {
        return with("resources", "uuids", name, allowed);
    }

    /** What may be done with every uuid of such a name. */
    public GrantToken uuidPattern(String pattern, Permission... allowed) {
        return with("patterns", "uuids", pattern, allowed);
    }

    /** The only one who may use the token; otherwise, whoever has it may. */
    public GrantToken authorizedUuid(String uuid) {
        permissions.put("uuid", uuid);
        return this;
    }

    /** Something that the token is to say: a text, a number, a boolean or null. */
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
