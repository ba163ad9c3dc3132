package dev.manicule.server.api;

import dev.manicule.server.filter.FilterInput;
import dev.manicule.server.json.JsonWriter;
import dev.manicule.server.ledger.LedgerReader;
import dev.manicule.server.ledger.LedgerReader.ListPlace;
import dev.manicule.server.ledger.LedgerReader.Placed;
import dev.manicule.server.model.EntityId;
import dev.manicule.server.model.EntityOrder;
import dev.manicule.server.model.Membership;
import dev.manicule.server.model.Metadata;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The memberships of a user, or of a channel.
 *
 * @param needsOthers whether anything reads the metadata of the others
 */
record MembershipSource(LedgerReader ledger, EntityId owner, MetadataFormat format, boolean needsOthers)
        implements
            ObjectList.Source<MembershipSource.Joined> {
    /**
     * A membership with the metadata of the other one.
     *
     * @param other null when there is none, or nothing reads it
     */
    record Joined(Membership membership, @Nullable Metadata other) {}

    private EntityId.Kind others() {
        return owner.kind().other();
    }

    @Override
    public boolean has(ListOrder.Part order) {
        return order.by() == EntityOrder.ID;
    }

    @Override
    public List<Placed<Joined>> rows(ListOrder.Part order, ListPlace from, int most) {
        return ledger.memberships(owner, from, most).stream().map(this::joined).toList();
    }

    private Placed<Joined> joined(Placed<Membership> each) {
        Metadata other = needsOthers
                ? ledger.metadata(owner.other(each.element().nameOf(others())))
                : null;
        return new Placed<>(each.place(), new Joined(each.element(), other));
    }

    @Override
    public long count() {
        return ledger.countMemberships(owner);
    }

    @Override
    public byte[] key(Joined element, ListOrder.Part order) {
        Metadata other = element.other() == null ? Metadata.NONE : element.other();
        return order.by()
                .key(element.membership().nameOf(others()),
                        order.isOfOther() ? other : element.membership().metadata());
    }

    @Override
    public int bytes(Joined element) {
        Metadata other = element.other();
        return element.membership().metadata().fields().utf8().length
                + (other == null ? 0 : other.fields().utf8().length);
    }

    @Override
    public FilterInput input(Joined element) {
        String name = element.membership().nameOf(others());
        Map<String, @Nullable Object> fields = EntitySource.fields(element.membership().metadata());
        fields.put(others().wireName(), EntitySource.fields(name, element.other()));
        return FilterInput.ofFields(fields, bytes(element));
    }

    /** To read a user or a channel is enough to read its memberships. */
    @Override
    public boolean isOpen() {
        return true;
    }

    @Override
    public boolean isOpen(Joined element) {
        return true;
    }

    @Override
    public void write(Joined element, JsonWriter json) {
        format.membership(others(), element.membership(), element.other(), json);
    }
}
