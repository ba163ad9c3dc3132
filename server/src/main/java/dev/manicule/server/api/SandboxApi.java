package dev.manicule.server.api;

import dev.manicule.server.api.Faults.Injected;
import dev.manicule.server.http.Answer;
import dev.manicule.server.json.JsonReader;
import dev.manicule.server.json.JsonText;
import dev.manicule.server.limits.AddressRange;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What tests may do with a server that is for them, for tests in other languages. Part of no other server. */
public final class SandboxApi implements Api.Family {
    private static final Set<String> FAULT = Set.of("do", "status", "millis", "on", "method", "path", "times");
    private static final Set<String> CLOCK = Set.of("advanceMillis", "standAt", "run");

    private final Sandbox sandbox;

    /** The family over what may be done. */
    public SandboxApi(Sandbox sandbox) {
        this.sandbox = sandbox;
    }

    @Override
    public String name() {
        return "sandbox";
    }

    @Override
    public List<Route> routes() {
        return List.of(route("GET", "/dev", this::tell), route("POST", "/dev/faults", this::inject),
                route("DELETE", "/dev/faults", call -> {
                    sandbox.faults().clear();
                    tell(call);
                }), route("POST", "/dev/clock", slowly(400, this::clock)),
                route("POST", "/dev/snapshots/{snapshot}",
                        slowly(404, call -> sandbox.snapshot(call.segment("snapshot")))),
                route("POST", "/dev/snapshots/{snapshot}/restore",
                        slowly(404, call -> sandbox.restore(call.segment("snapshot")))),
                route("POST", "/dev/reset", slowly(404, call -> sandbox.reset())));
    }

    private static Route route(String method, String path, Route.Endpoint endpoint) {
        return Route.of(method, path, ErrorShape.OWN, Need.NOTHING, call -> {
            if (!call.isFrom(AddressRange.LOOPBACK)) { // through a proxy
                call.refuse(403, "This is for programs on the server's own machine.");
            } else if (call.request().origin() != null) { // any page could have a browser on this machine do it
                call.refuse(403, "This is not for pages.");
            } else {
                endpoint.serve(call);
            }
        });
    }

    /** Something that takes a moment, and may fail. */
    private interface Work {
        void with(Call call) throws IOException;
    }

    /**
     * On a thread that the server does not end while it begins anew.
     *
     * @param otherwise the status where the work finds that it makes no sense
     */
    private Route.Endpoint slowly(int otherwise, Work work) {
        return call -> Thread.ofVirtual().name("manicule-sandbox").start(() -> {
            try {
                work.with(call);
                tell(call);
            } catch (IllegalArgumentException | DateTimeException e) {
                call.refuse(otherwise, String.valueOf(e.getMessage()));
            } catch (IOException | RuntimeException e) {
                call.refuse(500, String.valueOf(e.getMessage()));
            }
        });
    }

    private void tell(Call call) {
        JsonText json = new JsonText().raw("{\"time\":")
                .quoted(sandbox.now().toString())
                .raw(",\"timetoken\":")
                .quoted(sandbox.timetoken())
                .raw(",\"stands\":")
                .raw(String.valueOf(sandbox.isStanding()))
                .raw(",\"snapshots\":")
                .quoted(sandbox.snapshots())
                .raw(",\"faults\":[");
        String comma = "";
        for (Injected injected : sandbox.faults().active()) {
            Fault fault = injected.fault();
            json.raw(comma)
                    .raw("{\"do\":")
                    .quoted(word(fault.kind()))
                    .raw(",\"status\":")
                    .number(fault.status())
                    .raw(",\"millis\":")
                    .number(fault.time().toMillis())
                    .raw(",\"on\":")
                    .quoted(fault.family())
                    .raw(",\"method\":")
                    .quoted(fault.method())
                    .raw(",\"path\":")
                    .quoted(fault.path())
                    .raw(",\"times\":")
                    .number(fault.times())
                    .raw(",\"hits\":")
                    .number(injected.hits())
                    .raw("}");
            comma = ",";
        }
        call.answer(Answer.json(200, json.raw("]}").toBytes()));
    }

    private static String word(Fault.Kind kind) {
        return switch (kind) {
            case ANSWER -> "answer";
            case LOSE_ANSWER -> "lose-answer";
            case CUT -> "cut";
            case DELAY -> "delay";
        };
    }

    private void inject(Call call) {
        Map<String, Object> wish = JsonReader.members(call.body());
        if (wish == null || !FAULT.containsAll(wish.keySet())) {
            call.refuse(400,
                    "A fault is a JSON object of these: " + String.join(", ", FAULT.stream().sorted().toList()));
            return;
        }
        try {
            Duration time = Duration.ofMillis(number(wish, "millis", 0));
            Fault fault = switch (text(wish, "do")) {
                case "answer" -> Fault.answer((int) number(wish, "status", 503));
                case "lose-answer" -> Fault.loseAnswer();
                case "cut" -> Fault.cut(time);
                case "delay" -> Fault.delay(time);
                default ->
                    throw new IllegalArgumentException("`do` is one of answer, lose-answer, cut and delay");
            };
            sandbox.faults()
                    .inject(fault.on(text(wish, "on"))
                            .method(text(wish, "method"))
                            .path(text(wish, "path"))
                            .times((int) number(wish, "times", 1)));
            tell(call);
        } catch (IllegalArgumentException e) {
            call.refuse(400, String.valueOf(e.getMessage()));
        }
    }

    private void clock(Call call) throws IOException {
        Map<String, Object> wish = JsonReader.members(call.body());
        if (wish == null || wish.size() != 1 || !CLOCK.containsAll(wish.keySet())) {
            throw new IllegalArgumentException("The clock wants {\"advanceMillis\":60000}, "
                    + "{\"standAt\":\"2026-01-01T00:00:00Z\"} or {\"run\":true}");
        }
        if (wish.containsKey("advanceMillis")) {
            sandbox.advance(Duration.ofMillis(number(wish, "advanceMillis", 0)));
        } else if (wish.containsKey("standAt")) {
            sandbox.standAt(Instant.parse(text(wish, "standAt")));
        } else {
            sandbox.runClock();
        }
    }

    private static String text(Map<String, Object> wish, String name) {
        Object value = wish.getOrDefault(name, "");
        if (value instanceof String text) {
            return text;
        }
        throw new IllegalArgumentException("`" + name + "` is a text");
    }

    private static long number(Map<String, Object> wish, String name, long otherwise) {
        Object value = wish.getOrDefault(name, otherwise);
        if (value instanceof Long number && number >= 0 && number <= Integer.MAX_VALUE) {
            return number;
        }
        throw new IllegalArgumentException("`" + name + "` is a whole number, not negative");
    }
}
