package dev.manicule.server.filter;

import java.util.IdentityHashMap;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The input of filters from a published event. It caches the results that filters derive from it, so that many of them
 * may read it one after the other, and counts their cost. For one thread at a time.
 */
public final class FilterInput {
    /** The most texts that are kept in lower case; filters rarely read more than one. */
    private static final int MOST_LOWERED = 16;

    private final @Nullable Object meta;
    private final @Nullable Object data;
    private final int bytes;
    private final boolean sortsTexts;
    private final IdentityHashMap<String, String> lowered = new IdentityHashMap<>(0);
    private long cost;

    /**
     * The input of a published event.
     *
     * @param meta as {@code JsonReader.tree} returns it, null when there is none
     * @param data likewise
     * @param bytes how many bytes both are as JSON: comparing lists takes as long as that
     */
    public FilterInput(@Nullable Object meta, @Nullable Object data, int bytes) {
        this(meta, data, bytes, false);
    }

    private FilterInput(@Nullable Object meta, @Nullable Object data, int bytes, boolean sortsTexts) {
        this.sortsTexts = sortsTexts;
        this.meta = meta;
        this.data = data;
        this.bytes = bytes;
    }

    /**
     * The input of an element of a list: its fields stand where a published event has its meta, and texts, such as times,
     * can be less or greater than others.
     *
     * @param fields as {@code JsonReader.tree} returns them
     * @param bytes how many bytes they are as JSON
     */
    public static FilterInput ofFields(Object fields, int bytes) {
        return new FilterInput(fields, null, bytes, true);
    }

    /** Whether {@code <} and the like compare texts too. */
    boolean sortsTexts() {
        return sortsTexts;
    }

    /** The cost of all evaluations so far: about one for each part of a filter and for each character compared. */
    public long cost() {
        return cost;
    }

    @Nullable
    Object meta() {
        return meta;
    }

    @Nullable
    Object data() {
        return data;
    }

    int bytes() {
        return bytes;
    }

    void spend(long more) {
        cost += more;
    }

    /** A text of the input in lower case. */
    String lower(String text) {
        String known = lowered.get(text);
        if (known == null) {
            spend(text.length());
            known = text.toLowerCase(Locale.ROOT);
            if (lowered.size() < MOST_LOWERED) {
                lowered.put(text, known);
            }
        }
        return known;
    }
}
