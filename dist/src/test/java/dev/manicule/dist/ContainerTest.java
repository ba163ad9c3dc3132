package dev.manicule.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** The image, run as {@code deploy/container} has it run, by the means of the kernel: there is no container runtime here. */
@Timeout(300)
class ContainerTest {
    private static final Path FILES = Path.of("../deploy/container");
    private static final int USER = 65_532;
    private static final Pattern LISTENS = Pattern.compile("listens on http://127\\.0\\.0\\.1:(\\d+)");
    private static final List<String> ON_LOOPBACK = List.of("--host", "127.0.0.1", "--port", "0");

    @TempDir(cleanup = CleanupMode.ALWAYS)
    private Path folder;

    private Image image;
    private Path volume;

    @BeforeEach
    void unpack() throws Exception {
        assumeTrue("root".equals(System.getProperty("user.name")), "namespaces and chroot are for root");
        image = Image.unpack(PackagesTest.the("manicule-image", ".tar"), folder);
        volume = Files.createDirectory(folder.resolve("volume"));
        own(volume, "rwx------");
    }

    /** Gives a file to the user of the image. */
    private static Path own(Path file, String permissions) throws IOException {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
        Files.setAttribute(file, "unix:uid", USER);
        Files.setAttribute(file, "unix:gid", USER);
        return file;
    }

    private Container.Settings settings() throws IOException {
        return new Container.Settings(image).mount(volume, "/data", "rw");
    }

    /** The arguments of the service in the file of Compose, on a free port of loopback. */
    private static List<String> composed() throws IOException {
        Matcher command = Pattern.compile("command: \\[(serve.*?)]")
                .matcher(Files.readString(FILES.resolve("compose.yaml")));
        assertThat(command.find()).isTrue();
        return and(Arrays.asList(command.group(1).split(", ", -1)), ON_LOOPBACK);
    }

    private static List<String> and(List<String> some, List<String> more) {
        return Stream.concat(some.stream(), more.stream()).toList();
    }

    private static String origin(Container container) throws InterruptedException {
        for (int attempt = 0; attempt < 600; attempt++) {
            Matcher listens = LISTENS.matcher(container.output());
            if (listens.find()) {
                return "http://127.0.0.1:" + listens.group(1);
            }
            assertThat(container.isAlive()).as(container.output()).isTrue();
            Thread.sleep(100);
        }
        throw new AssertionError("The server does not listen: " + container.output());
    }

    private static HttpRequest get(String uri) {
        return HttpRequest.newBuilder(URI.create(uri)).timeout(Duration.ofSeconds(30)).build();
    }

    private static String body(HttpClient http, String uri) throws Exception {
        return http.send(get(uri), BodyHandlers.ofString()).body();
    }

    private static String status(ProcessHandle process, String name) throws IOException {
        return Files.readAllLines(Path.of("/proc", "" + process.pid(), "status"))
                .stream()
                .filter(line -> line.startsWith(name + ":"))
                .map(line -> line.substring(name.length() + 1).strip())
                .findFirst()
                .orElseThrow();
    }

