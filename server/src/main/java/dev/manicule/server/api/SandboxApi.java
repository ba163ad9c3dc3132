package dev.manicule.server.api;

import dev.manicule.server.http.Header;
import dev.manicule.server.http.Response;
import dev.manicule.server.json.Json;
import dev.manicule.server.json.JsonReader;
import dev.manicule.server.json.JsonWriter;
import dev.manicule.server.limits.AddressRange;
import dev.manicule.server.routing.ApiRequest;
import dev.manicule.server.routing.EndpointFamily;
import dev.manicule.server.routing.ErrorFormat;
import dev.manicule.server.routing.Fault;
import dev.manicule.server.routing.Faults.Injected;
import dev.manicule.server.routing.RequiredPermission;
import dev.manicule.server.routing.Route;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The controls of a server for tests, over HTTP for tests in other languages. No other server has it. */
public final class SandboxApi implements EndpointFamily {
    private static final List<String> FAULT = List.of("do", "status", "millis", "on", "method", "path", "times");
    private static final List<String> CLOCK = List.of("advanceMillis", "standAt", "run");
    private static final String CLOCK_WISHES = "the clock wants one of {\"advanceMillis\":60000}, "
            + "{\"standAt\":\"2026-01-01T00:00:00Z\"} and {\"run\":true}";

    private final Sandbox sandbox;

    /** The family over the controls of a server. */
    public SandboxApi(Sandbox sandbox) {
        this.sandbox = sandbox;
    }

    @Override
    public String name() {
        return "sandbox";
    }

    @Override
    public boolean isOfProtocol() {
        return false;
    }

    @Override
    public List<Route> routes() {
        return List.of(route("GET", "/dev", this::respondWithState), route("POST", "/dev/faults", this::inject),
                route("DELETE", "/dev/faults", bare(apiRequest -> {
                    sandbox.faults().clear();
                    respondWithState(apiRequest);
                })), route("POST", "/dev/clock", slowly(400, this::clock)),
                route("POST", "/dev/snapshots/{snapshot}",
                        bare(slowly(400, apiRequest -> sandbox.snapshot(apiRequest.segment("snapshot"))))),
                route("POST", "/dev/snapshots/{snapshot}/restore",
                        bare(slowly(404, apiRequest -> sandbox.restore(apiRequest.segment("snapshot"))))),
                route("POST", "/dev/reset", bare(slowly(404, apiRequest -> sandbox.reset()))));
    }

    private static Route route(String method, String path, Route.Endpoint endpoint) {
        return Route.of(method, path, ErrorFormat.OWN, RequiredPermission.NOTHING, apiRequest -> {
            if (!apiRequest.isFrom(AddressRange.LOOPBACK)) { // through a proxy
                apiRequest.refuse(403, "This is for programs on the server's own machine.");
            } else if (apiRequest.request().header(Header.ORIGIN) != null) { // any page could make a browser on this machine do it
                apiRequest.refuse(403, "This is not for pages.");
            } else {
                endpoint.serve(apiRequest);
            }
        });
    }

    /** For requests that need only their path: a body would request something that is not done. */
    private static Route.Endpoint bare(Route.Endpoint endpoint) {
        return apiRequest -> {
            String body = new String(apiRequest.body(), StandardCharsets.UTF_8).strip();
            if (body.isEmpty() || body.equals("{}")) {
                endpoint.serve(apiRequest);
            } else {
                apiRequest.refuse(400, "This takes nothing: send no body, or {}");
            }
        };
    }

    /** Something that takes a moment, and may fail. */
    private interface SlowTask {
        void with(ApiRequest apiRequest) throws IOException;
    }

    /**
     * On a thread that the server does not end during a restart.
     *
     * @param otherwise the status of a request that the task finds invalid
     */
    private Route.Endpoint slowly(int otherwise, SlowTask task) {
        return apiRequest -> Thread.ofVirtual().name("manicule-sandbox").start(() -> {
            try {
                task.with(apiRequest);
                respondWithState(apiRequest);
            } catch (IllegalArgumentException e) {
                apiRequest.refuse(otherwise, String.valueOf(e.getMessage()));
            } catch (IOException | RuntimeException e) {
                apiRequest.refuse(500, String.valueOf(e.getMessage()));
            }
        });
    }

    private void respondWithState(ApiRequest apiRequest) {
        JsonWriter json = new JsonWriter().object()
                .member("time", sandbox.now().toString())
                .quoted("timetoken", sandbox.timetoken())
                .member("stands", sandbox.isStanding())
                .strings("snapshots", sandbox.snapshots())
                .array("faults");
        for (Injected injected : sandbox.faults().active()) {
            Fault fault = injected.fault();
            json.object()
                    .member("do", word(fault.kind()))
                    .member("status", fault.status())
                    .member("millis", fault.time().toMillis())
                    .member("on", fault.family())
                    .member("method", fault.method())
                    .member("path", fault.path())
                    .member("times", fault.times())
                    .member("hits", injected.hits())
                    .end();
        }
        apiRequest.respond(Response.json(200, json.end().end().toBytes()));
    }

