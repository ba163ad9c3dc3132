package dev.manicule.server.filter;

import java.util.Locale;

/**
 * The pattern of a {@code LIKE}: {@code *} matches any text, {@code \*} a literal star, upper and lower case are the
 * same. Immutable.
 */
final class LikePattern {
    /** Stands for a star that matches any text: no character of any text. */
    private static final char ANYTHING = '\uFFFF';

    /** One text and not a list of pieces: a pattern of many stars takes no more memory than its characters. */
    private final String pattern;
    private final int firstStar;
    private final int lastStar;

    LikePattern(String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        StringBuilder compiled = new StringBuilder(lower.length());
        for (int i = 0; i < lower.length(); i++) {
            char c = lower.charAt(i);
            if (c == '\\' && i + 1 < lower.length() && lower.charAt(i + 1) == '*') {
                compiled.append('*');
                i++;
            } else {
                compiled.append(c == '*' ? ANYTHING : c);
            }
        }
        pattern = compiled.toString();
        firstStar = pattern.indexOf(ANYTHING);
        lastStar = pattern.lastIndexOf(ANYTHING);
    }

    /** How many characters it has. */
    int length() {
        return pattern.length();
    }

    /** Whether a text in lower case is like it. */
    boolean matches(String lower) {
        if (firstStar < 0) {
            return lower.equals(pattern);
        }
        int to = lower.length() - (pattern.length() - lastStar - 1);
        if (to < firstStar || !lower.startsWith(pattern.substring(0, firstStar))
                || !lower.endsWith(pattern.substring(lastStar + 1))) {
            return false;
        }
        int from = firstStar;
        for (int star = firstStar; star < lastStar;) {
            int next = pattern.indexOf(ANYTHING, star + 1);
            int at = TextSearch.find(lower, from, to, pattern, star + 1, next);
            if (at < 0) {
                return false;
            }
            from = at + next - star - 1;
            star = next;
        }
        return true;
    }
}
