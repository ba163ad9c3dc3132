package dev.manicule.dist;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The image, unpacked: its layers on top of each other, and what it says of itself.
 *
 * @param root its file system
 * @param config its configuration, as JSON
 */
record Image(Path root, String config) {
    /** Unpacks an archive of an image into an empty folder. */
    static Image unpack(Path archive, Path folder) throws IOException, InterruptedException {
        Path parts = Files.createDirectory(folder.resolve("parts"));
        Path root = Files.createDirectory(folder.resolve("root"));
        extract("-xf", archive, parts);
        List<String> manifest = digests(Files.readString(parts.resolve("index.json")));
        List<String> blobs = digests(blob(parts, manifest.getFirst()));
        for (String layer : blobs.subList(1, blobs.size())) {
            extract("-xpf", parts.resolve("blobs/sha256").resolve(layer), root);
        }
        return new Image(root, blob(parts, blobs.getFirst()));
    }

    private static void extract(String option, Path archive, Path folder) throws IOException, InterruptedException {
        Process tar = new ProcessBuilder("tar", "--warning=no-unknown-keyword", option, archive.toString(), "-C",
                folder.toString()).redirectErrorStream(true).start();
        String said = new String(tar.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (tar.waitFor() != 0) {
            throw new IOException("tar " + archive + ": " + said);
        }
    }

    /** What a document of OCI refers to, in its order. */
    private static List<String> digests(String json) {
        return Pattern.compile("sha256:([0-9a-f]{64})").matcher(json).results().map(match -> match.group(1)).toList();
    }

    private static String blob(Path parts, String digest) throws IOException {
        return Files.readString(parts.resolve("blobs/sha256").resolve(digest));
    }

    /** The words of a command in its configuration: {@code Entrypoint} or {@code Cmd}. */
    List<String> command(String name) {
        Matcher words = Pattern.compile("\"" + name + "\":\\[(.*?)]").matcher(config);
        if (!words.find()) {
            throw new IllegalStateException("The image has no " + name + ": " + config);
        }
        return Arrays.stream(words.group(1).split(",", -1)).map(word -> word.substring(1, word.length() - 1)).toList();
    }
}
