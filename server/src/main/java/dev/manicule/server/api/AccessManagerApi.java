package dev.manicule.server.api;

import dev.manicule.server.access.Access;
import dev.manicule.server.access.Caller;
import dev.manicule.server.access.Denial;
import dev.manicule.server.access.Grant.Kind;
import dev.manicule.server.access.Grant;
import dev.manicule.server.access.Permission;
import dev.manicule.server.access.Token;
import dev.manicule.server.command.RevokeToken;
import dev.manicule.server.command.Unavailable;
import dev.manicule.server.http.Response;
import dev.manicule.server.journal.Journal;
import dev.manicule.server.json.JsonReader;
import dev.manicule.server.json.JsonWriter;
import dev.manicule.server.limits.Limits;
import dev.manicule.server.routing.ApiRequest;
import dev.manicule.server.routing.EndpointFamily;
import dev.manicule.server.routing.ErrorFormat;
import dev.manicule.server.routing.RequiredPermission;
import dev.manicule.server.routing.Route.Trait;
import dev.manicule.server.routing.Route;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/** Grants and revokes tokens and permissions of auth keys, for callers that have the secret key. */
public final class AccessManagerApi implements EndpointFamily {
    private static final Response REVOKED = Response.json(200, new JsonWriter().object()
            .object("data")
            .member("message", "Success")
            .end()
            .member("service", "Access Manager")
            .member("status", 200)
            .end()
            .toBytes());

    private final Access access;
    private final Journal journal;
    private final AuthKeys authKeys;

    /**
     * The family over access control, which knows tokens and permissions of auth keys, and the journal, which stores
     * the revoked tokens and the permissions.
     */
    public AccessManagerApi(Access access, Journal journal, Limits limits) {
        this.access = access;
        this.journal = journal;
        authKeys = new AuthKeys(access, journal, limits);
    }

    @Override
    public String name() {
        return "access-manager";
    }

    @Override
    public List<Route> routes() {
        String grant = "/v3/pam/{subscribeKey}/grant";
        return List.of(
                Route.of("GET", "/v2/auth/grant/sub-key/{subscribeKey}", ErrorFormat.ACCESS_MANAGER,
                        RequiredPermission.NOTHING, owners(authKeys::grant)),
                Route.of("GET", "/v2/auth/audit/sub-key/{subscribeKey}", ErrorFormat.ACCESS_MANAGER,
                        RequiredPermission.NOTHING, owners(authKeys::audit)).with(Trait.LINEARIZABLE),
                Route.of("POST", grant, ErrorFormat.ACCESS_MANAGER, RequiredPermission.NOTHING,
                        owners(this::beginGrant)),
                Route.of("DELETE", grant + "/{token}", ErrorFormat.ACCESS_MANAGER, RequiredPermission.NOTHING,
                        owners(this::revoke)));
    }

    /** The fault of a request, in the words of the protocol. */
    private static final class Malformed extends Exception {
        private static final long serialVersionUID = 1;

        private final String detail;
        private final String location;

        Malformed(String message, String detail, String location) {
            super(message, null, false, false);
            this.detail = detail;
            this.location = location;
        }
    }

    private static Route.Endpoint owners(Route.Endpoint endpoint) {
        return apiRequest -> {
            if (apiRequest.keyset().secretKey() == null) {
                apiRequest.refuse(403, "This keyset has no secret key: the configuration of the server gives it one.");
            } else if (!(apiRequest.caller() instanceof Caller.Owner)) {
                apiRequest.refuse(403, "Only who knows the secret key may do this: the request must be signed.");
            } else {
                endpoint.serve(apiRequest);
            }
        };
    }

    /** Patterns are compiled to check whether they can be: that is no work for an event loop. */
    private void beginGrant(ApiRequest apiRequest) {
        try {
            apiRequest.workers().execute(apiRequest.client(), () -> {
                try {
                    grant(apiRequest);
                } catch (RuntimeException e) {
                    apiRequest.fail("A grant", e, "Internal error");
                }
            });
        } catch (RejectedExecutionException e) {
            apiRequest.refuse(new Unavailable("Too much work is waiting.", false));
        }
    }

    private void grant(ApiRequest apiRequest) {
        Grant grant;
        try {
            if (JsonReader.value(apiRequest.body()) == null
                    || !(JsonReader.tree(apiRequest.body()) instanceof Map<?, ?> body)) {
                throw new Malformed("Invalid JSON", "The body is not a JSON object.", "body");
            }
            grant = grant(body);
        } catch (Malformed e) {
            refuse(apiRequest, "grant", e, "body");
            return;
        }
        String token = access.grant(apiRequest.keyset(), grant);
        if (token == null) {
            refuse(apiRequest, "grant",
                    new Malformed("Invalid permissions", "Too many names for one token.", "permissions"),
                    "body");
            return;
        }
        apiRequest.respond(Response.json(200, new JsonWriter().object()
                .object("data")
                .member("message", "Success")
                .member("token", token)
                .end()
                .member("service", "Access Manager")
                .member("status", 200)
                .end()
                .toBytes()));
    }

