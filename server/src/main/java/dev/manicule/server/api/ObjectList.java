package dev.manicule.server.api;

import dev.manicule.server.filter.Filter;
import dev.manicule.server.filter.FilterInput;
import dev.manicule.server.http.Response;
import dev.manicule.server.json.JsonWriter;
import dev.manicule.server.ledger.LedgerReader.ListPlace;
import dev.manicule.server.ledger.LedgerReader.Placed;
import dev.manicule.server.model.EntityOrder;
import dev.manicule.server.routing.ApiRequest;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A page of a list of App Context, read in slices. A page looks at a bounded number of elements: where a filter or the
 * caller's token excludes many, it ends early, and the next one goes on.
 */
final class ObjectList<T> implements ApiRequest.SlicedRead {
    /** Elements that are looked at for a page; expensive filters count for more. */
    private static final int MOST_LOOKED_AT = 10_000;
    /** The cost of filters that counts as much as one element. */
    private static final long COST_OF_ONE = 10_000;
    private static final int AT_ONCE = 100;
    /** The token of a caller is checked for each of them. */
    private static final int CHECKED_AT_ONCE = 50;
    /** Elements of a list that is sorted in memory. */
    private static final int MOST_SORTED = 2_000;
    private static final int MOST_SORTED_BYTES = 4 << 20;
    private static final int MOST_BYTES = 1 << 20;
    private static final long UNKNOWN = -1;
    private static final ListOrder.Part BY_ID = new ListOrder.Part(EntityOrder.ID, true, false);

    private final Source<T> source;
    private final Query query;
    private final ListOrder.@Nullable Part only;
    private final boolean isFiltered;
    private final List<byte[]> page = new ArrayList<>();
    private @Nullable List<Placed<T>> sorted;
    private byte @Nullable [] first;
    private byte @Nullable [] last;
    private boolean hasMore;
    private boolean isRead;
    private int bytes;
    private long lookedAt;
    private byte @Nullable [] counted;
    private long count = UNKNOWN;
    private boolean isCounted;
    private long passed;

    /** The elements of a list. */
    interface Source<T> {
        /** Whether {@link #rows} has an order by itself. */
        boolean has(ListOrder.Part order);

        /** Some elements by an order that it has, the other way round where it is descending. */
        List<Placed<T>> rows(ListOrder.Part order, ListPlace from, int most);

        /** How many there are. */
        long count();

        /** Bytes that sort as the elements do by a part of an order, ascending. */
        byte[] key(T element, ListOrder.Part order);

        /** How many bytes it has as JSON, about. */
        int bytes(T element);

        /** The fields that a filter reads. */
        FilterInput input(T element);

        /** Whether the caller may have all elements. */
        boolean isOpen();

        /** Whether the caller may have an element. */
        boolean isOpen(T element);

        /** Writes an element. */
        void write(T element, JsonWriter json);
    }

