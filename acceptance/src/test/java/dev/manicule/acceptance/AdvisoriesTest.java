package dev.manicule.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The libraries of this build against the advisories in {@code config/advisories.csv}. */
class AdvisoriesTest {
    /** The name of a jar: artifact, version, and perhaps a classifier. */
    private static final Pattern JAR = Pattern.compile("(.+?)-(\\d[\\w.]*?)(?:-(?:linux|osx|windows)[\\w-]*)?\\.jar");

    private record Advisory(String id, String artifact, String from, String fixed, String what) {
        boolean affects(String version) {
            return compare(version, from) >= 0 && compare(version, fixed) < 0;
        }
    }

    private static List<Advisory> advisories() throws IOException {
        return Files.readAllLines(Folders.checkout().resolve("config/advisories.csv"))
                .stream()
                .filter(line -> !line.startsWith("#") && !line.isBlank())
                .map(line -> line.split(",", 5))
                .map(fields -> new Advisory(fields[0], fields[1], fields[2], fields[3], fields[4]))
                .toList();
    }

    /** By the numbers in them. */
    private static int compare(String one, String other) {
        return Arrays.compare(numbers(one), numbers(other));
    }

    private static int[] numbers(String version) {
        return Pattern.compile("\\d+")
                .matcher(version)
                .results()
                .mapToInt(found -> Integer.parseInt(found.group()))
                .toArray();
    }

    private static Map<String, String> libraries() {
        Map<String, String> libraries = new TreeMap<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            Matcher jar = JAR.matcher(String.valueOf(Path.of(entry).getFileName()));
            if (jar.matches()) {
                libraries.put(jar.group(1), jar.group(2));
            }
        }
        return libraries;
    }

    @Test
    void noLibraryHasAKnownVulnerability() throws IOException {
        Map<String, String> libraries = libraries();
        List<String> behind = new ArrayList<>();
        for (Advisory advisory : advisories()) {
            String version = libraries.get(advisory.artifact());
            if (version != null && advisory.affects(version)) {
                behind.add(
                        "%s %s: %s (%s), fixed in %s: raise its version in build/pom.xml".formatted(advisory.artifact(),
                                version, advisory.what(), advisory.id(), advisory.fixed()));
            }
        }
        assertThat(behind).isEmpty();
    }

    @Test
    void checkCoversTheShippedLibraries() throws IOException {
        assertThat(libraries()).containsKeys("netty-codec-http", "netty-codec-http2", "netty-handler",
                "netty-transport-native-epoll", "jackson-core", "logback-core", "rocksdbjni");
        Advisory jackson = advisories().stream()
                .filter(each -> each.id().equals("CVE-2026-68494"))
                .findFirst()
                .orElseThrow();
        assertThat(jackson.affects("2.22.0")).isTrue();
        assertThat(jackson.affects("2.22.1")).isFalse();
        assertThat(jackson.affects("2.22.10")).isFalse();
        assertThat(jackson.affects("2.21.9")).isFalse();
    }
}
