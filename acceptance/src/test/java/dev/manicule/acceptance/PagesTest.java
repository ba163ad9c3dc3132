package dev.manicule.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.manicule.acceptance.Markdown.Block;
import dev.manicule.server.Manicule;
import dev.manicule.server.config.ConfigTable;
import dev.manicule.server.limits.Limit;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.testkit.engine.EngineTestKit;

/**
 * Does what the pages say, in their order, in an empty folder beside a link to the launcher. Only the port is changed, to
 * a free one. What a block prints must be what the block after it shows; timetokens that are those of the moment must be the
 * same where the page has the same. Java is compiled for 17, as the client is.
 */
class PagesTest {
    @TempDir
    private Path folder;

    private int port;
    private @Nullable Process server;
    /** The timetokens of the page and of the run, in the order in which they first come. */
    private final List<String> shownTimetokens = new ArrayList<>();
    private final List<String> saidTimetokens = new ArrayList<>();
    /** Whether the server's time stands, so that its timetokens are those of the page. */
    private boolean stands;

    @BeforeEach
    void prepare() throws Exception {
        Files.createSymbolicLink(folder.resolve("manicule"), Folders.checkout().resolve("manicule"));
        TestCertificate.make(folder, "EC").write(folder.resolve("cert.pem"), folder.resolve("key.pem"));
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
    }

    @AfterEach
    void stop() throws Exception {
        if (server != null) {
            server.destroyForcibly().waitFor();
        }
        Files.delete(folder.resolve("manicule"));
    }

    @ParameterizedTest
    @MethodSource("pages")
    @Timeout(value = 10, unit = TimeUnit.MINUTES) // the launcher may have to build first
    void everyCodeBlockPrintsWhatThePageShows(String page) throws Exception {
        List<Block> blocks = Markdown.of(page).blocks();
        for (Block block : blocks) {
            String content = block.content().replace("8090", "" + port);
            switch (block.language()) {
                case "sh" -> shell(content, block.shown());
                case "java" -> {
                    if (block.note().equals("test")) {
                        tests(content);
                    } else {
                        program(content, block.shown());
                    }
                }
                case "xml" -> assertThat(Folders.checkout().resolve("testkit/pom.xml")).content()
                        .contains(artifact(content));
                case "yaml" -> {
                    Files.writeString(folder.resolve("manicule.yaml"), content);
                    assertThat(run(process("./manicule", "config", "check", "manicule.yaml")))
                            .contains("manicule.yaml is good");
                }
                case "html" -> assertThat(page).as("BrowserPageTest opens it").isEqualTo("docs/how-to/browser.md");
                default -> assertThat(block.language()).as("this is run too").isEqualTo("text");
            }
        }
    }

    /**
     * All that have something to run; docs/migrating.md belongs to {@link SdkTest}, docs/how-to/other-languages.md to
     * {@link GeneratedClientsTest}, docs/cluster.md to ClusterPageTest.
     */
    static List<String> pages() throws IOException {
        List<String> pages = new ArrayList<>(List.of("README.md"));
        try (Stream<Path> all = Files.walk(Folders.checkout().resolve("docs"))) {
            all.map(file -> Folders.checkout().relativize(file).toString())
                    .filter(name -> name.endsWith(".md") && !name.startsWith("docs/adr")
                            && !name.endsWith("migrating.md") && !name.endsWith("other-languages.md")
                            && !name.endsWith("cluster.md"))
                    .sorted()
                    .forEach(pages::add);
        }
        List<String> withSomething = new ArrayList<>();
        for (String page : pages) {
            if (!Markdown.of(page).blocks().isEmpty()) {
                withSomething.add(page);
            }
        }
        return withSomething;
    }

    private static String artifact(String dependency) {
        Matcher artifact = Pattern.compile("<artifactId>(.*?)</artifactId>").matcher(dependency);
        assertThat(artifact.find()).isTrue();
        assertThat(dependency).contains("<groupId>dev.manicule</groupId>",
                "<version>" + Manicule.version() + "</version>");
        return artifact.group();
    }

    /** A class of tests passes here; Java17Test of the testkit runs it on Java 17. */
    private void tests(String content) throws Exception {
        Matcher name = Pattern.compile("class (\\w+)").matcher(content);
        assertThat(name.find()).isTrue();
        Path source = Files.writeString(folder.resolve(name.group(1) + ".java"), content);
        assertThat(ToolProvider.getSystemJavaCompiler()
                .run(null, null, null, "--release", "17", "-d", folder.toString(), "-cp",
                        System.getProperty("java.class.path"), source.toString()))
                .isZero();
        try (URLClassLoader loader = new URLClassLoader(new URL[]{folder.toUri().toURL()},
                getClass().getClassLoader())) {
            var events = EngineTestKit.engine("junit-jupiter")
                    .selectors(DiscoverySelectors.selectClass(loader.loadClass(name.group(1))))
                    .execute()
                    .testEvents();
            events.assertStatistics(figures -> figures.failed(0).skipped(0));
            assertThat(events.succeeded().count()).isPositive();
        }
    }

