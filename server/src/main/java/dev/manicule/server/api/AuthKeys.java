package dev.manicule.server.api;

import dev.manicule.server.access.Access;
import dev.manicule.server.command.GrantToKeys;
import dev.manicule.server.command.Unavailable;
import dev.manicule.server.http.Response;
import dev.manicule.server.journal.Journal;
import dev.manicule.server.json.JsonWriter;
import dev.manicule.server.limits.Limit;
import dev.manicule.server.limits.Limits;
import dev.manicule.server.model.Channel;
import dev.manicule.server.model.KeyGrant;
import dev.manicule.server.model.KeyGrant.Kind;
import dev.manicule.server.model.KeyGrant.Resource;
import dev.manicule.server.routing.ApiRequest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Grants permissions to auth keys, and lists them: the second Access Manager, kept for clients that use it. */
final class AuthKeys {
    private static final int USUAL_MINUTES = 1440;
    private static final int MOST_MINUTES = 525_600;
    private static final int SECONDS_A_MINUTE = 60;
    /** The most pairs of a resource and a key in one request: applied at once, for some milliseconds. */
    private static final int MOST_PAIRS = 1000;
    /** The most permissions in one list. */
    private static final int MOST_LISTED = 10_000;
    /** The names of permissions, and their bits. */
    private static final Map<String, Integer> LETTERS = new LinkedHashMap<>();

    static {
        LETTERS.put("r", 1);
        LETTERS.put("w", 2);
        LETTERS.put("m", 4);
        LETTERS.put("d", 8);
        LETTERS.put("g", 32);
        LETTERS.put("u", 64);
        LETTERS.put("j", 128);
    }

    private final Access access;
    private final Journal journal;
    private final Limits limits;

    AuthKeys(Access access, Journal journal, Limits limits) {
        this.access = access;
        this.journal = journal;
        this.limits = limits;
    }

    /**
     * What a request names.
     *
     * @param byKind the names of each kind, without repetitions
     * @param keys the auth keys, none for all callers
     */
    private record Named(Map<Kind, List<String>> byKind, List<String> keys) {
        /** Reads a request; null when a name or a key is none. */
        static @Nullable Named of(ApiRequest request) {
            Map<Kind, List<String>> byKind = new EnumMap<>(Kind.class);
            byKind.put(Kind.CHANNEL, list(request, "channel"));
            byKind.put(Kind.GROUP, list(request, "channel-group"));
            byKind.put(Kind.UUID, list(request, "target-uuid"));
            List<String> keys = list(request, "auth");
            boolean areNames = byKind.values().stream().flatMap(Collection::stream).allMatch(Channel::isName);
            boolean areKeys = keys.stream()
                    .allMatch(key -> key.getBytes(StandardCharsets.UTF_8).length <= KeyGrant.MOST_KEY_BYTES);
            return areNames && areKeys ? new Named(byKind, keys) : null;
        }

        private static List<String> list(ApiRequest request, String parameter) {
            String text = request.query().text(parameter);
            Set<String> names = new LinkedHashSet<>(text == null ? List.of() : List.of(text.split(",", -1)));
            names.remove("");
            return List.copyOf(names);
        }

        List<String> of(Kind kind) {
            return byKind.getOrDefault(kind, List.of());
        }

        boolean isOfKeyset() {
            return byKind.values().stream().allMatch(List::isEmpty);
        }

        List<String> resources() {
            if (isOfKeyset()) {
                return List.of(Resource.KEYSET.text());
            }
            List<String> resources = new ArrayList<>();
            byKind.forEach((kind, names) -> names.forEach(name -> resources.add(new Resource(kind, name).text())));
            return resources;
        }

        String level() {
            if (!of(Kind.UUID).isEmpty()) {
                return "uuid";
            }
            if (!of(Kind.CHANNEL).isEmpty()) {
                return keys.isEmpty() ? "channel" : "user";
            }
            if (!of(Kind.GROUP).isEmpty()) {
                return keys.isEmpty() ? "channel-group" : "channel-group+auth";
            }
            return keys.isEmpty() ? "subkey" : "user";
        }
    }

    /** Sets permissions in place of those that the keys have on the same resources. All zeros take them away. */
    void grant(ApiRequest request) {
        Named named = Named.of(request);
        Integer minutes = minutes(request.query().text("ttl"));
        if (named == null) {
            request.refuse(400, "Invalid name: a channel, group or uuid has 1 to " + Channel.MAX_NAME_BYTES
                    + " bytes, an auth key 1 to " + KeyGrant.MOST_KEY_BYTES);
        } else if (named.isOfKeyset() && !named.keys().isEmpty()) {
            request.refuse(400, "Auth-only grants are reserved for future use");
        } else if (minutes == null) {
            request.refuse(400, "Invalid ttl: it is 0, for ever, or 1 to " + MOST_MINUTES + " minutes");
        } else if ((long) named.resources().size() * Math.max(1, named.keys().size()) > MOST_PAIRS) {
            request.refuse(400, "Too many names: a request grants at most " + MOST_PAIRS
                    + " pairs of a resource and an auth key");
        } else {
            submit(request, named, minutes);
        }
    }

    private static @Nullable Integer minutes(@Nullable String text) {
        if (text == null || text.isEmpty()) {
            return USUAL_MINUTES;
        }
        if (!text.matches("\\d{1,6}")) {
            return null;
        }
        int minutes = Integer.parseInt(text);
        return minutes > MOST_MINUTES ? null : (Integer) minutes;
    }

    private static int mask(ApiRequest request) {
        int mask = 0;
        for (Map.Entry<String, Integer> letter : LETTERS.entrySet()) {
            String sent = request.query().text(letter.getKey());
            mask |= "1".equals(sent) || "true".equals(sent) ? letter.getValue() : 0;
        }
        return mask;
    }

