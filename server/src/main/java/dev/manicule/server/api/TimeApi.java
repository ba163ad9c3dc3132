package dev.manicule.server.api;

import dev.manicule.server.http.Answer;
import dev.manicule.server.journal.Timeline;
import dev.manicule.server.json.JsonText;
import java.util.List;

/** What time it is, and what this server is: answered without storage, so that clients can tell whether it is there. */
public final class TimeApi implements Api.Family {
    private final Timeline timeline;
    private final Answer self;

    /** The family of a server of this version. */
    public TimeApi(Timeline timeline, String version) {
        this.timeline = timeline;
        self = Answer.json(200, new JsonText()
                .raw("{\"name\":\"Manicule\",\"version\":")
                .quoted(version)
                .raw(",\"what\":\"Messages, and actions on messages, stored and delivered live.\",")
                .raw("\"try\":[\"/time/0\",\"/v2/subscribe/demo/my-channel/0?tt=0\",")
                .raw("\"/publish/demo/demo/0/my-channel/0/%22hello%22?uuid=me\",")
                .raw("\"/v3/history/sub-key/demo/channel/my-channel\",")
                .raw("\"/v1/message-actions/demo/channel/my-channel\"]}\n")
                .toBytes());
    }

    @Override
    public List<Route> routes() {
        return List.of(Route.of("GET", "/", ErrorShape.SERVICE, Need.NOTHING, call -> call.answer(self)),
                Route.of("HEAD", "/", ErrorShape.SERVICE, Need.NOTHING, call -> call.answer(self)),
                Route.of("GET", "/time/0", ErrorShape.SERVICE, Need.NOTHING, this::time));
    }

    private void time(Call call) {
        call.answer(Answer.json(200, "[" + timeline.now() + "]"));
    }
}
