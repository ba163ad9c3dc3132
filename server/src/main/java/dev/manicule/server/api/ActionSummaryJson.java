package dev.manicule.server.api;

import dev.manicule.server.json.JsonWriter;
import dev.manicule.server.ledger.Actions;
import dev.manicule.server.model.ActionSummary;
import dev.manicule.server.model.ActionSummary.Tally;
import dev.manicule.server.model.Message.Actor;
import dev.manicule.server.model.MessageAction;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The form of an {@link ActionSummary} in a response: type to value to count, first users and the reader's own. */
final class ActionSummaryJson {
    private ActionSummaryJson() {}

    /** Writes it as the value that is due. */
    static void write(ActionSummary summary, JsonWriter json) {
        json.object().quoted("asOf", summary.asOf());
        byType(summary.tallies(), Tally::type, json.object("actions"), tally -> {
            json.nameOf(tally.value()).object().member("count", tally.count());
            if (tally.users() != tally.count()) {
                json.member("users", tally.users());
            }
            actors(tally.first(), json.array("first"));
            mine(tally.mine(), json);
            json.end();
        });
        if (summary.hasMore()) {
            json.member("more", true);
        }
        json.end();
    }

    private static void mine(@Nullable MessageAction mine, JsonWriter json) {
        if (mine == null) {
            return;
        }
        json.quoted("mine", mine.actionTimetoken());
        if (mine.amount() != MessageAction.ONE) {
            json.member("mineAmount", mine.amount());
        }
        if (mine.isExpiring()) {
            json.quoted("mineExpires", mine.expires());
        }
    }

    /**
     * Writes an object for each type, and the end of the object that they are in.
     *
     * @param entries those of a type adjoin
     * @param value writes the member of an entry
     */
    static <T> void byType(List<T> entries, Function<T, String> typeOf, JsonWriter json, Consumer<T> value) {
        String type = null;
        for (T entry : entries) {
            if (!typeOf.apply(entry).equals(type)) {
                if (type != null) {
                    json.end();
                }
                type = typeOf.apply(entry);
                json.nameOf(type).object();
            }
            value.accept(entry);
        }
        if (type != null) {
            json.end();
        }
        json.end();
    }

    /** Writes actors, and the end of their array. */
    static void actors(List<Actor> actors, JsonWriter json) {
        for (Actor actor : actors) {
            json.object()
                    .member("uuid", actor.uuid())
                    .quoted("actionTimetoken", actor.actionTimetoken());
            Actions.end(actor.amount(), actor.expires(), json);
        }
        json.end();
    }
}
