package dev.manicule.server.api;

import dev.manicule.server.access.Access;
import dev.manicule.server.api.DeliveryText.Events;
import dev.manicule.server.api.DeliveryText.Message;
import dev.manicule.server.access.Caller;
import dev.manicule.server.access.Denial;
import dev.manicule.server.access.Grant.Kind;
import dev.manicule.server.access.Keyset;
import dev.manicule.server.access.Permission;
import dev.manicule.server.filter.FilterException;
import dev.manicule.server.http.Answer;
import dev.manicule.server.http.Exchange;
import dev.manicule.server.http.Piece;
import dev.manicule.server.http.Stream;
import dev.manicule.server.api.PresenceRefresh.Watched;
import dev.manicule.server.hub.Delivery;
import dev.manicule.server.hub.FeedReader;
import dev.manicule.server.hub.Groups;
import dev.manicule.server.hub.Hub;
import dev.manicule.server.hub.Poll;
import dev.manicule.server.hub.Subscription;
import dev.manicule.server.journal.Journal;
import dev.manicule.server.json.Json;
import dev.manicule.server.json.JsonReader;
import dev.manicule.server.ledger.LedgerReads;
import dev.manicule.server.limits.Charge;
import dev.manicule.server.limits.Limit;
import dev.manicule.server.limits.Limits;
import dev.manicule.server.limits.Resource;
import dev.manicule.server.model.Channel;
import dev.manicule.server.model.Timetoken;
import dev.manicule.server.presence.PresenceThread;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** Subscribe: by long poll, and by streams, which are polls one after the other without requests in between. */
public final class SubscribeApi implements Api.Family {
    private static final Duration A_SECOND = Duration.ofSeconds(1);
    private static final int COUNTED_AT_ONCE = 100;

    private final Journal journal;
    private final Hub hub;
    private final PresenceThread presence;
    private final LedgerReads reads;
    private final Groups groups;
    private final FeedReader feed;
    private final Access access;
    private final PollsByUuid byUuid;
    private final Limits limits;

    /**
     * The family over a journal, the hub that it tells, what was told before, who is where here, the tables, the groups there are, the door,
     * and what is too much.
     */
    public SubscribeApi(Journal journal, Hub hub, FeedReader feed, PresenceThread presence,
            LedgerReads reads, Groups groups, Access access,
            Limits limits) {
        this.feed = feed;
        this.access = access;
        this.limits = limits;
        byUuid = new PollsByUuid(limits);
        this.journal = journal;
        this.hub = hub;
        this.presence = presence;
        this.reads = reads;
        this.groups = groups;
    }

    @Override
    public String name() {
        return "subscribe";
    }

    @Override
    public List<Route> routes() {
        Need read = Need.on(Permission.READ);
        return List.of(
                Route.of("GET", "/v2/subscribe/{subscribeKey}/{channels}/{callback}", ErrorShape.SUBSCRIBE, read,
                        call -> subscribe(call, (each, wish) -> poll(each, wish, PollFormat.ENVELOPES))).notForHead(),
                Route.of("GET", "/subscribe/{subscribeKey}/{channels}/{callback}/{timetoken}", ErrorShape.SUBSCRIBE,
                        read,
                        call -> subscribe(call, (each, wish) -> poll(each, wish, FirstPollFormat.of(wish.names()))))
                        .notForHead(),
                Route.of("GET", "/v2/stream/{subscribeKey}/{channels}", ErrorShape.SUBSCRIBE, read,
                        call -> subscribe(call, this::stream)).notForHead());
    }

