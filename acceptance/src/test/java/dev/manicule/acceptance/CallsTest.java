package dev.manicule.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.manicule.acceptance.CallRecorder.Sent;
import dev.manicule.server.access.Keyset;
import dev.manicule.server.access.Secret;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Every network call of the public interface of each SDK is run, and its requests are served, or docs/migrating.md says
 * why not.
 *
 * <p>
 * {@code -DskipSdks} leaves them out. {@code -DwritePages} writes the table into the page instead of comparing.
 */
class CallsTest {
    private static final List<Sdk> SDKS = List.of(Sdk.PYTHON, Sdk.PYTHON_TORNADO, Sdk.JAVASCRIPT, Sdk.JAVASCRIPT_4,
            Sdk.JAVA, Sdk.GO);
    /** What the calls do, in the order of the table. */
    private static final List<String> ROWS = List.of("publish", "fire", "signal", "subscribe", "unsubscribe",
            "heartbeat", "here now", "where now", "set state", "get state", "time", "history", "fetch messages",
            "count messages", "delete messages", "add an action", "get actions", "remove an action",
            "add channels to a group", "list channels of a group", "list groups", "remove channels from a group",
            "delete a group", "grant a token", "revoke a token", "grant to auth keys", "audit of auth keys",
            "revoke from auth keys", "set user metadata", "get user metadata", "list user metadata",
            "remove user metadata", "set channel metadata", "get channel metadata", "list channel metadata",
            "remove channel metadata", "set memberships", "get memberships", "manage memberships",
            "remove memberships", "set channel members", "get channel members", "manage channel members",
            "remove channel members", "send a file", "list files", "get the address of a file", "download a file",
            "publish a file message", "delete a file", "add push channels", "list push channels",
            "remove push channels", "remove a push device", "first App Context");
    /** Why paths that begin so are not served. */
    private static final Map<String, String> MISSING = Map.of("/v1/objects/",
            "deprecated by the SDK itself; `/v2/objects` has replaced it");

    @RegisterExtension
    static final RunningServer SERVER = new RunningServer(config -> config.withKeysets(IntStream.range(0, SDKS.size())
            .mapToObj(n -> Keyset.of("sub-c-" + n, "pub-c-" + n).guarded(new Secret("sec-c-" + n)))
            .toList()));

    /** What the calls of one SDK have sent. */
    private record Run(Sdk sdk, List<Sent> sent) {
        /** Of one row. */
        List<Sent> of(String row) {
            return sent.stream().filter(each -> each.row().equals(row)).toList();
        }
    }

    @Test
    void everyCallIsServedOrThePageSaysWhyNot() throws Exception {
        String skip = System.getProperty("skipSdks");
        assumeTrue(skip == null || skip.equals("false"), "left out, as -DskipSdks asks");
        Sdk.install();
        List<CompletableFuture<Run>> runs = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int n = 0; n < SDKS.size(); n++) {
                int number = n;
                runs.add(CompletableFuture.supplyAsync(() -> run(SDKS.get(number), number), threads));
            }
        }
        write(runs.stream().map(CompletableFuture::join).toList());
    }

    private static Run run(Sdk sdk, int number) {
        try (CallRecorder recorder = new CallRecorder(SERVER.port())) {
            Process process = sdk.calls(recorder.origin(), "" + number).redirectError(sdk.log().toFile()).start();
            List<String> missed = process.inputReader(StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> line.startsWith("missed ")) // some SDKs print what they do
                    .toList();
            assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
            String log = Files.readString(sdk.log());
            assertThat(process.exitValue()).as("%s: %s", sdk, log).isZero();
            assertThat(missed).as("calls of %s that its program does not run", sdk).isEmpty();
            List<Sent> sent = recorder.sent();
            assertThat(ROWS).as("the rows of the table").containsAll(sent.stream().map(Sent::row).toList());
            return new Run(sdk, sent);
        } catch (Exception e) {
            throw new AssertionError(sdk + " could not run", e);
        }
    }

    private static void write(List<Run> runs) throws Exception {
        StringBuilder table = new StringBuilder("| call | requests |");
        runs.forEach(run -> table.append(' ').append(title(run.sdk())).append(" |"));
        table.append(" not served, because |\n|---|---|").append("---|".repeat(runs.size())).append("---|\n");
        for (String row : ROWS) {
            List<Sent> all = runs.stream().flatMap(run -> run.of(row).stream()).toList();
            if (!all.isEmpty()) {
                table.append("| ").append(row).append(" | ").append(requests(all)).append(" |");
                runs.forEach(run -> table.append(cell(run.of(row))));
                table.append(' ').append(reasons(all)).append(" |\n");
            }
        }
        table.append('\n');
        for (Run run : runs) {
            Map<String, Boolean> calls = calls(run.sent());
            table.append("- ")
                    .append(title(run.sdk()))
                    .append(": ")
                    .append(calls.values().stream().filter(isServed -> isServed).count())
                    .append(" of ")
                    .append(calls.size())
                    .append(" calls are served.\n");
        }
        Markdown.of("docs/migrating.md").holds(table.toString(), "calls", "CallsTest", "writePages");
    }

    private static String title(Sdk sdk) {
        return sdk.title().split(" ", -1)[0] + " " + sdk.version();
    }

    private static String requests(List<Sent> sent) {
        return sent.stream()
                .map(each -> "`" + each.method() + " " + each.path() + "`")
                .distinct()
                .sorted()
                .collect(Collectors.joining("<br>"));
    }

    /** The calls, by their names in the SDK, and whether all requests of each are served. */
    private static Map<String, Boolean> calls(List<Sent> sent) {
        Map<String, Boolean> calls = new LinkedHashMap<>();
        sent.forEach(each -> calls.merge(each.name(), each.isServed(), Boolean::logicalAnd));
        return calls;
    }

    private static String cell(List<Sent> sent) {
        return " " + calls(sent).entrySet()
                .stream()
                .map(call -> "`" + call.getKey() + "`" + (call.getValue() ? "" : " " + statuses(sent, call.getKey())))
                .collect(Collectors.joining("<br>")) + " |";
    }

    private static String statuses(List<Sent> sent, String name) {
        return sent.stream()
                .filter(each -> each.name().equals(name) && !each.isServed())
                .map(each -> "**" + each.status() + "**")
                .distinct()
                .collect(Collectors.joining(" "));
    }

    private static String reasons(List<Sent> sent) {
        return sent.stream()
                .filter(each -> !each.isServed())
                .map(CallsTest::reason)
                .distinct()
                .collect(Collectors.joining("; "));
    }

    private static String reason(Sent sent) {
        return MISSING.entrySet()
                .stream()
                .filter(missing -> sent.status() == 404 && sent.path().startsWith(missing.getKey()))
                .map(Map.Entry::getValue)
                .findAny()
                .orElseThrow(() -> new AssertionError(sent + " is not served, and nothing says why"));
    }
}
