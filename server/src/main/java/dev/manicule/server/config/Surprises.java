package dev.manicule.server.config;

import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * How much of a text can't be predicted from the text before it, or from texts that people use in its place: each
 * character counts, and a usual word, a repetition or a row of characters counts as one.
 */
final class Surprises {
    /** Longer texts have enough surprises. */
    private static final int MOST = 256;
    private static final int SHORTEST_REPETITION = 3;
    private static final List<String> USUAL = Stream.of("admin api app auth bar before begin bob alice chang change "
            + "channel chat client code default demo dev development dummy enter entry example fake fill fixme foo baz for "
            + "from good guess guest hello here hidden hunter insert internal key letmein live local login long love "
            + "manicule master me message must my never none not null open our owner own pass passwd passphrase password "
            + "placeholder please pls prod production private public publish pubnub put qwerty asdf zxcv random real "
            + "remove replace root safe sample sec secret secure security server service set shared sign signing some "
            + "something soon string strong sub subscribe super system temp temporary test testing text that the this tmp "
            + "todo token top unknown unsafe update use user value very welcome with word world write xxx your yours")
            .flatMap(words -> Stream.of(words.split(" ")))
            .toList();

    private Surprises() {}

    /** How many surprises a text has, in its first 256 characters. */
    static int in(String text) {
        String lower = text.substring(0, Math.min(text.length(), MOST)).toLowerCase(Locale.ROOT);
        int surprises = 0;
        for (int at = 0; at < lower.length();) {
            at += Math.max(Math.max(1, word(lower, at)), Math.max(repetition(lower, at), row(lower, at)));
            surprises++;
        }
        return surprises;
    }

    private static int word(String text, int at) {
        int longest = 0;
        for (String word : USUAL) {
            if (word.length() > longest && text.startsWith(word, at)) {
                longest = word.length();
            }
        }
        return longest;
    }

    /** The length of the text there that repeats an earlier part: all of {@code ababab} but its beginning. */
    private static int repetition(String text, int at) {
        int longest = 0;
        for (int from = 0; from < at; from++) {
            int length = 0;
            while (at + length < text.length() && text.charAt(from + length) == text.charAt(at + length)) {
                length++;
            }
            longest = Math.max(longest, length);
        }
        return longest < SHORTEST_REPETITION ? 0 : longest;
    }

    /** The length of a row there, such as {@code abcd}, {@code 9753} or {@code a1b2c3d4}. */
    private static int row(String text, int at) {
        return Math.max(row(text, at, 1), row(text, at, 2));
    }

    private static int row(String text, int at, int step) {
        int end = Math.min(text.length(), at + 2 * step);
        while (end < text.length()
                && text.charAt(end) - text.charAt(end - step) == text.charAt(end - step)
                        - text.charAt(end - 2 * step)) {
            end++;
        }
        return end - at < 4 * step ? 0 : end - at;
    }
}
