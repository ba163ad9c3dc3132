package dev.manicule.server.api;

import dev.manicule.server.access.Access;
import dev.manicule.server.access.Grant.Kind;
import dev.manicule.server.access.Permission;
import dev.manicule.server.command.Unavailable;
import dev.manicule.server.http.Response;
import dev.manicule.server.hub.Groups;
import dev.manicule.server.json.Json;
import dev.manicule.server.json.JsonReader;
import dev.manicule.server.json.JsonWriter;
import dev.manicule.server.ledger.LedgerReader.ChannelUser;
import dev.manicule.server.ledger.LedgerReader;
import dev.manicule.server.limits.Limits;
import dev.manicule.server.model.Channel;
import dev.manicule.server.model.ChannelGroup;
import dev.manicule.server.presence.ChannelWork;
import dev.manicule.server.presence.Holder;
import dev.manicule.server.presence.Presence;
import dev.manicule.server.presence.PresenceService;
import dev.manicule.server.routing.ApiRequest;
import dev.manicule.server.routing.EndpointFamily;
import dev.manicule.server.routing.ErrorFormat;
import dev.manicule.server.routing.RequiredPermission;
import dev.manicule.server.routing.Route.Trait;
import dev.manicule.server.routing.Route;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Presence: heartbeat, leave, here-now, where-now, state. */
public final class PresenceApi implements EndpointFamily {
    /** Its {@code error} is the number 1. */
    private static final ErrorFormat ERRORS = (status, message, now) -> Response.json(status,
            new JsonWriter().object()
                    .member("status", status)
                    .member("error", 1)
                    .member("message", message)
                    .member("service", "Presence")
                    .end()
                    .toBytes());
    private static final Response ALIVE = Response.json(200, ok().member("service", "Presence").end().toBytes());
    private static final Response LEFT = Response.json(200, new JsonWriter().object()
            .member("status", 200)
            .member("action", "leave")
            .member("message", "OK")
            .member("service", "Presence")
            .end()
            .toBytes());
    /** How long a user stays present after the last sign of life, where the client sets no timeout. */
    private static final long PATIENCE_SECONDS = 300;
    private static final long MOST_PATIENCE_SECONDS = 86_400;
    /** The most channels that a where-now lists: as many as a request can join. */
    private static final int MOST_WHEREABOUTS = 2_000;
    private static final int MOST_STATE_BYTES = 1 << 20;
    private static final int STATES_AT_ONCE = 100;
    private static final Json NO_STATE = new Json("{}".getBytes(StandardCharsets.UTF_8));
    /** The response to a request that finds no place among those that wait. */
    private static final Unavailable BUSY = new Unavailable("Too much of presence is held or waits.", false);

    private final PresenceService presence;
    private final LedgerReader reads;
    private final Groups groups;
    private final Access access;
    private final Limits limits;

    /**
     * The family over presence, the tables, which know the users of all nodes, the groups that requests may name, and
     * access control, which decides what a caller may see.
     */
    public PresenceApi(PresenceService presence, LedgerReader reads, Groups groups, Access access, Limits limits) {
        this.reads = reads;
        this.limits = limits;
        this.access = access;
        this.presence = presence;
        this.groups = groups;
    }

    @Override
    public String name() {
        return "presence";
    }

    @Override
    public List<Route> routes() {
        List<Route> routes = new ArrayList<>();
        RequiredPermission read = RequiredPermission.on(Permission.READ);
        for (String key : List.of("sub-key", "sub_key")) { // some clients use the one, some the other
            String all = "/v2/presence/" + key + "/{subscribeKey}";
            String channels = all + "/channel/{channels}";
            routes.add(Route.of("GET", channels + "/heartbeat", ERRORS, read, named(this::heartbeat))
                    .with(Trait.WITHOUT_HEAD));
            routes.add(Route
                    .of("GET", channels + "/leave", ERRORS, RequiredPermission.NOTHING,
                            named(this::leave))
                    .with(Trait.WITHOUT_HEAD));
            routes.add(Route.of("GET", channels + "/uuid/{uuid}/data", ERRORS, read.asUuidOfPath(),
                    named(this::setState)).with(Trait.WITHOUT_HEAD));
            // JavaScript does not encode the slashes of a uuid
            routes.add(Route.of("GET", channels + "/uuid/{uuid...}", ERRORS, read, named(this::state))
                    .with(Trait.LINEARIZABLE));
            routes.add(Route.of("GET", channels, ERRORS, read, named(this::hereNow)).with(Trait.LINEARIZABLE));
            routes.add(Route
                    .of("GET", all + "/uuid/{uuid}", ERRORS, RequiredPermission.NOTHING, this::whereNow)
                    .with(Trait.LINEARIZABLE));
            routes.add(Route.of("GET", all, ERRORS, RequiredPermission.NOTHING, this::hereNowEverywhere)
                    .with(Trait.LINEARIZABLE));
        }
        return routes;
    }

