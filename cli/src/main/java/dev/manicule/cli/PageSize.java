package dev.manicule.cli;

/** How many entries a listing has, where {@code --limit} says. */
final class PageSize {
    static final int DEFAULT = 100;
    static final String DESCRIPTION = "Maximum number, 1 to 1000. Default: 100.";
    private static final int MOST = 1_000;

    private PageSize() {}

    /** Throws {@link IllegalArgumentException} on a size that the server does not take. */
    static void check(int limit) {
        check(limit, MOST);
    }

    /** The same, of a server that takes no more than so many. */
    static void check(int limit, int most) {
        if (limit < 1 || limit > most) {
            throw new IllegalArgumentException(
                    "--limit must be 1 to " + most + ", not " + limit + "; --all lists all there are");
        }
    }
}
