package dev.manicule.server.api;

import dev.manicule.server.json.JsonWriter;
import dev.manicule.server.model.ActionSummary;
import dev.manicule.server.model.ActionSummary.Tally;
import dev.manicule.server.model.Message.Actor;
import java.util.List;

/** The form of an {@link ActionSummary} in a response: type to value to count, first users and the reader's own. */
final class ActionSummaryJson {
    private ActionSummaryJson() {}

    /** Writes it as the value that is due. */
    static void write(ActionSummary summary, JsonWriter json) {
        json.object().quoted("asOf", summary.asOf());
        json.object("actions");
        String type = null;
        for (Tally tally : summary.tallies()) { // those of a type adjoin
            if (!tally.type().equals(type)) {
                if (type != null) {
                    json.end();
                }
                type = tally.type();
                json.nameOf(type).object();
            }
            json.nameOf(tally.value()).object().member("count", tally.count());
            actors(tally.first(), json.array("first"));
            if (tally.mine() > 0) {
                json.quoted("mine", tally.mine());
            }
            json.end();
        }
        if (type != null) {
            json.end();
        }
        json.end();
        if (summary.hasMore()) {
            json.member("more", true);
        }
        json.end();
    }

    /** Writes actors, and the end of their array. */
    static void actors(List<Actor> actors, JsonWriter json) {
        for (Actor actor : actors) {
            json.object()
                    .member("uuid", actor.uuid())
                    .quoted("actionTimetoken", actor.actionTimetoken())
                    .end();
        }
        json.end();
    }
}
