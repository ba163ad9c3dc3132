package dev.manicule.server.api;

import dev.manicule.server.http.Answer;
import dev.manicule.server.json.JsonText;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * For whoever watches over the process: whether it lives, or had better be started anew, and whether it is ready, or
 * requests had better go elsewhere for now.
 */
public final class HealthApi implements Api.Family {
    private final Supplier<@Nullable String> dead;
    private final Supplier<@Nullable String> unready;

    /**
     * The family.
     *
     * @param dead why nothing but a new start helps, null when nothing is wrong
     * @param unready why writes or reads would be refused now, null when they would not
     */
    public HealthApi(Supplier<@Nullable String> dead, Supplier<@Nullable String> unready) {
        this.dead = dead;
        this.unready = unready;
    }

    @Override
    public String name() {
        return "health";
    }

    @Override
    public List<Route> routes() {
        return List.of(Route.of("GET", "/health/live", ErrorShape.HEALTH, Need.NOTHING,
                call -> call.answer(answer("live", dead.get()))),
                Route.of("GET", "/health/ready", ErrorShape.HEALTH, Need.NOTHING, call -> {
                    String fault = dead.get();
                    call.answer(answer("ready", fault == null ? unready.get() : fault));
                }));
    }

    private static Answer answer(String status, @Nullable String reason) {
        return reason == null
                ? Answer.json(200, "{\"status\":\"" + status + "\"}")
                : Answer.json(503, new JsonText().raw("{\"status\":\"not " + status + "\",\"reason\":")
                        .quoted(reason)
                        .raw("}")
                        .toBytes());
    }
}
