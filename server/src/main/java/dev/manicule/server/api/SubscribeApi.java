package dev.manicule.server.api;

import dev.manicule.server.access.Access;
import dev.manicule.server.access.Caller;
import dev.manicule.server.access.Demand;
import dev.manicule.server.access.Denial;
import dev.manicule.server.access.Grant.Kind;
import dev.manicule.server.access.Keyset;
import dev.manicule.server.access.Permission;
import dev.manicule.server.api.DeliveryText.Events;
import dev.manicule.server.api.DeliveryText.Message;
import dev.manicule.server.api.PresenceRefresh.Watched;
import dev.manicule.server.filter.FilterException;
import dev.manicule.server.http.Exchange;
import dev.manicule.server.http.Response;
import dev.manicule.server.http.Stream;
import dev.manicule.server.http.StreamChunk;
import dev.manicule.server.hub.Delivery;
import dev.manicule.server.hub.FeedReader;
import dev.manicule.server.hub.Groups;
import dev.manicule.server.hub.Hub;
import dev.manicule.server.hub.Poll;
import dev.manicule.server.hub.Subscription;
import dev.manicule.server.hub.SummaryPeriod;
import dev.manicule.server.journal.Journal;
import dev.manicule.server.json.Json;
import dev.manicule.server.json.JsonReader;
import dev.manicule.server.ledger.LedgerReader;
import dev.manicule.server.limits.Charge;
import dev.manicule.server.limits.Limit;
import dev.manicule.server.limits.Limits;
import dev.manicule.server.limits.Resource;
import dev.manicule.server.model.Channel;
import dev.manicule.server.model.Timetoken;
import dev.manicule.server.presence.PresenceService;
import dev.manicule.server.routing.ApiRequest;
import dev.manicule.server.routing.EndpointFamily;
import dev.manicule.server.routing.ErrorFormat;
import dev.manicule.server.routing.RequiredPermission;
import dev.manicule.server.routing.Route.Trait;
import dev.manicule.server.routing.Route;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** Subscribe: by long poll, and by streams, which are polls one after the other without requests in between. */
public final class SubscribeApi implements EndpointFamily {
    private static final ErrorFormat ERRORS = ErrorFormat.of("Subscribe");
    private static final Duration A_SECOND = Duration.ofSeconds(1);
    private static final int COUNTED_AT_ONCE = 100;

    private final Journal journal;
    private final Hub hub;
    private final PresenceService presence;
    private final LedgerReader reads;
    private final Groups groups;
    private final FeedReader feed;
    private final Access access;
    private final OpenPolls byUuid;
    private final Limits limits;

    /**
     * The family over a journal, the hub, the stored feed, presence on this node, the tables, the channel groups,
     * access control, and the limits.
     */
    public SubscribeApi(Journal journal, Hub hub, FeedReader feed, PresenceService presence,
            LedgerReader reads, Groups groups, Access access,
            Limits limits) {
        this.feed = feed;
        this.access = access;
        this.limits = limits;
        byUuid = new OpenPolls(limits);
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
        return List.of(
                route("/v2/subscribe/{subscribeKey}/{channels}/{callback}",
                        (each, asked) -> poll(each, asked, PollFormat.ENVELOPES)),
                route("/subscribe/{subscribeKey}/{channels}/{callback}/{timetoken}",
                        (each, asked) -> poll(each, asked, FirstPollFormat.of(asked.names()))),
                route("/v2/stream/{subscribeKey}/{channels}", this::stream));
    }

    private Route route(String path, Transport transport) {
        return Route.of("GET", path, ERRORS, RequiredPermission.on(Permission.READ),
                request -> subscribe(request, transport)).with(Trait.WITHOUT_HEAD).with(Trait.WAITS_OVER_LIMIT);
    }

    /**
     * The request of a subscriber; a cursor of 0 is a handshake.
     *
     * @param complete false when events after the cursor of the request may have expired, so that they can't be read
     *        any more: then {@code cursor} is where reading begins
     * @param refresh the intervals for presence events that it has missed; null for none
     * @param summaries how often it receives summaries in place of the events of actions; null for these events
     */
    private record SubscribeRequest(Subscription subscription, long cursor, boolean complete, ChannelSelection names,
            Map<String, Json> states, @Nullable PresenceRefresh refresh, @Nullable SummaryPeriod summaries) {}

    /** How events are delivered to it. */
    @FunctionalInterface
    private interface Transport {
        void serve(ApiRequest request, SubscribeRequest asked);
    }

