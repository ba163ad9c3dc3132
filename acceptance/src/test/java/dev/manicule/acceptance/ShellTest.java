package dev.manicule.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.manicule.acceptance.ServerProcess.Launch;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The command line in scripts: locales, pipes, and what is wrong with an argument. */
class ShellTest {
    @RegisterExtension
    static final RunningServer SERVER = new RunningServer();

    @TempDir
    private Path folder;

    private record Run(int code, String out, String err) {}

    /** Runs a script of bash, in which {@code manicule} is the command. */
    private Run bash(String... lines) throws Exception {
        String command = Launch.PLAIN.line().stream().map(word -> "'" + word + "'").collect(Collectors.joining(" "));
        Path script = Files.writeString(folder.resolve("script"), "manicule() { " + command + " \"$@\"; }\n"
                + "cd " + folder + "; export MANICULE_ORIGIN=" + SERVER.origin() + "\n" + String.join("\n", lines)
                + "\n");
        Path err = folder.resolve("err");
        Process process = new ProcessBuilder("bash", script.toString()).redirectError(err.toFile()).start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return new Run(process.exitValue(), out.strip(), Files.readString(err).strip());
    }

    private static JsonNode newest(String channel) {
        JsonNode messages = SERVER.wire()
                .get("/v3/history/sub-key/demo/channel/" + channel + "?max=1&include_uuid=true")
                .json()
                .get("channels")
                .get(channel);
        return messages.get(0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"LC_ALL=C", "LC_ALL=POSIX", "LC_ALL=xx_YY.UTF-8", "LC_ALL= LC_CTYPE= LANG=",
            "LC_ALL=C.UTF-8"})
    void argumentsArriveUnchangedInEveryLocale(String locale) throws Exception {
        Run run = bash("export " + locale, "manicule publish locales '{\"text\":\"Zoë ☞ 😀 ?\"}' --uuid 'Zoë/ünï 😀'",
                "manicule history locales --max 1");
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(newest("locales").at("/message/text").asText()).isEqualTo("Zoë ☞ 😀 ?");
        assertThat(newest("locales").get("uuid").asText()).isEqualTo("Zoë/ünï 😀");
        assertThat(run.out()).as("the output is UTF-8 too").endsWith("Zoë/ünï 😀: {\"text\":\"Zoë ☞ 😀 ?\"}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"C", "C.UTF-8"})
    void invalidUtf8IsRefused(String locale) throws Exception {
        Run argument = bash("LC_ALL=" + locale, "export LC_ALL", "manicule publish refused $'\"\\xff\"'");
        assertThat(argument.code()).isEqualTo(2);
        assertThat(argument.err()).startsWith("manicule: argument 3 (")
                .contains("is not text in UTF-8: its byte 2 is 0xFF")
                .doesNotContain("LC_ALL");
        Run variable = bash("export LC_ALL=C MANICULE_UUID=Zoë", "manicule publish refused 1");
        assertThat(variable.code()).isEqualTo(2);
        assertThat(variable.err()).contains("the variable MANICULE_UUID is not ASCII").contains("LC_ALL=C.UTF-8");
        Run bytes = bash("export LC_ALL=C.UTF-8 MANICULE_UUID=$'\\xff'", "manicule publish refused 1");
        assertThat(bytes.code()).isEqualTo(2);
        assertThat(bytes.err()).contains("the variable MANICULE_UUID is not text in UTF-8").doesNotContain("LC_ALL");
        assertThat(SERVER.wire().get("/v3/history/sub-key/demo/channel/refused").json().get("channels")).isEmpty();
    }

    @Test
    void fileNameOutsideTheLocaleIsRefused() throws Exception {
        Run run = bash("export LC_ALL=C", "manicule config check daten-ä.yaml");
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err()).contains("`daten-ä.yaml` is no path in this locale", "LC_ALL=C.UTF-8");
        Files.writeString(folder.resolve("m.yaml"), "data: daten-ä\n");
        Run config = bash("export LC_ALL=C", "manicule config check " + folder.resolve("m.yaml"));
        assertThat(config.code()).isEqualTo(2);
        assertThat(config.err()).contains("m.yaml:1: `daten-ä` is no path here", "LC_ALL=C.UTF-8");
    }

    /** Nothing more comes after the first line, so only the reader's leaving can end it. */
    @Test
    void subscribeEndsWhenItsPipeCloses() throws Exception {
        long before = SERVER.wire().publish("read", "0");
        SERVER.wire().publish("read", "1");
        Run run = bash("manicule subscribe read --from " + before + " 2>news | head -1", "echo ${PIPESTATUS[0]}");
        assertThat(run.out()).startsWith("{\"event\":\"message\"").endsWith("\n141");
        Run nobody = bash("manicule subscribe unread 2>news | true", "echo ${PIPESTATUS[0]}");
        assertThat(nobody.out()).isEqualTo("141");
    }

    @ParameterizedTest
    @ValueSource(strings = {"history many", "actions list many --all", "export --data DATA -", "man", "--help",
            "history --help", "completion"})
    void everyCommandEndsQuietlyWhenItsPipeCloses(String command) throws Exception {
        if (command.contains("DATA")) {
            try (ServerProcess other = ServerProcess.start(folder.resolve("data"), 0)) {
                other.wire().publish("many", "\"" + "x".repeat(30_000) + "\"");
                other.wire().publish("many", "\"" + "x".repeat(30_000) + "\"");
                other.wire().publish("many", "\"" + "x".repeat(30_000) + "\"");
            }
        } else {
            long message = SERVER.wire().publish("many", "\"" + "x".repeat(30_000) + "\"");
            SERVER.wire().add("many", message, "t", "v" + message, "u");
        }
        Run run = bash("manicule " + command.replace("DATA", folder.resolve("data").toString()) + " | (exec <&-)",
                "echo ${PIPESTATUS[0]}");
        assertThat(run.out()).isIn("0", "141");
        assertThat(run.err()).isEmpty();
    }

    @Test
    void outputThatCannotBeWrittenIsAFailure() throws Exception {
        Run run = bash("manicule time > /dev/full", "echo $?");
        assertThat(run.out()).isEqualTo("1");
        assertThat(run.err()).startsWith("manicule: can't write the output: No space left on device");
    }

    @ParameterizedTest
    @CsvSource({"quiet,'',message", "loud,--presence,join"})
    void wildcardDeliversPresenceOnlyOnRequest(String channels, String option, String event) throws Exception {
        Path news = folder.resolve("news");
        List<String> command = new ArrayList<>(
                Launch.PLAIN.line("subscribe", channels + ".*", "--count", "1", "--origin", SERVER.origin()));
        if (!option.isEmpty()) {
            command.add(option);
        }
        Process process = new ProcessBuilder(command).redirectError(news.toFile()).start();
        await().until(() -> Files.readString(news).contains("connected"));
        assertThat(SERVER.wire()
                .get("/v2/presence/sub-key/demo/channel/" + channels + ".a/heartbeat?uuid=bob")
                .status()).isEqualTo(200);
        SERVER.wire().publish(channels + ".a", "1");
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(said).contains("\"event\":\"" + event + "\"");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "subscribe a --from abc | option '--from': `abc` is no timetoken; expected 17 digits, such as 17",
            "subscribe a --from 0 | `0` is no timetoken", "history a --start 1e16 | `1e16` is no timetoken",
            "actions add a b t v | (MESSAGE): `b` is no timetoken",
            "actions list a --limit many | `many` is no whole number; expected one, such as 100",
            "history a --max 99999999999 | `99999999999` is too large",
            "subscribe a --count 0 | --count: expected 1 or more",
            "token grant --ttl soon | `soon` is no whole number", "serve --port http | `http` is no whole number",
            "publish a 1 2 | `2` is one argument too many; one with spaces needs quotes",
            "publish a | Expected: The message: any JSON", "nonsense | there is no command `manicule nonsense`",
            "actions put | there is no command `manicule actions put`",
            "publish a 1 --met 2 | Possible solutions: --meta",
            "token grant --meta role | NAME=TEXT"})
    void invalidArgumentIsReportedWithAnExample(String command, String words) throws Exception {
        Run run = bash("manicule " + command);
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err()).startsWith("manicule: ")
                .contains(words)
                .doesNotContainPattern("\\b(long|int)\\b|java\\.");
    }

    /** A file of that name is there; the argument is the name of a user all the same. */
    @Test
    void anAtSignIsPartOfAName() throws Exception {
        Files.writeString(folder.resolve("ann"), "bob");
        Run run = bash("cd " + folder, "manicule publish at 1 --uuid @ann");
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(newest("at").get("uuid").asText()).isEqualTo("@ann");
    }
}