    /** An endpoint for a request that names channels or groups. */
    @FunctionalInterface
    private interface OfNames {
        void serve(ApiRequest request, ChannelSelection names);
    }

    private static Route.Endpoint named(OfNames endpoint) {
        return request -> {
            ChannelSelection names = ChannelSelection.of(request);
            if (names == null) {
                request.refuse(400, "Invalid channel");
            } else if (names.isEmpty()) {
                request.refuse(400, "No channel");
            } else {
                endpoint.serve(request, names);
            }
        };
    }

    /** Does work on the channels of a request, on the thread of presence. */
    private void onChannels(ApiRequest request, ChannelSelection names, ChannelWork.Step<String> step,
            PresenceService.LastWork end) {
        submit(request, request.weight(), presence,
                new ChannelWork<>(who -> names.attendedChannels(groups, limits), step, end));
    }

    /** Does work on the thread of presence that answers a request. */
    static void submit(ApiRequest request, int weight, PresenceService presence, PresenceService.PresenceTask task) {
        boolean isAccepted = presence.submit(request.client(), weight, (who, now) -> {
            try {
                return task.on(who, now);
            } catch (RuntimeException | Error e) { // whatever it is, the client is not left without a response
                request.fail("Presence", e, "Internal error");
                return false;
            }
        });
        if (!isAccepted) {
            request.refuse(BUSY);
        }
    }

    /** Answers a request by a read of the tables, once they have what presence has accepted before. */
    private void whenReported(ApiRequest request, ApiRequest.SlicedRead read) {
        boolean isAccepted = presence.whenReported(request.client(), request.weight(),
                () -> guarded(request, () -> request.respondInSlices(read)));
        if (!isAccepted) {
            request.refuse(BUSY);
        }
    }

    private void heartbeat(ApiRequest request, ChannelSelection names) {
        String uuid = request.uuid();
        Map<String, Json> states = states(request);
        if (states == null) {
            request.refuse(400, "State is not a JSON object of objects");
            return;
        }
        if (uuid == null) {
            request.respond(ALIVE);
            return;
        }
        Holder holder = Holder.of(request.client());
        long patience = patience(request).toNanos();
        String keyset = request.subscribeKey();
        submit(request, request.weight(), presence, new ChannelWork<>(who -> names.attended(groups, limits),
                (who, named, now) -> who.heartbeat(holder, keyset, uuid, named.channel(), named.group(), patience,
                        names.stateOf(named.channel(), states, groups), now),
                (who, now) -> respond(request, who, ALIVE)));
    }

    private void leave(ApiRequest request, ChannelSelection names) {
        String uuid = request.uuid();
        if (uuid == null) {
            request.respond(LEFT);
            return;
        }
        String keyset = request.subscribeKey();
        submit(request, request.weight(), presence,
                new ChannelWork<>(who -> names.attended(groups, limits),
                        (who, named, now) -> who.leave(keyset, uuid, named.channel(), named.group(), now),
                        (who, now) -> {
                            names.attendedGroups().forEach(group -> who.leave(new ChannelGroup(keyset, group), uuid));
                            respond(request, who, LEFT);
                        }));
    }

    private void setState(ApiRequest request, ChannelSelection names) {
        String sent = request.query().text("state");
        Json state = request.query().read("state", JsonReader::value);
        if (sent == null) {
            request.refuse(400, "No state specified.");
        } else if (state == null || state.utf8()[0] != '{') {
            request.refuse(400, "Invalid JSON specified."); // a state is an object
        } else {
            Holder holder = Holder.of(request.client());
            String uuid = request.segment("uuid");
            AtomicBoolean isRefused = new AtomicBoolean();
            onChannels(request, names, (who, channel, now) -> {
                if (!who.setState(holder, request.subscribeKey(), uuid, channel, state, now)) {
                    isRefused.set(true);
                }
            }, (who, now) -> {
                if (isRefused.get()) {
                    request.refuse(BUSY);
                } else {
                    respond(request, who, Response.json(200,
                            ok().member("payload", state).member("service", "Presence").end().toBytes()));
                }
            });
        }
    }

    /**
     * Responds once the change is in the log, so that the next read, through whichever node, sees it; while the log
     * rejects, at once: a user who is there stays there. Not before the work is done: open requests bound what waits.
     */
    private static void respond(ApiRequest request, Presence presence, Response response) {
        presence.whenReported(() -> guarded(request, () -> request.respond(response)));
    }

    /** Whatever it throws, the client is not left without a response, nor the clients behind it without theirs. */
    private static void guarded(ApiRequest request, Runnable work) {
        try {
            work.run();
        } catch (RuntimeException | Error e) {
            request.fail("Presence", e, "Internal error");
        }
    }

