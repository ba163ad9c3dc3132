package dev.manicule.server.api;

import dev.manicule.server.access.Permission;
import dev.manicule.server.http.Header;
import dev.manicule.server.http.Response;
import dev.manicule.server.json.JsonWriter;
import dev.manicule.server.ledger.Actions;
import dev.manicule.server.ledger.LedgerReader.ActionsFrom;
import dev.manicule.server.ledger.LedgerReader.FoundActions;
import dev.manicule.server.ledger.LedgerReader.SummaryPage;
import dev.manicule.server.ledger.LedgerReader;
import dev.manicule.server.model.ActionSummary;
import dev.manicule.server.model.Channel;
import dev.manicule.server.model.MessageAction;
import dev.manicule.server.model.Timetoken;
import dev.manicule.server.routing.ApiRequest;
import dev.manicule.server.routing.EndpointFamily;
import dev.manicule.server.routing.PercentEncoding;
import dev.manicule.server.routing.RequiredPermission;
import dev.manicule.server.routing.Route.Trait;
import dev.manicule.server.routing.Route;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What the protocol lacks: the sums of the actions on messages, the users of an action, the actions of a user. Old
 * clients never notice.
 */
public final class ActionReadsApi implements EndpointFamily {
    private static final String FAMILY = "/v1/message-actions/";
    /** How many messages a request for summaries names at most. */
    private static final int MOST_MESSAGES = 100;
    private static final int SLICE_BYTES = 64 << 10;
    /** About how large a response with summaries, or with actions, may become. */
    private static final int PAGE_BYTES = 1 << 20;
    /** How many bytes of a digest stand in a tag. */
    private static final int TAG_BYTES = 12;

    private final LedgerReader ledger;

    /** The family over a ledger. */
    public ActionReadsApi(LedgerReader ledger) {
        this.ledger = ledger;
    }

    /** For metrics and faults they are requests for message actions. */
    @Override
    public String name() {
        return "message-actions";
    }

    @Override
    public List<Route> routes() {
        String channel = "/v1/message-actions/{subscribeKey}/channel/{channel}";
        return List.of(
                Route.of("GET", channel + "/summary", ActionInput.ERRORS, RequiredPermission.on(Permission.READ),
                        this::summaries).with(Trait.LINEARIZABLE),
                Route.of("GET", channel + "/message/{messageTimetoken}", ActionInput.ERRORS,
                        RequiredPermission.on(Permission.READ), this::onMessage).with(Trait.LINEARIZABLE),
                Route.of("GET", channel + "/user/{user}", ActionInput.ERRORS,
                        RequiredPermission.on(Permission.READ), this::ofUser).with(Trait.LINEARIZABLE));
    }

    // --- summaries

    private void summaries(ApiRequest request) {
        ActionInput input = new ActionInput(request);
        Channel channel = input.channel();
        List<Long> messages = messages(request, input);
        if (channel == null || input.isRefused()) {
            input.refuse();
            return;
        }
        request.respondInSlices(new Summaries(request, channel, messages));
    }

    /** The requested messages, ascending, each once; without meaning once a fault is noted. */
    private static List<Long> messages(ApiRequest request, ActionInput input) {
        List<String> named = ApiRequest.list(request.query().text("messages"));
        TreeSet<Long> messages = new TreeSet<>();
        if (named.isEmpty()) {
            input.fault("Missing field", "messages", "query");
        } else if (named.size() > MOST_MESSAGES) {
            input.fault("More than " + MOST_MESSAGES + " messages", "messages", "query");
        } else {
            named.forEach(each -> messages.add(Timetoken.parse(each)));
        }
        if (messages.contains(Timetoken.INVALID)) {
            input.fault("Invalid timetoken", "messages", "query");
        }
        return List.copyOf(messages);
    }

    /** Reads some summaries in each slice. For one thread at a time. */
    private final class Summaries implements ApiRequest.SlicedRead {
        private final ApiRequest request;
        private final Channel channel;
        private List<Long> left;
        private long bytes;
        private final JsonWriter json = new JsonWriter(1024).object().member("status", 200).object("data");
        /** Of all that a client can see of the summaries. */
        private final MessageDigest digest = sha256();

        Summaries(ApiRequest request, Channel channel, List<Long> messages) {
            this.request = request;
            this.channel = channel;
            left = messages;
        }

