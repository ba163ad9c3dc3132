package dev.manicule.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.manicule.server.access.Keyset;
import dev.manicule.server.access.Secret;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Unmodified client SDKs work when only their origin is changed. Each runs the same checks, in its own language and in
 * a process of its own, and reports them line by line; the table of the README is made of these reports.
 *
 * <p>
 * {@code -DskipSdks} leaves them out. {@code -DwriteSdkTable} writes the table into the README instead of comparing.
 */
class SdkTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<Sdk> SDKS = List.of(Sdk.PYTHON_ASYNCIO, Sdk.PYTHON, Sdk.PYTHON_TORNADO, Sdk.JAVASCRIPT,
            Sdk.JAVASCRIPT_4, Sdk.JAVASCRIPT_CHROMIUM, Sdk.JAVA, Sdk.GO);
    /** The checks that every SDK has to report, and what the README says of them. */
    private static final Map<String, String> CHECKS = new LinkedHashMap<>();

    static {
        CHECKS.put("actions",
                "add, get and remove actions in every style of call, every field of result and status; also on a message timetoken of ten digits");
        CHECKS.put("errors",
                "a second equal add, removing a stranger's action and one that is not there: the server's words arrive");
        CHECKS.put("storage", "publish, history, fetch with and without actions, counts, deletion, time");
        CHECKS.put("live", "listeners see messages and actions live and in order; unsubscribe");
        CHECKS.put("resume", "nothing is missed after a cut connection, nor from an old timetoken on");
        CHECKS.put("paging", "250 actions page by page, no gap and none twice");
        CHECKS.put("names",
                "channels, types and values in several scripts, with emoji and everything that needs escaping");
        CHECKS.put("signals",
                "signals and transient messages are delivered and not stored; a fire is delivered to no subscriber");
        CHECKS.put("groups", "channel groups that change, wildcards, filters; what matches in many ways comes once");
        CHECKS.put("presence", "who comes, goes and changes state, live; here-now, where-now, state");
        CHECKS.put("access",
                "access manager on: refused with nothing, tokens granted, read, used and revoked, everything signed with the secret key; the owner removes another user's action");
        CHECKS.put("users",
                "users named `+49 151 1234567`, `ann+tag@example.org` and `Zoë/ünï`: open, with a token for that user, and with everything signed");
        CHECKS.put("objects",
                "metadata of users and channels, memberships and members: set, get, list page by page, sorted and filtered, remove; their events");
        CHECKS.put("push",
                "devices of both gateways are registered for channels, listed, taken off channels and removed");
        CHECKS.put("crowd",
                "20 clients add 25 actions each to one message: 500 stored, and each of them sees all 500, in order");
    }

    private static final Markdown MIGRATING = Markdown.of("docs/migrating.md");

    @RegisterExtension
    static final RunningServer SERVER = new RunningServer(config -> config.withKeysets(List.of(
            Keyset.of("demo", "demo"), Keyset.of("sub-c-1", "pub-c-1").guarded(new Secret("sec-c-1")))));

    /** One check, as the SDK's program reports it. */
    private record Report(boolean passed, int expectations, String error) {}

    /** What one SDK's program said. */
    private record Run(Sdk sdk, List<String> styles, Map<String, Report> reports, Set<String> faults, String rest) {
        long passed() {
            return reports.values().stream().filter(Report::passed).count();
        }
    }

    @TestFactory
    Stream<DynamicNode> sdks() throws Exception {
        String skip = System.getProperty("skipSdks");
        if (skip != null && !skip.equals("false")) {
            System.out.println("The runs with real client SDKs are left out, as -DskipSdks asks.");
            return Stream.of(dynamicTest("left out", () -> abort("left out, as -DskipSdks asks")));
        }
        Sdk.install();
        Map<Sdk, CompletableFuture<Run>> runs = new LinkedHashMap<>();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        for (Sdk sdk : SDKS) {
            runs.put(sdk, CompletableFuture.supplyAsync(() -> run(sdk), threads));
        }
        List<DynamicNode> nodes = new ArrayList<>();
        runs.forEach((sdk, run) -> nodes.add(dynamicContainer(sdk.title() + " " + sdk.version(),
                CHECKS.keySet().stream().map(check -> dynamicTest(check, () -> judge(run.join(), check))))));
        nodes.add(dynamicTest("what README and migrating.md say of the runs",
                () -> table(runs.values().stream().map(CompletableFuture::join).toList())));
        List<Markdown.Block> examples = MIGRATING.blocks();
        assertThat(examples.stream().flatMap(example -> sdks(example).stream()))
                .as("an example for each SDK; those of JavaScript are the same in a page")
                .containsExactlyInAnyOrderElementsOf(
                        SDKS.stream().filter(sdk -> sdk != Sdk.JAVASCRIPT_CHROMIUM).toList());
        examples.forEach(example -> sdks(example).forEach(sdk -> nodes.add(
                dynamicTest("migrating.md: " + sdk.title() + " " + sdk.version(), () -> example(example, sdk)))));
        return nodes.stream();
    }

    private static void judge(Run run, String check) {
        Report report = run.reports().get(check);
        if (report == null) {
            fail("%s did not report \"%s\". It said:\n%s", run.sdk().title(), check, run.rest());
        } else {
            assertThat(report.passed()).as(report.error()).isTrue();
            assertThat(report.expectations()).as("expectations looked at").isPositive();
        }
    }

    private static Run run(Sdk sdk) {
        try (Cable cable = new Cable(SERVER.port())) {
            Process process = sdk.checks(SERVER.origin(), cable).redirectError(sdk.log().toFile()).start();
            List<String> styles = new ArrayList<>();
            Map<String, Report> reports = new LinkedHashMap<>();
            Set<String> faults = new LinkedHashSet<>();
            StringBuilder rest = new StringBuilder();
            try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
                for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                    if (!line.startsWith("{")) {
                        rest.append(line).append('\n');
                        continue;
                    }
                    JsonNode said = JSON.readTree(line);
                    if (said.has("styles")) {
                        assertThat(said.get("version").asText()).isEqualTo(sdk.version());
                        said.get("styles").forEach(style -> styles.add(style.asText()));
                    } else {
                        reports.put(said.get("check").asText(), new Report(said.get("passed").asBoolean(),
                                said.get("expectations").asInt(), said.path("error").asText()));
                        said.get("faults").forEach(fault -> faults.add(fault.asText()));
                    }
                }
            }
            process.waitFor(10, TimeUnit.SECONDS);
            process.destroyForcibly();
            rest.append(Files.readString(sdk.log()));
            return new Run(sdk, styles, reports, faults, rest.toString());
        } catch (Exception e) {
            throw new AssertionError(sdk.title() + " could not run", e);
        }
    }

    private static void table(List<Run> runs) throws IOException {
        StringBuilder table = new StringBuilder("| SDK | version | what was run | result |\n|---|---|---|---|\n");
        StringBuilder faults = new StringBuilder();
        for (Run run : runs) {
            Sdk sdk = run.sdk();
            table.append("| ")
                    .append(sdk.title())
                    .append(" | ")
                    .append(sdk.version())
                    .append(" | ")
                    .append(String.join(" and ", run.styles()))
                    .append(": ")
                    .append(String.join(", ", run.reports().keySet()))
                    .append(" | ")
                    .append(run.passed())
                    .append(" of ")
                    .append(CHECKS.size())
                    .append(" passed |\n");
            faults.append("\n**").append(sdk.title()).append(' ').append(sdk.version()).append("**\n\n");
            run.faults().forEach(fault -> faults.append("- ").append(fault).append('\n'));
        }
        table.append('\n');
        CHECKS.forEach((check, what) -> table.append("- **").append(check).append("**: ").append(what).append('\n'));
        Markdown.of("README.md").holds(table.toString(), "sdks", "SdkTest", "writeSdkTable");
        MIGRATING.holds(faults.append('\n').toString(), "sdks", "SdkTest", "writeSdkTable");
    }

    /** Those that run a program of the page. */
    private static List<Sdk> sdks(Markdown.Block block) {
        return switch (block.language() + " " + block.note()) {
            case "python asyncio" -> List.of(Sdk.PYTHON_ASYNCIO);
            case "python sync" -> List.of(Sdk.PYTHON);
            case "python tornado" -> List.of(Sdk.PYTHON_TORNADO);
            case "javascript " -> List.of(Sdk.JAVASCRIPT, Sdk.JAVASCRIPT_4);
            case "java " -> List.of(Sdk.JAVA);
            case "go " -> List.of(Sdk.GO);
            default -> throw new AssertionError("no SDK runs " + block);
        };
    }

    /** A program of the page for those who migrate, as it stands there but for the port. */
    private static void example(Markdown.Block block, Sdk sdk) throws Exception {
        Path folder = Folders.temporary();
        try {
            Path program = folder.resolve("Migrated." + switch (block.language()) {
                case "python" -> "py";
                case "javascript" -> "js";
                case "go" -> "go";
                default -> "java";
            });
            Files.writeString(program, block.content().replace("127.0.0.1:8090", SERVER.origin()));
            Process process = sdk.program(program).redirectError(sdk.log().toFile()).start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
            assertThat(said).as(Files.readString(sdk.log())).isEqualTo(block.shown());
        } finally {
            Folders.delete(folder);
        }
    }
}
