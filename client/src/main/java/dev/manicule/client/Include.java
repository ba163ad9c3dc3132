package dev.manicule.client;

import java.util.Collection;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * A field of App Context that is part of a result only if the call requests it. Calls request all of them unless they say
 * which.
 *
 * @since 0.1
 */
public enum Include {
    /** The custom fields, up to 10 KiB. */
    CUSTOM,
    /** The status. */
    STATUS,
    /** The type. */
    TYPE;

    /** As the protocol names it. */
    private String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * Some of them, with commas between them.
     *
     * @param prefix what stands before each of them
     */
    static String list(String prefix, Collection<Include> fields) {
        return fields.stream().map(field -> prefix + field.wireName()).collect(Collectors.joining(","));
    }
}
