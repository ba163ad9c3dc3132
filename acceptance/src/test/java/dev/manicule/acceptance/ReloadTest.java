package dev.manicule.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.manicule.acceptance.ServerProcess.Launch;
import dev.manicule.acceptance.Wire.Answer;
import dev.manicule.acceptance.Wire.Connection;
import java.io.BufferedReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A configuration that changes while the server runs: SIGHUP to a process. */
@Timeout(120)
class ReloadTest {
    private static final String KEYS = "keysets:\n  - {subscribeKey: s, publishKey: p}\n";

    @TempDir
    private Path folder;

    @Test
    void sighupReloadsAndDropsNoPoll() throws Exception {
        Path config = Files.writeString(folder.resolve("m.yaml"), "port: 0\ndata: data\n" + KEYS);
        try (ServerProcess server = ServerProcess.serve("--config", config.toString())) {
            Wire wire = server.wire();
            long now = wire.get("/time/0").json().get(0).asLong();
            try (Connection poll = wire.connect(); Connection stream = wire.connect()) {
                poll.get("/v2/subscribe/s/c/0?tt=" + now);
                stream.get("/v2/stream/s/c");
                stream.read(false);
                Files.writeString(config, "port: 1\ndata: data\n" + KEYS
                        + "  - {subscribeKey: new, publishKey: p, secretKey: r3load-k3y-0f-th1s-t3st, accessManager: true}\n"
                        + "limits: {bodyBytes: 2000}\n");
                server.hangUp();
                await().until(
                        () -> server.lines().contains("  configuration read again; after a new start only: port."));
                assertThat(wire.get("/publish/p/new/0/c/0/1").status()).isEqualTo(403);
                assertThat(wire.post("/publish/p/s/0/c/0", "\"" + "x".repeat(3_000) + "\"").status()).isEqualTo(413);
                assertThat(wire.get("/publish/p/s/0/c/0/1").status()).isEqualTo(200);
                assertThat(poll.read().json().get("m")).as("it went on waiting").hasSize(1);
            }
            Files.writeString(config, "port: 1\ndata: data\n" + KEYS + "limit: {}\n");
            server.hangUp();
            await().until(() -> server.lines()
                    .stream()
                    .anyMatch(line -> line.startsWith(
                            "  configuration not read again, nothing was changed: ")
                            && line.contains("m.yaml:5: `limit` is no")));
            assertThat(wire.get("/publish/p/new/0/c/0/1").status()).isEqualTo(403);
        }
    }

    /** The configuration is a pipe, which the server waits for: the signal comes while it starts. */
    @Test
    void sighupDuringTheStartIsServedAfterIt() throws Exception {
        Path config = folder.resolve("m.yaml");
        assertThat(new ProcessBuilder("mkfifo", config.toString()).start().waitFor()).isZero();
        String settings = "port: 0\ndata: " + folder.resolve("data") + "\n" + KEYS;
        Process process = Launch.PLAIN.command("serve", "--config", config.toString());
        try (BufferedReader said = process.inputReader(StandardCharsets.UTF_8)) {
            try (OutputStream pipe = Files.newOutputStream(config)) { // once it reads
                assertThat(new ProcessBuilder("kill", "-HUP", "" + process.pid()).start().waitFor()).isZero();
                pipe.write(settings.getBytes(StandardCharsets.UTF_8));
            }
            List<String> lines = new ArrayList<>();
            for (String line = said.readLine(); line != null && !line.startsWith("  try:"); line = said.readLine()) {
                lines.add(line);
            }
            assertThat(lines).as("it listens").anyMatch(line -> line.contains("listens on"));
            try (OutputStream pipe = Files.newOutputStream(config)) {
                pipe.write(settings.getBytes(StandardCharsets.UTF_8));
            }
            assertThat(said.readLine()).isEqualTo("  configuration read again.");
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    /** As under nohup, which leaves it to the process that the signal is ignored. */
    @Test
    void sighupWorksWhereItWasIgnored() throws Exception {
        Path config = Files.writeString(folder.resolve("m.yaml"), "port: 0\ndata: data\n" + KEYS);
        Launch ignoring = new Launch(List.of("sh", "-c", "trap '' HUP; exec \"$0\" \"$@\""), List.of(), Map.of());
        try (ServerProcess server = ignoring.serve("--config", config.toString())) {
            server.hangUp();
            await().until(() -> server.lines().contains("  configuration read again."));
            assertThat(server.isAlive()).isTrue();
        }
        Launch deaf = new Launch(List.of(), List.of("-Xrs"), Map.of());
        try (ServerProcess server = deaf.serve("--config", config.toString())) {
            await().until(() -> server.lines().stream().anyMatch(line -> line.contains("SIGHUP can't be heard here")));
        }
    }

    /** What somebody waits for is decided by what holds when it comes. */
    @Test
    void waitingPollGetsNothingOnceTheKeysetIsGuarded() throws Exception {
        Path config = Files.writeString(folder.resolve("m.yaml"),
                "port: 0\ndata: data\nmetricsFrom: [127.0.0.1]\n" + KEYS);
        try (ServerProcess server = ServerProcess.serve("--config", config.toString())) {
            Wire wire = server.wire();
            long now = wire.get("/time/0").json().get(0).asLong();
            String path = "/v2/subscribe/s/c/0?tt=" + now;
            try (Connection poll = wire.connect()) {
                poll.get(path);
                await().until(() -> wire.get("/metrics").body().contains("manicule_polls_parked 1.0\n"));
                Files.writeString(config, "port: 0\ndata: data\nkeysets:\n"
                        + "  - {subscribeKey: s, publishKey: p, secretKey: r3load-k3y-0f-th1s-t3st, accessManager: true}\n");
                server.hangUp();
                await().until(() -> server.lines().contains("  configuration read again."));
                Signing owner = new Signing("p", "r3load-k3y-0f-th1s-t3st");
                assertThat(wire.get(owner.sign("GET", "/publish/p/s/0/c/0/1", "")).status()).isEqualTo(200);
                Answer answer = poll.read();
                assertThat(answer.status()).isEqualTo(200);
                assertThat(answer.json().get("m")).isEmpty();
                assertThat(answer.json().at("/t/t").asLong()).isEqualTo(now);
            }
            assertThat(wire.get(path).status()).isEqualTo(403);
        }
    }

    @Test
    void openReachableServerWarns() throws Exception {
        Path data = folder.resolve("data");
        try (ServerProcess open = ServerProcess.serve("--host", "0.0.0.0", "--port", "0", "--data", data.toString())) {
            await().until(() -> open.lines()
                    .stream()
                    .anyMatch(line -> line.contains(
                            "EVERY CLIENT THAT REACHES 0.0.0.0 CAN READ, WRITE AND DELETE EVERYTHING")));
        }
        try (ServerProcess local = ServerProcess.serve("--port", "0", "--data", data.toString())) {
            local.wire().get("/time/0");
            assertThat(local.lines()).noneMatch(line -> line.contains("EVERY CLIENT"));
        }
        Path config = Files.writeString(folder.resolve("m.yaml"), "host: 0.0.0.0\nport: 0\ndata: data\n" + KEYS);
        try (ServerProcess keyed = ServerProcess.serve("--config", config.toString())) {
            keyed.wire().get("/time/0");
            assertThat(keyed.lines()).noneMatch(line -> line.contains("EVERY CLIENT"));
        }
    }
}
