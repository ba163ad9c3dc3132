package dev.manicule.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Sentences name who acts: a client, a subscriber, an operator, another process. Words that name no actor hide one, and
 * are refused in docs, in Javadoc and comments, in messages, in help texts, in the console and in names of tests. What a
 * decision record says of its day stays.
 */
class WordsTest {
    private static final Pattern BANNED = Pattern.compile(
            "\\b(?:whoever|whomever|somebody|anybody|nobody|everybody)\\b|\\b(?:is|are|was|were|be|been|being) (?:told|asked)\\b",
            Pattern.CASE_INSENSITIVE);
    /** The name of a test has the promise in plain order: <i>retriedPublishIsStoredOnce</i>, and not <i>whatWasIsAgain</i>. */
    private static final Pattern RIDDLE = Pattern.compile(
            "^(?:what|who|whose|whoever|whatever|nobody|somebody)(?![a-z])|Told|Asked|Somebody|Nobody|Whoever|Whatever");
    private static final Pattern TEST = Pattern.compile(
            "@(?:Test|ParameterizedTest|RepeatedTest|TestFactory|Property)\\b(?s:.*?) (?:void|boolean|\\w+<.*>) (\\w+)\\(");
    private static final Pattern CODE_OF_PAGES = Pattern.compile("(?ms)^[ >]*```.*?^[ >]*```|`[^`\n]*`|^    .*?$");
    private static final Pattern CODE_OF_JAVADOC = Pattern.compile("\\{@code [^}\n]*}");
    private static final Pattern COMMENTS = Pattern.compile("(?s)/\\*.*?\\*/|//[^\n]*");
    private static final Pattern STRINGS = Pattern.compile("(?s)\"\"\".*?\"\"\"|\"(?:[^\"\\\\\n]|\\\\.)*\"");
    private static final Pattern HELP = Pattern.compile("(?s)(?:description|footer|header) = .*?(?=, \\w+ = |\\)\n)");

    @Test
    void pagesNameTheActor() throws IOException {
        List<Path> pages = new ArrayList<>(Folders.files(Folders.checkout(), 1, ".md"));
        pages.addAll(Folders.files(Folders.checkout().resolve("docs"), 1, ".md"));
        pages.addAll(Folders.files(Folders.checkout().resolve("docs/how-to"), 1, ".md"));
        pages.addAll(Folders.files(Folders.checkout().resolve("docs/internals"), 1, ".md"));
        List<String> found = new ArrayList<>();
        for (Path page : pages) {
            String text = Files.readString(page);
            Matcher code = CODE_OF_PAGES.matcher(text);
            find(page, code.replaceAll(WordsTest::blank), found);
        }
        assertThat(pages).hasSizeGreaterThan(10);
        assertThat(found).isEmpty();
    }

    @Test
    void commentsNameTheActor() throws IOException {
        List<String> found = new ArrayList<>();
        List<Path> sources = sources(".java", "client", "server", "cli", "testkit", "bench");
        for (Path source : sources) {
            findIn(COMMENTS, source, found);
        }
        assertThat(sources).hasSizeGreaterThan(300);
        assertThat(found).isEmpty();
    }

    /** Errors, warnings, and what commands print. */
    @Test
    void messagesNameTheActor() throws IOException {
        List<String> found = new ArrayList<>();
        for (Path source : sources(".java", "client", "server", "cli", "testkit", "brokers", "bench")) {
            findIn(STRINGS, source, found);
        }
        found.removeIf(line -> line.contains("Postgres.java") && line.endsWith(": nobody")); // a user of the system
        assertThat(found).isEmpty();
    }

    @Test
    void helpTextsAndTheConsoleNameTheActor() throws IOException {
        List<String> found = new ArrayList<>();
        for (Path source : sources(".java", "cli")) {
            findIn(HELP, source, found);
        }
        for (Path source : sources(".js", "server")) {
            find(source, Files.readString(source), found);
        }
        assertThat(found).isEmpty();
    }

    /** A test that fails is read by its name first. */
    @Test
    void testNamesNameTheSubject() throws IOException {
        List<String> names = new ArrayList<>();
        List<String> found = new ArrayList<>();
        for (String module : List.of("acceptance", "bench", "brokers", "client", "dist", "examples", "server",
                "testkit")) {
            for (Path source : Folders.files(Folders.checkout().resolve(module + "/src/test"), 30, ".java")) {
                Matcher test = TEST.matcher(Files.readString(source));
                while (test.find()) {
                    names.add(test.group(1));
                    if (RIDDLE.matcher(test.group(1)).find()) {
                        found.add(source.getFileName() + ": " + test.group(1));
                    }
                }
            }
        }
        assertThat(names).hasSizeGreaterThan(1_000);
        assertThat(found).isEmpty();
    }

    private static List<Path> sources(String ending, String... modules) throws IOException {
        List<Path> sources = new ArrayList<>();
        for (String module : modules) {
            sources.addAll(Folders.files(Folders.checkout().resolve(module + "/src/main"), 30, ending));
        }
        return sources;
    }

    /** Looks at what matches only. */
    private static void findIn(Pattern pattern, Path file, List<String> found) throws IOException {
        String text = Files.readString(file);
        StringBuilder shown = new StringBuilder();
        Matcher matcher = pattern.matcher(text);
        int end = 0;
        while (matcher.find()) {
            shown.append(blank(text.substring(end, matcher.start()))).append(matcher.group());
            end = matcher.end();
        }
        find(file, shown.toString(), found);
    }

    private static void find(Path file, String text, List<String> found) {
        Matcher banned = BANNED.matcher(CODE_OF_JAVADOC.matcher(text).replaceAll(""));
        while (banned.find()) {
            long line = text.substring(0, banned.start()).lines().count();
            found.add(Folders.checkout().relativize(file) + ":" + line + ": " + banned.group());
        }
    }

    private static String blank(java.util.regex.MatchResult code) {
        return blank(code.group());
    }

    /** The lines of a text, without what is in them. */
    private static String blank(String text) {
        return text.replaceAll("[^\n]+", " ");
    }
}
