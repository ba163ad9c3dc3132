package dev.manicule.cli;

import dev.manicule.client.Metadata;
import dev.manicule.client.MetadataList;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What a list of App Context shows, and in which order: the options of all commands that print one. */
final class MetadataListOptions {
    private static final int MOST = 100;

    @Option(names = "--filter", paramLabel = "EXPRESSION",
            description = "Only what matches this filter, such as \"name LIKE 'A*'\"; of memberships, fields of the "
                    + "channel or the user are behind channel. or uuid.")
    private @Nullable String filter;

    @Option(names = "--sort", paramLabel = "FIELD", split = ",",
            description = "The order: id, name, updated, status or type, each also with :desc behind it. Default: id.")
    private String[] sort = {};

    @Option(names = "--limit", paramLabel = "N", description = "Maximum number, 1 to 100. Default: 100.")
    private int limit = MOST;

    @Option(names = "--all", description = "All there are, page by page.")
    private boolean all;

    /** Throws {@link IllegalArgumentException} on a usage error. */
    void check() {
        PageSize.check(limit, MOST);
    }

    /** The entries of a page of the list, or of all pages. */
    <C extends MetadataList<C, E>, E extends Metadata> Stream<E> entries(MetadataList<C, E> list) {
        C call = list.filter(filter).sort(sort).limit(limit);
        return all ? call.stream() : call.sync().orThrow().entries().stream();
    }
}
