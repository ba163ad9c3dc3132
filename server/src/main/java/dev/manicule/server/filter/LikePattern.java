package dev.manicule.server.filter;

import java.util.ArrayList;
import java.util.List;

/** The pattern of a {@code LIKE}, cut at its stars. */
final class LikePattern {
    private LikePattern() {}

    /** What stands before, between and behind the stars; one piece, if there is no star. */
    static List<String> pieces(String pattern) {
        List<String> pieces = new ArrayList<>();
        StringBuilder piece = new StringBuilder();
        for (int i = 0; i < pattern.length(); i++) {
            char c = pattern.charAt(i);
            if (c == '\\' && i + 1 < pattern.length() && pattern.charAt(i + 1) == '*') {
                piece.append('*');
                i++;
            } else if (c == '*') {
                pieces.add(piece.toString());
                piece.setLength(0);
            } else {
                piece.append(c);
            }
        }
        pieces.add(piece.toString());
        return pieces;
    }
}
