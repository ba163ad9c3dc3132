package dev.manicule.client;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.manicule.client.internal.Json;
import dev.manicule.client.internal.Request;
import dev.manicule.client.internal.Transport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Sets and removes memberships of a user, or members of a channel: up to 100 of each in one request, all or none. Its
 * result is the first page of the list as it is then.
 *
 * <pre>{@code
 * client.changeMemberships("alice").set("room").status("admin").remove("lobby").sync().orThrow();
 * }</pre>
 *
 * @since 0.1
 */
public final class ChangeMemberships extends Call<MetadataPage<Membership>> {
    private final GetMemberships list;
    /** Never changed, as the next one: each change is made to a copy. */
    private final ArrayNode sets;
    private final ArrayNode removals;
    /** Where those of the last set begin. */
    private final int last;

    ChangeMemberships(Transport transport, GetMemberships list) {
        this(transport, list, Json.MAPPER.createArrayNode(), Json.MAPPER.createArrayNode(), 0);
    }

    private ChangeMemberships(Transport transport, GetMemberships list, ArrayNode sets, ArrayNode removals, int last) {
        super(transport);
        this.list = list;
        this.sets = sets;
        this.removals = removals;
        this.last = last;
    }

    /**
     * Makes memberships, or changes those that are there. {@link #status}, {@link #type} and {@link #custom} set their
     * fields; others stay.
     *
     * @param ids the channels, or, of the members of a channel, the users
     * @return a call that sets these too
     * @throws IllegalArgumentException when an id is empty, or can't be sent
     */
    public ChangeMemberships set(String... ids) {
        ArrayNode more = sets.deepCopy();
        add(more, ids);
        return new ChangeMemberships(transport, list, more, removals, sets.size());
    }

    /**
     * Ends memberships; those that are not there stay so.
     *
     * @param ids the channels, or, of the members of a channel, the users
     * @return a call that removes these too
     * @throws IllegalArgumentException when an id is empty, or can't be sent
     */
    public ChangeMemberships remove(String... ids) {
        ArrayNode more = removals.deepCopy();
        add(more, ids);
        return new ChangeMemberships(transport, list, sets, more, last);
    }

    private void add(ArrayNode to, String... ids) {
        for (String id : ids) {
            to.addObject().putObject(list.other()).put("id", required(id, list.other()));
        }
    }

    /**
     * Sets the status of the memberships that the last {@link #set} names.
     *
     * @param text the status; null to clear it
     * @return a call with this status
     * @throws IllegalArgumentException when no set is before it
     */
    public ChangeMemberships status(@Nullable String text) {
        return changed(membership -> membership.put("status", text));
    }

    /**
     * Sets the type of the memberships that the last {@link #set} names.
     *
     * @param text the type; null to clear it
     * @return a call with this type
     * @throws IllegalArgumentException when no set is before it
     */
    public ChangeMemberships type(@Nullable String text) {
        return changed(membership -> membership.put("type", text));
    }

    /**
     * Sets the custom fields of the memberships that the last {@link #set} names, in place of all that are there.
     *
     * @param object anything that Jackson writes as a JSON object of strings, numbers, booleans and nulls; null to clear
     *        them
     * @return a call with these fields
     * @throws IllegalArgumentException when no set is before it
     */
    public ChangeMemberships custom(@Nullable Object object) {
        return changed(membership -> membership.set("custom", Json.MAPPER.valueToTree(object)));
    }

    private ChangeMemberships changed(Consumer<ObjectNode> change) {
        if (last == sets.size()) {
            throw new IllegalArgumentException("fields without memberships: name them with set before");
        }
        ArrayNode copy = sets.deepCopy();
        for (int i = last; i < copy.size(); i++) {
            change.accept((ObjectNode) copy.get(i));
        }
        return new ChangeMemberships(transport, list, copy, removals, last);
    }

    /**
     * Gets of the fields of the memberships themselves only those that are named.
     *
     * @param fields the fields; all of them by default
     * @return a call with these fields
     */
    public ChangeMemberships include(Include... fields) {
        return listed(list.include(fields));
    }

    /**
     * Gets the metadata of the channels, or, of the members of a channel, that of the users; by default only their ids.
     *
     * @param fields the fields that are to be part of it; all of them where none is named
     * @return a call with metadata
     */
    public ChangeMemberships withMetadata(Include... fields) {
        return listed(list.withMetadata(fields));
    }

    /**
     * Sets the most memberships of the result.
     *
     * @param most at least 1; 100 by default, which is the server's most, too
     * @return a call with this limit
     * @throws IllegalArgumentException when it is less than 1
     */
    public ChangeMemberships limit(int most) {
        return listed(list.limit(most));
    }

    private ChangeMemberships listed(GetMemberships changed) {
        return new ChangeMemberships(transport, changed, sets, removals, last);
    }

    @Override
    Request<MetadataPage<Membership>> request() {
        if (sets.isEmpty() && removals.isEmpty()) {
            throw new IllegalArgumentException(list.other() + " is missing: name what to set or to remove");
        }
        ObjectNode body = Json.MAPPER.createObjectNode();
        body.set("set", sets);
        body.set("delete", removals);
        return list.change(Json.write(body, "the memberships"));
    }
}
