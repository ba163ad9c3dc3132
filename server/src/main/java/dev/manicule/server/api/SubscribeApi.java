package dev.manicule.server.api;

import dev.manicule.server.limits.Client;
import dev.manicule.server.access.Access;
import dev.manicule.server.access.Caller;
import dev.manicule.server.access.Grant.Kind;
import dev.manicule.server.access.Keyset;
import dev.manicule.server.access.Permission;
import dev.manicule.server.filter.Filter;
import dev.manicule.server.filter.FilterException;
import dev.manicule.server.http.Answer;
import dev.manicule.server.http.Exchange;
import dev.manicule.server.http.Piece;
import dev.manicule.server.http.Stream;
import dev.manicule.server.hub.Delivery;
import dev.manicule.server.hub.Delivery.Match;
import dev.manicule.server.hub.Groups;
import dev.manicule.server.hub.Hub;
import dev.manicule.server.hub.Poll;
import dev.manicule.server.hub.Shard;
import dev.manicule.server.hub.Subscription;
import dev.manicule.server.journal.Journal;
import dev.manicule.server.json.Json;
import dev.manicule.server.json.JsonReader;
import dev.manicule.server.json.JsonText;
import dev.manicule.server.limits.Limits;
import dev.manicule.server.model.Channel;
import dev.manicule.server.model.Timetoken;
import dev.manicule.server.presence.PresenceThread;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** Subscribe: by long poll, and by streams, which are polls one after the other without requests in between. */
public final class SubscribeApi implements Api.Family {
    private static final Duration CHASE = Duration.ofSeconds(1);

    private final Journal journal;
    private final Hub hub;
    private final PresenceThread presence;
    private final Groups groups;
    private final Access access;
    private final PollsByUuid byUuid;
    private final Limits limits;

    /** The family over a journal, the hub that it tells, who is where, the groups there are, the door, and what is too much. */
    public SubscribeApi(Journal journal, Hub hub, PresenceThread presence, Groups groups, Access access,
            Limits limits) {
        this.limits = limits;
        this.access = access;
        byUuid = new PollsByUuid(limits);
        this.journal = journal;
        this.hub = hub;
        this.presence = presence;
        this.groups = groups;
    }

    @Override
    public String name() {
        return "subscribe";
    }

    @Override
    public List<Route> routes() {
        return List.of(
                Route.of("GET", "/v2/subscribe/{subscribeKey}/{channels}/{callback}", ErrorShape.SUBSCRIBE,
                        Need.on(Permission.READ),
                        call -> subscribe(call, this::poll)),
                Route.of("GET", "/v2/stream/{subscribeKey}/{channels}", ErrorShape.SUBSCRIBE, Need.on(Permission.READ),
                        call -> subscribe(call, this::stream)));
    }

    /**
     * What somebody asks for who subscribes; a cursor of 0 is a handshake.
     *
     * @param complete false when there may have been something after the cursor that came with the request, which can't
     *        be read any more: then {@code cursor} is where reading begins
     */
    private record Wish(Subscription subscription, long cursor, boolean complete, Names names,
            Map<String, Json> states) {}

    /** How it is told. */
    @FunctionalInterface
    private interface Transport {
        void serve(Call call, Wish wish);
    }

