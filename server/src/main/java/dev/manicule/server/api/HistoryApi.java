package dev.manicule.server.api;

import dev.manicule.server.access.Permission;
import dev.manicule.server.api.HistoryBody.Section;
import dev.manicule.server.api.PageCache.Page;
import dev.manicule.server.api.SeveralChannels.PageOfEach;
import dev.manicule.server.command.DeleteMessages;
import dev.manicule.server.command.Unavailable;
import dev.manicule.server.http.Response;
import dev.manicule.server.journal.Journal;
import dev.manicule.server.json.JsonWriter;
import dev.manicule.server.ledger.LedgerReader.MessageExtent;
import dev.manicule.server.ledger.LedgerReader.MessagePage;
import dev.manicule.server.ledger.LedgerReader.Rest;
import dev.manicule.server.ledger.LedgerReader.WithActions;
import dev.manicule.server.ledger.LedgerReader;
import dev.manicule.server.model.Channel;
import dev.manicule.server.model.Message;
import dev.manicule.server.model.Range;
import dev.manicule.server.model.Revision;
import dev.manicule.server.model.Timetoken;
import dev.manicule.server.routing.ApiRequest;
import dev.manicule.server.routing.EndpointFamily;
import dev.manicule.server.routing.ErrorFormat;
import dev.manicule.server.routing.RequiredPermission;
import dev.manicule.server.routing.Route.Trait;
import dev.manicule.server.routing.Route;
import java.util.Iterator;
import java.util.List;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** Message storage: history in its three forms, deletion, counts. */
public final class HistoryApi implements EndpointFamily {
    /** Of history, counts and deletion. */
    static final ErrorFormat ERRORS = (status, message, now) -> Response.json(status,
            new JsonWriter().object()
                    .member("status", status)
                    .member("error", true)
                    .member("error_message", message)
                    .object("channels")
                    .end()
                    .end()
                    .toBytes());
    private static final int MOST_OF_ONE = 100;
    private static final int MOST_OF_SEVERAL = 25;
    private static final int MOST_CHANNELS = 500;
    private static final int MOST_CHANNELS_COUNTED = 100;
    private static final int MOST_COUNTED = 10_000;
    /** A page up to this is built as a whole, and may be kept for others; a larger one is sent while it is read. */
    static final int HELD_BYTES = 256 << 10;
    /** About how large an answer may become; one message with its actions always fits. */
    static final int PAGE_BYTES = 8 << 20;
    private static final Response DELETED = Response.json(200, ok(new JsonWriter()).end().toBytes());

    private final Journal journal;
    private final LedgerReader ledger;
    private final PageCache pages;

    /** The family over a journal and the ledger it writes, with pages of that ledger. */
    public HistoryApi(Journal journal, LedgerReader ledger, PageCache pages) {
        this.journal = journal;
        this.pages = pages;
        this.ledger = ledger;
    }

    @Override
    public String name() {
        return "history";
    }

    @Override
    public List<Route> routes() {
        String v3 = "/v3/history/sub-key/{subscribeKey}/";
        String withActions = "/v3/history-with-actions/sub-key/{subscribeKey}/channel/{channels}";
        return List.of(
                Route.of("GET", "/v2/history/sub-key/{subscribeKey}/channel/{channel}", ERRORS,
                        RequiredPermission.on(Permission.READ), this::v2).with(Trait.LINEARIZABLE),
                Route.of("GET", v3 + "channel/{channels}", ERRORS, RequiredPermission.on(Permission.READ),
                        request -> v3(request, false)).withChannels(MOST_CHANNELS).with(Trait.LINEARIZABLE),
                Route.of("GET", withActions, ERRORS, RequiredPermission.on(Permission.READ),
                        request -> v3(request, true))
                        .withChannels(MOST_CHANNELS)
                        .with(Trait.LINEARIZABLE),
                Route.of("DELETE", v3 + "channel/{channels}", ERRORS,
                        RequiredPermission.on(Permission.DELETE),
                        this::delete),
                Route.of("GET", v3 + "message-counts/{channels}", ERRORS,
                        RequiredPermission.on(Permission.READ),
                        this::counts).withChannels(MOST_CHANNELS_COUNTED).with(Trait.LINEARIZABLE));
    }

    private void v2(ApiRequest request) {
        Channel channel = request.channel();
        Range range = range(request);
        int count = request.query().count("count", MOST_OF_ONE, MOST_OF_ONE);
        if (channel == null) {
            invalid(request, "channel");
        } else if (count < 0) {
            invalid(request, "count");
        } else if (range != null) {
            HistoryV2Entry entry = HistoryV2Entry.asked(request.query());
            Range readable = range.notBefore(request.horizon());
            pages.respond(request, new PageKeyV2(channel, range, count, entry),
                    () -> v2(request, channel, readable, count, entry));
        }
    }

