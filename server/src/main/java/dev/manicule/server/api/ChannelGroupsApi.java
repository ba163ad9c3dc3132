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
import dev.manicule.server.http.Answer;
import dev.manicule.server.hub.Groups;
import dev.manicule.server.journal.Journal;
import dev.manicule.server.json.JsonText;
import dev.manicule.server.limits.Charge;
import dev.manicule.server.limits.Limit;
import dev.manicule.server.limits.Limits;
import dev.manicule.server.limits.Resource;
import dev.manicule.server.model.Channel;
import dev.manicule.server.model.ChannelGroup;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Groups of channels: what is in them, putting in, taking out. All by GET, also what changes something. */
public final class ChannelGroupsApi implements Api.Family {
    private static final String SERVICE = "channel-registry";
    private static final Answer CHANGED = Answer.json(200,
            "{\"status\":200,\"message\":\"OK\",\"service\":\"channel-registry\",\"error\":false}");

    private final GroupChanges changes;
    private final Groups groups;
    private final Access access;
    private final Limits limits;

    /** The family over a journal, the groups that it has led to, and the door that decides what a caller may see. */
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
        return List.of(Route.of("GET", all, ErrorShape.GROUPS, Need.NOTHING, this::names).ofPresent(),
                Route.of("GET", all + "/{group}", ErrorShape.GROUPS, ChannelGroupsApi::need, this::group)
                        .notForHead()
                        .ofPresent(),
                Route.of("GET", all + "/{group}/remove", ErrorShape.GROUPS, Need.onGroup(Permission.MANAGE),
                        this::delete).notForHead());
    }

    private void names(Call call) {
        if (call.isOfStranger(access)) {
            call.answer(ofNames(List.of())); // a caller that can read nothing costs no walk
            return;
        }
        GroupNames names = new GroupNames(call);
        call.answerInSlices(names::next);
    }

    /** The names of the groups that a caller may read, found in slices; cut when they are too many. */
    private final class GroupNames {
        private static final int AT_ONCE = 500;

        private final Call call;
        private final ReadableNames readable;
        private List<String> some = List.of();
        private Iterator<String> left = some.iterator();
        private boolean isBegun;

        GroupNames(Call call) {
            this.call = call;
            readable = new ReadableNames(access, call.caller(), Kind.GROUP);
        }

        /** A response, null when there is more to look at. */
        @Nullable
        Answer next() {
            if (!left.hasNext() && (!isBegun || some.size() == AT_ONCE)) {
                some = groups.names(call.subscribeKey(), some.isEmpty() ? "" : some.getLast(), AT_ONCE);
                left = some.iterator();
                isBegun = true;
            }
            boolean hasMore = readable.addSome(left) || (some.size() == AT_ONCE && !readable.isFull());
            return hasMore ? null : ofNames(readable.names());
        }
    }

    private static Answer ofNames(Collection<String> names) {
        return Answer.json(200, new JsonText().raw("{\"status\":200,\"payload\":{\"namespace\":\"\",\"groups\":")
                .quoted(names)
                .raw("},\"service\":\"" + SERVICE + "\",\"error\":false}")
                .toBytes());
    }

    private static List<Demand> need(Call call) {
        boolean changes = call.query().text("add") != null || call.query().text("remove") != null;
        return Need.onGroup(changes ? Permission.MANAGE : Permission.READ).of(call);
    }

    private void group(Call call) {
        String added = call.query().text("add");
        String removed = call.query().text("remove");
        List<String> add = Call.list(added);
        List<String> remove = Call.list(removed);
        if (!Channel.isName(call.segment("group"))) {
            call.refuse(400, "Reserved character in input parameters.");
        } else if (added == null && removed == null) {
            call.answerFromStorage(() -> ofChannels(call));
        } else if (isOver(Limit.CHANNELS_BY_REQUEST, add.size() + remove.size())) {
            call.refuse(400, "Maximum channel count exceeded: a request names up to "
                    + limits.of(Limit.CHANNELS_BY_REQUEST) + " channels.");
        } else if (!add.stream().allMatch(ChannelGroupsApi::isMember) || !remove.stream().allMatch(Channel::isName)) {
            call.refuse(400, "Reserved character in input parameters.");
        } else {
            change(call, add, remove);
        }
    }

    private Answer ofChannels(Call call) {
        return Answer.json(200, new JsonText().raw("{\"status\":200,\"payload\":{\"channels\":")
                .quoted(new TreeSet<>(groups.members(named(call)).keySet()))
                .raw(",\"group\":")
                .quoted(call.segment("group"))
                .raw("},\"service\":\"" + SERVICE + "\",\"error\":false}")
                .toBytes());
    }

    private void change(Call call, List<String> add, List<String> remove) {
        ChannelGroup group = named(call);
        boolean isNew = !add.isEmpty() && groups.members(group).isEmpty();
        if (isNew && isOver(Limit.GROUPS_BY_KEYSET, groups.count(group.keyset()) + 1)) {
            call.refuse(400, "Maximum channel group count exceeded.");
            return;
        }
        Charge charge = call.client().withoutConnection().charge(Resource.GROUPS, bytes(group, add));
        if (charge == null) {
            call.refuse(400, "Maximum channel group count exceeded: too much is held in channel groups.");
            return;
        }
        int most = limits.count(Limit.CHANNELS_BY_GROUP);
        submit(call, new ChangeGroup(group, add, remove, most), outcome -> {
            charge.release(); // what is in the group now is charged by Groups
            switch (outcome) {
                case ChangeGroup.Changed _ -> call.answer(CHANGED);
                case ChangeGroup.GroupFull _ -> {
                    limits.reached(Limit.CHANNELS_BY_GROUP);
                    call.refuse(400, "Maximum channel count exceeded: a group has up to " + most + " channels, and "
                            + ChannelGroup.maxBytes(most) + " bytes of names.");
                }
                case Unavailable unavailable -> call.refuse(unavailable);
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

    private boolean isOver(Limit limit, int count) {
        boolean isOver = count > limits.of(limit);
        if (isOver) {
            limits.reached(limit);
        }
        return isOver;
    }

    private void delete(Call call) {
        if (Channel.isName(call.segment("group"))) {
            submit(call, new DeleteGroup(named(call)), outcome -> {
                switch (outcome) {
                    case ChangeGroup.Changed _ -> call.answer(CHANGED);
                    case Unavailable unavailable -> call.refuse(unavailable);
                }
            });
        } else {
            call.refuse(400, "Reserved character in input parameters.");
        }
    }

    private <O extends Outcome> void submit(Call call, Command<O> command, Consumer<? super O> whenDecided) {
        int channels = groups.members(named(call)).size() + call.weight();
        changes.submit(call.client(), command, channels, whenDecided);
    }

    private static ChannelGroup named(Call call) {
        return new ChannelGroup(call.subscribeKey(), call.segment("group"));
    }

    /** Wildcards, and channels of presence, come with the group and not in it. */
    private static boolean isMember(String name) {
        return Channel.isName(name) && Channel.isForMessages(name);
    }
}
