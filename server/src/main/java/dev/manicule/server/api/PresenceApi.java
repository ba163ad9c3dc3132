package dev.manicule.server.api;

import dev.manicule.server.access.Access;
import dev.manicule.server.access.Grant.Kind;
import dev.manicule.server.access.Permission;
import dev.manicule.server.http.Answer;
import dev.manicule.server.hub.Groups;
import dev.manicule.server.json.Json;
import dev.manicule.server.json.JsonReader;
import dev.manicule.server.json.JsonText;
import dev.manicule.server.model.Channel;
import dev.manicule.server.model.Timetoken;
import dev.manicule.server.presence.Presence;
import dev.manicule.server.presence.Presence.Occupant;
import dev.manicule.server.presence.PresenceThread;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Who is where: heartbeat, leave, here-now, where-now, state. */
public final class PresenceApi implements Api.Family {
    private static final Answer ALIVE = Answer.json(200,
            "{\"status\":200,\"message\":\"OK\",\"service\":\"Presence\"}");
    private static final Answer LEFT = Answer.json(200,
            "{\"status\":200,\"action\":\"leave\",\"message\":\"OK\",\"service\":\"Presence\"}");
    /** How long somebody is there after the last sign of life, where the client does not say. */
    private static final long PATIENCE_SECONDS = 300;
    private static final long MOST_PATIENCE_SECONDS = 86_400;

    private final PresenceThread presence;
    private final Groups groups;
    private final Access access;

    /** The family over who is where, the groups that requests may name, and the door that tells who may see what. */
    public PresenceApi(PresenceThread presence, Groups groups, Access access) {
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
        Need read = Need.on(Permission.READ);
        for (String key : List.of("sub-key", "sub_key")) { // some clients use the one, some the other
            String all = "/v2/presence/" + key + "/{subscribeKey}";
            String channels = all + "/channel/{channels}";
            routes.add(Route.of("GET", channels + "/heartbeat", ErrorShape.PRESENCE, read, named(this::heartbeat)));
            routes.add(Route.of("GET", channels + "/leave", ErrorShape.PRESENCE, Need.NOTHING, named(this::leave)));
            routes.add(Route.of("GET", channels + "/uuid/{uuid}/data", ErrorShape.PRESENCE, read.asUuidOfPath(),
                    named(this::setState)));
            routes.add(Route.of("GET", channels + "/uuid/{uuid}", ErrorShape.PRESENCE, read, named(this::state)));
            routes.add(Route.of("GET", channels, ErrorShape.PRESENCE, read, named(this::hereNow)));
            routes.add(Route.of("GET", all + "/uuid/{uuid}", ErrorShape.PRESENCE, Need.NOTHING, this::whereNow));
            routes.add(Route.of("GET", all, ErrorShape.PRESENCE, Need.NOTHING, this::hereNowEverywhere));
        }
        return routes;
    }

    /** An endpoint for a request that names channels or groups. */
    @FunctionalInterface
    private interface OfNames {
        void serve(Call call, Names names);
    }

    private static Route.Endpoint named(OfNames endpoint) {
        return call -> {
            Names names = Names.of(call);
            if (names == null) {
                call.refuse(400, "Invalid channel");
            } else if (names.isEmpty()) {
                call.refuse(400, "No channel");
            } else {
                endpoint.serve(call, names);
            }
        };
    }

    private void heartbeat(Call call, Names names) {
        String uuid = call.uuid();
        Map<String, Json> states = states(call);
        if (states == null) {
            call.refuse(400, "State is not a JSON object of objects");
            return;
        }
        if (uuid != null) {
            List<Channel> channels = names.attended(groups);
            Map<String, Json> ofChannels = names.ofChannels(states, groups);
            long patience = patience(call);
            presence.submit((who, now) -> {
                who.beat(uuid, channels, patience, ofChannels, now);
                call.answer(ALIVE); // not before: what waits is bounded by the requests that wait for it
            });
        } else {
            call.answer(ALIVE);
        }
    }

    private void leave(Call call, Names names) {
        String uuid = call.uuid();
        if (uuid != null) {
            List<Channel> channels = names.attended(groups);
            presence.submit((who, now) -> {
                who.leave(uuid, channels, now);
                call.answer(LEFT);
            });
        } else {
            call.answer(LEFT);
        }
    }

    private void setState(Call call, Names names) {
        String sent = call.query().text("state");
        Json state = sent == null ? null : JsonReader.value(sent.getBytes(StandardCharsets.UTF_8));
        if (sent == null) {
            call.refuse(400, "No state specified.");
        } else if (state == null || state.utf8()[0] != '{') {
            call.refuse(400, "Invalid JSON specified."); // a state is an object
        } else {
            String uuid = call.segment("uuid");
            List<Channel> channels = names.attended(groups);
            presence.submit((who, now) -> {
                who.setState(uuid, channels, state, now);
                call.answer(Answer.json(200, new JsonText().raw("{\"status\":200,\"message\":\"OK\",\"payload\":")
                        .raw(state)
                        .raw(",\"service\":\"Presence\"}")
                        .toBytes()));
            });
        }
    }