    private void subscribe(ApiRequest request, Transport transport) {
        ChannelSelection names = ChannelSelection.of(request);
        long cursor = cursor(request);
        Map<String, Json> states = PresenceApi.states(request);
        boolean isFirstForm = request.path().get("timetoken") != null;
        String period = isFirstForm ? null : request.query().text("action-summaries");
        SummaryPeriod summaries = period == null ? null : SummaryPeriod.of(period);
        if (names == null) {
            request.refuse(400, "Invalid channel: a name is 1 to " + Channel.MAX_NAME_BYTES
                    + " bytes without commas and control characters");
        } else if (cursor == Timetoken.INVALID) {
            request.refuse(400, "Invalid timetoken");
        } else if (names.isEmpty()) {
            request.refuse(400, "No channel to subscribe to");
        } else if (!names.wildcards().stream().allMatch(Subscription::isShallow)) {
            request.refuse(400, "Invalid channel: a wildcard has at most " + Subscription.MOST_LEVELS + " dots");
        } else if (states == null) {
            request.refuse(400, "State is not a JSON object of objects");
        } else if (period != null && summaries == null) {
            request.refuse(400, "Invalid action-summaries: a number of milliseconds, one of " + SummaryPeriod.ALL);
        } else {
            Subscription subscription;
            try {
                subscription = names.subscription(FilterParameter.of(request.query(),
                        FilterParameter.OF_SUBSCRIPTION, limits.count(Limit.FILTER_PARTS)),
                        !isFirstForm && request.query().flag("read-marks"),
                        wildcard -> access.mayRead(request.caller(), Kind.CHANNEL, wildcard + Channel.PRESENCE));
            } catch (FilterException e) {
                if (e.isTooLong()) {
                    limits.reached(Limit.FILTER_PARTS);
                }
                request.refuse(400, "Invalid filter expression: " + e.getMessage());
                return;
            }
            long horizon = cursor == 0 ? 0 : request.horizon();
            hub.interest().note(subscription); // before it gets a cursor
            SubscribeRequest asked = new SubscribeRequest(subscription, Math.max(cursor, horizon), cursor >= horizon,
                    names, states, null, summaries);
            String uuid = request.uuid();
            if (uuid != null && byUuid.isFull(request.subscribeKey(), uuid)) {
                // it will push out another, which reconnects at once: they must not displace each other in a loop
                request.exchange().later(A_SECOND, () -> refresh(request, asked, transport));
            } else {
                refresh(request, asked, transport);
            }
        }
    }

    /** Serves a subscriber; one that has missed presence events receives the channels that they were on. */
    private void refresh(ApiRequest request, SubscribeRequest asked, Transport transport) {
        long below = request.now() - Timetoken.SHORTLY;
        if (asked.cursor() == 0 || asked.cursor() >= below) {
            transport.serve(request, asked);
            return;
        }
        Set<Watched> watched = PresenceRefresh.watched(asked.names(), groups);
        List<String> wildcards = asked.subscription().wildcardsOfPresence();
        if (wildcards.isEmpty()) {
            count(request, asked, watched, below, transport);
            return;
        }
        PresenceRefresh.Search search = new PresenceRefresh.Search(feed, request.subscribeKey(), wildcards, watched);
        request.inSlices(() -> {
            boolean hasMore = search.step();
            if (!hasMore) {
                goOn(request, () -> count(request, asked, watched, below, transport));
            }
            return hasMore;
        }, () -> request.exchange().later(A_SECOND, () -> refresh(request, asked, transport)));
    }

    /**
     * Counts the members of the channels, once the tables have what presence has accepted, and serves the subscriber
     * then.
     */
    private void count(ApiRequest request, SubscribeRequest asked, Set<Watched> watched, long below,
            Transport transport) {
        if (watched.isEmpty()) {
            transport.serve(request, asked);
            return;
        }
        String keyset = request.subscribeKey();
        PresenceRefresh refresh = new PresenceRefresh(keyset, below);
        SubscribeRequest more = new SubscribeRequest(asked.subscription(), asked.cursor(), asked.complete(),
                asked.names(), asked.states(), refresh, asked.summaries());
        String joining = request.query().flag("observe") ? null : request.uuid();
        Iterator<Watched> left = watched.iterator();
        Runnable again = () -> request.exchange()
                .later(A_SECOND, () -> count(request, asked, watched, below, transport));
        boolean isAccepted = presence.whenReported(request.client(), request.weight() + watched.size() / 10,
                () -> request.inSlices(() -> {
                    for (int looks = COUNTED_AT_ONCE; looks > 0 && left.hasNext(); looks--) {
                        Watched each = left.next();
                        Channel channel = new Channel(keyset, each.channel());
                        boolean isComing = joining != null && asked.names().isAttended(each.channel(), groups)
                                && reads.user(channel, joining) == null;
                        refresh.add(each, reads.occupancy(channel) + (isComing ? 1 : 0));
                    }
                    if (!left.hasNext()) {
                        goOn(request, () -> transport.serve(request, more));
                    }
                    return left.hasNext();
                }, again));
        if (!isAccepted) {
            again.run();
        }
    }

