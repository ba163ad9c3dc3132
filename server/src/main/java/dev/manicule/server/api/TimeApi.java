package dev.manicule.server.api;

import dev.manicule.server.http.Answer;
import dev.manicule.server.journal.Timeline;
import java.util.List;

/** What time it is: answered without storage, so that clients can tell whether it is there. */
public final class TimeApi implements Api.Family {
    private final Timeline timeline;

    /** The family over the server's time. */
    public TimeApi(Timeline timeline) {
        this.timeline = timeline;
    }

    @Override
    public String name() {
        return "time";
    }

    @Override
    public List<Route> routes() {
        return List.of(Route.of("GET", "/time/0", ErrorShape.OWN, Need.NOTHING, this::time));
    }

    private void time(Call call) {
        call.answer(Answer.json(200, "[" + timeline.now() + "]"));
    }
}