    @Test
    void composedServerNeedsOnlyItsVolume() throws Exception {
        Path configuration = Files.writeString(folder.resolve("manicule.yaml"),
                Files.readString(FILES.resolve("manicule.yaml"))
                        .replace("accessManager: true", "accessManager: false"));
        Path secret = own(Files.writeString(folder.resolve("secret-key"), "c41d7fe0b25a93688e1fd4607ab3952c"),
                "r--------");
        Path backups = own(Files.createDirectory(folder.resolve("backups")), "rwx------");
        Container.Settings settings = settings().mount(configuration, "/etc/manicule/manicule.yaml", "ro")
                .mount(secret, "/run/secrets/secret-key", "ro")
                .environment("JDK_JAVA_OPTIONS", "-XX:MaxRAMPercentage=50");
        try (HttpClient http = HttpClient.newHttpClient()) {
            try (Container server = settings.run(composed())) {
                String origin = origin(server);
                ProcessHandle first = server.first();
                assertThat(status(first, "Uid")).startsWith(USER + "\t");
                assertThat(status(first, "CapEff")).isEqualTo("0000000000000000");
                assertThat(status(first, "NoNewPrivs")).isEqualTo("1");
                assertThat(status(first, "NSpid")).as("it is process 1 of its container").endsWith("\t1");
                assertThat(Files.readString(Path.of("/proc", "" + first.pid(), "mountinfo"))
                        .lines()
                        .filter(line -> line.contains(" / ro,"))).as("its root is read-only").isNotEmpty();
                for (String health : List.of("live", "ready")) {
                    assertThat(body(http, origin + "/health/" + health)).contains('"' + health + '"');
                }
                assertThat(body(http, origin + "/publish/pub-c-1/sub-c-1/0/c/0/%22kept%22?uuid=me")).contains("Sent");
                assertThat(server.output()).contains("{\"time\":", "\"message\":\"The server listens\"");
                backUp(backups);
                run("kill", "-HUP", "" + first.pid());
                awaitOutput(server, "configuration read again");
                CompletableFuture<HttpResponse<String>> parked = park(http, origin);
                assertThat(first.destroy()).isTrue();
                assertThat(server.exitCode()).as(server.output()).isZero();
                assertThat(parked.get().body()).as("the poll has its cursor").contains("\"m\":[]");
            }
            assertThat(Files.exists(backups.resolve("today/tables"))).isTrue();
            try (Container next = settings.run(composed())) { // as after an upgrade
                assertThat(body(http, origin(next) + "/v2/history/sub-key/sub-c-1/channel/c")).contains("kept");
            }
        }
    }

    /** A second container of the same image, with the same volume: there is no shell for one in the first. */
    private void backUp(Path backups) throws Exception {
        try (Container backup = settings().mount(backups, "/backups", "rw")
                .run(List.of("backup", "--data", "/data/manicule", "/backups/today"))) {
            assertThat(backup.exitCode()).as(backup.output()).isZero();
            assertThat(backup.output()).contains("backed up to /backups/today");
        }
    }

    private static CompletableFuture<HttpResponse<String>> park(HttpClient http, String origin) throws Exception {
        Matcher cursor = Pattern.compile("\\d{17}").matcher(body(http, origin + "/time/0"));
        assertThat(cursor.find()).isTrue();
        CompletableFuture<HttpResponse<String>> parked = http.sendAsync(
                get(origin + "/v2/subscribe/sub-c-1/other/0?uuid=me&tt=" + cursor.group()), BodyHandlers.ofString());
        String present = origin + "/v2/presence/sub-key/sub-c-1/channel/other";
        for (int attempt = 0; !body(http, present).contains("\"occupancy\":1"); attempt++) {
            assertThat(attempt).as("the poll arrives").isLessThan(300);
            Thread.sleep(50);
        }
        return parked;
    }

    private static void awaitOutput(Container container, String words) throws InterruptedException {
        for (int attempt = 0; !container.output().contains(words); attempt++) {
            assertThat(attempt).as(container.output()).isLessThan(300);
            Thread.sleep(50);
        }
    }

    private static void run(String... command) throws Exception {
        assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).as(String.join(" ", command)).isZero();
    }

    @Test
    void heapIsAShareOfTheContainersLimit() throws Exception {
        long limit = 768L << 20;
        Path group = ControlGroup.withMemory(limit);
        try (HttpClient http = HttpClient.newHttpClient();
                Container server = settings().group(group)
                        .environment("JDK_JAVA_OPTIONS", "-XX:MaxRAMPercentage=50")
                        .run(and(List.of("serve", "--data", "/data/manicule"), ON_LOOPBACK))) {
            Matcher most = Pattern.compile("jvm_memory_max_bytes\\{area=\"heap\"} (\\S+)")
                    .matcher(body(http, origin(server) + "/metrics"));
            assertThat(most.find()).isTrue();
            assertThat(Double.parseDouble(most.group(1)) / limit).isBetween(0.45, 0.5);
            assertThat(server.first().destroy()).isTrue();
            assertThat(server.exitCode()).isZero();
        } finally {
            Files.delete(group);
        }
    }

    @Test
    void volumeOfAnotherUserIsRefused() throws Exception {
        Files.setAttribute(volume, "unix:uid", 0);
        try (Container server = settings().run(and(List.of("serve", "--data", "/data/manicule"), ON_LOOPBACK))) {
            assertThat(server.exitCode()).isEqualTo(1);
            assertThat(server.output()).startsWith("manicule: ").contains("/data/manicule").doesNotContain("\n");
        }
    }
}
