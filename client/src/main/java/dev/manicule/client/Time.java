package dev.manicule.client;

import dev.manicule.client.internal.Fields;
import dev.manicule.client.internal.Path;
import dev.manicule.client.internal.Query;
import dev.manicule.client.internal.Request;
import dev.manicule.client.internal.Transport;

/**
 * Gets the time of the server.
 *
 * <pre>{@code
 * long now = client.time().sync().orThrow().timetoken();
 * }</pre>
 *
 * @since 0.1
 */
public final class Time extends Call<Time.Result> {
    /**
     * The time.
     *
     * @param timetoken in 100-nanosecond steps since 1970
     * @since 0.1
     */
    public record Result(long timetoken) {}

    Time(Transport transport) {
        super(transport);
    }

    @Override
    Request<Result> request() {
        return Request.get(Operation.TIME, Path.of("time", 0), Query.NONE,
                json -> new Result(Fields.timetoken(json.required(0))));
    }
}