    private static String word(Fault.Kind kind) {
        return switch (kind) {
            case ANSWER -> "answer";
            case LOSE_ANSWER -> "lose-answer";
            case CUT -> "cut";
            case DELAY -> "delay";
        };
    }

    private void inject(ApiRequest apiRequest) {
        try {
            sandbox.faults().inject(fault(new SandboxRequest(apiRequest.body(), FAULT)));
        } catch (IllegalArgumentException e) {
            apiRequest.refuse(400, String.valueOf(e.getMessage()));
            return;
        }
        respondWithState(apiRequest);
    }

    private static Fault fault(SandboxRequest wish) {
        Duration time = Duration.ofMillis(wish.number("millis", 0, Integer.MAX_VALUE));
        Fault fault = switch (wish.text("do")) {
            case "answer" -> Fault.response((int) wish.number("status", 503, Integer.MAX_VALUE));
            case "lose-answer" -> Fault.loseAnswer();
            case "cut" -> Fault.cut(time);
            case "delay" -> Fault.delay(time);
            default -> throw new IllegalArgumentException("`do` is one of answer, lose-answer, cut and delay");
        };
        if (wish.has("status") && fault.kind() != Fault.Kind.ANSWER) {
            throw new IllegalArgumentException("`status` is for {\"do\":\"answer\"}: "
                    + word(fault.kind()) + " has none; leave it out");
        }
        if (wish.has("millis") && !fault.kind().takesTime()) {
            throw new IllegalArgumentException("`millis` is for {\"do\":\"delay\"} and {\"do\":\"cut\"}: "
                    + word(fault.kind()) + " has none; leave it out");
        }
        return fault.on(wish.text("on"))
                .method(wish.text("method"))
                .path(wish.text("path"))
                .times((int) wish.number("times", 1, Integer.MAX_VALUE));
    }

    private void clock(ApiRequest apiRequest) throws IOException {
        SandboxRequest wish = new SandboxRequest(apiRequest.body(), CLOCK);
        if (wish.size() != 1) {
            throw new IllegalArgumentException(CLOCK_WISHES);
        }
        if (wish.has("advanceMillis")) {
            sandbox.advance(Duration.ofMillis(wish.number("advanceMillis", 0, Long.MAX_VALUE)));
        } else if (wish.has("standAt")) {
            sandbox.standAt(wish.moment("standAt"));
        } else if (wish.isTrue("run")) {
            sandbox.runClock();
        } else {
            throw new IllegalArgumentException(
                    "`run` is true and nothing else; to have the clock stand, say {\"standAt\":\"2026-01-01T00:00:00Z\"}");
        }
    }

    /** The command in a body: no member of it is ignored. */
    private static final class SandboxRequest {
        private final Map<String, Object> members;
        private final Map<String, Json> parts;

        /** Rejects a body that is no object of these members, each once at most. */
        private SandboxRequest(byte[] body, List<String> known) {
            List<String> twins = new ArrayList<>();
            Map<String, Object> read = JsonReader.members(body);
            Map<String, Json> sent = JsonReader.parts(body, twins);
            String expected = "expected a JSON object of some of these: " + String.join(", ", known);
            if (read == null || sent == null) {
                throw new IllegalArgumentException("the body is no JSON object; " + expected);
            }
            for (String name : read.keySet()) {
                if (!known.contains(name)) {
                    throw new IllegalArgumentException("there is no `" + name + "` here; " + expected);
                }
            }
            if (!twins.isEmpty()) {
                throw new IllegalArgumentException("`" + twins.getFirst() + "` is there twice; say it once");
            }
            members = read;
            parts = sent;
        }

        private int size() {
            return members.size();
        }

        private boolean has(String name) {
            return members.containsKey(name);
        }

        private boolean isTrue(String name) {
            return "true".equals(String.valueOf(parts.get(name)));
        }

        private String text(String name) {
            if (members.getOrDefault(name, "") instanceof String text) {
                return text;
            }
            throw new IllegalArgumentException("`" + name + "` is a text");
        }

        private Instant moment(String name) {
            try {
                return Instant.parse(text(name));
            } catch (DateTimeException e) {
                throw new IllegalArgumentException("`" + name + "` is a moment such as 2026-01-01T00:00:00Z", e);
            }
        }

        private long number(String name, long otherwise, long most) {
            if (members.getOrDefault(name, otherwise) instanceof Long number && number >= 0 && number <= most) {
                return number;
            }
            throw new IllegalArgumentException("`" + name + "` is a whole number from 0 to " + most);
        }
    }
}
