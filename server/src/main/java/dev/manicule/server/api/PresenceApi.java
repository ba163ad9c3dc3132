package dev.manicule.server.api;

import dev.manicule.server.http.Answer;
import java.util.List;

/**
 * The calls that every client makes around its subscription. Nobody's presence is kept yet: a heartbeat keeps nothing
 * alive and a leave ends nothing, both are answered so that clients go on.
 */
public final class PresenceApi implements Api.Family {
    private static final Answer ALIVE = Answer.json(200,
            "{\"status\":200,\"message\":\"OK\",\"service\":\"Presence\"}");
    private static final Answer LEFT = Answer.json(200,
            "{\"status\":200,\"action\":\"leave\",\"message\":\"OK\",\"service\":\"Presence\"}");

    @Override
    public List<Route> routes() {
        String channels = "/v2/presence/sub-key/{subscribeKey}/channel/{channels}";
        return List.of(
                Route.of("GET", channels + "/heartbeat", ErrorShape.PRESENCE, call -> call.answer(ALIVE)),
                Route.of("GET", channels + "/leave", ErrorShape.PRESENCE, call -> call.answer(LEFT)));
    }
}