    private void submit(ApiRequest request, Named named, int minutes) {
        int mask = mask(request);
        long now = access.now();
        long expiry = minutes == 0 ? Long.MAX_VALUE : now + (long) minutes * SECONDS_A_MINUTE;
        List<String> keys = named.keys().isEmpty() ? List.of(KeyGrant.ANY_KEY) : named.keys();
        journal.submit(request.client(), new GrantToKeys(request.subscribeKey(), named.resources(), keys, mask, expiry,
                now, limits.count(Limit.KEY_GRANTS_BY_KEYSET)), outcome -> {
                    switch (outcome) {
                        case GrantToKeys.KeysGranted _ -> request.respond(granted(request, named, minutes, mask));
                        case GrantToKeys.TooManyGrants _ -> {
                            limits.reached(Limit.KEY_GRANTS_BY_KEYSET);
                            request.refuse(400, "Maximum number of permissions of auth keys reached for this keyset");
                        }
                        case Unavailable unavailable -> request.refuse(unavailable);
                    }
                });
    }

    private static Response granted(ApiRequest request, Named named, int minutes, int mask) {
        JsonWriter json = begin(request, named.level()).member("ttl", minutes);
        if (named.isOfKeyset()) {
            letters(json, mask);
        }
        List<String> channels = named.of(Kind.CHANNEL);
        boolean isOfUser = named.level().equals("user") && channels.size() == 1 && named.resources().size() == 1;
        if (isOfUser) {
            json.member("channel", channels.getFirst());
            auths(json, named.keys(), mask);
        } else {
            named.byKind().forEach((kind, names) -> {
                if (!names.isEmpty()) {
                    json.object(title(kind));
                    for (String name : names) {
                        json.nameOf(name).object();
                        if (named.keys().isEmpty()) {
                            letters(json, mask);
                        } else {
                            auths(json, named.keys(), mask);
                        }
                        json.end();
                    }
                    json.end();
                }
            });
        }
        return end(json);
    }

    private static void auths(JsonWriter json, List<String> keys, int mask) {
        json.object("auths");
        for (String key : keys) {
            letters(json.nameOf(key).object(), mask).end();
        }
        json.end();
    }

    private static JsonWriter letters(JsonWriter json, int mask) {
        LETTERS.forEach((letter, bit) -> json.member(letter, (mask & bit) == 0 ? 0 : 1));
        return json;
    }

    private static String title(Kind kind) {
        return switch (kind) {
            case KEYSET, CHANNEL -> "channels";
            case GROUP -> "channel-groups";
            case UUID -> "uuids";
        };
    }

    private static JsonWriter begin(ApiRequest request, String level) {
        return new JsonWriter().object()
                .member("message", "Success")
                .object("payload")
                .member("level", level)
                .member("subscribe_key", request.subscribeKey());
    }

    private static Response end(JsonWriter json) {
        return Response.json(200, json.end().member("service", "Access Manager").member("status", 200).end().toBytes());
    }

    /** Lists the permissions that have not ended: all, or those of some resources and auth keys. */
    void audit(ApiRequest request) {
        Named named = Named.of(request);
        if (named == null) {
            request.refuse(400, "Invalid name: a channel, group or uuid has 1 to " + Channel.MAX_NAME_BYTES
                    + " bytes, an auth key 1 to " + KeyGrant.MOST_KEY_BYTES);
        } else {
            request.respondInSlices(() -> audited(request, named));
        }
    }

    private Response audited(ApiRequest request, Named named) {
        Set<String> resources = named.isOfKeyset() ? Set.of() : Set.copyOf(named.resources());
        Set<String> keys = Set.copyOf(named.keys());
        Map<Kind, Map<String, Map<String, KeyGrant>>> found = new EnumMap<>(Kind.class);
        access.keyGrants(request.keyset())
                .stream()
                .filter(each -> resources.isEmpty() || resources.contains(each.resource().text()))
                .filter(each -> keys.isEmpty() || keys.contains(each.key()))
                .limit(MOST_LISTED)
                .forEach(each -> found.computeIfAbsent(each.resource().kind(), _ -> new TreeMap<>())
                        .computeIfAbsent(each.resource().name(), _ -> new TreeMap<>())
                        .put(each.key(), each));
        JsonWriter json = begin(request, named.level());
        KeyGrant ofAll = found.getOrDefault(Kind.KEYSET, Map.of()).getOrDefault("", Map.of()).get(KeyGrant.ANY_KEY);
        if (ofAll != null) {
            listed(json, ofAll);
        }
        for (Kind kind : List.of(Kind.CHANNEL, Kind.GROUP, Kind.UUID)) {
            json.object(title(kind));
            found.getOrDefault(kind, Map.of()).forEach((name, grants) -> {
                json.nameOf(name).object();
                KeyGrant ofAny = grants.remove(KeyGrant.ANY_KEY);
                if (ofAny != null) {
                    listed(json, ofAny);
                }
                if (!grants.isEmpty()) {
                    json.object("auths");
                    grants.forEach((key, grant) -> listed(json.nameOf(key).object(), grant).end());
                    json.end();
                }
                json.end();
            });
            json.end();
        }
        return end(json);
    }

    private JsonWriter listed(JsonWriter json, KeyGrant grant) {
        long seconds = grant.expiry() - access.now();
        boolean isForEver = grant.expiry() == Long.MAX_VALUE;
        return letters(json, grant.mask())
                .member("ttl", isForEver ? 0 : Math.max(1, Math.ceilDiv(seconds, SECONDS_A_MINUTE)));
    }
}
