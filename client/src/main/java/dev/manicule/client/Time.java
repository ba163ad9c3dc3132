package dev.manicule.client;

import java.util.List;

/** Gets the time of the server. */
public final class Time extends Call<Time.Result> {
    /** The time, in 100-nanosecond steps since 1970. */
    public record Result(long timetoken) {}

    Time(Transport transport) {
        super(transport);
    }

    @Override
    Request<Result> request() {
        return Request.get(Operation.TIME, "/time/0", new Request.Query(), List.of(),
                json -> new Result(Answers.timetoken(json.required(0))));
    }
}
