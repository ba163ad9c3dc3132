package dev.manicule.client;

import dev.manicule.client.internal.MetadataFields;
import dev.manicule.client.internal.Path;
import dev.manicule.client.internal.Query;
import dev.manicule.client.internal.Request;
import dev.manicule.client.internal.Request.Decoder;
import dev.manicule.client.internal.Transport;
import java.util.List;

/**
 * Gets the channels that a user is a member of, or the members of a channel: a page with {@code sync()}, {@code async()}
 * or {@code future()}, or all of them, page by page as they are needed, with {@link #stream()}.
 *
 * <pre>{@code
 * client.getMembers("room").withMetadata().stream().forEach(member -> show(member.user().name()));
 * }</pre>
 *
 * @since 0.1
 */
public final class GetMemberships extends MetadataList<GetMemberships, Membership> {
    private final MetadataKind<?> kind;
    private final String id;
    /** Those of the membership itself. */
    private final List<Include> own;
    /** The names of what is to be there of the others, empty when it is their ids alone. */
    private final List<String> others;

    GetMemberships(Transport transport, MetadataKind<?> kind, String id) {
        this(transport, kind, id, FIRST_PAGE, List.of(Include.values()), List.of());
    }

    private GetMemberships(Transport transport, MetadataKind<?> kind, String id, Query query, List<Include> own,
            List<String> others) {
        super(transport, query);
        this.kind = kind;
        this.id = id;
        this.own = own;
        this.others = others;
    }

    @Override
    GetMemberships with(Query changed) {
        return new GetMemberships(transport, kind, id, changed, own, others);
    }

    /**
     * Gets of the fields of the memberships themselves only those that are named.
     *
     * @param fields the fields; all of them by default
     * @return a call with these fields
     */
    public GetMemberships include(Include... fields) {
        return new GetMemberships(transport, kind, id, query, List.of(fields), others);
    }

    /**
     * Gets the metadata of the channels, or, of the members of a channel, that of the users; by default only their ids.
     *
     * @param fields the fields that are to be part of it; all of them where none is named
     * @return a call with metadata
     */
    public GetMemberships withMetadata(Include... fields) {
        List<Include> some = List.of(fields.length == 0 ? Include.values() : fields);
        return new GetMemberships(transport, kind, id, query, own,
                List.of(kind.other(), Include.list(kind.other() + ".", some)));
    }

    private Query wholeQuery() {
        String all = String.join(",", with(own.isEmpty() ? List.of() : List.of(Include.list("", own)), others));
        return query.with("include", all.isEmpty() ? null : all);
    }

    @Override
    Request<MetadataPage<Membership>> request() {
        Operation operation = isOfUser() ? Operation.GET_MEMBERSHIPS : Operation.GET_MEMBERS;
        return Request.get(operation, path(), wholeQuery(), decoder()).about(kind.channels(id), List.of());
    }

    /** The request that changes them, whose response is this list. */
    Request<MetadataPage<Membership>> change(String body) {
        Operation operation = isOfUser() ? Operation.CHANGE_MEMBERSHIPS : Operation.CHANGE_MEMBERS;
        return Request.patch(operation, path(), wholeQuery(), body, decoder()).about(kind.channels(id), List.of());
    }

    private Path path() {
        return kind.path(subscribeKey()).and(required(id, kind.name()), kind.other() + "s");
    }

    private Decoder<MetadataPage<Membership>> decoder() {
        UserMetadata user = isOfUser() ? UserMetadata.of(id) : null;
        ChannelMetadata channel = isOfUser() ? null : ChannelMetadata.of(id);
        return json -> MetadataFields.page(json, each -> MetadataFields.membership(each, user, channel));
    }

    private boolean isOfUser() {
        return kind.equals(MetadataKind.USER);
    }

    /** The name, in bodies, of what the memberships are listed by. */
    String other() {
        return kind.other();
    }
}
