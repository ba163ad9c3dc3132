package dev.manicule.server.api;

import dev.manicule.server.access.Permission;
import dev.manicule.server.command.MarkRead;
import dev.manicule.server.command.Unavailable;
import dev.manicule.server.http.Response;
import dev.manicule.server.journal.Journal;
import dev.manicule.server.json.JsonReader;
import dev.manicule.server.json.JsonWriter;
import dev.manicule.server.ledger.LedgerReader.MarkPage;
import dev.manicule.server.ledger.LedgerReader.Unread;
import dev.manicule.server.ledger.LedgerReader;
import dev.manicule.server.limits.Limit;
import dev.manicule.server.limits.Limits;
import dev.manicule.server.model.Channel;
import dev.manicule.server.model.ReadMark;
import dev.manicule.server.model.Timetoken;
import dev.manicule.server.routing.ApiRequest;
import dev.manicule.server.routing.EndpointFamily;
import dev.manicule.server.routing.ErrorFormat;
import dev.manicule.server.routing.RequiredPermission;
import dev.manicule.server.routing.Route.Trait;
import dev.manicule.server.routing.Route;
import java.util.List;
import java.util.Map;

/**
 * How far users have read channels, and how many messages they have not read, which the protocol lacks. Old clients never
 * notice.
 */
public final class ReadMarksApi implements EndpointFamily {
    private static final String NAME = "read-marks";
    private static final String FAMILY = "/v1/" + NAME + "/";
    private static final ErrorFormat ERRORS = ActionInput.errors(NAME);
    /** How many channels a request for unread counts names at most. */
    private static final int MOST_CHANNELS = 100;

    private final Journal journal;
    private final LedgerReader ledger;
    private final Limits limits;

    /** The family over a journal and the ledger that it writes, with the limits. */
    public ReadMarksApi(Journal journal, LedgerReader ledger, Limits limits) {
        this.limits = limits;
        this.journal = journal;
        this.ledger = ledger;
    }

    @Override
    public String name() {
        return NAME;
    }

    /** Who may read a channel may say so: a mark is a reader's act, and changes no message. */
    @Override
    public List<Route> routes() {
        String channel = FAMILY + "{subscribeKey}/channel/{channel}";
        return List.of(
                Route.of("GET", channel, ERRORS, RequiredPermission.on(Permission.READ), this::marks)
                        .with(Trait.LINEARIZABLE),
                Route.of("POST", channel, ERRORS, RequiredPermission.on(Permission.READ), this::mark),
                Route.of("GET", FAMILY + "{subscribeKey}/unread/{channels}", ERRORS,
                        RequiredPermission.on(Permission.READ), this::unread)
                        .withChannels(MOST_CHANNELS)
                        .with(Trait.LINEARIZABLE));
    }

    private void mark(ApiRequest request) {
        ActionInput input = new ActionInput(request, NAME);
        Channel channel = input.channel();
        String uuid = input.uuid();
        Map<String, Object> body = JsonReader.members(request.body());
        if (body == null) {
            request.refuse(400, "Request payload must be a JSON object.");
            return;
        }
        Object member = body.get("timetoken");
        long upTo = member instanceof String text ? Timetoken.parse(text) : Timetoken.INVALID;
        if (member == null) {
            input.fault("Missing field", "timetoken", "body");
        } else if (upTo == Timetoken.INVALID || upTo == 0) {
            input.fault("Invalid timetoken: it is a string of digits, from 1 on", "timetoken", "body");
        }
        if (channel == null || uuid == null || input.isRefused()) {
            input.refuse();
            return;
        }
        journal.submit(request.client(), new MarkRead(channel, uuid, upTo, limits.count(Limit.READ_MARKS_BY_CHANNEL)),
                outcome -> {
                    switch (outcome) {
                        case MarkRead.Marked(long stands) -> request.respond(Response.json(200,
                                new JsonWriter().object()
                                        .member("status", 200)
                                        .object("data")
                                        .member("uuid", uuid)
                                        .quoted("timetoken", stands)
                                        .end()
                                        .end()
                                        .toBytes()));
                        case MarkRead.TooManyMarks _ -> {
                            limits.reached(Limit.READ_MARKS_BY_CHANNEL);
                            request.refuse(400, "Maximum number of read marks reached for this channel.");
                        }
                        case Unavailable unavailable -> request.refuse(unavailable);
                    }
                });
    }

    private void unread(ApiRequest request) {
        ActionInput input = new ActionInput(request, NAME);
        List<Channel> channels = request.channels();
        String uuid = input.uuid();
        if (channels == null || channels.isEmpty()) {
            input.fault("Invalid channel", "channel", "path");
        }
        if (channels == null || uuid == null || input.isRefused()) {
            input.refuse();
            return;
        }
        long horizon = request.horizon();
        request.respondInSlices(() -> {
            JsonWriter json = new JsonWriter(1024).object().member("status", 200).object("data");
            for (Unread each : ledger.unread(channels, uuid, horizon)) {
                json.nameOf(each.channel().name())
                        .object()
                        .quoted("timetoken", each.upTo())
                        .member("unread", each.count())
                        .end();
            }
            return Response.json(200, json.end().end().toBytes());
        });
    }

    private void marks(ApiRequest request) {
        ActionInput input = new ActionInput(request, NAME);
        Channel channel = input.channel();
        int limit = input.limit();
        Long bound = input.bound("since");
        boolean isNewestFirst = input.isNewestFirst();
        if (channel == null || input.isRefused()) {
            input.refuse();
            return;
        }
        long since = bound == null ? 0 : bound;
        String cursor = request.query().text("cursor");
        request.respondInSlices(() -> {
            MarkPage page = ledger.marks(channel, since, cursor, isNewestFirst, limit);
            if (page == null) {
                return ActionInput.foreignCursor(ERRORS, request);
            }
            JsonWriter json = new JsonWriter(4096).object().member("status", 200).array("data");
            for (ReadMark mark : page.marks()) {
                json.object()
                        .member("uuid", mark.uuid())
                        .quoted("timetoken", mark.upTo())
                        .quoted("markedAt", mark.markedAt())
                        .end();
            }
            json.end();
            if (page.next() != null) {
                json.object("more")
                        .member("url", NextPage.url(FAMILY, channel) + "?" + (since == 0 ? "" : "since=" + since + "&")
                                + (isNewestFirst ? "order=newest&" : "") + "limit=" + limit + "&cursor=" + page.next())
                        .member("cursor", page.next())
                        .member("limit", limit)
                        .end();
            }
            return Response.json(200, json.end().toBytes());
        });
    }
}