    /**
     * What a request for a list says.
     *
     * @param start the {@code next} of the page before; null for none
     * @param end the {@code prev} of the page behind; null for none
     * @param limit the most elements of the page; 0 for none of them
     * @param counts whether the number of all elements is requested
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Query(ListOrder order, byte @Nullable [] start, byte @Nullable [] end, int limit, boolean counts,
            @Nullable Filter filter) {
        boolean isBackwards() {
            return start == null && end != null;
        }
    }

    ObjectList(Source<T> source, Query query) {
        this.source = source;
        this.query = query;
        ListOrder.Part part = query.order().only();
        only = part != null && source.has(part) ? part : null;
        isFiltered = query.filter() != null || !source.isOpen();
        last = query.isBackwards() ? query.end() : query.start();
    }

    /** The place of a cursor; null when it is none of a list of this order. */
    static byte @Nullable [] place(String cursor, ListOrder order) {
        try {
            byte[] bytes = Base64.getUrlDecoder().decode(cursor);
            return bytes.length < 2 || bytes[0] != order.tag() ? null : Arrays.copyOfRange(bytes, 1, bytes.length);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private String cursor(byte[] place) {
        byte[] bytes = new byte[place.length + 1];
        bytes[0] = query.order().tag();
        System.arraycopy(place, 0, bytes, 1, place.length);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    @Override
    public @Nullable Response next() {
        if (only == null && sorted == null) {
            sorted = source.count() > MOST_SORTED ? null : sorted();
            if (sorted == null) {
                return AppContextApi.error(400, "Lists of more than " + MOST_SORTED
                        + " elements, or 4 MiB, are sorted by id, and lists of users and channels by one of name, updated, status and type: name one of these in `sort`.");
            }
        }
        if (!isRead) {
            read();
        }
        if (isRead && query.counts() && !isCounted) {
            isCounted = count();
        }
        return isRead && isCounted == query.counts() ? response() : null;
    }

    /** All elements in their order; null when they are too many, or too large. */
    private @Nullable List<Placed<T>> sorted() {
        List<Placed<T>> all = new ArrayList<>();
        long held = 0;
        List<Placed<T>> some = source.rows(BY_ID, new ListPlace(null, false), AT_ONCE);
        while (!some.isEmpty()) {
            for (Placed<T> each : some) {
                JoinedKey key = new JoinedKey();
                query.order()
                        .parts()
                        .forEach(part -> key.add(source.key(each.element(), part), part.isDescending()));
                key.add(each.place(), false);
                all.add(new Placed<>(key.bytes(), each.element()));
                held += source.bytes(each.element());
            }
            if (all.size() > MOST_SORTED || held > MOST_SORTED_BYTES) {
                return null;
            }
            some = source.rows(BY_ID, new ListPlace(some.getLast().place(), false), AT_ONCE);
        }
        all.sort((one, other) -> Arrays.compareUnsigned(one.place(), other.place()));
        return all;
    }

    private List<Placed<T>> rows(byte @Nullable [] after, boolean isBackwards, int most) {
        List<Placed<T>> all = sorted;
        if (all != null) {
            return (isBackwards ? all.reversed() : all).stream()
                    .filter(each -> after == null
                            || Arrays.compareUnsigned(each.place(), after) * (isBackwards ? -1 : 1) > 0)
                    .limit(most)
                    .toList();
        }
        return only == null
                ? List.of()
                : source.rows(only, new ListPlace(after, isBackwards != only.isDescending()), most);
    }

    private int atOnce() {
        return source.isOpen() ? AT_ONCE : CHECKED_AT_ONCE;
    }

    private void read() {
        if (query.limit() == 0) {
            isRead = true;
            return;
        }
        int most = isFiltered ? atOnce() : query.limit() + 1;
        List<Placed<T>> rows = rows(last, query.isBackwards(), most);
        long before = lookedAt;
        for (Placed<T> each : rows) {
            if (page.size() == query.limit() || bytes >= MOST_BYTES || lookedAt >= MOST_LOOKED_AT) {
                hasMore = true;
                isRead = true;
                return;
            }
            if (lookedAt - before > AT_ONCE) {
                return; // others have their turn
            }
            if (passes(each.element())) {
                JsonWriter json = new JsonWriter();
                source.write(each.element(), json);
                page.add(json.toBytes());
                bytes += json.length();
                first = first == null ? each.place() : first;
            }
            last = each.place();
        }
        isRead = rows.size() < most;
    }

    private boolean passes(T element) {
        lookedAt++;
        if (!source.isOpen(element)) {
            return false;
        }
        Filter filter = query.filter();
        if (filter == null) {
            return true;
        }
        FilterInput input = source.input(element);
        boolean passes = filter.accepts(input);
        lookedAt += input.cost() / COST_OF_ONE;
        return passes;
    }

    /** Counts on; returns whether it has ended. Of a long list that is filtered the number stays unknown. */
    private boolean count() {
        if (!isFiltered) {
            count = source.count();
            return true;
        }
        lookedAt = counted == null ? 0 : lookedAt;
        List<Placed<T>> rows = rows(counted, false, atOnce());
        long before = lookedAt;
        for (Placed<T> each : rows) {
            if (lookedAt >= MOST_LOOKED_AT) {
                return true;
            }
            if (lookedAt - before > AT_ONCE) {
                return false;
            }
            passed += passes(each.element()) ? 1 : 0;
            counted = each.place();
        }
        if (rows.size() < atOnce()) {
            count = passed;
            return true;
        }
        return false;
    }

    private Response response() {
        JsonWriter json = new JsonWriter(bytes + 256).object().member("status", 200).array("data");
        (query.isBackwards() ? page.reversed() : page).forEach(json::json);
        json.end();
        if (count != UNKNOWN) {
            json.member("totalCount", count);
        }
        byte[] behind = hasMore ? last : null;
        byte[] before = query.start() == null && query.end() == null ? null : first;
        byte[] next = query.isBackwards() ? before : behind;
        byte[] prev = query.isBackwards() ? behind : before;
        if (next != null) {
            json.member("next", cursor(next));
        }
        if (prev != null) {
            json.member("prev", cursor(prev));
        }
        return Response.json(200, json.end().toBytes());
    }

    /** Keys one after the other; those of a descending order with all bits turned. */
    private static final class JoinedKey {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        void add(byte[] key, boolean isTurned) {
            for (byte each : key) {
                bytes.write(isTurned ? ~each : each);
            }
        }

        byte[] bytes() {
            return bytes.toByteArray();
        }
    }
}
