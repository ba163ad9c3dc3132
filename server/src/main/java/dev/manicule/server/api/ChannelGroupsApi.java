package dev.manicule.server.api;

import dev.manicule.server.access.Access;
import dev.manicule.server.access.Demand;
import dev.manicule.server.access.Grant.Kind;
import dev.manicule.server.access.Permission;
import dev.manicule.server.command.ChangeGroup;
import dev.manicule.server.command.Command;
import dev.manicule.server.command.DeleteGroup;
import dev.manicule.server.command.Outcome;
import dev.manicule.server.command.Unavailable;
import dev.manicule.server.http.Response;
import dev.manicule.server.hub.Groups;
import dev.manicule.server.journal.Journal;
import dev.manicule.server.json.JsonWriter;
import dev.manicule.server.limits.Charge;
import dev.manicule.server.limits.Limit;
import dev.manicule.server.limits.Limits;
import dev.manicule.server.limits.Resource;
import dev.manicule.server.model.Channel;
import dev.manicule.server.model.ChannelGroup;
import dev.manicule.server.routing.ApiRequest;
import dev.manicule.server.routing.EndpointFamily;
import dev.manicule.server.routing.ErrorFormat;
import dev.manicule.server.routing.RequiredPermission;
import dev.manicule.server.routing.Route.Trait;
import dev.manicule.server.routing.Route;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Channel groups: lists, adds and removes channels. All requests are GET, also those that change something. */
public final class ChannelGroupsApi implements EndpointFamily {
    private static final String SERVICE = "channel-registry";
    private static final ErrorFormat ERRORS = ErrorFormat.of(SERVICE);
    private static final Response CHANGED = Response.json(200, new JsonWriter().object()
            .member("status", 200)
            .member("message", "OK")
            .member("service", SERVICE)
            .member("error", false)
            .end()
            .toBytes());

    private final GroupChanges changes;
    private final Groups groups;
    private final Access access;
    private final Limits limits;

    /**
     * The family over a journal, the groups that it has led to, and access control, which decides which groups a caller
     * may see.
     */
    public ChannelGroupsApi(Journal journal, Groups groups, Access access, Limits limits) {
        this.limits = limits;
        this.access = access;
        changes = new GroupChanges(journal);
        this.groups = groups;
    }

    @Override
    public String name() {
        return "channel-groups";
    }

    @Override
    public List<Route> routes() {
        String all = "/v1/channel-registration/sub-key/{subscribeKey}/channel-group";
        return List.of(Route.of("GET", all, ERRORS, RequiredPermission.NOTHING, this::names).with(Trait.LINEARIZABLE),
                Route.of("GET", all + "/{group}", ERRORS, ChannelGroupsApi::need, this::group)
                        .with(Trait.WITHOUT_HEAD)
                        .with(Trait.LINEARIZABLE),
                Route.of("GET", all + "/{group}/remove", ERRORS,
                        RequiredPermission.onGroup(Permission.MANAGE),
                        this::delete).with(Trait.WITHOUT_HEAD));
    }

    private void names(ApiRequest apiRequest) {
        if (apiRequest.isOfStranger(access)) {
            apiRequest.respond(ofNames(List.of())); // a caller that can read nothing costs no walk
            return;
        }
        GroupNames names = new GroupNames(apiRequest);
        apiRequest.respondInSlices(names::next);
    }

    /** The names of the groups that a caller may read, found in slices; cut when they are too many. */
    private final class GroupNames {
        private static final int AT_ONCE = 500;

        private final ApiRequest apiRequest;
        private final ReadableNames readable;
        private List<String> some = List.of();
        private Iterator<String> left = some.iterator();
        private boolean isBegun;

        GroupNames(ApiRequest apiRequest) {
            this.apiRequest = apiRequest;
            readable = new ReadableNames(access, apiRequest.caller(), Kind.GROUP);
        }

        /** A response, null when more names are left to check. */
        @Nullable
        Response next() {
            if (!left.hasNext() && (!isBegun || some.size() == AT_ONCE)) {
                some = groups.names(apiRequest.subscribeKey(), some.isEmpty() ? "" : some.getLast(), AT_ONCE);
                left = some.iterator();
                isBegun = true;
            }
            boolean hasMore = readable.addSome(left) || (some.size() == AT_ONCE && !readable.isFull());
            return hasMore ? null : ofNames(readable.names());
        }
    }

    private static Response ofNames(Collection<String> names) {
        return Response.json(200, new JsonWriter().object()
                .member("status", 200)
                .object("payload")
                .member("namespace", "")
                .strings("groups", names)
                .end()
                .member("service", SERVICE)
                .member("error", false)
                .end()
                .toBytes());
    }