    /**
     * What somebody asks for who subscribes; a cursor of 0 is a handshake.
     *
     * @param complete false when there may have been something after the cursor that came with the request, which can't
     *        be read any more: then {@code cursor} is where reading begins
     * @param refresh what it gets about presence that it has missed; null for nothing
     */
    private record Wish(Subscription subscription, long cursor, boolean complete, Names names,
            Map<String, Json> states, @Nullable PresenceRefresh refresh) {}

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
        } else if (!names.wildcards().stream().allMatch(Subscription::isShallow)) {
            call.refuse(400, "Invalid channel: a wildcard has at most " + Subscription.MOST_LEVELS + " dots");
        } else if (states == null) {
            call.refuse(400, "State is not a JSON object of objects");
        } else {
            Subscription subscription;
            try {
                subscription = names.subscription(FilterParameter.of(call.query(), limits.count(Limit.FILTER_PARTS)),
                        wildcard -> access.mayRead(call.caller(), Kind.CHANNEL, wildcard + Channel.PRESENCE));
            } catch (FilterException e) {
                if (e.isTooLong()) {
                    limits.reached(Limit.FILTER_PARTS);
                }
                call.refuse(400, "Invalid filter expression: " + e.getMessage());
                return;
            }
            long horizon = cursor == 0 ? 0 : call.horizon();
            hub.interest().note(subscription); // before it gets a cursor
            Wish wish = new Wish(subscription, Math.max(cursor, horizon), cursor >= horizon, names, states, null);
            String uuid = call.uuid();
            if (uuid != null && byUuid.isFull(call.subscribeKey(), uuid)) {
                // it will push out another, which comes back at once: they must not chase each other around
                call.exchange().later(A_SECOND, () -> refresh(call, wish, transport));
            } else {
                refresh(call, wish, transport);
            }
        }
    }

    /** Serves a subscriber; one that has missed who went gets to know for which channels. */
    private void refresh(Call call, Wish wish, Transport transport) {
        long below = call.timeline().now() - Timetoken.SHORTLY;
        if (wish.cursor() == 0 || wish.cursor() >= below) {
            transport.serve(call, wish);
            return;
        }
        Set<Watched> watched = PresenceRefresh.watched(wish.names(), groups);
        List<String> wildcards = wish.subscription().wildcardsOfPresence();
        if (wildcards.isEmpty()) {
            count(call, wish, watched, below, transport);
            return;
        }
        PresenceRefresh.Search search = new PresenceRefresh.Search(feed, call.subscribeKey(), wildcards, watched);
        call.inSlices(() -> {
            boolean hasMore = search.step();
            if (!hasMore) {
                goOn(call, () -> count(call, wish, watched, below, transport));
            }
            return hasMore;
        }, () -> call.exchange().later(A_SECOND, () -> refresh(call, wish, transport)));
    }

    /** Counts who is where, once the tables have what presence has taken in, and serves the subscriber then. */
    private void count(Call call, Wish wish, Set<Watched> watched, long below, Transport transport) {
        if (watched.isEmpty()) {
            transport.serve(call, wish);
            return;
        }
        String keyset = call.subscribeKey();
        PresenceRefresh refresh = new PresenceRefresh(keyset, below);
        Wish more = new Wish(wish.subscription(), wish.cursor(), wish.complete(), wish.names(), wish.states(), refresh);
        String joining = call.query().flag("observe") ? null : call.uuid();
        Iterator<Watched> left = watched.iterator();
        Runnable again = () -> call.exchange().later(A_SECOND, () -> count(call, wish, watched, below, transport));
        boolean isAccepted = presence.whenReported(call.client(), call.weight() + watched.size() / 10,
                () -> call.inSlices(() -> {
                    for (int looks = COUNTED_AT_ONCE; looks > 0 && left.hasNext(); looks--) {
                        Watched each = left.next();
                        Channel channel = new Channel(keyset, each.channel());
                        boolean isComing = joining != null && wish.names().isAttended(each.channel(), groups)
                                && reads.user(channel, joining) == null;
                        refresh.add(each, reads.occupancy(channel) + (isComing ? 1 : 0));
                    }
                    if (!left.hasNext()) {
                        goOn(call, () -> transport.serve(call, more));
                    }
                    return left.hasNext();
                }, again));
        if (!isAccepted) {
            again.run();
        }
    }

    private static void goOn(Call call, Runnable next) {
        call.exchange().loop().execute(() -> {
            if (!call.exchange().isOver()) {
                next.run();
            }
        });
    }

    private void poll(Call call, Wish wish, PollFormat format) {
        if (wish.cursor() != 0) {
            Charge held = call.client().charge(Resource.MEMORY, wish.subscription().weight());
            if (held == null) {
                comeAgain(call.exchange(), format.empty(wish.cursor(), wish.complete()));
            } else {
                Attendance attendance = attendance(call, wish, false);
                new Parked(call, attendance, held, wish, format).begin(call, wish.subscription());
            }
            return;
        }
        if (journal.isPresent(fault -> goOn(call, () -> beginAtPresent(call, wish, format)))) { // of a node cut off, its own
            beginAtPresent(call, wish, format);
        }
    }

    private void beginAtPresent(Call call, Wish wish, PollFormat format) {
        long here = journal.position(); // before the join, which whoever comes is told of like everybody else
        Attendance attendance = attendance(call, wish, false);
        call.answer(format.empty(here, true));
        attendance.end(call.exchange());
    }

    private Attendance attendance(Call call, Wish wish, boolean isStream) {
        return Attendance.of(call, wish.names(), wish.states(), isStream, presence, groups, limits);
    }

    /** Answers in a while with no events, and holds nothing until then. An error would end the client's subscription. */
    private static void comeAgain(Exchange exchange, Answer empty) {
        exchange.onHangUp(() -> {});
        exchange.later(A_SECOND, () -> exchange.answer(empty));
    }

    /** What somebody was let in with who waits for deliveries. What may change meanwhile is looked at again. */
    private record Pass(Access access, Caller caller, Keyset keyset) {
        boolean stillHolds() {
            return access.stillHolds(caller, keyset);
        }

        /** Why the token that it was let in with does not hold any more; null when it does, or when there was none. */
        @Nullable
        Denial fault() {
            return access.fault(caller);
        }

        /** After how many seconds to look whether it still holds, if others look after so many. */
        int nextWatch(int seconds) {
            return access.hasToken(caller) ? 1 : seconds;
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
        private final Attendance attendance;
        private final Charge held;
        private final Pass pass;
        private final long cursor;
        private final boolean complete;
        private final @Nullable PresenceRefresh refresh;
        private final PollFormat format;
        private PollsByUuid.@Nullable Open open;
        private boolean over;

        Parked(Call call, Attendance attendance, Charge held, Wish wish, PollFormat format) {
            exchange = call.exchange();
            this.held = held;
            this.attendance = attendance;
            pass = new Pass(access, call.caller(), call.keyset());
            cursor = wish.cursor();
            complete = wish.complete();
            refresh = wish.refresh();
            this.format = format;
        }

        void begin(Call call, Subscription subscription) {
            Poll poll = hub.shard(exchange.loop())
                    .poll(subscription, cursor, call.client(), this,
                            refresh == null);
            if (!over) {
                open = opened(call, poll::release);
                exchange.onHangUp(() -> {
                    poll.cancel();
                    end();
                });
                exchange.watch(() -> watch(poll));
            }
        }

        /** A token that ends is said at once: a poll may wait for minutes. */
        private int watch(Poll poll) {
            Denial fault = pass.fault();
            if (fault == null) {
                return pass.nextWatch(attendance.watch(exchange));
            }
            poll.cancel();
            exchange.answer(ErrorShape.denied(fault));
            end();
            return 1; // it is over
        }

        @Override
        public void deliver(Delivery delivery) {
            if (pass.stillHolds()) {
                exchange.answer(format.of(refresh == null ? delivery : refresh.in(delivery), complete));
            } else { // without a fault of the token, the next poll gets to know why
                Denial fault = pass.fault();
                exchange.answer(fault == null ? format.empty(cursor, complete) : ErrorShape.denied(fault));
            }
            end();
        }

        @Override
        public void fail() {
            exchange.hangUp();
            end();
        }

        private void end() {
            over = true;
            held.release();
            attendance.end(exchange);
            if (open != null) {
                byUuid.closed(open);
                open = null;
            }
        }
    }

    private void stream(Call call, Wish wish) {
        Charge held = call.client().charge(Resource.MEMORY, wish.subscription().weight());
        if (held == null) {
            call.answer(ErrorShape.SUBSCRIBE.unavailable("Too much memory is held.", 0));
        } else {
            new Streaming(call, held, wish).begin();
        }
    }

    /** A stream: one delivery after the other, as fast as the client reads. Belongs to the event loop. */
    private final class Streaming implements Poll.Waiter {
        private final Subscription subscription;
        private final Exchange exchange;
        private final Charge held;
        private final Attendance attendance;
        private final Stream stream;
        private final Pass pass;
        private final Poll poll;
        private final boolean isWebSocket;
        private final PollsByUuid.@Nullable Open open;
        private final boolean complete;
        private final long begin;
        private @Nullable PresenceRefresh refresh;
        private long noted = hub.interest().generation();

        Streaming(Call call, Charge held, Wish wish) {
            subscription = wish.subscription();
            exchange = call.exchange();
            this.held = held;
            begin = wish.cursor() == 0 ? journal.position() : wish.cursor();
            complete = wish.complete();
            refresh = wish.refresh();
            poll = hub.shard(exchange.loop()).stream(subscription, begin, call.client(), this, refresh == null);
            attendance = attendance(call, wish, true);
            pass = new Pass(access, call.caller(), call.keyset());
            isWebSocket = call.wantsWebSocket();
            stream = exchange.stream(this::hungUp);
            open = opened(call, this::end);
        }

        /** Tells where the client begins, so that it can come back there whatever happens. */
        void begin() {
            stream.send(new Piece(
                    isWebSocket ? DeliveryText.text(List.of(), begin, complete) : Events.begin(begin, complete)));
            exchange.watch(this::watch);
            poll.next();
        }

        private int watch() {
            return refused() ? 1 : pass.nextWatch(attendance.watch(exchange));
        }

        /** Ends the stream of a token that has ended, and says so. */
        private boolean refused() {
            Denial fault = pass.fault();
            if (fault != null) {
                hungUp();
                stream.refuse(fault.message(), new Piece(Events.refused(ErrorShape.json(fault))));
            }
            return fault != null;
        }

        @Override
        public void deliver(Delivery delivery) {
            if (!pass.stillHolds()) {
                if (!refused()) { // a client that comes back with the cursor gets to know why
                    end();
                }
                return;
            }
            if (hub.interest().generation() != noted) {
                noted = hub.interest().note(subscription);
            }
            stream.send(piece(delivery));
            if (delivery.isLast()) {
                end();
            } else {
                stream.whenWritable(poll::next);
            }
        }

        private Piece piece(Delivery delivery) {
            Delivery told = refresh == null ? delivery : refresh.in(delivery);
            if (refresh != null && refresh.isIn(delivery)) {
                refresh = null;
                poll.waits();
            }
            return isWebSocket
                    ? told.encoded(Message.class, Message::of).piece()
                    : told.encoded(Events.class, Events::of).piece();
        }

        @Override
        public void fail() {
            exchange.hangUp();
            hungUp();
        }

        private void end() {
            hungUp();
            stream.end();
        }

        private void hungUp() {
            poll.cancel();
            held.release();
            attendance.end(exchange);
            if (open != null) {
                byUuid.closed(open);
            }
        }
    }

    /**
     * The cursor, 0 for a handshake: in {@code tt}, in the older form {@code t={"t":"…","r":12}}, or in the field that
     * clients of server-sent events send when they come back.
     */
    private static long cursor(Call call) {
        if (call.path().get("timetoken") != null) { // of the first form
            return Timetoken.parse(call.segment("timetoken"));
        }
        if (call.lastEventId() != null) {
            return Timetoken.parse(call.lastEventId());
        }
        Long timetoken = call.query().timetoken("tt");
        if (timetoken != null) {
            return timetoken;
        }
        if (call.query().text("t") == null) {
            return 0;
        }
        Map<String, Object> members = call.query().read("t", JsonReader::members);
        return members == null ? Timetoken.INVALID : Timetoken.parse(String.valueOf(members.get("t")));
    }
}
