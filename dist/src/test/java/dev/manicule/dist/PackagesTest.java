package dev.manicule.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** Each package runs where there is no Java, and starts with its AOT cache: with {@code AOTMode=on} it would not start else. */
class PackagesTest {
    private static final Path TARGET = Path.of("target");
    private static final Pattern LISTENS = Pattern.compile("listens on http://[^ ]*:(\\d+)");
    private static final String CACHE_OR_NOTHING = "-XX:AOTMode=on";

    @TempDir(cleanup = CleanupMode.ALWAYS)
    private Path folder;

    static Path the(String beginning, String end) throws IOException {
        try (Stream<Path> files = Files.list(TARGET)) {
            return files.filter(file -> String.valueOf(file.getFileName()).startsWith(beginning)
                    && file.toString().endsWith(end)).findFirst().orElseThrow();
        }
    }

    private static String run(String... command) throws Exception {
        Process process = bare(command).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue()).as(String.join(" ", command) + "\n" + said).isZero();
        return said;
    }

    /** In an environment that knows of no Java. */
    private static ProcessBuilder bare(String... command) {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        Map<String, String> environment = builder.environment();
        environment.clear();
        environment.put("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
        environment.put("MANICULE_JAVA_OPTS", CACHE_OR_NOTHING);
        return builder;
    }

    /** Starts a server, asks it something and stops it. */
    private static void serves(ProcessBuilder command) throws Exception {
        Process process = command.start();
        List<String> lines = new ArrayList<>();
        try (HttpClient http = HttpClient.newHttpClient()) {
            BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
            Matcher listens = null;
            for (String line = out.readLine(); line != null && listens == null; line = out.readLine()) {
                lines.add(line);
                Matcher matcher = LISTENS.matcher(line);
                listens = matcher.find() ? matcher : null;
            }
            assertThat(listens).as(String.join("\n", lines)).isNotNull();
            String origin = "http://127.0.0.1:" + (listens == null ? "" : listens.group(1));
            assertThat(get(http, origin + "/health/ready")).isEqualTo("{\"status\":\"ready\"}");
            assertThat(get(http, origin + "/publish/demo/demo/0/c/0/%22hello%22?uuid=me")).startsWith("[1,\"Sent\",");
            assertThat(get(http, origin + "/v2/history/sub-key/demo/channel/c")).contains("hello");
            process.toHandle().destroy();
            assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isZero();
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    private static String get(HttpClient http, String uri) throws Exception {
        return http.send(HttpRequest.newBuilder(URI.create(uri)).timeout(Duration.ofSeconds(20)).build(),
                BodyHandlers.ofString()).body();
    }

    @Test
    void theArchiveIsUnpackedAndRuns() throws Exception {
        Path place = Files.createDirectory(folder.resolve("some where"));
        run("tar", "-xf", the("manicule-", ".tar.gz").toString(), "-C", place.toString());
        Path link = Files.createSymbolicLink(folder.resolve("manicule"), place.resolve("manicule/bin/manicule"));
        assertThat(run(link.toString(), "--version")).startsWith("manicule ");
        serves(bare(link.toString(), "serve", "--port", "0", "--data", folder.resolve("data").toString()));
        ProcessBuilder moved = bare(link.toString(), "--version");
        Files.writeString(place.resolve("manicule/lib/manicule.aot"), "no cache");
        Process refused = moved.start();
        assertThat(refused.waitFor()).as("a cache that does not fit is noticed here").isNotZero();
        moved.environment().remove("MANICULE_JAVA_OPTS");
        assertThat(moved.start().waitFor()).as("and nowhere else").isZero();
    }

    @Test
    void debianPackageInstallsAndRuns() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/dpkg-deb")), "dpkg-deb is not here");
        Path file = the("manicule_", ".deb");
        String deb = file.toString();
        String version = run("dpkg-deb", "--field", deb, "Version").strip();
        assertThat(version).isEqualTo(System.getProperty("manicule.version").replace("-SNAPSHOT", "~SNAPSHOT"));
        assertThat(file.getFileName())
                .hasToString("manicule_" + version + "_" + run("dpkg", "--print-architecture").strip() + ".deb");
        assertThat(run("dpkg-deb", "--field", deb, "Package", "Depends")).contains("manicule", "libstdc++6", "adduser");
        assertThat(run("dpkg-deb", "--field", deb, "Architecture")).isEqualTo(run("dpkg", "--print-architecture"));
        Path control = folder.resolve("control");
        run("dpkg-deb", "--control", deb, control.toString());
        assertThat(Files.readString(control.resolve("conffiles")).strip()).isEqualTo("/etc/manicule/manicule.yaml");
        for (String script : List.of("preinst", "postinst", "prerm", "postrm")) {
            run("sh", "-n", control.resolve(script).toString());
        }
        Path root = folder.resolve("root");
        run("dpkg-deb", "--extract", deb, root.toString());
        Path manicule = root.resolve("usr/bin/manicule");
        assertThat(run(manicule.toString(), "config", "check", root.resolve("etc/manicule/manicule.yaml").toString()))
                .contains("is good");
        serves(bare(manicule.toString(), "serve", "--port", "0", "--data", folder.resolve("data").toString()));
        assertThat(Files.exists(root.resolve("usr/lib/manicule/runtime/legal"))).isTrue();
        Path unit = root.resolve("lib/systemd/system/manicule.service");
        assertThat(Files.readString(unit)).contains("User=manicule", "ProtectSystem=strict");
        if (Files.isExecutable(Path.of("/usr/bin/systemd-analyze"))) { // 20: no more than 2.0 of 10
            run("systemd-analyze", "security", "--no-pager", "--offline=yes", "--threshold=20", unit.toString());
        }
        try (GZIPInputStream page = new GZIPInputStream(
                Files.newInputStream(root.resolve("usr/share/man/man1/manicule.1.gz")))) {
            assertThat(new String(page.readAllBytes(), StandardCharsets.UTF_8)).startsWith(".TH MANICULE 1")
                    .contains(".SS manicule serve", ".SS manicule actions add", "\\-\\-config", ".SH EXIT STATUS");
        }
        try (GZIPInputStream changes = new GZIPInputStream(
                Files.newInputStream(root.resolve("usr/share/doc/manicule/changelog.gz")))) {
            assertThat(new String(changes.readAllBytes(), StandardCharsets.UTF_8))
                    .startsWith("manicule (" + version + ") ")
                    .containsPattern("(?m)^  \\* A server that stores messages")
                    .containsPattern("\\n -- [^<\\n]+ <[^>\\n]+>  \\w{3}, \\d\\d \\w{3} \\d{4} [\\d:]{8} \\+0000\\n$");
        }
        Path completion = root.resolve("usr/share/bash-completion/completions/manicule");
        assertThat(run("bash", "-c", "shopt -s progcomp; source '" + completion + "'; complete -p manicule"))
                .contains("_complete_manicule");
    }

    /** Without a daemon there is no container; but what is in one runs in a root of its own, as the user that it names. */
    @Test
    void imageRunsAlone() throws Exception {
        assumeTrue("root".equals(System.getProperty("user.name")), "chroot is for root");
        Image image = Image.unpack(the("manicule-image", ".tar"), folder);
        Path root = image.root();
        String config = image.config();
        assertThat(config).contains("\"User\":\"65532:65532\"", "\"8090/tcp\"");
        for (String shell : List.of("bin/sh", "usr/bin/sh", "usr/bin/apt")) {
            assertThat(Files.exists(root.resolve(shell))).isFalse();
        }
        // in a mount namespace that goes with it: Java finds its libraries by /proc, which every container has
        Files.createDirectories(root.resolve("proc"));
        List<String> command = new ArrayList<>(List.of("unshare", "--mount", "sh", "-ec",
                "mount --rbind /proc \"$0/proc\"; exec chroot --userspec=65532:65532 \"$0\" \"$@\"", root.toString()));
        command.addAll(image.command("Entrypoint"));
        command.add(command.indexOf("-jar"), CACHE_OR_NOTHING);
        command.addAll(List.of("serve", "--port", "0", "--data", "/data/manicule"));
        serves(bare(command.toArray(String[]::new)));
        assertThat(Files.exists(root.resolve("data/manicule/FORMAT"))).isTrue();
    }
}
