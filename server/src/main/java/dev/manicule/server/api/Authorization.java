package dev.manicule.server.api;

import dev.manicule.server.limits.RedactedThrowable;
import dev.manicule.server.access.Access;
import dev.manicule.server.access.Caller;
import dev.manicule.server.access.Check;
import dev.manicule.server.access.Denial;
import dev.manicule.server.access.Keyset;
import dev.manicule.server.access.SignedRequest;
import dev.manicule.server.api.PathPattern.Values;
import dev.manicule.server.http.Request;
import dev.manicule.server.http.Request.BodyFault;
import dev.manicule.server.http.Response;
import dev.manicule.server.journal.TimetokenClock;
import dev.manicule.server.limits.Limit;
import dev.manicule.server.limits.Limits;
import dev.manicule.server.limits.Workers;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns authorized requests into API requests, in the order in which a rejection costs least: the signature's form and
 * time, the signature, the token, the permissions, and only then the body. {@link Workers} do the work that may take
 * long. It is charged to the address of the request: a client that only claims a keyset must not use up the limits of
 * that keyset.
 */
final class Authorization {
    /** So many bytes are hashed in some microseconds, for each way in which a client may have signed them. */
    private static final int SHORT = 8 << 10;
    private static final Duration A_SECOND = Duration.ofSeconds(1);
    private static final Logger LOG = LoggerFactory.getLogger(Authorization.class);

    private final Access access;
    private final Limits limits;
    private final TimetokenClock timeline;
    private final Workers workers;

    Authorization(Access access, Limits limits, TimetokenClock timeline, Workers workers) {
        this.access = access;
        this.limits = limits;
        this.timeline = timeline;
        this.workers = workers;
    }

    /** A request for a route, its path and query decoded, that is not authorized yet. */
    record Arrival(Route route, Values path, Query query, Keyset keyset, Request request, ObservedExchange exchange) {
        /** Whether its body matters and is still compressed. */
        private boolean isCompressed() {
            return takesBody() && request.sentBody().isEncoded();
        }

        /** Why its body can't be taken, null when it can or does not matter. Inflates it. */
        private @Nullable BodyFault bodyFault() {
            return takesBody() ? request.fault() : null;
        }

        private boolean takesBody() {
            return !route.method().equals("GET");
        }
    }

    /** Passes on the API request, now or later, on its event loop; or responds why it is rejected. */
    void of(Arrival arrival, Consumer<ApiRequest> next) {
        if (isTooLong(arrival.query().text("uuid")) || isTooLong(arrival.path().get("uuid"))) {
            limits.reached(Limit.UUID_CHARACTERS);
            arrival.exchange()
                    .respond(arrival.route()
                            .errors()
                            .response(400, "Invalid uuid: it has up to " + limits.of(Limit.UUID_CHARACTERS)
                                    + " characters", timeline.now()));
            return;
        }
        SignedRequest signed = arrival.query().signed(arrival.request());
        if (signed == null || !access.needsHash(arrival.keyset(), signed)) {
            entered(arrival, authenticate(arrival, signed), next);
            return;
        }
        AtomicReference<Access.@Nullable Entry> entry = new AtomicReference<>();
        Runnable verify = () -> entry.set(arrival.bodyFault() == null ? authenticate(arrival, signed) : null);
        Runnable verified = () -> entered(arrival, entry.get(), next);
        if (arrival.isCompressed() || signed.bytes() > SHORT) {
            work(arrival, once(verify), verified);
        } else {
            verify.run();
            verified.run();
        }
    }

    /** Checked here for all endpoints: a uuid is stored with all that its client makes. */
    private boolean isTooLong(@Nullable String uuid) {
        long most = limits.of(Limit.UUID_CHARACTERS);
        return uuid != null && uuid.length() > most && uuid.codePointCount(0, uuid.length()) > most;
    }

    private Access.Entry authenticate(Arrival arrival, @Nullable SignedRequest signed) {
        return access.authenticate(arrival.keyset(), signed, arrival.query().text("auth"),
                arrival.query().text("uuid"));
    }

