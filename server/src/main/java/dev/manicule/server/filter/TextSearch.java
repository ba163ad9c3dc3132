package dev.manicule.server.filter;

/** Finds one text in another, in a time that grows with their lengths and not with their product. */
final class TextSearch {
    private TextSearch() {}

    /**
     * The first index from {@code from} on at which a part of {@code pattern} occurs and ends before {@code to}; −1
     * when there is none.
     */
    static int find(String text, int from, int to, String pattern, int patternFrom, int patternTo) {
        int length = patternTo - patternFrom;
        if (length == 0) {
            return from;
        }
        int last = to - length;
        char first = pattern.charAt(patternFrom);
        int wasted = 0;
        for (int at = from; at <= last; at++) {
            at = text.indexOf(first, at, last + 1);
            if (at < 0) {
                return -1;
            }
            int same = 1;
            while (same < length && text.charAt(at + same) == pattern.charAt(patternFrom + same)) {
                same++;
            }
            if (same == length) {
                return at;
            }
            wasted += same;
            if (wasted > to - from) { // no meaningful text is like this
                return findInRepetitions(text, at + 1, to, pattern.substring(patternFrom, patternTo));
            }
        }
        return -1;
    }

    /** By the algorithm of Knuth, Morris and Pratt, which reads no character of the text twice. */
    private static int findInRepetitions(String text, int from, int to, String pattern) {
        int[] borders = borders(pattern);
        int same = 0;
        for (int at = from; at < to; at++) {
            while (same > 0 && text.charAt(at) != pattern.charAt(same)) {
                same = borders[same - 1];
            }
            if (text.charAt(at) == pattern.charAt(same)) {
                same++;
            }
            if (same == pattern.length()) {
                return at - same + 1;
            }
        }
        return -1;
    }

    /** For each prefix of a pattern, the length of its longest proper prefix that is also its suffix. */
    private static int[] borders(String pattern) {
        int[] borders = new int[pattern.length()];
        int same = 0;
        for (int i = 1; i < pattern.length(); i++) {
            while (same > 0 && pattern.charAt(i) != pattern.charAt(same)) {
                same = borders[same - 1];
            }
            if (pattern.charAt(i) == pattern.charAt(same)) {
                same++;
            }
            borders[i] = same;
        }
        return borders;
    }
}