    private static Grant grant(Map<?, ?> body) throws Malformed {
        Integer ttl = minutes(body.get("ttl"));
        if (ttl == null || ttl < 1 || ttl > Grant.MOST_MINUTES) {
            throw new Malformed("Invalid ttl", "Range should be 1 to " + Grant.MOST_MINUTES + " minute(s).", "ttl");
        }
        Map<?, ?> permissions = object(body.get("permissions"), "permissions");
        Object uuid = permissions.get("uuid");
        if (uuid != null && !(uuid instanceof String text && !text.isEmpty())) {
            throw new Malformed("Invalid uuid", "Expected a text.", "permissions.uuid");
        }
        Map<Kind, Map<String, Integer>> patterns = masks(permissions, "patterns");
        String excess = Grant.excess(patterns);
        if (excess != null) {
            throw new Malformed("Invalid permissions", excess, "permissions.patterns");
        }
        for (Map.Entry<Kind, Map<String, Integer>> ofKind : patterns.entrySet()) {
            for (String pattern : ofKind.getValue().keySet()) {
                String fault = Grant.fault(pattern);
                if (fault != null) {
                    throw new Malformed("Invalid RegExp", fault,
                            "permissions.patterns." + ofKind.getKey().wireName() + "." + pattern);
                }
            }
        }
        Grant grant = new Grant(ttl, masks(permissions, "resources"), patterns, meta(permissions.get("meta")),
                (String) uuid);
        if (grant.isEmpty()) {
            throw new Malformed("This grant contains no permissions", "What are you granting?", "permissions");
        }
        return grant;
    }

    private static Map<Kind, Map<String, Integer>> masks(Map<?, ?> permissions, String group) throws Malformed {
        String place = "permissions." + group;
        Map<?, ?> kinds = object(permissions.get(group), place);
        Map<Kind, Map<String, Integer>> all = new EnumMap<>(Kind.class);
        for (Kind kind : Kind.values()) {
            Map<String, Integer> masks = new HashMap<>();
            String ofKind = place + "." + kind.wireName();
            for (Map.Entry<?, ?> entry : object(kinds.get(kind.wireName()), ofKind).entrySet()) {
                String where = ofKind + "." + entry.getKey();
                Integer mask = wholeNumber(entry.getValue());
                if (mask == null || mask < 1) {
                    throw new Malformed("Invalid permissions",
                            "Unexpected value: `" + where + "` must be positive and non-zero.", where);
                }
                if (mask > Permission.ALL) {
                    throw new Malformed("Invalid permissions",
                            "Unexpected value: `" + where + "` must not be above " + Permission.ALL + ".", where);
                }
                masks.put((String) entry.getKey(), mask);
            }
            all.put(kind, masks);
        }
        return all;
    }

    private static Map<String, @Nullable Object> meta(@Nullable Object sent) throws Malformed {
        Map<String, @Nullable Object> meta = new HashMap<>();
        for (Map.Entry<?, ?> entry : object(sent, "permissions.meta").entrySet()) {
            Object value = entry.getValue();
            if (value instanceof Map || value instanceof List) {
                throw new Malformed("Invalid meta", "Values must be texts, numbers, booleans or null.",
                        "permissions.meta." + entry.getKey());
            }
            Integer whole = wholeNumber(value);
            meta.put((String) entry.getKey(), whole == null ? value : (Long) whole.longValue());
        }
        return meta;
    }

    private static Map<?, ?> object(@Nullable Object value, String location) throws Malformed {
        if (value == null) {
            return Map.of();
        }
        if (value instanceof Map<?, ?> map) {
            return map;
        }
        throw new Malformed("Invalid permissions", "Expected an object.", location);
    }

    /** A number, or its digits as text, as Python 4 sends them. */
    private static @Nullable Integer minutes(@Nullable Object ttl) {
        return ttl instanceof String text && text.matches("\\d{1,9}")
                ? (Integer) Integer.parseInt(text)
                : wholeNumber(ttl);
    }

    private static @Nullable Integer wholeNumber(@Nullable Object value) {
        return value instanceof Double number && number == number.intValue() ? (Integer) number.intValue() : null;
    }

    private void revoke(ApiRequest apiRequest) {
        Token token = access.read(apiRequest.segment("token"), apiRequest.keyset());
        Denial fault = token == null ? null : access.fault(token);
        if (token == null || fault != null) {
            String detail = fault == null ? "Token is no token of this keyset." : fault.message() + ".";
            refuse(apiRequest, "revoke", new Malformed("Invalid token", detail, "token"), "path");
            return;
        }
        journal.submit(apiRequest.client(),
                new RevokeToken(apiRequest.subscribeKey(), token.signature(), token.expiry(), access.now()),
                outcome -> {
                    switch (outcome) {
                        case RevokeToken.Revoked _ -> apiRequest.respond(REVOKED);
                        case Unavailable unavailable -> apiRequest.refuse(unavailable);
                    }
                });
    }

    private static void refuse(ApiRequest apiRequest, String source, Malformed fault, String locationType) {
        apiRequest.respond(Response.json(400, new JsonWriter().object()
                .object("error")
                .member("message", String.valueOf(fault.getMessage()))
                .member("source", source)
                .array("details")
                .object()
                .member("message", fault.detail)
                .member("location", fault.location)
                .member("locationType", locationType)
                .end()
                .end()
                .end()
                .member("service", "Access Manager")
                .member("status", 400)
                .end()
                .toBytes()));
    }
}
