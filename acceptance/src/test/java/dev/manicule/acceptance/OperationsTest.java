package dev.manicule.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.manicule.acceptance.ServerProcess.Launch;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Backup, restore, export, import and check, as somebody does them who runs a server. */
class OperationsTest {
    private static final List<String> PAYLOADS = List.of("\"plain\"", "{\"a\":\n  [1,\r\n\t2.50e3, -0]}",
            "\"☞ 😀 \\u0000 \\\\ \\n\"",
            "12345678901234567890", "[".repeat(200) + "]".repeat(200), "null", "{\"kind\":\"message\"}", "\"\u2028\"");

    private Path folder;

    @BeforeEach
    void begin() throws IOException {
        folder = Folders.temporary();
    }

    @AfterEach
    void end() throws IOException {
        Folders.delete(folder);
    }

    private record Said(int code, String text) {}

    private static Said run(String... arguments) throws Exception {
        Process process = ServerProcess.command(arguments);
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Said(process.waitFor(), text);
    }

    private Said ok(String... arguments) throws Exception {
        Said said = run(arguments);
        assertThat(said.code()).as(said.text()).isZero();
        return said;
    }

    private String at(String name) {
        return folder.resolve(name).toString();
    }

    /** Messages of all kinds, actions, removals, groups. */
    private static void fill(Wire wire, int rounds) {
        for (int i = 0; i < rounds; i++) {
            String channel = "room ☞ " + i % 3;
            for (String payload : PAYLOADS) {
                long message = wire.publish(channel, payload);
                wire.add(channel, message, "reaction", "😀" + i, "alice");
                wire.add(channel, message, "receipt", "read\n", "bob \"b\"");
                long gone = wire.add(channel, message, "receipt", "gone", "bob");
                wire.delete("/v1/message-actions/demo/channel/" + Wire.encode(channel) + "/message/" + message
                        + "/action/" + gone + "?uuid=bob");
            }
            wire.get("/publish/demo/demo/0/" + Wire.encode(channel) + "/0/1?meta=" + Wire.encode("{\"m\":\n1}")
                    + "&seqn=" + i + "&custom_message_type=some-type&ortt=" + Wire.encode("{\"t\":\"17\",\"r\":3}"));
        }
        wire.get("/v1/channel-registration/sub-key/demo/channel-group/friends?add=a,b,c%20%E2%98%9E");
        wire.add("nobody", 15_610_547_826_970_050L, "t", "v", "u");
    }

