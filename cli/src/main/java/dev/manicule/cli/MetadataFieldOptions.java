package dev.manicule.cli;

import dev.manicule.client.ChangeMemberships;
import dev.manicule.client.RawJson;
import dev.manicule.client.SetMetadata;
import java.util.List;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The fields that users, channels and memberships have in common: the options of all commands that set them. */
final class MetadataFieldOptions {
    private static final String STATUS = "status";
    private static final String TYPE = "type";
    private static final String CUSTOM = "custom";
    /** All of them. */
    static final List<String> NAMES = List.of(STATUS, TYPE, CUSTOM);

    @Option(names = "--status", paramLabel = "TEXT", description = "The status, a word of the application's.")
    private @Nullable String status;

    @Option(names = "--type", paramLabel = "TEXT", description = "The type, a word of the application's.")
    private @Nullable String type;

    @Option(names = "--custom", paramLabel = "JSON",
            description = "The custom fields, in place of all that are there: an object such as '{\"age\":30}'.")
    private @Nullable String custom;

    @Option(names = "--clear", paramLabel = "FIELD", split = ",",
            description = "Fields to clear, such as status,custom.")
    private List<String> cleared = List.of();

    /** Throws {@link IllegalArgumentException} on a field that is none of these. */
    void check(List<String> names) {
        for (String field : cleared) {
            ClientCommand.refuse(!names.contains(field),
                    "--clear: there is no field " + field + "; expected some of " + String.join(", ", names));
        }
        RawJson _ = json();
    }

    private @Nullable RawJson json() {
        return custom == null ? null : Output.parse(custom);
    }

    /** A call that sets a field if it is given, and clears it if that is said. */
    <C> C with(C call, String name, @Nullable String given, BiFunction<C, @Nullable String, C> set) {
        return given != null || cleared.contains(name) ? set.apply(call, given) : call;
    }

    /** A call that sets what is given, and clears what is to be cleared. */
    <C extends SetMetadata<C, ?>> C in(C call) {
        C with = with(with(call, STATUS, status, SetMetadata::status), TYPE, type, SetMetadata::type);
        return custom != null || cleared.contains(CUSTOM) ? with.custom(json()) : with;
    }

    /** A call that sets what is given, and clears what is to be cleared. */
    ChangeMemberships in(ChangeMemberships call) {
        ChangeMemberships with = with(with(call, STATUS, status, ChangeMemberships::status), TYPE, type,
                ChangeMemberships::type);
        return custom != null || cleared.contains(CUSTOM) ? with.custom(json()) : with;
    }
}
