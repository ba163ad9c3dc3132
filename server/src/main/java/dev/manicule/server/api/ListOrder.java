package dev.manicule.server.api;

import dev.manicule.server.model.EntityId.Kind;
import dev.manicule.server.model.EntityOrder;
import dev.manicule.server.routing.ApiRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The order of a list of App Context: what decides first, then what decides where that is the same, and the id at last.
 *
 * @param parts at least one
 */
record ListOrder(List<Part> parts) {
    private static final int MOST_PARTS = 5;

    /**
     * A part of an order.
     *
     * @param isOfOther in a list of memberships: whether the user or the channel that the list is not of decides, and not the
     *        membership itself
     */
    record Part(EntityOrder by, boolean isOfOther, boolean isDescending) {}

    /** Copies the list. */
    ListOrder {
        parts = List.copyOf(parts);
    }

    /**
     * The order of a parameter such as {@code name:asc,updated:desc}; by id where there is none, and null when it is none.
     *
     * @param others in a list of memberships, the kind that the list is not of; else null
     */
    static @Nullable ListOrder of(@Nullable String text, @Nullable Kind others) {
        List<Part> parts = new ArrayList<>();
        for (String each : ApiRequest.list(text)) {
            int colon = each.indexOf(':');
            String direction = colon < 0 ? "asc" : each.substring(colon + 1).toLowerCase(Locale.ROOT);
            Part part = part(colon < 0 ? each : each.substring(0, colon), direction.equals("desc"), others);
            if (part == null || !(direction.equals("asc") || direction.equals("desc"))) {
                return null;
            }
            parts.add(part);
        }
        if (parts.isEmpty()) {
            parts.add(new Part(EntityOrder.ID, others != null, false));
        }
        return parts.size() > MOST_PARTS ? null : new ListOrder(parts);
    }

    private static @Nullable Part part(String name, boolean isDescending, @Nullable Kind others) {
        if (others == null) {
            EntityOrder by = EntityOrder.of(name);
            return by == null ? null : new Part(by, false, isDescending);
        }
        String prefix = others.wireName() + ".";
        boolean isOfOther = name.startsWith(prefix);
        EntityOrder by = EntityOrder.of(isOfOther ? name.substring(prefix.length()) : name);
        // clients that know no prefix mean the other one by id and name: a membership has none
        return by == null
                ? null
                : new Part(by, isOfOther || by == EntityOrder.ID || by == EntityOrder.NAME, isDescending);
    }

    /** The part that decides, where no other one ever does: the last resort, the id, goes the same way. */
    @Nullable
    Part only() {
        Part first = parts.getFirst();
        boolean isOnly = parts.size() == 1 || first.by() == EntityOrder.ID
                || (parts.size() == 2 && parts.get(1).by() == EntityOrder.ID
                        && parts.get(1).isDescending() == first.isDescending());
        return isOnly ? first : null;
    }

    /** Stands for the order in cursors, which are of no use in another one. */
    byte tag() {
        return (byte) parts.toString().hashCode();
    }
}