    private Page v2(ApiRequest request, Channel channel, Range readable, int count, HistoryV2Entry entry) {
        MessagePage page = ledger.messages(channel, readable, count, WithActions.NONE, HELD_BYTES);
        if (page.rest() != Rest.TOO_LARGE) {
            return new Page(v2(page.messages(), entry), oldest(page.messages()));
        }
        MessageExtent extent = ledger.extent(channel, readable, count, WithActions.NONE, PAGE_BYTES);
        HistoryBody body = new HistoryBody(ledger, WithActions.NONE, entry, List.of(new Section(channel, extent)),
                json -> entry.end(extent.lowest(), extent.highest(), json));
        return new Page(StreamedBody.response(request, body), extent.lowest());
    }

    private record PageKeyV2(Channel channel, Range range, int count,
            HistoryV2Entry entry) implements PageCache.PageKey {}

    private static long oldest(List<Message> messages) {
        return messages.isEmpty() ? Long.MAX_VALUE : messages.getFirst().timetoken();
    }

    private static Response v2(List<Message> messages, HistoryV2Entry entry) {
        JsonWriter json = new JsonWriter(1024).array().array();
        messages.forEach(message -> entry.write(message, json));
        json.end();
        if (messages.isEmpty()) {
            json.number(0).number(0).end();
        } else {
            entry.end(messages.getFirst().timetoken(), messages.getLast().timetoken(), json);
        }
        return Response.json(200, json.toBytes());
    }

    private void v3(ApiRequest request, boolean withActions) {
        List<Channel> channels = request.channels();
        if (channels == null || channels.isEmpty()) {
            invalid(request, "channel");
            return;
        }
        Range range = range(request);
        int most = withActions || channels.size() > 1 ? MOST_OF_SEVERAL : MOST_OF_ONE;
        int max = request.query().count(request.query().text("max") == null ? "count" : "max", most, most);
        if (max < 0) {
            invalid(request, "max");
        } else if (range != null) {
            HistoryV3Entry entry = HistoryV3Entry.asked(request.query());
            Long end = request.query().timetoken("end");
            Range readable = range.notBefore(request.horizon());
            boolean isSummed = request.query().flag("include_action_summary");
            WithActions with = new WithActions(withActions, isSummed, isSummed ? request.uuid() : null,
                    request.query().flag("include_effective")
                            ? Revision.Authority.of(request.keyset().policy().actionRules())
                            : null);
            if (channels.size() == 1) {
                PageKeyV3 asked = new PageKeyV3(channels.getFirst(), range, max, with, entry, end);
                pages.respond(request, asked, () -> v3(request, asked, readable));
            } else {
                request.respondInSlices(
                        new SeveralChannels(request, ledger, new PageOfEach(readable, max, with, entry),
                                channels));
            }
        }
    }

    private record PageKeyV3(Channel channel, Range range, int max, WithActions with, HistoryV3Entry entry,
            @Nullable Long end) implements PageCache.PageKey {}

    private Page v3(ApiRequest request, PageKeyV3 asked, Range readable) {
        MessagePage page = ledger.messages(asked.channel, readable, asked.max, asked.with, HELD_BYTES);
        if (page.rest() == Rest.TOO_LARGE || page.bytes() > HELD_BYTES) {
            return streamed(request, asked, readable);
        }
        JsonWriter json = new JsonWriter(4096);
        asked.entry.begin(json);
        if (!page.messages().isEmpty()) {
            asked.entry.writeChannel(asked.channel, page.messages(), json);
        }
        json.end();
        if (isContinued(page.rest(), readable, asked.with.isAll())) {
            more(asked, page.messages().getFirst().timetoken(), page.messages().getLast().timetoken(), readable, json);
        }
        return new Page(Response.json(200, json.end().toBytes()), oldest(page.messages()));
    }

    /** A page that is too large to be held. */
    private Page streamed(ApiRequest request, PageKeyV3 asked, Range readable) {
        MessageExtent extent = ledger.extent(asked.channel, readable, asked.max, asked.with, PAGE_BYTES);
        HistoryBody body = new HistoryBody(ledger, asked.with, asked.entry,
                List.of(new Section(asked.channel, extent)), json -> {
                    json.end();
                    if (isContinued(extent.rest(), readable, asked.with.isAll())) {
                        more(asked, extent.lowest(), extent.highest(), readable, json);
                    }
                    json.end();
                });
        return new Page(StreamedBody.response(request, body), extent.lowest());
    }

