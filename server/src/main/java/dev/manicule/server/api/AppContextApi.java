package dev.manicule.server.api;

import dev.manicule.server.access.Access;
import dev.manicule.server.access.Caller;
import dev.manicule.server.access.Demand;
import dev.manicule.server.access.Denial;
import dev.manicule.server.access.Grant;
import dev.manicule.server.access.Permission;
import dev.manicule.server.command.ChangeMemberships;
import dev.manicule.server.command.Idempotent;
import dev.manicule.server.command.RemoveEntity;
import dev.manicule.server.command.SetEntity;
import dev.manicule.server.command.Unavailable;
import dev.manicule.server.filter.Filter;
import dev.manicule.server.filter.FilterException;
import dev.manicule.server.http.Header;
import dev.manicule.server.http.Response;
import dev.manicule.server.journal.Journal;
import dev.manicule.server.json.Json;
import dev.manicule.server.json.JsonWriter;
import dev.manicule.server.ledger.LedgerReader;
import dev.manicule.server.limits.Limit;
import dev.manicule.server.limits.Limits;
import dev.manicule.server.model.EntityId;
import dev.manicule.server.model.EntityId.Kind;
import dev.manicule.server.model.Metadata;
import dev.manicule.server.routing.ApiRequest;
import dev.manicule.server.routing.EndpointFamily;
import dev.manicule.server.routing.ErrorFormat;
import dev.manicule.server.routing.PermissionCheck;
import dev.manicule.server.routing.RequiredPermission;
import dev.manicule.server.routing.Route.Trait;
import dev.manicule.server.routing.Route;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** App Context: metadata of users and channels, and memberships. */
public final class AppContextApi implements EndpointFamily {
    private static final String NAME = "objects";
    private static final String FAMILY = "/v2/" + NAME + "/{subscribeKey}/";
    private static final ErrorFormat ERRORS = ActionInput.errors(NAME);
    private static final int MOST = 100;
    /** Memberships that are removed by one write, of a user or a channel that is removed: some milliseconds of work. */
    private static final int MOST_REMOVED_AT_ONCE = 100;

    private final Journal journal;
    private final LedgerReader ledger;
    private final Access access;
    private final PermissionCheck permissions;
    private final Limits limits;