    private static void goOn(ApiRequest request, Runnable next) {
        request.exchange().loop().execute(() -> {
            if (!request.exchange().isOver()) {
                next.run();
            }
        });
    }

    private void poll(ApiRequest request, SubscribeRequest asked, PollFormat format) {
        if (asked.cursor() != 0) {
            Charge held = request.client().charge(Resource.MEMORY, asked.subscription().weight());
            if (held == null) {
                comeAgain(request.exchange(), format.empty(asked.cursor(), asked.complete()));
            } else {
                PresenceSession attendance = attendance(request, asked, false);
                new Parked(request, attendance, held, asked, format).begin(request, asked.subscription());
            }
            return;
        }
        if (journal.isPresent(fault -> goOn(request, () -> beginAtPresent(request, asked, format)))) { // a cut-off node uses its own position
            beginAtPresent(request, asked, format);
        }
    }

    private void beginAtPresent(ApiRequest request, SubscribeRequest asked, PollFormat format) {
        long here = journal.position(); // before the join, which the new member receives too
        PresenceSession attendance = attendance(request, asked, false);
        request.respond(format.empty(here, true));
        attendance.end(request.exchange());
    }

    private PresenceSession attendance(ApiRequest request, SubscribeRequest asked, boolean isStream) {
        return PresenceSession.of(request, asked.names(), asked.states(), isStream, presence, groups, limits);
    }

    /** Answers in a while with no events, and holds nothing until then. An error would end the client's subscription. */
    private static void comeAgain(Exchange exchange, Response empty) {
        exchange.onHangUp(() -> {});
        exchange.later(A_SECOND, () -> exchange.respond(empty));
    }

    /** The authorization of a client that waits for deliveries. Parts that may change meanwhile are checked again. */
    private record Admission(Access access, Caller caller, Keyset keyset, List<? extends Demand> byKey) {
        static Admission of(Access access, ApiRequest request) {
            boolean hasKey = request.caller() instanceof Caller.KeyBearer;
            return new Admission(access, request.caller(), request.keyset(),
                    hasKey ? request.demands() : List.of());
        }

        boolean stillHolds() {
            return access.isStillAuthorized(caller, keyset) && keyFault() == null;
        }

        /** Why its token or key allows no more what it did; null when it does, or when there was none. */
        @Nullable
        Denial fault() {
            Denial fault = access.fault(caller);
            return fault == null ? keyFault() : fault;
        }

        /** An auth key may lose each permission by itself. */
        private @Nullable Denial keyFault() {
            return byKey.isEmpty() ? null : access.authorize(caller, byKey).result();
        }

        /** After how many seconds to check whether it is still valid, if others check after so many. */
        int nextWatch(int seconds) {
            return access.hasToken(caller) || !byKey.isEmpty() ? 1 : seconds;
        }
    }

    /** Counts a poll or a stream as long as it is open; null for those without a uuid. */
    private OpenPolls.@Nullable Open opened(ApiRequest request, Runnable release) {
        Executor loop = request.exchange().loop();
        String uuid = request.uuid();
        return uuid == null ? null : byUuid.opened(request.subscribeKey(), uuid, () -> loop.execute(release));
    }

    /** The retained part of a request while it waits: no path, no query, no body. Belongs to the event loop. */
    private final class Parked implements Poll.Waiter {
        private final Exchange exchange;
        private final PresenceSession attendance;
        private final Charge held;
        private final Admission admission;
        private final long cursor;
        private final boolean complete;
        private final @Nullable PresenceRefresh refresh;
        private final PollFormat format;
        private final @Nullable SummaryPeriod summaries;
        private OpenPolls.@Nullable Open open;
        private boolean over;

        Parked(ApiRequest request, PresenceSession attendance, Charge held, SubscribeRequest asked, PollFormat format) {
            exchange = request.exchange();
            this.held = held;
            this.attendance = attendance;
            admission = Admission.of(access, request);
            cursor = asked.cursor();
            complete = asked.complete();
            refresh = asked.refresh();
            summaries = asked.summaries();
            this.format = format;
        }