    /** Begins the object that is the answer when nothing is wrong. */
    static JsonWriter ok(JsonWriter json) {
        return json.object().member("status", 200).member("error", false).member("error_message", "");
    }

    /**
     * With actions, only a page that exceeds an answer gets a continuation, as in the service; the other form always
     * returns it.
     */
    private static boolean isContinued(Rest rest, Range range, boolean withActions) {
        return rest == Rest.TOO_LARGE || (rest == Rest.OVER_LIMIT && range.newest() && !withActions);
    }

    /** The continuation: below a page of the newest, above a page of the oldest. */
    private static void more(PageKeyV3 asked, long lowest, long highest, Range range, JsonWriter json) {
        String family = asked.with.isAll() ? "/v3/history-with-actions/sub-key/" : "/v3/history/sub-key/";
        boolean reverse = !range.newest() && asked.end == null;
        String more = (asked.with.isSummed() ? "&include_action_summary=true" : "")
                + (asked.with.revisedBy() == null ? "" : "&include_effective=true");
        new NextPage(range.newest() ? lowest : highest, asked.end, reverse, more, "max", asked.max).write(family,
                asked.channel,
                json);
    }

    private void delete(ApiRequest request) {
        List<Channel> channels = request.channels();
        if (channels == null || channels.isEmpty()) {
            invalid(request, "channel");
            return;
        }
        Range range = range(request);
        if (range == null) {
            return;
        }
        delete(request, channels, range, 0);
    }

    /** One channel after the other, so that a request has one write waiting, however many channels it names. */
    private void delete(ApiRequest request, List<Channel> channels, Range range, int at) {
        journal.submit(request.client(), new DeleteMessages(channels.get(at), range), outcome -> {
            switch (outcome) {
                case DeleteMessages.Deleted _ when at + 1 < channels.size() -> delete(request, channels, range, at + 1);
                case DeleteMessages.Deleted _ -> request.respond(DELETED);
                case Unavailable unavailable when at == 0 -> request.refuse(unavailable);
                case Unavailable unavailable -> request.refuse(new Unavailable(
                        unavailable.reason() + " Only the first " + at + " channels are certainly deleted: ask again.",
                        true));
            }
        });
    }

    private void counts(ApiRequest request) {
        List<Channel> channels = request.channels();
        String one = request.query().text("timetoken");
        String several = request.query().text("channelsTimetoken");
        if (channels == null || channels.isEmpty()) {
            invalid(request, "channel");
            return;
        }
        if ((one == null) == (several == null)) {
            invalid(request, "either timetoken or channelsTimetoken");
            return;
        }
        List<String> names = ApiRequest.list(request.segment("channels"));
        List<Long> timetokens = ApiRequest.list(one == null ? String.valueOf(several) : one)
                .stream()
                .map(Timetoken::parse)
                .toList();
        String argument = one == null ? "channelsTimetoken" : "timetoken";
        int wanted = one == null ? names.size() : 1;
        if (timetokens.size() != wanted) {
            invalid(request, argument + ", " + timetokens.size() + " of them instead of " + wanted);
            return;
        }
        if (timetokens.contains(Timetoken.INVALID)) {
            invalid(request, argument);
            return;
        }
        long horizon = request.horizon();
        request.respondInSlices(new Counts(channels,
                channel -> Math.max(horizon - 1, timetokens.get(one == null ? names.indexOf(channel.name()) : 0))));
    }

    /** Counts the messages of some channels, one in each slice. */
    private final class Counts implements ApiRequest.SlicedRead {
        private final Iterator<Channel> channels;
        private final ToLongFunction<Channel> after;
        private final JsonWriter json = ok(new JsonWriter()).object("channels");

        Counts(List<Channel> channels, ToLongFunction<Channel> after) {
            this.channels = channels.iterator();
            this.after = after;
        }

        @Override
        public @Nullable Response next() {
            Channel channel = channels.next();
            int count = ledger.countMessages(channel, after.applyAsLong(channel), MOST_COUNTED);
            json.nameOf(channel.name()).number(count);
            return channels.hasNext() ? null : Response.json(200, json.end().end().toBytes());
        }
    }

    /** The requested range; null when the request was rejected. */
    private static @Nullable Range range(ApiRequest request) {
        Long start = request.query().timetoken("start");
        Long end = request.query().timetoken("end");
        if (start != null && start == Timetoken.INVALID) {
            invalid(request, "start");
            return null;
        }
        if (end != null && end == Timetoken.INVALID) {
            invalid(request, "end");
            return null;
        }
        return Range.ofHistory(start, end, request.query().flag("reverse"));
    }

    private static void invalid(ApiRequest request, String argument) {
        request.refuse(400, "Invalid Arguments: " + argument);
    }
}