    /** In a terminal, which {@code script} makes, a person sees how far it is; elsewhere nothing is in the way. */
    @Test
    void longOperationsShowProgress() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/script")), "script is not here");
        try (ServerProcess server = ServerProcess.start(folder.resolve("data"), 0)) {
            fill(server.wire(), 5);
        }
        List<String[]> works = List.of(new String[]{"backup", at("backup")}, new String[]{"export", at("all.jsonl")},
                new String[]{"check"}, new String[]{"import", at("all.jsonl")});
        for (String[] work : works) {
            List<String> arguments = new ArrayList<>(List.of(work));
            arguments.addAll(1, List.of("--data", work[0].equals("import") ? at("other") : at("data")));
            List<String> command = Launch.PLAIN.line(arguments.toArray(String[]::new));
            String line = command.stream().map(word -> "'" + word + "'").collect(Collectors.joining(" "));
            Process process = new ProcessBuilder("script", "-qec", line, "/dev/null").redirectErrorStream(true).start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor()).as(said).isZero();
            assertThat(said).as(work[0]).contains("100%");
        }
        assertThat(ok("check", "--data", at("data")).text()).doesNotContain("%");
    }

    @Test
    void aBackupOfARunningServerIsRestoredElsewhere() throws Exception {
        try (ServerProcess server = ServerProcess.start(folder.resolve("data"), 0)) {
            fill(server.wire(), 5);
            Thread load = Thread.startVirtualThread(() -> {
                while (!Thread.currentThread().isInterrupted()) {
                    server.wire().publish("load", "1");
                }
            });
            long before = server.wire().publish("mark", "1");
            assertThat(ok("backup", "--data", at("data"), at("backup")).text()).contains("backed up");
            load.interrupt();
            load.join();
            assertThat(ok("check", "--data", at("data")).text()).contains("all is well");
            assertThat(ok("check", "--data", at("backup")).text()).contains("all is well");
            ok("restore", "--data", at("restored"), at("backup"));
            assertThat(folder.resolve("data").toFile().list()).doesNotContain("snapshot");
            try (ServerProcess restored = ServerProcess.start(folder.resolve("restored"), 0)) {
                for (int i = 0; i < 3; i++) {
                    String history = "/v3/history-with-actions/sub-key/demo/channel/" + Wire.encode("room ☞ " + i)
                            + "?max=25&include_uuid=true&include_meta=true";
                    assertThat(restored.wire().get(history).body()).isEqualTo(server.wire().get(history).body());
                }
                assertThat(restored.wire().publish("mark", "2")).isGreaterThan(before);
            }
        }
        assertThat(run("backup", "--data", at("data"), at("backup")).text()).contains("is there already");
        assertThat(run("restore", "--data", at("restored"), at("backup")).text()).contains("not empty");
        assertThat(run("backup", "--data", at("nowhere"), at("b2")).text()).contains("no data of Manicule");
        assertThat(ok("backup", "--data", at("data"), at("stopped")).text()).contains("backed up");
    }

    /** As the packaged service, which may write its data folder and nothing else. */
    @Test
    void confinedServerIsBackedUpElsewhere() throws Exception {
        assumeTrue("root".equals(System.getProperty("user.name")), "mounting is for root");
        Path other = Files.createDirectory(folder.resolve("other disk"));
        Launch closed = new Launch(
                List.of("unshare", "--mount", "sh", "-euc",
                        "mount --bind -o ro '" + other + "' '" + other + "'; exec \"$0\" \"$@\""),
                List.of(), Map.of());
        assumeTrue(new ProcessBuilder("unshare", "--mount", "true").start().waitFor() == 0, "no namespaces here");
        try (ServerProcess server = closed.serve("--port", "0", "--data", at("data"))) {
            fill(server.wire(), 5);
            assertThat(ok("backup", "--data", at("data"), at("other disk/backup")).text()).contains("backed up");
            assertThat(ok("check", "--data", at("other disk/backup")).text()).contains("all is well");
            assertThat(folder.resolve("data").toFile().list()).noneMatch(name -> name.startsWith("snapshot"));
            ok("restore", "--data", at("restored"), at("other disk/backup"));
            ok("export", "--data", at("restored"), at("restored.jsonl"));
            ok("export", "--data", at("data"), at("data.jsonl"));
            assertThat(folder.resolve("restored.jsonl")).hasSameBinaryContentAs(folder.resolve("data.jsonl"));
            Said failed = run("backup", "--data", at("data"), at("missing/" + "x".repeat(300)));
            assertThat(failed.code()).isEqualTo(1);
            assertThat(folder.resolve("missing").toFile().list()).as("nothing is left").isNullOrEmpty();
        }
    }

    @Test
    void filesWrittenByRootKeepTheFoldersOwner() throws Exception {
        assumeTrue("root".equals(System.getProperty("user.name")), "only root can give files away");
        try (ServerProcess server = ServerProcess.start(folder.resolve("data"), 0)) {
            fill(server.wire(), 2);
        }
        ok("export", "--data", at("data"), at("all.jsonl"));
        assertThat(new ProcessBuilder("chown", "-R", "65534:65534", at("data")).start().waitFor()).isZero();
        ok("backup", "--data", at("data"), at("backup"));
        ok("import", "--data", at("data"), at("all.jsonl"));
        ok("check", "--data", at("data"));
        try (Stream<Path> all = Files.walk(folder.resolve("data"))) {
            assertThat(all).allSatisfy(file -> assertThat(Files.getAttribute(file, "unix:uid")).isEqualTo(65534));
        }
    }

    /** The unit of the timer, with paths of the test. */
    @Test
    void timerBackupIsValid() throws Exception {
        String unit = Files.readString(Folders.checkout().resolve("deploy/systemd/manicule-backup.service"));
        Matcher command = Pattern.compile("ExecStart=/bin/sh -euc '(.*)'").matcher(unit);
        assertThat(command.find()).isTrue();
        String manicule = Launch.PLAIN.line()
                .stream()
                .map(word -> "'" + word + "'")
                .collect(Collectors.joining(" "));
        ProcessBuilder builder = new ProcessBuilder("/bin/sh", "-euc",
                command.group(1).replace("%%", "%").replace("/usr/bin/manicule", manicule));
        builder.environment().putAll(Map.of("DATA", at("data"), "BACKUPS", at("")));
        try (ServerProcess server = ServerProcess.start(folder.resolve("data"), 0)) {
            fill(server.wire(), 1);
            Process process = builder.redirectErrorStream(true).start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor()).as(said).isZero();
        }
        assertThat(folder.toFile().list()).anyMatch(name -> name.matches("\\d{4}-\\d\\d-\\d\\dT\\d{6}Z"));
    }

    /** RocksDB, the control socket, backup, restore, export and check: all of them have paths of their own. */
    @ParameterizedTest
    @ValueSource(strings = {"daten 😀", "d/e/e/p/ä", "short"})
    void everyNameOfADataFolderWorks(String name) throws Exception {
        String deep = name.replace("d/e/e/p", "x".repeat(60) + "/" + "y".repeat(60) + "/" + "z".repeat(60));
        String data = at(deep);
        try (ServerProcess server = ServerProcess.start(Path.of(data), 0)) {
            fill(server.wire(), 2);
            ok("backup", "--data", data, at("backup ☞ 😀"));
            assertThat(ok("check", "--data", data).text()).contains("all is well");
            ok("export", "--data", data, at("one 😀.jsonl"));
            assertThat(server.lines()).noneMatch(line -> line.contains("only possible"));
            assertThat(server.terminate()).isZero();
        }
        assertThat(Path.of(data).resolve("tables")).isDirectoryContaining(file -> file.endsWith("CURRENT"));
        assertThat(folder.toFile().list()).as("nothing else was made").hasSize(3);
        ok("restore", "--data", at("restored 😀"), at("backup ☞ 😀"));
        ok("export", "--data", at("restored 😀"), at("two.jsonl"));
        assertThat(folder.resolve("two.jsonl")).hasSameBinaryContentAs(folder.resolve("one 😀.jsonl"));
        try (ServerProcess again = ServerProcess.start(Path.of(data), 0)) {
            assertThat(again.wire().get("/v1/channel-registration/sub-key/demo/channel-group/friends").body())
                    .contains("\"b\"");
        }
    }

    @Test
    void importReadsStandardInput() throws Exception {
        try (ServerProcess server = ServerProcess.start(folder.resolve("data"), 0)) {
            fill(server.wire(), 3);
            ok("export", "--data", at("data"), at("one.jsonl"));
        }
        ProcessBuilder builder = new ProcessBuilder(Launch.PLAIN.line("import", "--data", at("other"), "-"))
                .redirectErrorStream(true)
                .redirectInput(folder.resolve("one.jsonl").toFile());
        for (String expected : List.of("; 0 were there already", "imported 0 lines")) {
            Process process = builder.start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor()).as(said).isZero();
            assertThat(said).contains(expected);
        }
        ok("export", "--data", at("other"), at("two.jsonl"));
        assertThat(folder.resolve("two.jsonl")).hasSameBinaryContentAs(folder.resolve("one.jsonl"));
    }

    @Test
    void aDamagedBackupIsRefusedAndLeavesNothing() throws Exception {
        try (ServerProcess server = ServerProcess.start(folder.resolve("data"), 0)) {
            fill(server.wire(), 3);
            ok("backup", "--data", at("data"), at("backup"));
        }
        Random random = new Random(5);
        List<Path> files;
        try (Stream<Path> all = Files.walk(folder.resolve("backup"))) {
            files = all.filter(Files::isRegularFile).filter(file -> file.toFile().length() > 0).sorted().toList();
        }
        for (Path file : files) {
            byte[] sound = Files.readAllBytes(file);
            byte[] damaged = sound.clone();
            damaged[random.nextInt(damaged.length)] ^= 0x10;
            Files.delete(file); // which may be shared with the data
            Files.write(file, damaged);
            Said said = run("restore", "--data", at("restored"), at("backup"));
            assertThat(said.code()).as("%s: %s", file, said.text()).isEqualTo(1);
            assertThat(said.text()).startsWith("manicule: ").doesNotContain("Exception");
            assertThat(folder.resolve("restored/FORMAT")).doesNotExist();
            if (Files.exists(folder.resolve("restored"))) {
                Folders.delete(folder.resolve("restored"));
            }
            Files.write(file, sound);
        }
        ok("restore", "--data", at("restored"), at("backup"));
    }

    @Test
    void importedExportReexportsTheSameBytes() throws Exception {
        try (ServerProcess server = ServerProcess.start(folder.resolve("data"), 0)) {
            fill(server.wire(), 8);
            ok("export", "--data", at("data"), at("one.jsonl"));
        }
        byte[] one = Files.readAllBytes(folder.resolve("one.jsonl"));
        ok("import", "--data", at("other"), at("one.jsonl"));
        ok("export", "--data", at("other"), at("two.jsonl"));
        assertThat(Files.readAllBytes(folder.resolve("two.jsonl"))).isEqualTo(one);
        assertThat(ok("check", "--data", at("other")).text()).contains("all is well");
        assertThat(ok("import", "--data", at("other"), at("one.jsonl")).text()).contains("imported 0 lines");
        try (ServerProcess other = ServerProcess.start(folder.resolve("other"), 0);
                ServerProcess server = ServerProcess.start(folder.resolve("data"), 0)) {
            for (String path : List.of(
                    "/v3/history-with-actions/sub-key/demo/channel/room%20%E2%98%9E%200?include_meta=true",
                    "/v1/message-actions/demo/channel/room%20%E2%98%9E%201",
                    "/v1/channel-registration/sub-key/demo/channel-group/friends")) {
                assertThat(other.wire().get(path).body()).isEqualTo(server.wire().get(path).body());
            }
            List<String> ends = List.of("\"o\":{\"t\":\"17\",\"r\":3}", "\"s\":3", "\"cmt\":\"some-type\"");
            assertThat(other.wire().get("/v2/subscribe/demo/room%20%E2%98%9E%200/0?tt=1").body()).contains(ends);
        }
    }

    @Test
    void interruptedExportResumes() throws Exception {
        try (ServerProcess server = ServerProcess.start(folder.resolve("data"), 0)) {
            fill(server.wire(), 4);
            ok("export", "--data", at("data"), at("whole.jsonl"));
            byte[] whole = Files.readAllBytes(folder.resolve("whole.jsonl"));
            server.wire().publish("later", "1"); // is not of the export that was begun before
            Random random = new Random(3);
            for (int i = 0; i < 8; i++) {
                int length = i == 0 ? 20 : random.nextInt(whole.length);
                Files.write(folder.resolve("cut.jsonl.partial"), Arrays.copyOf(whole, length));
                ok("export", "--data", at("data"), at("cut.jsonl"));
                if (i > 0) { // of the first not even the heading was whole
                    assertThat(Files.readAllBytes(folder.resolve("cut.jsonl"))).as("cut at %s", length)
                            .isEqualTo(whole);
                }
            }
        }
    }

    @Test
    void killedImportResumes() throws Exception {
        try (ServerProcess server = ServerProcess.start(folder.resolve("data"), 0)) {
            fill(server.wire(), 40);
            ok("export", "--data", at("data"), at("one.jsonl"));
        }
        Random random = new Random(4);
        for (int i = 0; i < 6; i++) {
            Process process = ServerProcess.command("import", "--data", at("other"), at("one.jsonl"));
            TimeUnit.MILLISECONDS.sleep(250 + random.nextInt(700));
            process.destroyForcibly().waitFor();
        }
        ok("import", "--data", at("other"), at("one.jsonl"));
        ok("export", "--data", at("other"), at("two.jsonl"));
        assertThat(folder.resolve("two.jsonl")).hasSameBinaryContentAs(folder.resolve("one.jsonl"));
        assertThat(ok("check", "--data", at("other")).text()).contains("all is well");
    }

    @Test
    void importObeysTheConfiguredLimits() throws Exception {
        Path config = Files.writeString(folder.resolve("manicule.yaml"),
                "data: " + at("configured") + "\nlimits:\n  actionTypeBytes: 3\n");
        Path export = Files.writeString(folder.resolve("all.jsonl"),
                """
                        {"manicule":"export","form":1,"lastTimetoken":"100","order":"newestActionsFirst"}
                        {"kind":"message","keyset":"demo","channel":"c","timetoken":"50","payload":1}
                        {"kind":"action","keyset":"demo","channel":"c","messageTimetoken":"50","type":"like","value":"v","uuid":"u","actionTimetoken":"60"}
                        {"kind":"end","lines":3}
                        """);
        Said said = run("import", "--config", config.toString(), export.toString());
        assertThat(said.code()).isEqualTo(1);
        assertThat(said.text()).isEqualTo("manicule: " + export + ": line 3: its \"type\" has 4 bytes, more than 3, the"
                + " \"actionTypeBytes\" of the configuration: raise that and import again, or import without --config\n");
        assertThat(ok("check", "--data", at("configured")).text()).contains("1 messages, 0 actions");
        assertThat(ok("import", "--data", at("configured"), export.toString()).text()).contains("imported 1 lines");
    }

    /** What is there of it could pass for all of it. */
    @Test
    void serverRefusesAHalfImportedFolder() throws Exception {
        int messages = 40_000; // more than a pipe and an import hold before anything is stored
        StringBuilder lines = new StringBuilder(
                "{\"manicule\":\"export\",\"form\":1,\"lastTimetoken\":\"100000\",\"order\":\"newestActionsFirst\"}\n");
        for (int i = 1; i <= messages; i++) {
            lines.append("{\"kind\":\"message\",\"keyset\":\"demo\",\"channel\":\"c\",\"timetoken\":\"")
                    .append(i)
                    .append("\",\"payload\":1}\n");
        }
        String end = "{\"kind\":\"end\",\"lines\":" + (messages + 1) + "}\n";
        ProcessBuilder builder = new ProcessBuilder(Launch.PLAIN.line("import", "--data", at("other"), "-"))
                .redirectErrorStream(true);
        Process killed = builder.start();
        killed.getOutputStream().write(lines.toString().getBytes(StandardCharsets.UTF_8));
        killed.getOutputStream().flush();
        killed.destroyForcibly().waitFor();

        for (String[] command : List.of(new String[]{"serve", "--port", "0"}, new String[]{"check"})) {
            List<String> arguments = new ArrayList<>(List.of(command));
            arguments.addAll(List.of("--data", at("other")));
            Said said = run(arguments.toArray(String[]::new));
            assertThat(said.code()).isEqualTo(1);
            assertThat(said.text()).contains("An import of the standard input into", "was cut short",
                    "Run the same \"manicule import\" again");
        }
        Path whole = Files.writeString(folder.resolve("whole.jsonl"), lines + end);
        Process again = builder.redirectInput(whole.toFile()).start();
        String text = new String(again.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(again.waitFor()).as(text).isZero();
        assertThat(ok("check", "--data", at("other")).text()).contains("all is well").contains("40,000 messages");
    }

    @Test
    void invalidImportLineIsNamed() throws Exception {
        String heading = "{\"manicule\":\"export\",\"form\":1,\"lastTimetoken\":\"100\",\"order\":\"newestActionsFirst\"}\n";
        String message = "{\"kind\":\"message\",\"keyset\":\"demo\",\"channel\":\"c\",\"timetoken\":\"50\",\"payload\":1}\n";
        Path file = Files.writeString(folder.resolve("wrong.jsonl"), heading + message + "oops\n");
        Said said = run("import", "--data", at("wrong"), file.toString());
        assertThat(said.code()).isEqualTo(1);
        assertThat(said.text()).isEqualTo("manicule: " + file + ": line 3: not a JSON object\n");
        assertThat(ok("check", "--data", at("wrong")).text()).contains("all is well").contains("1 messages");
    }

    @Test
    void truncatedExportIsReported() throws Exception {
        try (ServerProcess server = ServerProcess.start(folder.resolve("data"), 0)) {
            fill(server.wire(), 1);
        }
        ok("export", "--data", at("data"), at("all.jsonl"));
        List<String> lines = Files.readAllLines(folder.resolve("all.jsonl"));
        assertThat(lines.getLast()).isEqualTo("{\"kind\":\"end\",\"lines\":" + (lines.size() - 1) + "}");
        Path cut = Files.write(folder.resolve("cut.jsonl"), lines.subList(0, lines.size() - 3));
        Said said = run("import", "--data", at("cut"), cut.toString());
        assertThat(said.code()).isEqualTo(1);
        assertThat(said.text()).contains("line " + (lines.size() - 2) + ": the last line of an export", "is missing");
        Path other = Files.writeString(folder.resolve("else.jsonl"), "{\"some\":\"thing\"}\n");
        Path empty = Files.writeString(folder.resolve("empty.jsonl"), "");
        for (Path file : List.of(other, empty, folder.resolve("missing.jsonl"))) {
            assertThat(run("import", "--data", at("none"), file.toString()).code()).isEqualTo(1);
            assertThat(folder.resolve("none")).doesNotExist();
        }
    }

    /** Such a link fails to be written as a full disk does. */
    @Test
    void unwritableExportNamesItsFile() throws Exception {
        assumeTrue(Files.exists(Path.of("/dev/full")), "there is no /dev/full");
        try (ServerProcess server = ServerProcess.start(folder.resolve("data"), 0)) {
            fill(server.wire(), 1);
        }
        Files.createSymbolicLink(folder.resolve("full.jsonl.partial"), Path.of("/dev/full"));
        for (String file : List.of(at("full.jsonl"), at("missing/all.jsonl"))) {
            Said said = run("export", "--data", at("data"), file);
            assertThat(said.code()).isEqualTo(1);
            assertThat(said.text()).contains("manicule: Can't write " + file + ".partial: ");
        }
    }
}
