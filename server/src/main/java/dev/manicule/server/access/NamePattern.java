package dev.manicule.server.access;

import com.google.re2j.Pattern;
import org.jspecify.annotations.Nullable;

/** A pattern of a token, compiled. It matches whole names. Immutable, for any thread. */
final class NamePattern {
    /** Of each letter. */
    private static final int STEPS_TO_COMPILE = 100;

    private final String text;
    private final int size;
    /** Made at the first use, since that takes longer than all other work on a token; null until then. */
    private volatile @Nullable Pattern compiled;
    /** Made at the first request for a wildcard; null until then. */
    private volatile @Nullable Coverage coverage;

    /** The pattern of a text that is well-formed and not too large. */
    NamePattern(String text) {
        this.text = text;
        size = (int) PatternGuard.size(text);
    }

    /** How many letters it is. */
    int size() {
        return size;
    }

    /** At most about how many steps it takes to match so many letters: one for each of them and of the pattern. */
    long steps(int letters) {
        return (long) size * (letters + (compiled == null ? STEPS_TO_COMPILE : 0));
    }

    /** Whether it matches a name. */
    boolean matches(String name) {
        Pattern known = compiled;
        if (known == null) {
            known = Pattern.compile(text);
            compiled = known;
        }
        return known.matches(name);
    }

    /** Whether it surely matches every name with this beginning and end; see {@link Coverage}. */
    boolean coversAll(String prefix, String suffix) {
        Coverage known = coverage;
        if (known == null) {
            known = Coverage.of(text);
            coverage = known;
        }
        return known.coversAll(prefix, suffix);
    }
}
