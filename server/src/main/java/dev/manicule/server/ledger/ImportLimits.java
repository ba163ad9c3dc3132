package dev.manicule.server.ledger;

import dev.manicule.server.limits.Limit;
import dev.manicule.server.limits.Limits;
import org.jspecify.annotations.Nullable;

/**
 * The limits for the lines of an import: those of a configuration; without one, the highest that any server can be set
 * to.
 */
public final class ImportLimits {
    /** The highest that there are. */
    public static final ImportLimits HIGHEST = new ImportLimits(null);

    private final @Nullable Limits configured;

    private ImportLimits(@Nullable Limits configured) {
        this.configured = configured;
    }

    /** Those of the server that the data is for. */
    public static ImportLimits of(Limits configured) {
        return new ImportLimits(configured);
    }

    /** How much is allowed. */
    long of(Limit limit) {
        return configured == null ? limit.most() : configured.of(limit);
    }

    /** The limit that bounds JSON in a request: a message comes in a body, packed or not, or in a path. */
    Limit ofJson() {
        Limit largest = Limit.INFLATED_BYTES;
        for (Limit other : new Limit[]{Limit.BODY_BYTES, Limit.URI_BYTES}) {
            largest = of(other) > of(largest) ? other : largest;
        }
        return largest;
    }

    /** Says that something exceeds a limit, and what to do, as the end of a sentence. */
    String over(Limit limit) {
        return "more than " + of(limit) + (configured == null
                ? ", the most that \"" + limit.setting() + "\" can be set to"
                : ", the \"" + limit.setting()
                        + "\" of the configuration: raise that and import again, or import without --config");
    }
}
