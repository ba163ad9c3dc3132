package dev.manicule.server.routing;

import dev.manicule.server.access.Access;
import dev.manicule.server.access.Caller;
import dev.manicule.server.access.Demand;
import dev.manicule.server.access.Keyset;
import dev.manicule.server.access.Token;
import dev.manicule.server.command.Command;
import dev.manicule.server.command.IdempotencyKey;
import dev.manicule.server.command.Idempotent;
import dev.manicule.server.command.Outcome;
import dev.manicule.server.command.Retryable;
import dev.manicule.server.command.Unavailable;
import dev.manicule.server.http.Exchange;
import dev.manicule.server.http.Header;
import dev.manicule.server.http.IncomingBody;
import dev.manicule.server.http.Request;
import dev.manicule.server.http.Response;
import dev.manicule.server.limits.AddressRange;
import dev.manicule.server.limits.Client;
import dev.manicule.server.limits.Limit;
import dev.manicule.server.limits.Limits;
import dev.manicule.server.limits.RedactedThrowable;
import dev.manicule.server.limits.Workers;
import dev.manicule.server.model.Channel;
import dev.manicule.server.model.Timetoken;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A request on its way to its endpoint. Each {@link Step} adds what it finds: path and query, the keyset, the caller. On
 * its event loop until it is at its endpoint, which may hand it to other threads.
 */
public final class ApiRequest {
    private static final Duration A_SECOND = Duration.ofSeconds(1);
    private static final Logger LOG = LoggerFactory.getLogger(ApiRequest.class);

    private final Match match;
    private final Request request;
    private final ObservedExchange exchange;
    private final Pipeline pipeline;
    /** The number of the next step. */
    private int step;
    private PathPattern.@Nullable Values path;
    private @Nullable QueryParameters query;
    private Keyset keyset = Keyset.NONE;
    private @Nullable Caller caller;

    ApiRequest(Match match, Request request, ObservedExchange exchange, Pipeline pipeline) {
        this.match = match;
        this.request = request;
        this.exchange = exchange;
        this.pipeline = pipeline;
    }

    /** Takes the next step. On the event loop. */
    void proceed() {
        pipeline.steps().get(step++).take(this);
    }

    /** What its method and path lead to. */
    Match match() {
        return match;
    }

    /** Its route. */
    Route route() {
        return known(match.route(), "route");
    }

    /** The request as it came in. */
    public Request request() {
        return request;
    }

    /** Sets what its address says. */
    void decoded(PathPattern.Values pathValues, QueryParameters parameters) {
        path = pathValues;
        query = parameters;
    }

    /** Sets the keyset that its path names; what it holds is charged to that from now on. */
    void belongsTo(Keyset named) {
        keyset = named;
        exchange.belongsTo(named.subscribeKey());
    }

    /** Sets the verified sender. */
    void isFrom(Caller verified) {
        caller = verified;
    }

    private static <T> T known(@Nullable T part, String name) {
        if (part == null) {
            throw new IllegalStateException("no step has found the " + name + " yet");
        }
        return part;
    }

    /** The named segments of its path, decoded. */
    public PathPattern.Values path() {
        return known(path, "path");
    }

    /** The parameters of its query, decoded. */
    public QueryParameters query() {
        return known(query, "query");
    }

    /** The keyset that the path names, or, where it names none, one that allows nothing much. */
    public Keyset keyset() {
        return keyset;
    }

    /** The verified sender of the request. */
    public Caller caller() {
        return known(caller, "caller");
    }

    /** Where its response goes. */
    public Exchange exchange() {
        return exchange;
    }

    /** Has its client receive no response: the connection is closed instead. Before the response. */
    void loseAnswer() {
        exchange.loseAnswer();
    }

    /** The format of errors of its family. */
    public ErrorFormat errors() {
        return match.errors();
    }

    /** The present timetoken. */
    public long now() {
        return pipeline.timeline().now();
    }

    /** The threads for work that may take long. */
    public Workers workers() {
        return pipeline.workers();
    }

    /** A named segment of the path. */
    public String segment(String name) {
        String value = path().get(name);
        if (value == null) {
            throw new IllegalArgumentException("the route has no segment " + name);
        }
        return value;
    }

    /** The client that it is charged to. */
    public Client client() {
        return exchange.client().of(keyset.subscribeKey());
    }

    /** About how many kilobytes it holds while it waits, and one. */
    public int weight() {
        return 1 + (request.path().length() + request.query().length()) / 1024;
    }

    public String subscribeKey() {
        return segment("subscribeKey");
    }

    public byte[] body() {
        return request.body();
    }

    /** The body that comes in while the request is handled; null when it is whole. */
    public @Nullable IncomingBody incomingBody() {
        return request.sentBody().incoming();
    }

