package dev.manicule.server.routing;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The pattern of an endpoint's path: literal segments, {@code {name}} for any, {@code {name...}} at the end for the
 * rest.
 */
public final class PathPattern {
    /**
     * The segments that a log may show as they were sent. Of other segments it shows only numbers, since they hold
     * keys, tokens and messages, or may by mistake.
     */
    private static final Set<String> SHOWN = Set.of("subscribeKey", "channel", "channels", "group", "uuid");

    private final String text;
    /** The literal segments, null for those that have a name. */
    private final @Nullable String[] literals;
    /** The names of the others, null for the literal ones. */
    private final @Nullable String[] names;
    private final boolean isOpen;

    PathPattern(String text) {
        this.text = text;
        List<String> segments = split(text);
        literals = new @Nullable String[segments.size()];
        names = new @Nullable String[segments.size()];
        isOpen = text.endsWith("...}");
        for (int i = 0; i < names.length; i++) {
            String segment = segments.get(i);
            if (segment.startsWith("{")) {
                int end = isOpen && i == names.length - 1 ? segment.length() - 4 : segment.length() - 1;
                names[i] = segment.substring(1, end);
            } else {
                literals[i] = segment;
            }
        }
    }

    /** The raw segments of a path, which begins with a slash or not. */
    static List<String> split(String path) {
        List<String> segments = new ArrayList<>(10);
        int from = path.startsWith("/") ? 1 : 0;
        for (int slash = path.indexOf('/', from); slash >= 0; slash = path.indexOf('/', from)) {
            segments.add(path.substring(from, slash));
            from = slash + 1;
        }
        segments.add(path.substring(from));
        return segments;
    }

    /** The first segment, which is a literal one. */
    String first() {
        return Objects.requireNonNull(literals[0]);
    }

    /** Whether a path of these raw segments matches. */
    boolean fits(List<String> segments) {
        if (isOpen ? segments.size() < names.length - 1 : segments.size() != names.length) {
            return false;
        }
        for (int i = 0; i < names.length; i++) {
            String literal = literals[i];
            if (literal != null && !literal.equals(segments.get(i))) {
                return false;
            }
        }
        return true;
    }

    /**
     * Whether a matching path can contain a text, as it is sent.
     *
     * @param part with a slash at its beginning, the beginning of the path
     */
    boolean canHave(String part) {
        if (part.startsWith("/")) {
            return canHave(split(part), 0, true);
        }
        List<String> pieces = split(part);
        for (int from = 0; from < names.length; from++) {
            if (canHave(pieces, from, false)) {
                return true;
            }
        }
        return false;
    }

    /** Whether it can have these pieces in its segments from one on, of which the last begins a segment, and the first ends one. */
    private boolean canHave(List<String> pieces, int from, boolean isFirstWhole) {
        for (int i = 0; i < pieces.size(); i++) {
            if (from + i >= names.length) {
                return isOpen;
            }
            String literal = literals[from + i];
            String piece = pieces.get(i);
            boolean isLast = i == pieces.size() - 1;
            if (literal != null && !covers(literal, piece, i == 0 && !isFirstWhole, isLast)) {
                return false;
            }
        }
        return true;
    }

    private static boolean covers(String literal, String piece, boolean isOpenAtStart, boolean isOpenAtEnd) {
        if (isOpenAtStart) {
            return isOpenAtEnd ? literal.contains(piece) : literal.endsWith(piece);
        }
        return isOpenAtEnd ? literal.startsWith(piece) : literal.equals(piece);
    }

    /** With how many of its literal segments a path of these raw segments begins, up to its first named one. */
    int commonLiterals(List<String> segments) {
        int common = 0;
        while (common < names.length && common < segments.size() && segments.get(common).equals(literals[common])) {
            common++;
        }
        return common;
    }

    /** The named segments of a path that fits, decoded; null when one of them is badly encoded. */
    @Nullable
    Values values(List<String> segments) {
        @Nullable String[] values = new @Nullable String[names.length];
        for (int i = 0; i < names.length; i++) {
            if (names[i] == null) {
                continue;
            }
            boolean isRest = isOpen && i == names.length - 1;
            String raw = isRest ? String.join("/", segments.subList(i, segments.size())) : segments.get(i);
            boolean isState = isRest && "uuid".equals(names[i]); // JavaScript in Node.js sends it as Latin-1
            values[i] = isState ? PercentEncoding.decodeEither(raw) : PercentEncoding.decode(raw);
            if (values[i] == null) {
                return null;
            }
        }
        return new Values(names, values);
    }

    /** The path of these raw segments without those that hold a secret or a message. */
    String withoutSecrets(List<String> segments) {
        StringBuilder path = new StringBuilder();
        for (int i = 0; i < names.length && i < segments.size(); i++) {
            String name = names[i];
            String segment = segments.get(i);
            path.append('/')
                    .append(name == null || SHOWN.contains(name) || isNumber(segment) ? segment : "{" + name + "}");
        }
        return path.toString();
    }

    private static boolean isNumber(String segment) {
        return segment.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    @Override
    public String toString() {
        return text;
    }

    /** The named segments of one path. They are few: a scan is faster than any table. */
    public static final class Values {
        private final @Nullable String[] names;
        private final @Nullable String[] values;

        private Values(@Nullable String[] names, @Nullable String[] values) {
            this.names = names;
            this.values = values;
        }

        /** The segment of a name, null when there is none. */
        public @Nullable String get(String name) {
            for (int i = 0; i < names.length; i++) {
                if (name.equals(names[i])) {
                    return values[i];
                }
            }
            return null;
        }

        @Override
        public String toString() {
            return Arrays.toString(values);
        }
    }
}