    /** The family over a journal and the ledger that it writes, with access control and the limits. */
    public AppContextApi(Journal journal, LedgerReader ledger, Access access, Limits limits) {
        this.journal = journal;
        this.ledger = ledger;
        this.access = access;
        permissions = new PermissionCheck(access);
        this.limits = limits;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public List<Route> routes() {
        List<Route> routes = new ArrayList<>();
        for (Kind kind : Kind.values()) {
            String all = FAMILY + kind.wireName() + "s";
            String one = all + "/{" + segment(kind) + "}";
            String others = one + "/" + kind.other().wireName() + "s";
            routes.add(Route.of("GET", all, ERRORS, RequiredPermission.NOTHING, request -> list(request, kind))
                    .with(Trait.LINEARIZABLE));
            routes.add(Route.of("GET", one, ERRORS, on(kind, Permission.GET), request -> get(request, kind))
                    .with(Trait.LINEARIZABLE));
            routes.add(Route.of("PATCH", one, ERRORS, on(kind, Permission.UPDATE), request -> set(request, kind)));
            routes.add(Route.of("DELETE", one, ERRORS, on(kind, Permission.DELETE), request -> remove(request, kind)));
            routes.add(Route.of("GET", others, ERRORS, on(kind, Permission.GET), request -> members(request, kind))
                    .with(Trait.LINEARIZABLE));
            routes.add(Route.of("PATCH", others, ERRORS,
                    on(kind, kind == Kind.USER ? Permission.UPDATE : Permission.MANAGE),
                    request -> changeMembers(request, kind)));
        }
        return routes;
    }

    /** The name of the part of a path that names one; {@code uuid} is the user that sends the request. */
    private static String segment(Kind kind) {
        return kind == Kind.USER ? "user" : kind.wireName();
    }

    private static RequiredPermission on(Kind kind, Permission permission) {
        return kind == Kind.USER ? RequiredPermission.onUuid(permission) : RequiredPermission.on(permission);
    }

    /** An error of the family. */
    static Response error(int status, String message) {
        return ERRORS.response(status, message, 0);
    }

    /** The user or the channel that the path names; null, and a fault, when it can be none. */
    private @Nullable EntityId entity(ApiRequest request, Kind kind, ActionInput input) {
        String name = request.segment(segment(kind));
        boolean isTooLong = kind == Kind.USER
                && limits.isOver(Limit.UUID_CHARACTERS, name.codePointCount(0, name.length()));
        if (isTooLong || !EntityId.isName(name)) {
            input.fault("Invalid id", kind.wireName(), "path");
            return null;
        }
        return new EntityId(request.subscribeKey(), kind, name);
    }

    private void get(ApiRequest request, Kind kind) {
        ActionInput input = new ActionInput(request, NAME);
        EntityId entity = entity(request, kind, input);
        if (entity == null) {
            input.refuse();
            return;
        }
        request.answerFromStorage(() -> {
            Metadata metadata = ledger.metadata(entity);
            return metadata == null
                    ? error(404, "Requested object was not found.")
                    : response(request, entity, metadata);
        });
    }

    private static Response response(ApiRequest request, EntityId entity, Metadata metadata) {
        JsonWriter json = new JsonWriter().object().member("status", 200).name("data");
        MetadataFormat.of(request.query()).entity(entity.kind(), entity.name(), metadata, json);
        return Response.json(200, json.end().toBytes());
    }

    private void set(ApiRequest request, Kind kind) {
        ActionInput input = new ActionInput(request, NAME);
        EntityId entity = entity(request, kind, input);
        Json patch = new MetadataInput(request, input).entity(kind);
        if (entity == null || input.isRefused()) {
            input.refuse();
            return;
        }
        int most = limits.count(Limit.METADATA_BY_KEYSET);
        journal.submit(request.client(), request.idempotent(new SetEntity(entity, patch, tag(request), most)),
                outcome -> {
                    switch (outcome) {
                        case SetEntity.EntitySet(Metadata metadata) -> request
                                .respond(response(request, entity, metadata));
                        case SetEntity.OtherTag _ -> request.refuse(412, (kind == Kind.USER ? "User" : "Channel")
                                + " to update has been modified after it was read.");
                        case SetEntity.TooManyEntities _ -> {
                            limits.reached(Limit.METADATA_BY_KEYSET);
                            request.refuse(400, "Maximum number of " + kind.wireName()
                                    + "s with metadata reached for this keyset.");
                        }
                        case Idempotent.KeyReused _ -> request.refuseReusedKey();
                        case Unavailable unavailable -> request.refuse(unavailable);
                    }
                });
    }

    /** The tag that the metadata must have, which some clients send in quotes. */
    private static @Nullable String tag(ApiRequest request) {
        String tag = request.header(Header.IF_MATCH);
        boolean isQuoted = tag != null && tag.length() > 1 && tag.startsWith("\"") && tag.endsWith("\"");
        return isQuoted && tag != null ? tag.substring(1, tag.length() - 1) : tag;
    }

    private void remove(ApiRequest request, Kind kind) {
        ActionInput input = new ActionInput(request, NAME);
        EntityId entity = entity(request, kind, input);
        if (entity == null) {
            input.refuse();
            return;
        }
        remove(request, new RemoveEntity(entity,
                request.keyset().policy().strictMemberships() ? MOST_REMOVED_AT_ONCE : 0));
    }

    private void remove(ApiRequest request, RemoveEntity remove) {
        journal.submit(request.client(), remove, outcome -> {
            switch (outcome) {
                case RemoveEntity.EntityRemoved _ -> request.respond(Response.json(200,
                        new JsonWriter().object().member("status", 200).name("data").nul().end().toBytes()));
                case RemoveEntity.MembershipsLeft _ -> remove(request, remove);
                case Unavailable unavailable -> request.refuse(unavailable);
            }
        });
    }

    /** Lists what the caller may read; a caller that may read nothing is refused. */
    private void list(ApiRequest request, Kind kind) {
        Denial denial = denial(request.caller());
        if (denial != null) {
            request.respond(ErrorFormat.denied(denial));
            return;
        }
        ActionInput input = new ActionInput(request, NAME);
        ObjectList.Query query = query(request, null, input);
        if (query == null) {
            input.refuse();
            return;
        }
        request.respondInSlices(new ObjectList<>(new EntitySource(ledger, access, request.caller(),
                request.subscribeKey(), kind, MetadataFormat.of(request.query())), query));
    }

    private @Nullable Denial denial(Caller caller) {
        return switch (caller) {
            case Caller.Owner _,Caller.Anonymous _ -> null;
            case Caller.TokenBearer bearer when bearer.token() != null ->
                access.authorize(caller, List.of(new Demand.As(bearer.uuid() == null ? "" : bearer.uuid()))).result();
            case Caller.KeyBearer bearer when !bearer.key().isEmpty() -> null; // it gets what the key may read
            // neither: it lacks any permission
            case Caller.TokenBearer _,Caller.KeyBearer _ ->
                access.authorize(caller, List.of(new Demand.On(Grant.Kind.UUID, "*", Permission.GET))).result();
        };
    }

    /** What a request for a list says; null, and faults, when something of it is wrong. */
    private ObjectList.@Nullable Query query(ApiRequest request, @Nullable Kind others, ActionInput input) {
        ListOrder order = ListOrder.of(request.query().text("sort"), others);
        if (order == null) {
            input.fault("Invalid sort: it is a list of fields such as name:asc,updated:desc", "sort", "query");
        }
        // SDKs want nothing back of some changes
        int limit = "0".equals(request.query().text("limit")) ? 0 : request.query().count("limit", MOST, MOST);
        if (limit < 0) {
            input.fault("Must be a whole number", "limit", "query");
        }
        byte[] start = place(request, "start", order, input);
        byte[] end = place(request, "end", order, input);
        String count = request.query().text("count");
        Filter filter = filter(request, input);
        return order == null || input.isRefused()
                ? null
                : new ObjectList.Query(order, start, end, limit, count != null && isTrue(count), filter);
    }

    /** Clients write it in several ways. */
    private static boolean isTrue(String text) {
        return text.equals("1") || text.equalsIgnoreCase("true");
    }

    private static byte @Nullable [] place(ApiRequest request, String name, @Nullable ListOrder order,
            ActionInput input) {
        String cursor = request.query().text(name);
        byte[] place = cursor == null || order == null ? null : ObjectList.place(cursor, order);
        if (cursor != null && order != null && place == null) {
            input.fault("The cursor is none of this list in this order", name, "query");
        }
        return place;
    }

    private @Nullable Filter filter(ApiRequest request, ActionInput input) {
        try {
            return FilterParameter.of(request.query(), FilterParameter.OF_LIST, limits.count(Limit.FILTER_PARTS));
        } catch (FilterException e) {
            if (e.isTooLong()) {
                limits.reached(Limit.FILTER_PARTS);
            }
            input.fault("Invalid filter expression: " + e.getMessage(), "filter", "query");
            return null;
        }
    }

    private void members(ApiRequest request, Kind kind) {
        ActionInput input = new ActionInput(request, NAME);
        EntityId owner = entity(request, kind, input);
        ObjectList.Query query = query(request, kind.other(), input);
        if (owner == null || query == null) {
            input.refuse();
            return;
        }
        respondWithMembers(request, owner, query);
    }

    private void respondWithMembers(ApiRequest request, EntityId owner, ObjectList.Query query) {
        MetadataFormat format = MetadataFormat.of(request.query());
        boolean needsOthers = format.hasOther(owner.kind().other()) || query.filter() != null
                || query.order().parts().stream().anyMatch(ListOrder.Part::isOfOther);
        request.respondInSlices(
                new ObjectList<>(new MembershipSource(ledger, owner, format, needsOthers), query));
    }

    private void changeMembers(ApiRequest request, Kind kind) {
        ActionInput input = new ActionInput(request, NAME);
        EntityId owner = entity(request, kind, input);
        ObjectList.Query query = query(request, kind.other(), input);
        MetadataInput.Members members = new MetadataInput(request, input).members(kind.other());
        if (owner == null || query == null || input.isRefused()) {
            input.refuse();
            return;
        }
        permissions.of(request, kind == Kind.USER ? joining(members) : List.of(),
                () -> changeMembers(request, owner, members, query));
    }

    /** A user needs to be allowed to join each channel, and to leave it. */
    private static List<Demand> joining(MetadataInput.Members members) {
        List<Demand> demands = new ArrayList<>();
        members.sets()
                .forEach(set -> demands.add(new Demand.On(Grant.Kind.CHANNEL, set.name(), Permission.JOIN)));
        members.removals()
                .forEach(name -> demands.add(new Demand.On(Grant.Kind.CHANNEL, name, Permission.JOIN)));
        return demands;
    }

    private void changeMembers(ApiRequest request, EntityId owner, MetadataInput.Members members,
            ObjectList.Query query) {
        ChangeMemberships change = new ChangeMemberships(owner, members.sets(), members.removals(),
                request.keyset().policy().strictMemberships(),
                limits.count(Limit.MEMBERSHIPS_BY_ENTITY));
        journal.submit(request.client(), request.idempotent(change), outcome -> {
            switch (outcome) {
                case ChangeMemberships.MembershipsChanged _ -> respondWithMembers(request, owner, query);
                case ChangeMemberships.TooManyMemberships(String name) -> {
                    limits.reached(Limit.MEMBERSHIPS_BY_ENTITY);
                    request.refuse(400, "Maximum number of memberships reached for " + name + ".");
                }
                case ChangeMemberships.NoSuchEntity(String name) -> request.refuse(400, "There is no metadata of "
                        + name + ", and this keyset has memberships only of users and channels with metadata.");
                case Idempotent.KeyReused _ -> request.refuseReusedKey();
                case Unavailable unavailable -> request.refuse(unavailable);
            }
        });
    }
}