    /** A header field; null when it was not sent, or empty. */
    public @Nullable String header(Header header) {
        String value = request.header(header);
        return value == null || value.isEmpty() ? null : value;
    }

    /** The cursor of a client that reconnects to a stream of events, null when the request has none. */
    @Nullable
    public String lastEventId() {
        return header(Header.LAST_EVENT_ID);
    }

    public boolean wantsWebSocket() {
        return request.webSocketKey() != null;
    }

    /** The uuid of the user that acts, null when the request has none. */
    @Nullable
    public String uuid() {
        return query().text("uuid");
    }

    /** The channel that the path names, null when that is no name for a channel. */
    @Nullable
    public Channel channel() {
        String name = segment("channel");
        return Channel.isName(name) ? new Channel(subscribeKey(), name) : null;
    }

    /** The channel that the path names, null when messages can't be there: no name, a pattern, or a presence channel. */
    @Nullable
    public Channel messageChannel() {
        Channel channel = channel();
        return channel == null || !Channel.isForMessages(channel.name()) ? null : channel;
    }

    /**
     * The channels that the path lists, each once, in order; empty parts of the list don't count. Null when one of them
     * is no name for a channel.
     */
    @Nullable
    public List<Channel> channels() {
        Set<String> names = names(segment("channels"));
        return names == null ? null : names.stream().map(name -> new Channel(subscribeKey(), name)).toList();
    }

    /** The names of a list, each once, in order; null when one of them is none. */
    public static @Nullable Set<String> names(@Nullable String commas) {
        Set<String> names = new LinkedHashSet<>(list(commas));
        return names.stream().allMatch(Channel::isName) ? names : null;
    }

    /**
     * The list of names that is longer than it may be, checked before the lists are parsed; null when none is.
     *
     * @param limits how long they may be
     * @param mostChannels how many channels the route takes, which may be fewer
     */
    @Nullable
    String tooManyNames(Limits limits, int mostChannels) {
        long channels = count(path().get("channels"));
        boolean isBeyondLimit = limits.isOver(Limit.CHANNELS_BY_REQUEST, channels);
        if (channels > mostChannels && mostChannels <= limits.of(Limit.CHANNELS_BY_REQUEST)) {
            return "Invalid Arguments: channel, at most " + mostChannels + " of them";
        }
        if (isBeyondLimit) {
            return "Too many channels: at most " + limits.of(Limit.CHANNELS_BY_REQUEST) + " a request";
        }
        return limits.isOver(Limit.GROUPS_BY_REQUEST, count(query().text("channel-group")))
                ? "Too many channel groups: at most " + limits.of(Limit.GROUPS_BY_REQUEST) + " a request"
                : null;
    }

    /** How many parts a list has, without splitting it. */
    private static long count(@Nullable String commas) {
        if (commas == null) {
            return 0;
        }
        long count = 0;
        for (int from = 0; from < commas.length();) {
            int comma = commas.indexOf(',', from);
            int to = comma < 0 ? commas.length() : comma;
            count += to > from ? 1 : 0;
            from = to + 1;
        }
        return count;
    }

    /** The parts of a list, which is split after decoding since some clients encode its commas; none of no list. */
    public static List<String> list(@Nullable String commas) {
        List<String> parts = new ArrayList<>(1);
        int from = 0;
        while (commas != null && from < commas.length()) {
            int comma = commas.indexOf(',', from);
            int to = comma < 0 ? commas.length() : comma;
            if (to > from) {
                parts.add(commas.substring(from, to));
            }
            from = to + 1;
        }
        return parts;
    }

    /** Data older than this timetoken can't be read any more; 0 when all data can. */
    public long horizon() {
        return keyset.policy().retention() == null ? 0 : Timetoken.before(now(), keyset.policy().retention());
    }

    /**
     * The command, idempotent if the request has a key: by the header {@code Idempotency-Key}, or as the protocol's
     * clients name theirs, by {@code requestid} with {@code uuid}. Those are not always unique, so that another request
     * with the same id does not count as an error.
     */
    public <O extends Outcome> Command<O> idempotent(Retryable<O> command) {
        String key = header(Header.IDEMPOTENCY_KEY);
        String id = uuid() == null ? null : query().text("requestid");
        if (key == null && id == null) {
            return command;
        }
        return new Idempotent<>(command,
                IdempotencyKey.of(subscribeKey(), uuid(), String.valueOf(key == null ? id : key), command,
                        key != null));
    }

    public void respond(Response response) {
        exchange.respond(response);
    }

    /** Responds with an error in the format of the family. */
    public void refuse(int status, String message) {
        respond(errors().response(status, message, now()));
    }

    /** Responds that this {@code Idempotency-Key} was sent before, with another request. */
    public void refuseReusedKey() {
        refuse(422, "This Idempotency-Key was used for another request");
    }