    private void state(ApiRequest request, ChannelSelection names) {
        String uuid = request.segment("uuid");
        Map<String, Json> known = new LinkedHashMap<>(); // also of a user who is not present
        onChannels(request, names, (who, channel, now) -> {
            Json state = who.state(request.subscribeKey(), uuid, channel);
            known.put(channel, state == null ? NO_STATE : state);
        }, (who, now) -> {
            Map<String, Json> states = new LinkedHashMap<>();
            Iterator<String> channels = known.keySet().iterator();
            whenReported(request, () -> {
                for (int left = STATES_AT_ONCE; left > 0 && channels.hasNext(); left--) {
                    String channel = channels.next();
                    ChannelUser user = reads.user(new Channel(request.subscribeKey(), channel), uuid);
                    Json state = user == null ? null : user.state();
                    states.put(channel, state == null ? known.getOrDefault(channel, NO_STATE) : state);
                }
                return channels.hasNext() ? null : ofStates(request, uuid, states, isOne(names));
            });
        });
    }

    private static Response ofStates(ApiRequest request, String uuid, Map<String, Json> states, boolean isOne) {
        long bytes = states.values().stream().mapToLong(state -> state.utf8().length).sum();
        if (bytes > MOST_STATE_BYTES) {
            return request.errors()
                    .response(400, "The states have more than " + MOST_STATE_BYTES + " bytes; ask for fewer channels",
                            request.now());
        }
        JsonWriter json = ok();
        if (isOne) {
            Map.Entry<String, Json> one = states.entrySet().iterator().next();
            json.member("payload", one.getValue()).member("channel", one.getKey());
        } else {
            json.object("payload").object("channels");
            states.forEach((channel, state) -> json.nameOf(channel).value(state));
            json.end().end();
        }
        return Response.json(200, json.member("uuid", uuid).member("service", "Presence").end().toBytes());
    }

    private void hereNow(ApiRequest request, ChannelSelection names) {
        HereNow hereNow = HereNow.of(request, reads);
        if (hereNow == null) {
            request.refuse(400, "Limit and offset are whole numbers");
            return;
        }
        boolean isOne = isOne(names);
        AtomicBoolean isBegun = new AtomicBoolean();
        whenReported(request, () -> {
            if (isBegun.compareAndSet(false, true)) { // waiting work should be small
                hereNow.begin(names.attendedChannels(groups, limits));
            }
            return hereNow.readSome() ? null : isOne ? hereNow.ofOne() : hereNow.ofAll();
        });
    }

    private void hereNowEverywhere(ApiRequest request) {
        HereNow hereNow = HereNow.of(request, reads);
        if (hereNow == null) {
            request.refuse(400, "Limit and offset are whole numbers");
        } else if (request.isOfStranger(access)) {
            request.respond(hereNow.ofAll()); // a caller that can read nothing costs no walk
        } else {
            whenReported(request, new HereNowEverywhere(request, hereNow, reads, access));
        }
    }

    /** The channels for which the caller may request here-now: others are not shown. */
    private void whereNow(ApiRequest request) {
        String keyset = request.subscribeKey();
        String uuid = request.segment("uuid");
        if (request.isOfStranger(access)) {
            request.respond(ofChannels(List.of()));
            return;
        }
        ReadableNames readable = new ReadableNames(access, request.caller(), Kind.CHANNEL);
        AtomicReference<@Nullable Iterator<String>> channels = new AtomicReference<>();
        whenReported(request, () -> {
            Iterator<String> left = channels.get();
            if (left == null) {
                left = reads.channelsOf(keyset, uuid, MOST_WHEREABOUTS).stream().sorted().iterator();
                channels.set(left);
            }
            return readable.addSome(left) ? null : ofChannels(readable.names());
        });
    }

    /** The beginning of an answer. */
    static JsonWriter ok() {
        return new JsonWriter().object().member("status", 200).member("message", "OK");
    }

    private static Response ofChannels(Collection<String> channels) {
        return Response.json(200, ok().object("payload")
                .strings("channels", channels)
                .end()
                .member("service", "Presence")
                .end()
                .toBytes());
    }

    private static boolean isOne(ChannelSelection names) {
        return names.groups().isEmpty() && names.channels().size() + names.wildcards().size() == 1
                && names.channels().stream().noneMatch(Channel::isPresence);
    }

    /** For how long a user stays present after a sign of life. */
    static Duration patience(ApiRequest request) {
        Long asked = request.query().timetoken("heartbeat");
        long seconds = asked == null || asked < 1 ? PATIENCE_SECONDS : Math.min(asked, MOST_PATIENCE_SECONDS);
        return Duration.ofSeconds(seconds);
    }

    /**
     * The states of channels and groups that a poll or a heartbeat sends, null when they are invalid. {@code null} is
     * none: Go sends it.
     */
    static @Nullable Map<String, Json> states(ApiRequest request) {
        String sent = request.query().text("state");
        return sent == null || sent.equals("null") ? Map.of() : request.query().read("state", JsonReader::objects);
    }
}