        void begin(ApiRequest request, Subscription subscription) {
            Poll poll = hub.shard(exchange.loop(), summaries)
                    .poll(subscription, cursor, request.client(), this,
                            refresh == null);
            if (!over) {
                open = opened(request, poll::release);
                exchange.onHangUp(() -> {
                    poll.cancel();
                    end();
                });
                exchange.watch(() -> watch(poll));
            }
        }

        /** Reports the end of a token at once: a poll may wait for minutes. */
        private int watch(Poll poll) {
            Denial fault = admission.fault();
            if (fault == null) {
                return admission.nextWatch(attendance.watch(exchange));
            }
            poll.cancel();
            exchange.respond(ErrorFormat.denied(fault));
            end();
            return 1; // it is over
        }

        @Override
        public void deliver(Delivery delivery) {
            if (admission.stillHolds()) {
                exchange.respond(format.of(refresh == null ? delivery : refresh.in(delivery), complete));
            } else { // without a fault of the token, the next poll returns the reason
                Denial fault = admission.fault();
                exchange.respond(fault == null ? format.empty(cursor, complete) : ErrorFormat.denied(fault));
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

    private void stream(ApiRequest request, SubscribeRequest asked) {
        Charge held = request.client().charge(Resource.MEMORY, asked.subscription().weight());
        if (held == null) {
            request.respond(ERRORS.unavailable("Too much memory is held.", 0));
        } else {
            new Streaming(request, held, asked).begin();
        }
    }

    /** A stream: one delivery after the other, as fast as the client reads. Belongs to the event loop. */
    private final class Streaming implements Poll.Waiter {
        private final Subscription subscription;
        private final Exchange exchange;
        private final Charge held;
        private final PresenceSession attendance;
        private final Stream stream;
        private final Admission admission;
        private final Poll poll;
        private final boolean isWebSocket;
        private final OpenPolls.@Nullable Open open;
        private final boolean complete;
        private final long begin;
        private @Nullable PresenceRefresh refresh;
        private long noted = hub.interest().generation();

        Streaming(ApiRequest request, Charge held, SubscribeRequest asked) {
            subscription = asked.subscription();
            exchange = request.exchange();
            this.held = held;
            begin = asked.cursor() == 0 ? journal.position() : asked.cursor();
            complete = asked.complete();
            refresh = asked.refresh();
            poll = hub.shard(exchange.loop(), asked.summaries())
                    .stream(subscription, begin, request.client(), this, refresh == null);
            attendance = attendance(request, asked, true);
            admission = Admission.of(access, request);
            isWebSocket = request.wantsWebSocket();
            stream = exchange.stream(this::hungUp);
            open = opened(request, this::end);
        }

        /** Sends the cursor at which the client begins, so that it can resume there whatever happens. */
        void begin() {
            stream.send(new StreamChunk(
                    isWebSocket ? DeliveryText.text(List.of(), begin, complete) : Events.begin(begin, complete)));
            exchange.watch(this::watch);
            poll.next();
        }

        private int watch() {
            return refused() ? 1 : admission.nextWatch(attendance.watch(exchange));
        }

        /** Ends the stream of a token that is not valid any more, with the reason. */
        private boolean refused() {
            Denial fault = admission.fault();
            if (fault != null) {
                hungUp();
                stream.refuse(fault.message(), new StreamChunk(Events.refused(ErrorFormat.json(fault))));
            }
            return fault != null;
        }

        @Override
        public void deliver(Delivery delivery) {
            if (!admission.stillHolds()) {
                if (!refused()) { // a client that reconnects with the cursor receives the reason
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

        private StreamChunk piece(Delivery delivery) {
            Delivery refreshed = refresh == null ? delivery : refresh.in(delivery);
            if (refresh != null && refresh.isIn(delivery)) {
                refresh = null;
                poll.waits();
            }
            return isWebSocket
                    ? refreshed.encoded(Message.class, Message::of).piece()
                    : refreshed.encoded(Events.class, Events::of).piece();
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
     * clients of server-sent events send when they reconnect.
     */
    private static long cursor(ApiRequest request) {
        if (request.path().get("timetoken") != null) { // of the first form
            return Timetoken.parse(request.segment("timetoken"));
        }
        if (request.lastEventId() != null) {
            return Timetoken.parse(request.lastEventId());
        }
        Long timetoken = request.query().timetoken("tt");
        if (timetoken != null) {
            return timetoken;
        }
        if (request.query().text("t") == null) {
            return 0;
        }
        Map<String, Object> members = request.query().read("t", JsonReader::members);
        return members == null ? Timetoken.INVALID : Timetoken.parse(String.valueOf(members.get("t")));
    }
}