    /** Responds that nothing could be decided; the client may try again. */
    public void refuse(Unavailable unavailable) {
        respond(errors().unavailable(unavailable.reason(), now()));
    }

    /** Responds that the server is at fault, and logs the failure with the id of the request. */
    public void fail(String what, Throwable e, String message) {
        String id = exchange.id(request);
        LOG.atError().addKeyValue("requestId", id).setCause(RedactedThrowable.of(e)).log("{} failed", what);
        respond(errors().response(500, message, now()).with("X-Request-Id", id));
    }

    /** Ends the connection in the middle of an answer, since the server is at fault, and logs the failure. */
    public void failInTheMiddle(String what, Throwable e) {
        LOG.atError()
                .addKeyValue("requestId", exchange.id(request))
                .setCause(RedactedThrowable.of(e))
                .log("{} failed", what);
        exchange.hangUp();
    }

    /** Whether it comes from one of these addresses. */
    public boolean isFrom(List<AddressRange> ranges) {
        return ranges.stream().anyMatch(range -> range.contains(request.client()));
    }

    /** Responds with the result of a read of storage, on a thread that may wait for the disk. */
    public void answerFromStorage(Supplier<Response> read) {
        respondInSlices(read::get);
    }

    /** A read of storage that may take long, slice by slice. */
    @FunctionalInterface
    public interface SlicedRead {
        /** Reads a slice; null when there is more to read. */
        @Nullable
        Response next();
    }

    /** Responds with the final result of a read of storage; other clients of the server get their turns in between. */
    public void respondInSlices(SlicedRead read) {
        inSlices("Internal error: the storage could not be read.", () -> {
            Response response = read.next();
            if (response != null) {
                respond(response);
            }
            return response == null;
        });
    }

    /** Does work on the workers that finally responds to this request. */
    public void inSlices(Workers.Task work) {
        inSlices("Internal error", work);
    }

    private void inSlices(String fault, Workers.Task work) {
        inSlices(fault, work, () -> respond(errors().unavailable("Too many reads are waiting.", now())));
    }

    /**
     * Does work on the workers that finally responds to this request.
     *
     * @param whenFull runs instead when too much work of this client waits already
     */
    public void inSlices(Workers.Task work, Runnable whenFull) {
        inSlices("Internal error", work, whenFull);
    }

    private void inSlices(String fault, Workers.Task work, Runnable whenFull) {
        submit(client(), work, e -> fail("A worker's task", e, fault), whenFull);
    }

    /**
     * Does a step's work on the workers, and then continues on the event loop, unless the client has gone. The work is
     * charged to the address of the request.
     */
    void work(Workers.Task task, Runnable next) {
        submit(exchange.client(), () -> {
            boolean hasMore = task.run();
            if (!hasMore) {
                exchange.loop().execute(() -> {
                    if (!exchange.isOver()) {
                        next.run();
                    }
                });
            }
            return hasMore;
        }, e -> fail("Access", e, "Internal error"),
                () -> waitOrRefuse(A_SECOND, () -> work(task, next),
                        () -> errors().unavailable("Too much work is waiting.", now())));
    }

    /**
     * Submits work to the workers.
     *
     * @param charged the client that gets a turn for it
     * @param whenFailed takes what the work throws, whatever it is: the request must come to an end
     * @param whenFull runs instead when too much work of this client waits already
     */
    private void submit(Client charged, Workers.Task work, Consumer<Throwable> whenFailed, Runnable whenFull) {
        try {
            workers().submit(charged, () -> {
                try {
                    return work.run();
                } catch (RuntimeException | Error e) {
                    whenFailed.accept(e);
                    return false;
                }
            });
        } catch (RejectedExecutionException e) {
            whenFull.run();
        }
    }

    /** Over a limit: tries again after a while, or is rejected, as its route has it. */
    void waitOrRefuse(Duration delay, Runnable again, Supplier<Response> rejection) {
        if (match.has(Route.Trait.WAITS_OVER_LIMIT)) {
            exchange.later(delay, again);
        } else {
            respond(rejection.get());
        }
    }

    /** Work that is done in one slice. */
    static Workers.Task once(Runnable work) {
        return () -> {
            work.run();
            return false;
        };
    }

    /** The permissions that it needs. */
    public List<? extends Demand> demands() {
        return route().need().of(this);
    }

    /** Whether the caller surely may read nothing: no token where one is needed, or an invalid one. */
    public boolean isOfStranger(Access access) {
        if (!(caller instanceof Caller.TokenBearer(Token token, _, String uuid))) {
            return false;
        }
        return token == null
                || access.authorize(caller, List.of(new Demand.As(uuid == null ? "" : uuid))).result() != null;
    }
}
