package dev.manicule.server.api;

import dev.manicule.server.access.Access;
import dev.manicule.server.access.Demand;
import dev.manicule.server.access.Grant.Kind;
import dev.manicule.server.access.Permission;
import dev.manicule.server.http.Answer;
import dev.manicule.server.hub.Groups;
import dev.manicule.server.journal.Journal;
import dev.manicule.server.json.JsonText;
import dev.manicule.server.model.Channel;
import dev.manicule.server.model.ChannelGroup;
import dev.manicule.server.model.Command;
import dev.manicule.server.model.Command.ChangeGroup;
import dev.manicule.server.model.Command.DeleteGroup;
import dev.manicule.server.model.Outcome;
import dev.manicule.server.model.Outcome.GroupChanged;
import dev.manicule.server.model.Outcome.GroupFull;
import dev.manicule.server.model.Outcome.Unavailable;
import java.util.List;
import java.util.TreeSet;

/** Groups of channels: what is in them, putting in, taking out. All by GET, also what changes something. */
public final class ChannelGroupsApi implements Api.Family {
    private static final String SERVICE = "channel-registry";
    private static final Answer CHANGED = Answer.json(200,
            "{\"status\":200,\"message\":\"OK\",\"service\":\"channel-registry\",\"error\":false}");

    private final Journal journal;
    private final Groups groups;
    private final Access access;

    /** The family over a journal, what it has led to, and the door that tells who may see what. */
    public ChannelGroupsApi(Journal journal, Groups groups, Access access) {
        this.access = access;
        this.journal = journal;
        this.groups = groups;
    }

    @Override
    public String name() {
        return "channel-groups";
    }

    @Override
    public List<Route> routes() {
        String all = "/v1/channel-registration/sub-key/{subscribeKey}/channel-group";
        return List.of(Route.of("GET", all, ErrorShape.GROUPS, Need.NOTHING, this::names),
                Route.of("GET", all + "/{group}", ErrorShape.GROUPS, ChannelGroupsApi::need, this::group),
                Route.of("GET", all + "/{group}/remove", ErrorShape.GROUPS, Need.onGroup(Permission.MANAGE),
                        this::delete));
    }

    private void names(Call call) {
        JsonText json = new JsonText().raw("{\"status\":200,\"payload\":{\"namespace\":\"\",\"groups\":")
                .quoted(groups.names(call.subscribeKey())
                        .stream()
                        .filter(name -> access.mayRead(call.caller(), Kind.GROUP, name))
                        .toList())
                .raw("},\"service\":\"" + SERVICE + "\",\"error\":false}");
        call.answer(Answer.json(200, json.toBytes()));
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
        if (!Call.isName(call.segment("group"))) {
            call.refuse(400, "Reserved character in input parameters.");
        } else if (added == null && removed == null) {
            JsonText json = new JsonText().raw("{\"status\":200,\"payload\":{\"channels\":")
                    .quoted(new TreeSet<>(groups.members(named(call)).keySet()))
                    .raw(",\"group\":")
                    .quoted(call.segment("group"))
                    .raw("},\"service\":\"" + SERVICE + "\",\"error\":false}");
            call.answer(Answer.json(200, json.toBytes()));
        } else if (!add.stream().allMatch(ChannelGroupsApi::isMember) || !remove.stream().allMatch(Call::isName)) {
            call.refuse(400, "Reserved character in input parameters.");
        } else {
            submit(call, new ChangeGroup(named(call), add, remove));
        }
    }

    private void delete(Call call) {
        if (Call.isName(call.segment("group"))) {
            submit(call, new DeleteGroup(named(call)));
        } else {
            call.refuse(400, "Reserved character in input parameters.");
        }
    }

    private void submit(Call call, Command<Outcome.OfGroup> command) {
        journal.submit(call.client(), command, outcome -> {
            switch (outcome) {
                case GroupChanged _ -> call.answer(CHANGED);
                case GroupFull _ -> call.refuse(400, "Maximum channel count exceeded: a group has up to "
                        + ChannelGroup.MAX_CHANNELS + " channels.");
                case Unavailable unavailable -> call.refuse(unavailable);
            }
        });
    }

    private static ChannelGroup named(Call call) {
        return new ChannelGroup(call.subscribeKey(), call.segment("group"));
    }

    /** Wildcards, and channels of presence, come with the group and not in it. */
    private static boolean isMember(String name) {
        return Call.isName(name) && Channel.isForMessages(name);
    }
}
