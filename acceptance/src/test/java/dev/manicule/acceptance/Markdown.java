package dev.manicule.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A page of the documentation: its code, which is run, and its parts that a run writes. */
public record Markdown(Path file) {
    private static final Pattern BLOCK = Pattern.compile("^```(\\w+)(?: (\\w+))?\n(.*?)^```\n(?:```text\n(.*?)^```\n)?",
            Pattern.MULTILINE | Pattern.DOTALL);
    private static final Pattern TIMETOKEN = Pattern.compile("\\b1\\d{16}\\b");

    /**
     * A block of code.
     *
     * @param note the second word of its first line, empty when there is none
     * @param shown the text of the block after it: what it prints
     */
    public record Block(String language, String note, String content, String shown) {}

    /** That of a file, by its path in the checkout. */
    public static Markdown of(String path) {
        return new Markdown(Folders.checkout().resolve(path));
    }

    /** Its blocks of code, in order. */
    public List<Block> blocks() throws IOException {
        List<Block> blocks = new ArrayList<>();
        Matcher matcher = BLOCK.matcher(Files.readString(file));
        while (matcher.find()) {
            blocks.add(new Block(matcher.group(1), matcher.group(2) == null ? "" : matcher.group(2), matcher.group(3),
                    matcher.group(4) == null ? "" : matcher.group(4)));
        }
        return blocks;
    }

    /**
     * What a block printed, or shows, without what differs from run to run: each timetoken becomes its number among those of
     * the page, so that the same ones have to be the same.
     *
     * @param known those of the page so far; gets those that are new
     */
    public static String withoutTimetokens(String output, List<String> known) {
        return TIMETOKEN.matcher(output).replaceAll(timetoken -> {
            if (!known.contains(timetoken.group())) {
                known.add(timetoken.group());
            }
            return "TIMETOKEN " + known.indexOf(timetoken.group());
        }).strip();
    }

    /**
     * The part between two comments holds what a run gave. {@code -D} with this name writes it, without it the part has
     * to be just that.
     */
    void holds(String given, String part, String writer, String property) throws IOException {
        String start = "<!-- " + part + ": written by " + writer + " with -D" + property + " -->\n";
        String end = "<!-- /" + part + " -->";
        String text = Files.readString(file);
        assertThat(text).contains(start).contains(end);
        int from = text.indexOf(start) + start.length();
        int to = text.indexOf(end);
        if (System.getProperty(property) == null) {
            assertThat(text.substring(from, to))
                    .as("%s does not say what the run gave. Write it with mvn verify -D%s", file.getFileName(),
                            property)
                    .isEqualTo(given);
        } else {
            Files.writeString(file, text.substring(0, from) + given + text.substring(to));
        }
    }
}
