package dev.manicule.server.api;

import dev.manicule.server.http.Answer;
import dev.manicule.server.http.Exchange;
import dev.manicule.server.filter.Filter;
import dev.manicule.server.filter.FilterException;
import dev.manicule.server.hub.Delivery;
import dev.manicule.server.hub.Delivery.Match;
import dev.manicule.server.hub.Groups;
import dev.manicule.server.hub.Hub;
import dev.manicule.server.hub.Poll;
import dev.manicule.server.journal.Journal;
import dev.manicule.server.json.Json;
import dev.manicule.server.json.JsonReader;
import dev.manicule.server.json.JsonText;
import dev.manicule.server.model.Channel;
import dev.manicule.server.model.Timetoken;
import dev.manicule.server.presence.PresenceThread;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** Subscribe by long poll. */
public final class SubscribeApi implements Api.Family {
    private final Journal journal;
    private final Hub hub;
    private final PresenceThread presence;
    private final Groups groups;

    /** The family over a journal, the hub that it tells, who is where, and the groups there are. */
    public SubscribeApi(Journal journal, Hub hub, PresenceThread presence, Groups groups) {
        this.journal = journal;
        this.hub = hub;
        this.presence = presence;
        this.groups = groups;
    }

    @Override
    public List<Route> routes() {
        return List.of(Route.of("GET", "/v2/subscribe/{subscribeKey}/{channels}/{callback}", ErrorShape.SUBSCRIBE,
                this::subscribe));
    }

    private void subscribe(Call call) {
        Names names = Names.of(call);
        long cursor = cursor(call.query());
        Filter filter = null;
        try {
            String expression = call.query().text("filter-expr");
            filter = expression == null ? null : Filter.parse(expression);
        } catch (FilterException e) {
            call.refuse(400, "Invalid filter expression: " + e.getMessage());
            return;
        }
        Map<String, Json> states = PresenceApi.states(call);
        if (names == null) {
            call.refuse(400, "Invalid channel: a name is 1 to " + Channel.MAX_NAME_BYTES
                    + " bytes without commas and control characters");
        } else if (cursor == Timetoken.INVALID) {
            call.refuse(400, "Invalid timetoken");
        } else if (names.isEmpty()) {
            call.refuse(400, "No channel to subscribe to");
        } else if (states == null) {
            call.refuse(400, "State is not a JSON object of objects");
        } else if (cursor == 0) {
            call.answer(answer(List.of(), journal.position()));
            Attendance.of(call, names, states, presence, groups).end();
        } else {
            Attendance attendance = Attendance.of(call, names, states, presence, groups);
            Poll poll = hub.shard(call.exchange().loop())
                    .poll(names.subscription(filter), cursor, new Parked(call.exchange(), attendance));
            call.exchange().onHangUp(() -> {
                poll.cancel();
                attendance.end();
            });
        }
    }

    /** The cursor of a poll, 0 for a handshake: in {@code tt}, or in the older form {@code t={"t":"…","r":12}}. */
    private static long cursor(Query query) {
        Long timetoken = query.timetoken("tt");
        if (timetoken != null) {
            return timetoken;
        }
        String older = query.text("t");
        if (older == null) {
            return 0;
        }
        Map<String, Object> members = JsonReader.members(older.getBytes(StandardCharsets.UTF_8));
        return members == null ? Timetoken.INVALID : Timetoken.parse(String.valueOf(members.get("t")));
    }

    /** What is kept of a request while it waits: no path, no query, no body. */
    private record Parked(Exchange exchange, Attendance attendance) implements Poll.Waiter {
        @Override
        public void deliver(Delivery delivery) {
            exchange.answer(delivery.encoded(SubscribeApi::answer));
            attendance.end();
        }
    }

    private static Answer answer(Delivery delivery) {
        return answer(delivery.matches(), delivery.cursor());
    }

    /** {@code t.r}, the region, means nothing here; clients insist on a number. */
    private static Answer answer(List<Match> matches, long cursor) {
        int size = matches.stream().mapToInt(match -> match.event().envelope().length + 100).sum();
        JsonText json = new JsonText(64 + size).raw("{\"t\":{\"t\":").quoted(cursor).raw(",\"r\":12},\"m\":[");
        String comma = "";
        for (Match match : matches) {
            json.raw(comma).raw(match.event().envelope()).raw(",\"b\":").quoted(match.subscription()).raw("}");
            comma = ",";
        }
        return Answer.json(200, json.raw("]}").toBytes());
    }
}
