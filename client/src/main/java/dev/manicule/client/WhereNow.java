package dev.manicule.client;

import dev.manicule.client.internal.Fields;
import dev.manicule.client.internal.Path;
import dev.manicule.client.internal.Query;
import dev.manicule.client.internal.Request;
import dev.manicule.client.internal.Transport;
import java.util.List;

/**
 * Gets the channels that a user is on; by default, the client's own user.
 *
 * <pre>{@code
 * List<String> channels = client.whereNow().uuid("bob").sync().orThrow();
 * }</pre>
 *
 * @since 0.1
 */
public final class WhereNow extends Call<List<String>> {
    private final String user;

    WhereNow(Transport transport, String user) {
        super(transport);
        this.user = user;
    }

    /**
     * Sets the user.
     *
     * @param uuid the user, not empty
     * @return a call with this user
     */
    public WhereNow uuid(String uuid) {
        return new WhereNow(transport, uuid);
    }

    @Override
    Request<List<String>> request() {
        Path path = Path.of("v2", "presence", "sub-key", subscribeKey(), "uuid", required(user, "uuid"));
        return Request.get(Operation.WHERE_NOW, path, Query.NONE,
                json -> Fields.texts(Fields.member(json, "payload"), "channels"));
    }
}