    /** Continues with the result of authentication; null when there is no body that could have been signed. */
    private void entered(Arrival arrival, Access.@Nullable Entry entry, Consumer<ApiRequest> next) {
        switch (entry) {
            case null -> refuseBody(arrival);
            case Denial denial -> arrival.exchange().respond(ErrorFormat.denied(denial));
            case Caller caller -> {
                ApiRequest apiRequest = new ApiRequest(arrival.path(), arrival.query(), arrival.request(),
                        arrival.exchange(),
                        arrival.route().errors(), arrival.keyset(), caller, timeline, workers);
                String tooMany = apiRequest.tooManyNames(limits, arrival.route().mostChannels());
                if (tooMany != null) { // before the lists are parsed
                    apiRequest.refuse(400, tooMany);
                    return;
                }
                Check check = access.authorize(caller, arrival.route().need().of(apiRequest));
                if (check.isLong()) {
                    work(arrival, check::advance, () -> checked(arrival, apiRequest, check.result(), next));
                } else {
                    checked(arrival, apiRequest, check.result(), next);
                }
            }
        }
    }

    private void checked(Arrival arrival, ApiRequest apiRequest, @Nullable Denial denial, Consumer<ApiRequest> next) {
        if (denial != null) {
            apiRequest.respond(ErrorFormat.denied(denial));
        } else if (arrival.isCompressed()) {
            work(arrival, once(arrival::bodyFault), () -> admitted(arrival, apiRequest, next));
        } else {
            admitted(arrival, apiRequest, next);
        }
    }

    private void admitted(Arrival arrival, ApiRequest apiRequest, Consumer<ApiRequest> next) {
        if (arrival.bodyFault() == null) {
            next.accept(apiRequest);
        } else {
            refuseBody(arrival);
        }
    }

    private static Workers.Task once(Runnable work) {
        return () -> {
            work.run();
            return false;
        };
    }

    /**
     * Runs work on a worker, and then continues, unless the client has gone. A poll waits where other requests are
     * rejected.
     */
    private void work(Arrival arrival, Workers.Task task, Runnable next) {
        ObservedExchange exchange = arrival.exchange();
        ErrorFormat errors = arrival.route().errors();
        try {
            workers.submit(exchange.client(), () -> {
                boolean hasMore;
                try {
                    hasMore = task.run();
                } catch (RuntimeException | Error e) { // whatever it is, the request must come to an end
                    LOG.atError()
                            .addKeyValue("requestId", exchange.id(arrival.request()))
                            .setCause(RedactedThrowable.of(e))
                            .log("Access failed");
                    exchange.respond(errors.response(500, "Internal error", timeline.now()));
                    return false;
                }
                if (!hasMore) {
                    exchange.loop().execute(() -> {
                        if (!exchange.isOver()) {
                            next.run();
                        }
                    });
                }
                return hasMore;
            });
        } catch (RejectedExecutionException e) {
            if (errors == ErrorFormat.SUBSCRIBE) {
                exchange.later(A_SECOND, () -> work(arrival, task, next));
            } else {
                exchange.respond(errors.unavailable("Too much work is waiting.", timeline.now()));
            }
        }
    }

    private void refuseBody(Arrival arrival) {
        ErrorFormat errors = arrival.route().errors();
        arrival.exchange().respond(switch (arrival.bodyFault()) {
            case null -> errors.response(500, "Internal error", timeline.now());
            case TOO_LARGE -> tooLarge(Limit.BODY_BYTES, errors);
            case INFLATES_TOO_LARGE -> tooLarge(Limit.INFLATED_BYTES, errors);
            case BAD_COMPRESSION -> errors.response(400, "The body is not the gzip that its Content-Encoding says",
                    timeline.now());
            case UNKNOWN_ENCODING ->
                errors.response(415, "Unknown Content-Encoding: send gzip or none", timeline.now());
        });
    }

    private Response tooLarge(Limit limit, ErrorFormat errors) {
        limits.reached(limit);
        return errors.response(413, errors == ErrorFormat.ARRAY ? "Message Too Large" : "Request Entity Too Large",
                timeline.now());
    }
}
