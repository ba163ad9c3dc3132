package dev.manicule.client;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.manicule.client.internal.Fields;
import dev.manicule.client.internal.Json;
import dev.manicule.client.internal.Path;
import dev.manicule.client.internal.Query;
import dev.manicule.client.internal.Request;
import dev.manicule.client.internal.Transport;
import java.util.function.Consumer;
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
 *
 * @since 0.1
 */
public final class GrantToken extends Call<GrantToken.Result> {
    private static final String RESOURCES = "resources";
    private static final String PATTERNS = "patterns";
    private static final String CHANNELS = "channels";
    private static final String GROUPS = "groups";
    private static final String UUIDS = "uuids";

    private final int ttlMinutes;
    /** Never changed: each change is made to a copy. */
    private final ObjectNode permissions;

    /**
     * The granted token.
     *
     * @param token the token, for its user; not part of {@link #toString()}
     * @since 0.1
     */
    public record Result(String token) {
        /** Without the token: results end up in logs. */
        @Override
        public String toString() {
            return "Result[token=(hidden)]";
        }
    }

    GrantToken(Transport transport, int ttlMinutes) {
        this(transport, ttlMinutes, Json.MAPPER.createObjectNode());
    }

    private GrantToken(Transport transport, int ttlMinutes, ObjectNode permissions) {
        super(transport);
        this.ttlMinutes = ttlMinutes;
        this.permissions = permissions;
    }

    /**
     * Adds permissions for a channel.
     *
     * @param name the channel; {@code name-pnpres} for its presence, {@code name.*} for the wildcard
     * @param allowed the permissions
     * @return a call with these permissions too
     * @throws IllegalArgumentException when the name is empty, or can't be sent
     */
    public GrantToken channel(String name, Permission... allowed) {
        return with(RESOURCES, CHANNELS, name, allowed);
    }

    /**
     * Adds permissions for every channel of such a name.
     *
     * @param pattern matches whole names
     * @param allowed the permissions
     * @return a call with these permissions too
     * @throws IllegalArgumentException when the pattern is empty, or can't be sent
     */
    public GrantToken channelPattern(String pattern, Permission... allowed) {
        return with(PATTERNS, CHANNELS, pattern, allowed);
    }

    /**
     * Adds permissions for a group.
     *
     * @param name the group
     * @param allowed the permissions; the one to read it is enough to read the channels in it
     * @return a call with these permissions too
     * @throws IllegalArgumentException when the name is empty, or can't be sent
     */
    public GrantToken channelGroup(String name, Permission... allowed) {
        return with(RESOURCES, GROUPS, name, allowed);
    }

    /**
     * Adds permissions for every group of such a name.
     *
     * @param pattern matches whole names
     * @param allowed the permissions
     * @return a call with these permissions too
     * @throws IllegalArgumentException when the pattern is empty, or can't be sent
     */
    public GrantToken channelGroupPattern(String pattern, Permission... allowed) {
        return with(PATTERNS, GROUPS, pattern, allowed);
    }

    /**
     * Adds permissions for a uuid.
     *
     * @param name the uuid
     * @param allowed the permissions, for the metadata and the memberships of the user
     * @return a call with these permissions too
     * @throws IllegalArgumentException when the name is empty, or can't be sent
     */
    public GrantToken uuid(String name, Permission... allowed) {
        return with(RESOURCES, UUIDS, name, allowed);
    }

    /**
     * Adds permissions for every uuid of such a name.
     *
     * @param pattern matches whole names
     * @param allowed the permissions, for the metadata and the memberships of the user
     * @return a call with these permissions too
     * @throws IllegalArgumentException when the pattern is empty, or can't be sent
     */
    public GrantToken uuidPattern(String pattern, Permission... allowed) {
        return with(PATTERNS, UUIDS, pattern, allowed);
    }

    /**
     * Sets the only user that may use the token; by default, any holder may.
     *
     * @param uuid the user
     * @return a call with this user
     */
    public GrantToken authorizedUuid(String uuid) {
        return changed(copy -> copy.put("uuid", uuid));
    }

    /**
     * Sets a member of the token's metadata.
     *
     * @param name its name
     * @param value a text, a number, a boolean or null
     * @return a call with this member too
     */
    public GrantToken meta(String name, @Nullable Object value) {
        return changed(copy -> copy.withObjectProperty("meta").set(name, Json.MAPPER.valueToTree(value)));
    }

    private GrantToken with(String group, String kind, String name, Permission... allowed) {
        String checked = required(name, "name");
        return changed(copy -> copy.withObjectProperty(group)
                .withObjectProperty(kind)
                .put(checked, Permission.mask(allowed)));
    }

    private GrantToken changed(Consumer<ObjectNode> change) {
        ObjectNode copy = permissions.deepCopy();
        change.accept(copy);
        return new GrantToken(transport, ttlMinutes, copy);
    }

    @Override
    Request<Result> request() {
        ObjectNode body = Json.MAPPER.createObjectNode().put("ttl", ttlMinutes);
        body.set("permissions", permissions);
        return Request.post(Operation.GRANT_TOKEN, Path.of("v3", "pam", subscribeKey(), "grant"), Query.NONE,
                Json.write(body, "a permission"),
                json -> new Result(Fields.text(Fields.member(json, "data"), "token")));
    }
}
