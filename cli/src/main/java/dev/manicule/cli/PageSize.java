package dev.manicule.cli;

/** How many entries a listing has, where {@code --limit} says. */
final class PageSize {
    static final int DEFAULT = 100;
    static final String DESCRIPTION = "Maximum number, 1 to 1000. Default: 100.";
    private static final int MOST = 1_000;

    private PageSize() {}

    /** Throws {@link IllegalArgumentException} on a size that the server does not take. */
    static void check(int limit) {
        if (limit < 1 || limit > MOST) {
            throw new IllegalArgumentException(
                    "--limit must be 1 to " + MOST + ", not " + limit + "; --all lists all there are");
        }
    }
}
