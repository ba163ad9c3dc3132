package dev.manicule.server.config;

import java.util.Objects;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.Node;

/**
 * A setting of the configuration: all that is to know of it.
 *
 * @param name its name in the file
 * @param takesEffect when a changed value takes effect
 * @param form reads its value
 * @param get its value in a configuration
 * @param with a configuration with another value
 * @param usual its value where the file has none, for the reference page
 * @param meaning what it sets, for the reference page
 * @param <T> its value
 */
record ConfigSetting<T extends @Nullable Object>(String name, TakesEffect takesEffect, Form<T> form,
        Function<ManiculeConfig, T> get, BiFunction<ManiculeConfig, T, ManiculeConfig> with, String usual,
        String meaning) {
    /** When a changed value takes effect. */
    enum TakesEffect {
        /** When the file is read again. */
        AT_RELOAD,
        /** At the next start. */
        AT_START
    }

    /** The form of a value. */
    @FunctionalInterface
    interface Form<T extends @Nullable Object> {
        /**
         * Reads a value.
         *
         * @param base the value so far, for settings that have members
         */
        T read(ConfigNodes nodes, Node node, T base) throws ConfigException;
    }

    /** A configuration with the value of a file. */
    ManiculeConfig read(ConfigNodes nodes, Node node, ManiculeConfig base) throws ConfigException {
        return with.apply(base, form.read(nodes, node, get.apply(base)));
    }

    /** A configuration with the value of another one. */
    ManiculeConfig copy(ManiculeConfig from, ManiculeConfig to) {
        return with.apply(to, get.apply(from));
    }

    /** Whether two configurations have different values. */
    boolean differs(ManiculeConfig one, ManiculeConfig other) {
        return !Objects.equals(get.apply(one), get.apply(other));
    }
}