    /** Every link between pages leads somewhere. */
    @Test
    void noLinkIsBroken() throws Exception {
        List<Path> pages = new ArrayList<>();
        try (Stream<Path> all = Files.walk(Folders.checkout().resolve("docs"))) {
            all.filter(file -> file.toString().endsWith(".md")).forEach(pages::add);
        }
        try (Stream<Path> all = Files.list(Folders.checkout())) {
            all.filter(file -> file.toString().endsWith(".md")).forEach(pages::add);
        }
        Pattern link = Pattern.compile("\\]\\(([^)#\\s]+)(#[^)\\s]+)?\\)");
        List<String> broken = new ArrayList<>();
        for (Path page : pages) {
            Matcher links = link.matcher(Files.readString(page));
            while (links.find()) {
                Path target = page.resolveSibling(links.group(1)).normalize();
                if (!links.group(1).contains("://") && !Files.exists(target)) {
                    broken.add(Folders.checkout().relativize(page) + ": " + links.group(1));
                } else if (links.group(2) != null && target.toString().endsWith(".md")
                        && !anchors(target).contains(links.group(2))) {
                    broken.add(Folders.checkout().relativize(page) + ": " + links.group());
                }
            }
        }
        assertThat(broken).isEmpty();
    }

    private static Set<String> anchors(Path page) throws IOException {
        return Files.readString(page)
                .lines()
                .filter(line -> line.startsWith("#"))
                .map(line -> "#" + line.replaceFirst("#+ ", "")
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[^a-z0-9 _-]", "")
                        .replace(' ', '-'))
                .collect(Collectors.toSet());
    }

    /** The version stands once. */
    @Test
    void bomHasThisVersion() throws Exception {
        assertThat(Files.readString(Folders.checkout().resolve("build/pom.xml")))
                .contains("<revision>" + Manicule.version() + "</revision>");
        assertThat(Files.readString(Folders.checkout().resolve("bom/pom.xml")))
                .contains("<version>${revision}</version>")
                .doesNotContain(Manicule.version());
    }

    @Test
    void cliPageListsEveryCommand() throws Exception {
        Process process = ServerProcess.command("man", "--markdown");
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        Markdown.of("docs/cli.md").holds(said, "commands", "PagesTest", "writePages");
    }

    @Test
    void thePageOfTheConfigurationHasEverySetting() throws Exception {
        Markdown.of("docs/configuration.md").holds(ConfigTable.page(), "settings", "PagesTest", "writePages");
    }

    @Test
    void thePageOfTheConfigurationHasEveryLimit() throws Exception {
        StringBuilder table = new StringBuilder("| setting | usual | of what | too much |\n|---|---|---|---|\n");
        for (Limit limit : Limit.values()) {
            table.append("| `%s` | %s | %s | %s |\n".formatted(limit.setting(), limit.usual(), limit.what(),
                    limit.otherwise()));
        }
        Markdown.of("docs/configuration.md").holds(table.toString(), "limits", "PagesTest", "writePages");
    }

    private void shell(String content, String shown) throws Exception {
        if (content.contains("./manicule serve")) {
            server = serve(content.replace("./manicule serve", "exec ./manicule serve --port " + port));
        } else { // what one block exports, the next one has: they are typed in one window
            String commands = "touch .exported; . ./.exported\n" + content + "export -p > .exported\n";
            stands |= content.contains("standAt");
            String said = run(process("bash", "-euc", commands));
            if (stands) {
                assertThat(said.strip()).isEqualTo(shown.strip());
            } else {
                assertThat(Markdown.withoutTimetokens(said, saidTimetokens))
                        .isEqualTo(Markdown.withoutTimetokens(shown, shownTimetokens));
            }
        }
    }

    private void program(String content, String shown) throws Exception {
        Path source = Files.writeString(folder.resolve("Example.java"), content);
        String classes = System.getProperty("java.class.path");
        assertThat(ToolProvider.getSystemJavaCompiler()
                .run(null, null, null, "--release", "17", "-d", folder.toString(), "-cp", classes, source.toString()))
                .isZero();
        String said = run(process(ServerProcess.java(), "-cp", folder + File.pathSeparator + classes, "Example"));
        if (!shown.isEmpty()) {
            assertThat(said).isEqualTo(shown);
            return;
        }
        assertThat(said).contains("42 ACKNOWLEDGMENT")
                .contains("reaction = smiley_face")
                .contains("alice added smiley_face")
                .contains("alice removed smiley_face")
                .contains("removed\n");
    }

    private Process serve(String commands) throws IOException {
        Path log = folder.resolve("serve.log");
        Process started = process("bash", "-euc", commands).redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        await().atMost(Duration.ofMinutes(5)).until(() -> {
            assertThat(started.isAlive()).as(Files.readString(log)).isTrue();
            return Files.readString(log).contains("listens on http://127.0.0.1:" + port);
        });
        return started;
    }

    private static String run(ProcessBuilder builder) throws Exception {
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue()).as(output).isZero();
        return output;
    }

    private ProcessBuilder process(String... command) {
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile())
                .redirectErrorStream(!command[0].equals("bash"));
        builder.environment().put("MANICULE_ORIGIN", "127.0.0.1:" + port);
        builder.environment().put("LC_ALL", "C.UTF-8");
        if (command[0].equals("bash")) { // curl shows its progress there
            builder.redirectError(ProcessBuilder.Redirect.INHERIT);
        }
        return builder;
    }
}
