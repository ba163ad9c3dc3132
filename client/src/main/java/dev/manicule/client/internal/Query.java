package dev.manicule.client.internal;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** The parameters of a request, in the order in which they were first set. Immutable. */
public final class Query {
    /** No parameters. */
    public static final Query NONE = new Query(Map.of());

    private final Map<String, String> parameters;

    private Query(Map<String, String> parameters) {
        this.parameters = parameters;
    }

    /** These parameters and one more, or with another value for it; null takes it away. */
    public Query with(String name, @Nullable Object value) {
        if (value == null && !parameters.containsKey(name)) {
            return this;
        }
        Map<String, String> more = new LinkedHashMap<>(parameters);
        if (value == null) {
            more.remove(name);
        } else {
            more.put(name, String.valueOf(value));
        }
        return new Query(Collections.unmodifiableMap(more));
    }

    /** These parameters, with {@code name=true} if it is set and without the name otherwise. */
    public Query flag(String name, boolean isSet) {
        return with(name, isSet ? "true" : null);
    }

    /** Whether there is a parameter of this name. */
    public boolean has(String name) {
        return parameters.containsKey(name);
    }

    /** The value of a parameter, null when there is none of this name. */
    public @Nullable String get(String name) {
        return parameters.get(name);
    }

    /**
     * Calls an action with each name and value, not encoded.
     *
     * @throws IllegalArgumentException when a value can't be sent; the message names the parameter
     */
    void forEach(BiConsumer<String, String> action) {
        parameters.forEach((name, value) -> action.accept(name, Unicode.checked(value, name)));
    }
}