    private void state(Call call, Names names) {
        String uuid = call.segment("uuid");
        List<Channel> channels = names.attended(groups);
        boolean one = isOne(names);
        presence.submit((who, now) -> {
            JsonText json = new JsonText().raw("{\"status\":200,\"message\":\"OK\",\"payload\":");
            if (one) {
                state(who.state(uuid, channels.getFirst()), json).raw(",\"channel\":")
                        .quoted(channels.getFirst().name());
            } else {
                String comma = "{\"channels\":{";
                for (Channel channel : channels) {
                    state(who.state(uuid, channel), json.raw(comma).quoted(channel.name()).raw(":"));
                    comma = ",";
                }
                json.raw(channels.isEmpty() ? "{\"channels\":{}}" : "}}");
            }
            json.raw(",\"uuid\":").quoted(uuid).raw(",\"service\":\"Presence\"}");
            call.answer(Answer.json(200, json.toBytes()));
        });
    }

    private static JsonText state(@Nullable Json state, JsonText json) {
        return state == null ? json.raw("{}") : json.raw(state);
    }

    private void hereNow(Call call, Names names) {
        List<Channel> channels = names.attended(groups);
        boolean one = isOne(names);
        Listing listing = Listing.of(call);
        if (listing == null) {
            call.refuse(400, "Limit and offset are whole numbers");
            return;
        }
        presence.submit((who, now) -> {
            if (one) {
                JsonText json = new JsonText().raw("{\"status\":200,\"message\":\"OK\",\"service\":\"Presence\",");
                listing.write(who, channels.getFirst(), json);
                call.answer(Answer.json(200, json.raw("}").toBytes()));
            } else {
                answerWith(who, channels, listing, call);
            }
        });
    }

    private void hereNowEverywhere(Call call) {
        Listing listing = Listing.of(call);
        if (listing == null) {
            call.refuse(400, "Limit and offset are whole numbers");
            return;
        }
        String keyset = call.subscribeKey();
        presence.submit((who, now) -> {
            List<Channel> readable = who.occupied(keyset) // whoever names no channel sees those that he could have named
                    .stream()
                    .filter(channel -> access.mayRead(call.caller(), Kind.CHANNEL, channel.name()))
                    .toList();
            answerWith(who, readable, listing, call);
        });
    }

    private static void answerWith(Presence presence, List<Channel> channels, Listing listing, Call call) {
        JsonText json = new JsonText().raw("{\"status\":200,\"message\":\"OK\",\"payload\":{\"channels\":{");
        int occupied = 0;
        long total = 0;
        for (Channel channel : channels) {
            int occupancy = presence.occupancy(channel);
            if (occupancy > 0) {
                json.raw(occupied == 0 ? "" : ",").quoted(channel.name()).raw(":{");
                listing.write(presence, channel, json);
                json.raw("}");
                occupied++;
                total += occupancy;
            }
        }
        json.raw("},\"total_channels\":").number(occupied).raw(",\"total_occupancy\":").number(total);
        call.answer(Answer.json(200, json.raw("},\"service\":\"Presence\"}").toBytes()));
    }

    private void whereNow(Call call) {
        String keyset = call.subscribeKey();
        String uuid = call.segment("uuid");
        presence.submit((who, now) -> {
            JsonText json = new JsonText().raw("{\"status\":200,\"message\":\"OK\",\"payload\":{\"channels\":")
                    .quoted(who.whereabouts(keyset, uuid));
            call.answer(Answer.json(200, json.raw("},\"service\":\"Presence\"}").toBytes()));
        });
    }

    /** What a here-now shows of a channel. */
    private record Listing(boolean uuids, boolean states, int offset, int limit) {
        /** Null when a number is none. */
        static @Nullable Listing of(Call call) {
            Long offset = call.query().timetoken("offset");
            Long limit = call.query().timetoken("limit");
            if ((offset != null && offset == Timetoken.INVALID) || (limit != null && limit == Timetoken.INVALID)) {
                return null;
            }
            return new Listing(!call.query().flag("disable_uuids"), call.query().flag("state"),
                    offset == null ? 0 : (int) Math.min(offset, Integer.MAX_VALUE),
                    limit == null ? Integer.MAX_VALUE : (int) Math.min(limit, Integer.MAX_VALUE));
        }

        void write(Presence presence, Channel channel, JsonText json) {
            json.raw("\"occupancy\":").number(presence.occupancy(channel));
            if (uuids) {
                json.raw(",\"uuids\":[");
                String comma = "";
                for (Occupant occupant : presence.occupants(channel, offset, limit)) {
                    json.raw(comma);
                    if (states) {
                        json.raw("{\"uuid\":").quoted(occupant.uuid());
                        if (occupant.state() != null) {
                            json.raw(",\"state\":").raw(occupant.state());
                        }
                        json.raw("}");
                    } else {
                        json.quoted(occupant.uuid());
                    }
                    comma = ",";
                }
                json.raw("]");
            }
        }
    }

    private static boolean isOne(Names names) {
        return names.groups().isEmpty() && names.channels().size() + names.wildcards().size() == 1
                && names.channels().stream().noneMatch(Channel::isPresence);
    }

    /** For how many nanoseconds somebody is there after a sign of life. */
    static long patience(Call call) {
        Long asked = call.query().timetoken("heartbeat");
        long seconds = asked == null || asked < 1 ? PATIENCE_SECONDS : Math.min(asked, MOST_PATIENCE_SECONDS);
        return TimeUnit.SECONDS.toNanos(seconds);
    }

    /** The states of channels and groups that a poll or a heartbeat brings, null when they are none. */
    static @Nullable Map<String, Json> states(Call call) {
        String sent = call.query().text("state");
        return sent == null ? Map.of() : JsonReader.objects(sent.getBytes(StandardCharsets.UTF_8));
    }
}