    private static List<Demand> need(ApiRequest apiRequest) {
        boolean changes = apiRequest.query().text("add") != null || apiRequest.query().text("remove") != null;
        return RequiredPermission.onGroup(changes ? Permission.MANAGE : Permission.READ).of(apiRequest);
    }

    private void group(ApiRequest apiRequest) {
        String added = apiRequest.query().text("add");
        String removed = apiRequest.query().text("remove");
        List<String> add = ApiRequest.list(added);
        List<String> remove = ApiRequest.list(removed);
        if (!Channel.isName(apiRequest.segment("group"))) {
            apiRequest.refuse(400, "Reserved character in input parameters.");
        } else if (added == null && removed == null) {
            apiRequest.answerFromStorage(() -> ofChannels(apiRequest));
        } else if (limits.isOver(Limit.CHANNELS_BY_REQUEST, add.size() + remove.size())) {
            apiRequest.refuse(400, "Maximum channel count exceeded: a request names up to "
                    + limits.of(Limit.CHANNELS_BY_REQUEST) + " channels.");
        } else if (!add.stream().allMatch(ChannelGroupsApi::isMember) || !remove.stream().allMatch(Channel::isName)) {
            apiRequest.refuse(400, "Reserved character in input parameters.");
        } else {
            change(apiRequest, add, remove);
        }
    }

    private Response ofChannels(ApiRequest apiRequest) {
        return Response.json(200, new JsonWriter().object()
                .member("status", 200)
                .object("payload")
                .strings("channels", new TreeSet<>(groups.members(named(apiRequest)).keySet()))
                .member("group", apiRequest.segment("group"))
                .end()
                .member("service", SERVICE)
                .member("error", false)
                .end()
                .toBytes());
    }

    private void change(ApiRequest apiRequest, List<String> add, List<String> remove) {
        ChannelGroup group = named(apiRequest);
        boolean isNew = !add.isEmpty() && groups.members(group).isEmpty();
        if (isNew && limits.isOver(Limit.GROUPS_BY_KEYSET, groups.count(group.keyset()) + 1)) {
            apiRequest.refuse(400, "Maximum channel group count exceeded.");
            return;
        }
        Charge charge = apiRequest.client().withoutConnection().charge(Resource.GROUPS, bytes(group, add));
        if (charge == null) {
            apiRequest.refuse(400, "Maximum channel group count exceeded: too much is held in channel groups.");
            return;
        }
        int most = limits.count(Limit.CHANNELS_BY_GROUP);
        submit(apiRequest, new ChangeGroup(group, add, remove, most), outcome -> {
            charge.release(); // Groups charges the present content of the group
            switch (outcome) {
                case ChangeGroup.Changed _ -> apiRequest.respond(CHANGED);
                case ChangeGroup.GroupFull _ -> {
                    limits.reached(Limit.CHANNELS_BY_GROUP);
                    apiRequest.refuse(400,
                            "Maximum channel count exceeded: a group has up to " + most + " channels, and "
                                    + ChannelGroup.maxBytes(most) + " bytes of names.");
                }
                case Unavailable unavailable -> apiRequest.refuse(unavailable);
            }
        });
    }

    /** About how many bytes of memory a change adds. */
    private long bytes(ChannelGroup group, List<String> add) {
        Map<String, Long> members = groups.members(group);
        long bytes = 0;
        for (String channel : add) {
            bytes += members.containsKey(channel) ? 0 : Groups.bytes(channel);
        }
        return bytes;
    }

    private void delete(ApiRequest apiRequest) {
        if (Channel.isName(apiRequest.segment("group"))) {
            submit(apiRequest, new DeleteGroup(named(apiRequest)), outcome -> {
                switch (outcome) {
                    case ChangeGroup.Changed _ -> apiRequest.respond(CHANGED);
                    case Unavailable unavailable -> apiRequest.refuse(unavailable);
                }
            });
        } else {
            apiRequest.refuse(400, "Reserved character in input parameters.");
        }
    }

    private <O extends Outcome> void submit(ApiRequest apiRequest, Command<O> command,
            Consumer<? super O> whenDecided) {
        int channels = groups.members(named(apiRequest)).size() + apiRequest.weight();
        changes.submit(apiRequest.client(), command, channels, whenDecided);
    }

    private static ChannelGroup named(ApiRequest apiRequest) {
        return new ChannelGroup(apiRequest.subscribeKey(), apiRequest.segment("group"));
    }

    /**
     * Whether a channel is a member: not wildcards, nor channels of presence, which belong to a group without being in
     * it.
     */
    private static boolean isMember(String name) {
        return Channel.isName(name) && Channel.isForMessages(name);
    }
}