        @Override
        public @Nullable Response next() {
            SummaryPage page = ledger.summaries(channel, left, request.uuid(), SLICE_BYTES);
            for (ActionSummary summary : page.summaries()) {
                byte[] one = written(summary);
                json.nameOf(String.valueOf(summary.messageTimetoken())).json(one);
                // where there is no action, any summary that was right before is right: its later events come to nothing
                digest.update(summary.tallies().isEmpty() ? new byte[]{0} : one);
            }
            bytes += page.bytes();
            left = left.subList(page.summaries().size(), left.size());
            return left.isEmpty() || bytes >= PAGE_BYTES ? response() : null;
        }

        private static byte[] written(ActionSummary summary) {
            JsonWriter json = new JsonWriter(256);
            ActionSummaryJson.write(summary, json);
            return json.toBytes();
        }

        private Response response() {
            json.end();
            if (!left.isEmpty()) {
                json.object("more").array("messages");
                left.forEach(json::quoted);
                json.end().end();
            }
            String tag = "W/\"" + HexFormat.of().formatHex(Arrays.copyOf(digest.digest(), TAG_BYTES)) + "\"";
            boolean isShared = !request.keyset().accessManager();
            String kept = request.header(Header.IF_NONE_MATCH);
            return kept != null && ApiRequest.list(kept).stream().anyMatch(each -> each.strip().equals(tag))
                    ? Response.notModified(tag, isShared)
                    : Response.tagged(json.end().toBytes(), tag, isShared);
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    // --- pages of actions

    private void onMessage(ApiRequest request) {
        ActionInput input = new ActionInput(request);
        Channel channel = input.channel();
        long message = input.messageTimetoken();
        int limit = input.limit();
        ActionsFrom from = from(request, input);
        String type = request.query().text("type");
        String value = request.query().text("value");
        if (value != null && type == null) {
            input.fault("Missing field", "type", "query");
        }
        if (channel == null || input.isRefused()) {
            input.refuse();
            return;
        }
        String url = NextPage.url(FAMILY, channel) + "/message/" + message + "?"
                + (type == null ? "" : parameter("type", type) + "&")
                + (value == null ? "" : parameter("value", value) + "&");
        request.respondInSlices(new Found(request, url, limit, from,
                (left, at) -> ledger.actionsOn(channel, message, type, value, at, left)));
    }

    private void ofUser(ApiRequest request) {
        ActionInput input = new ActionInput(request);
        Channel channel = input.channel();
        String user = request.segment("user");
        int limit = input.limit();
        ActionsFrom from = from(request, input);
        if (channel == null || input.isRefused()) {
            input.refuse();
            return;
        }
        String url = NextPage.url(FAMILY, channel) + "/user/" + PercentEncoding.encode(user) + "?";
        request.respondInSlices(new Found(request, url, limit, from,
                (left, at) -> ledger.actionsBy(channel, user, at, left)));
    }

    private static String parameter(String name, String value) {
        return name + "=" + PercentEncoding.encode(value);
    }

    private static ActionsFrom from(ApiRequest request, ActionInput input) {
        return new ActionsFrom(request.query().text("cursor"), input.isNewestFirst());
    }

    /** Reads some actions. */
    @FunctionalInterface
    private interface Read {
        @Nullable
        FoundActions page(int most, ActionsFrom from);
    }

    /** Reads actions, some rows in each slice, until they are as many as requested. For one thread at a time. */
    private static final class Found implements ApiRequest.SlicedRead {
        private final ApiRequest request;
        private final String url;
        private final int limit;
        private final Read read;
        private ActionsFrom from;
        private int count;
        private final JsonWriter json = new JsonWriter(4096).object().member("status", 200).array("data");

        Found(ApiRequest request, String url, int limit, ActionsFrom from, Read read) {
            this.request = request;
            this.url = url;
            this.limit = limit;
            this.from = from;
            this.read = read;
        }

        @Override
        public @Nullable Response next() {
            FoundActions page = read.page(limit - count, from);
            if (page == null) {
                return ActionInput.foreignCursor(ActionInput.ERRORS, request);
            }
            for (MessageAction action : page.actions()) {
                json.json(Actions.row(action));
            }
            count += page.actions().size();
            String next = page.next();
            if (next == null) {
                return Response.json(200, json.end().end().toBytes());
            }
            from = new ActionsFrom(next, from.isNewestFirst());
            return count < limit && json.length() < PAGE_BYTES ? null : withMore(next);
        }

        private Response withMore(String next) {
            json.end().object("more");
            json.member("url",
                    url + (from.isNewestFirst() ? "order=newest&" : "") + "limit=" + limit + "&cursor=" + next)
                    .member("cursor", next)
                    .member("limit", limit);
            return Response.json(200, json.end().end().toBytes());
        }
    }
}