    private void subscribe(Call call, Transport transport) {
        Names names = Names.of(call);
        long cursor = cursor(call);
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
        } else {
            Subscription subscription;
            try {
                subscription = names.subscription(filter(call),
                        wildcard -> access.mayRead(call.caller(), Kind.CHANNEL, wildcard + Channel.PRESENCE));
            } catch (FilterException e) {
                call.refuse(400, "Invalid filter expression: " + e.getMessage());
                return;
            }
            long horizon = cursor == 0 ? 0 : call.horizon();
            hub.interest().note(subscription); // before it gets a cursor
            Wish wish = new Wish(subscription, Math.max(cursor, horizon), cursor >= horizon, names, states);
            String uuid = call.uuid();
            if (uuid != null && byUuid.isFull(call.subscribeKey(), uuid)) {
                // it will push out another, which comes back at once: they must not chase each other around
                call.exchange().later(CHASE, () -> transport.serve(call, wish));
            } else {
                transport.serve(call, wish);
            }
        }
    }

    private void poll(Call call, Wish wish) {
        long here = journal.position(); // before the join, which whoever comes is told of like everybody else
        Attendance attendance = Attendance.of(call, wish.names(), wish.states(), presence, groups, limits);
        if (wish.cursor() == 0) {
            call.answer(answer(new Json(text(List.of(), here, true))));
            attendance.end();
            return;
        }
        new Parked(call, attendance, wish).begin(call, wish.subscription());
    }

    /** What somebody was let in with who waits for deliveries. What may change meanwhile is looked at again. */
    private record Pass(Access access, Caller caller, Keyset keyset) {
        boolean stillHolds() {
            return access.stillHolds(caller, keyset);
        }
    }

    /** Counts a poll or a stream in, as long as it is open; null for those that nobody's name is on. */
    private PollsByUuid.@Nullable Open opened(Call call, Runnable release) {
        Executor loop = call.exchange().loop();
        String uuid = call.uuid();
        return uuid == null ? null : byUuid.opened(call.subscribeKey(), uuid, () -> loop.execute(release));
    }

    /** What is kept of a request while it waits: no path, no query, no body. Belongs to the event loop. */
    private final class Parked implements Poll.Waiter {
        private final Exchange exchange;
        private final Client client;
        private final Attendance attendance;
        private final Pass pass;
        private final long cursor;
        private final boolean complete;
        private PollsByUuid.@Nullable Open open;
        private boolean over;

        Parked(Call call, Attendance attendance, Wish wish) {
            exchange = call.exchange();
            client = call.client();
            this.attendance = attendance;
            pass = new Pass(access, call.caller(), call.keyset());
            cursor = wish.cursor();
            complete = wish.complete();
        }

        void begin(Call call, Subscription subscription) {
            Poll poll = hub.shard(exchange.loop()).poll(subscription, cursor, client, this);
            if (!over) {
                open = opened(call, poll::release);
                exchange.onHangUp(() -> {
                    poll.cancel();
                    end();
                });
            }
        }

        @Override
        public void deliver(Delivery delivery) {
            if (!pass.stillHolds()) { // told nothing; the next poll is told why
                exchange.answer(answer(new Json(text(List.of(), cursor, complete))));
            } else if (!complete) { // which others, who share the delivery, are not told
                exchange.answer(answer(new Json(text(delivery.matches(), delivery.cursor(), false))));
            } else {
                exchange.answer(
                        delivery.encoded(Answer.class,
                                each -> Answer.shared(each.encoded(Json.class, SubscribeApi::text).utf8())));
            }
            end();
        }

        private void end() {
            over = true;
            attendance.end();
            if (open != null) {
                byUuid.closed(open);
                open = null;
            }
        }
    }

    private void stream(Call call, Wish wish) {
        new Streaming(call, wish).begin();
    }

    /** A stream: one poll after the other, as fast as the client reads. Belongs to the event loop. */
    private final class Streaming implements Poll.Waiter {
        private final Subscription subscription;
        private final Client client;
        private final Shard shard;
        private final Attendance attendance;
        private final Stream stream;
        private final Pass pass;
        private final boolean isWebSocket;
        private final PollsByUuid.@Nullable Open open;
        private final boolean complete;
        private long cursor;
        private long noted = hub.interest().generation();
        private @Nullable Poll poll;

        Streaming(Call call, Wish wish) {
            subscription = wish.subscription();
            client = call.client();
            cursor = wish.cursor() == 0 ? journal.position() : wish.cursor();
            complete = wish.complete();
            shard = hub.shard(call.exchange().loop());
            attendance = Attendance.of(call, wish.names(), wish.states(), presence, groups, limits);
            pass = new Pass(access, call.caller(), call.keyset());
            isWebSocket = call.wantsWebSocket();
            stream = call.exchange().stream(this::hungUp);
            open = opened(call, this::end);
        }

        /** Tells where the client begins, so that it can come back there whatever happens. */
        void begin() {
            stream.send(new Piece(isWebSocket ? text(List.of(), cursor, complete) : Events.begin(cursor, complete)));
            next();
        }

        @Override
        public void deliver(Delivery delivery) {
            poll = null;
            if (!pass.stillHolds()) { // who comes back with the cursor is told why
                end();
                return;
            }
            cursor = delivery.cursor();
            if (hub.interest().generation() != noted) {
                noted = hub.interest().note(subscription);
            }
            stream.send(isWebSocket
                    ? delivery.encoded(Message.class, Message::of).piece()
                    : delivery.encoded(Events.class, Events::of).piece());
            if (delivery.isLast()) {
                end();
            } else {
                stream.whenWritable(this::next);
            }
        }

        private void next() {
            poll = shard.poll(subscription, cursor, client, this);
        }

        private void end() {
            hungUp();
            stream.end();
        }

        private void hungUp() {
            if (poll != null) {
                poll.cancel();
            }
            attendance.end();
            if (open != null) {
                byUuid.closed(open);
            }
        }
    }

    /** A delivery as a message of a WebSocket. */
    private record Message(Piece piece) {
        static Message of(Delivery delivery) {
            return new Message(new Piece(delivery.encoded(Json.class, SubscribeApi::text).utf8()));
        }
    }

    /** A delivery as server-sent events. The id of each is the cursor from which somebody goes on who has it. */
    private record Events(Piece piece) {
        static Events of(Delivery delivery) {
            JsonText text = new JsonText(64 + size(delivery.matches()));
            long told = 0;
            for (Match match : delivery.matches()) {
                told = match.event().timetoken();
                text.raw("id: ").number(told).raw("\ndata: ");
                envelope(match, text).raw("\n\n");
            }
            return new Events(new Piece(told == delivery.cursor() // else later events were filtered out, or there were none
                    ? text.toBytes()
                    : text.raw(at(delivery.cursor())).toBytes()));
        }

        /** Where the client begins, and whether it has missed something that can't be read any more. */
        static byte[] begin(long cursor, boolean complete) {
            return complete
                    ? at(cursor)
                    : ("id: " + cursor + "\nevent: recovered\ndata: false\n\n").getBytes(StandardCharsets.US_ASCII);
        }

        /** Moves the cursor of the client without telling it anything. */
        static byte[] at(long cursor) {
            return ("id: " + cursor + "\n\n").getBytes(StandardCharsets.US_ASCII);
        }

        /** Line breaks are white space in JSON, and would end the event here. */
        private static JsonText envelope(Match match, JsonText text) {
            byte[] envelope = match.event().envelope().clone();
            for (int i = 0; i < envelope.length; i++) {
                if (envelope[i] == '\n' || envelope[i] == '\r') {
                    envelope[i] = ' ';
                }
            }
            return text.raw(envelope).raw(",\"b\":").quoted(match.subscription()).raw("}");
        }
    }

    private static @Nullable Filter filter(Call call) throws FilterException {
        String expression = call.query().text("filter-expr");
        return expression == null ? null : Filter.parse(expression);
    }

    /**
     * The cursor, 0 for a handshake: in {@code tt}, in the older form {@code t={"t":"…","r":12}}, or in the field that
     * clients of server-sent events send when they come back.
     */
    private static long cursor(Call call) {
        if (call.lastEventId() != null) {
            return Timetoken.parse(call.lastEventId());
        }
        Long timetoken = call.query().timetoken("tt");
        if (timetoken != null) {
            return timetoken;
        }
        String older = call.query().text("t");
        if (older == null) {
            return 0;
        }
        Map<String, Object> members = JsonReader.members(older.getBytes(StandardCharsets.UTF_8));
        return members == null ? Timetoken.INVALID : Timetoken.parse(String.valueOf(members.get("t")));
    }

    private static Answer answer(Json text) {
        return Answer.json(200, text.utf8());
    }

    private static Json text(Delivery delivery) {
        return new Json(text(delivery.matches(), delivery.cursor(), true));
    }

    /** {@code t.r}, the region, means nothing here; clients insist on a number. */
    private static byte[] text(List<Match> matches, long cursor, boolean complete) {
        JsonText json = new JsonText(64 + size(matches)).raw("{\"t\":{\"t\":").quoted(cursor).raw(",\"r\":12},\"m\":[");
        String comma = "";
        for (Match match : matches) {
            json.raw(comma).raw(match.event().envelope()).raw(",\"b\":").quoted(match.subscription()).raw("}");
            comma = ",";
        }
        return json.raw(complete ? "]}" : "],\"recovered\":false}").toBytes();
    }

    private static int size(List<Match> matches) {
        return matches.stream().mapToInt(match -> match.event().envelope().length + 120).sum();
    }
}
