package dev.manicule.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.manicule.acceptance.Markdown.Block;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Clients that are generated from the API's description compile, have all of it under good names, and work. The commands
 * and the programs are those of docs/how-to/other-languages.md, which is run here.
 *
 * <p>
 * {@code -DskipSdks} leaves them out. {@code -DwritePages} writes the versions into the page instead of comparing.
 */
class GeneratedClientsTest {
    private static final Markdown PAGE = Markdown.of("docs/how-to/other-languages.md");
    @RegisterExtension
    static final RunningServer SERVER = new RunningServer();

    /** What a generator made, and what its commands printed. */
    private record Generated(Path work, String shown, String said) {}

    @TestFactory
    Stream<DynamicNode> clients() throws Exception {
        String skip = System.getProperty("skipSdks");
        if (skip != null && !skip.equals("false")) {
            System.out.println("The runs with generated clients are left out, as -DskipSdks asks.");
            return Stream.of(dynamicTest("left out", () -> abort("left out, as -DskipSdks asks")));
        }
        List<Block> blocks = PAGE.blocks();
        assertThat(blocks).hasSize(1 + Stream.of(Generator.values()).mapToInt(GeneratedClientsTest::blocks).sum());
        Path folder = Folders.checkout().resolve("acceptance/target/generated/work");
        if (Files.exists(folder)) {
            Folders.delete(folder);
        }
        Files.createDirectories(folder);
        shell(folder, blocks.getFirst().content(), Map.of());
        ApiDescription description = ApiDescription.of(SERVER.wire(), "/openapi.yaml");
        Set<String> operations = description.operations().keySet();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        List<DynamicNode> nodes = new ArrayList<>();
        int next = 1; // after the command that fetches the description
        for (Generator generator : Generator.values()) {
            List<Block> own = blocks.subList(next, next + blocks(generator));
            next += own.size();
            CompletableFuture<Generated> run = CompletableFuture.supplyAsync(() -> run(generator, folder, own),
                    threads);
            nodes.add(dynamicContainer(generator.folder(), Stream.of(
                    dynamicTest("the program prints what the page shows", () -> printed(run.join())),
                    dynamicTest("the page has the program", () -> shown(generator, own)),
                    dynamicTest("every operation is a function", () -> functions(generator, run.join(), operations)),
                    dynamicTest("every type has a name", () -> types(generator, run.join(), description)))));
        }
        return nodes.stream();
    }

    /** How many there are of a generator: how to generate, the files, how to run the program. */
    private static int blocks(Generator generator) {
        return 1 + generator.shown().size() + 1;
    }

    private static void shown(Generator generator, List<Block> blocks) throws IOException {
        for (int file = 0; file < generator.shown().size(); file++) {
            assertThat(blocks.get(1 + file).content()).isEqualTo(Files.readString(generator.shown().get(file)));
        }
    }

    private static Generated run(Generator generator, Path folder, List<Block> blocks) {
        try {
            generator.install();
            Path work = Files.createDirectories(folder.resolve(generator.folder()));
            for (Path file : generator.files()) {
                Files.writeString(work.resolve(file.getFileName()), atPort(Files.readString(file)));
            }
            generator.link(work);
            Files.copy(folder.resolve("openapi.yaml"), work.resolve("openapi.yaml"));
            Map<String, String> environment = generator.environment();
            shell(work, blocks.getFirst().content(), environment);
            for (Path file : generator.files()) {
                assertThat(work.resolve(file.getFileName())).as("%s, pinned", file)
                        .hasContent(atPort(Files.readString(file)));
            }
            shell(work, generator.check(), environment);
            return new Generated(work, blocks.getLast().shown(), shell(work, blocks.getLast().content(), environment));
        } catch (Exception e) {
            throw new AssertionError(generator.folder() + " could not run", e);
        }
    }

    private static void printed(Generated generated) {
        assertThat(Markdown.withoutTimetokens(generated.said(), new ArrayList<>()))
                .isEqualTo(Markdown.withoutTimetokens(generated.shown(), new ArrayList<>()));
    }

    private static void functions(Generator generator, Generated generated, Set<String> operations)
            throws IOException {
        assertThat(operations).hasSizeGreaterThan(40);
        assertThat(generator.functions(generated.work()))
                .containsAll(operations.stream().map(generator::function).toList());
    }

    /** Generators make types of their own of what has no name in the description, and call them by where they stand. */
    private static void types(Generator generator, Generated generated, ApiDescription description)
            throws IOException {
        Set<String> types = generator.types(generated.work());
        assertThat(types).hasSizeGreaterThan(40);
        assertThat(description.schemas().stream().map(Generator::snake)).containsAll(types);
    }

    /** The versions on the page are those that are pinned. */
    @Test
    void pageListsTheTestedVersions() throws Exception {
        Path generated = Folders.checkout().resolve("acceptance/generated");
        JsonNode npm = new ObjectMapper()
                .readTree(generated.resolve("openapi-typescript/package-lock.json").toFile())
                .get("packages");
        String openapiGenerator = found("openapi-generator-cli</artifactId>\\s*<version>(.*?)</version>",
                Folders.checkout().resolve("acceptance/pom.xml"));
        String python = found("openapi-python-client==(\\S+)", generated.resolve("requirements.txt"));
        String typescript = npm.at("/node_modules~1openapi-typescript/version").asText();
        String fetch = npm.at("/node_modules~1openapi-fetch/version").asText();
        String tsc = npm.at("/node_modules~1typescript/version").asText();
        PAGE.holds("""
                | generator | version | needs | installed by |
                |---|---|---|---|
                | openapi-python-client | %1$s | Python | `pip install openapi-python-client==%1$s` |
                | openapi-generator | %2$s | Java | `npm install -g @openapitools/openapi-generator-cli`, then \
                `openapi-generator-cli version-manager set %2$s` |
                | – its client for Python | | | `pip install urllib3 python-dateutil pydantic typing-extensions` |
                | – its client for Go | | Go, from 1.19 on | `go get`, below |
                | openapi-typescript, with openapi-fetch | %3$s, %4$s | Node.js | `npm install -D \
                openapi-typescript@%3$s typescript@%5$s`, `npm install openapi-fetch@%4$s` |
                """.formatted(python, openapiGenerator, typescript, fetch, tsc),
                "generators", "GeneratedClientsTest", "writePages");
    }

    private static String found(String pattern, Path file) throws IOException {
        Matcher matcher = Pattern.compile(pattern).matcher(Files.readString(file));
        assertThat(matcher.find()).as("%s in %s", pattern, file).isTrue();
        return matcher.group(1);
    }

    private static String atPort(String text) {
        return text.replace("127.0.0.1:8090", SERVER.origin());
    }

    private static String shell(Path folder, String commands, Map<String, String> environment) throws Exception {
        ProcessBuilder builder = new ProcessBuilder("bash", "-euc", atPort(commands)).directory(folder.toFile());
        builder.environment().putAll(environment);
        Path errors = folder.resolve("errors.log");
        Process process = builder.redirectError(errors.toFile()).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue()).as("%s\n%s%s", commands, said, Files.readString(errors)).isZero();
        return said;
    }
}
