package dev.manicule.acceptance.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.manicule.acceptance.ServerProcess.Launch;
import dev.manicule.acceptance.Wire;
import dev.manicule.acceptance.faults.FaultyDisk.Unsynced;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Something that goes wrong. */
interface Fault {
    /** Once, before the first round: the server has not been started. */
    default void prepare(FaultHarness harness) throws Exception {
        // mostly there is nothing to prepare
    }

    /** It goes wrong now, under load. When this returns, the server runs. */
    void strike(FaultHarness harness) throws Exception;

    /** Once, when all is over, whatever came of it. */
    default void tidy(FaultHarness harness) throws Exception {
        // mostly there is nothing to tidy
    }

    /** Of a disk that a test can have fail. */
    interface OfDisk extends Fault {
        @Override
        default void prepare(FaultHarness harness) throws Exception {
            harness.launch(harness.disk().launch());
        }
    }

    /** {@code kill -9}. */
    record Kill() implements Fault {
        @Override
        public void strike(FaultHarness harness) throws Exception {
            harness.server().kill();
            harness.start();
        }
    }

    /** {@code kill -9}, and again while it recovers from that, several times. */
    record KillInRecovery() implements Fault {
        @Override
        public void strike(FaultHarness harness) throws Exception {
            harness.server().kill();
            for (int i = 0; i < 3; i++) {
                Process starting = harness.begin();
                harness.pause(100 + harness.random.nextInt(900));
                starting.destroyForcibly().waitFor();
            }
            harness.start();
        }
    }

    /** Killed as soon as an append is durable: nothing of it is in the tables, no client has its answer, no subscriber its event. */
    record KillAfterSync() implements OfDisk {
        @Override
        public void strike(FaultHarness harness) throws Exception {
            harness.disk().killAfterSync("/log/");
            harness.publishUntilItEnds("\"the last one\"");
            harness.disk().mend();
            harness.start();
        }
    }

    /** Killed while the tables are written out, at the next write to a file with this in its name. */
    record KillInFlush(String file) implements OfDisk {
        @Override
        public void strike(FaultHarness harness) throws Exception {
            harness.disk().killAtWrite(file);
            harness.publishUntilItEnds("\"" + "x".repeat(30_000) + "\"");
            harness.disk().mend();
            harness.start();
        }
    }

    /** The power fails: what was not synced is gone, or partly there. */
    record PowerCut(Unsynced unsynced) implements OfDisk {
        @Override
        public void strike(FaultHarness harness) throws Exception {
            harness.server().kill();
            harness.data(
                    harness.disk().cut(harness.folder.resolve("data" + System.nanoTime()), unsynced, harness.random));
            harness.launch(harness.disk().launch());
            harness.start();
        }
    }

    /** SIGTERM: polls that wait are answered with their cursor, and it ends well. */
    record Stop() implements Fault {
        private static final int POLLS = 50;

        @Override
        public void strike(FaultHarness harness) throws Exception {
            long cursor = harness.wire().get("/time/0").json().get(0).asLong();
            List<Wire.Connection> waiting = new ArrayList<>();
            for (int i = 0; i < POLLS; i++) {
                Wire.Connection connection = harness.wire().connect();
                connection.get("/v2/subscribe/demo/quiet" + i + "/0?uuid=quiet&tt=" + cursor);
                waiting.add(connection);
            }
            await().until(() -> harness.wire()
                    .get("/v2/presence/sub-key/demo/uuid/quiet")
                    .json()
                    .at("/payload/channels")
                    .size() == POLLS);
            int code = harness.server().terminate();
            if (code != 0) {
                throw new AssertionError("it ended with " + code + ": " + harness.server().lines());
            }
            for (Wire.Connection connection : waiting) {
                try (connection) {
                    JsonNode answer = connection.read().json();
                    if (answer.at("/t/t").asLong() < cursor || !answer.get("m").isEmpty()) {
                        throw new AssertionError("a poll was answered " + answer);
                    }
                }
            }
            harness.start();
        }
    }

    /** The disk is full, and has room again after a while: writes are refused in words, and taken again then. */
    record DiskFull() implements Fault {
        @Override
        public void prepare(FaultHarness harness) throws Exception {
            Needs.root();
            Needs.program("mount");
            Path small = Files.createDirectory(harness.folder.resolve("small"));
            Needs.run("mount", "-t", "tmpfs", "-o", "size=256m", "tmpfs", small.toString());
            harness.data(small.resolve("data"));
        }

        @Override
        public void strike(FaultHarness harness) throws Exception {
            Path filler = harness.folder.resolve("small/filler");
            try (OutputStream out = Files.newOutputStream(filler)) {
                byte[] block = new byte[64 << 10];
                while (true) {
                    out.write(block);
                }
            } catch (IOException e) {
                // it is full
            }
            String large = "\"" + "x".repeat(30_000) + "\""; // the log has some room set aside
            while (harness.wire().post("/publish/demo/demo/0/large/0?uuid=large", large).status() == 200) {
                harness.pause(0);
            }
            harness.awaitPublish(503);
            harness.pause(300);
            Files.delete(filler);
            harness.awaitPublish(200);
            harness.server().kill();
            harness.start();
        }

        @Override
        public void tidy(FaultHarness harness) throws Exception {
            harness.stop();
            if (Files.exists(harness.folder.resolve("small/data"))) {
                Needs.run("umount", harness.folder.resolve("small").toString());
            }
        }
    }

    /** The disk can't be written any more, or what is written can't be made durable, for a while. */
    record DiskFails(int errno, boolean onlySyncs) implements OfDisk {
        @Override
        public void strike(FaultHarness harness) throws Exception {
            harness.disk().fail(errno, onlySyncs);
            harness.awaitPublish(503);
            Wire.Answer unready = harness.wire().get("/health/ready");
            assertThat(unready.status()).isEqualTo(503);
            assertThat(unready.body())
                    .isEqualTo("{\"status\":\"not ready\",\"reason\":\"The disk can't be written.\"}");
            assertThat(harness.wire().get("/health/live").status()).isEqualTo(200);
            harness.pause(300);
            harness.disk().mend();
            harness.awaitPublish(200);
            assertThat(harness.wire().get("/health/ready").status()).isEqualTo(200);
        }

        @Override
        public void tidy(FaultHarness harness) throws Exception {
            harness.disk().mend();
        }
    }

    /** Few files may be open: connections beyond that are refused, and the tables go on. */
    record FewFiles() implements Fault {
        private static final int ALLOWED = 300;

        @Override
        public void prepare(FaultHarness harness) {
            Needs.program("prlimit");
            harness.launch(new Launch(List.of("prlimit", "--nofile=" + ALLOWED + ":" + ALLOWED), List.of(), Map.of()));
        }

        @Override
        public void strike(FaultHarness harness) throws Exception {
            List<Wire.Connection> idle = new ArrayList<>();
            int refused = 0;
            for (int i = 0; i < 2 * ALLOWED; i++) {
                Wire.Connection connection = harness.wire().connect();
                try {
                    connection.get("/time/0");
                    refused += connection.read().status() == 503 ? 1 : 0;
                } catch (IOException e) {
                    refused++;
                }
                idle.add(connection);
            }
            harness.pause(300);
            for (Wire.Connection connection : idle) {
                connection.close();
            }
            if (refused == 0 || !harness.server().isAlive()) {
                throw new AssertionError("refused " + refused + "; server: " + harness.server().lines());
            }
            harness.awaitPublish(200);
            harness.server().kill();
            harness.start();
        }
    }

    /** Little memory, and much asked of it. When it is not enough, the process ends, and somebody starts it again. */
    record LittleMemory(int mebibytes) implements Fault {
        private static final int CLIENTS = 80;

        @Override
        public void prepare(FaultHarness harness) {
            harness.launch(
                    new Launch(List.of(), List.of("-Xmx" + mebibytes + "m", "-XX:+ExitOnOutOfMemoryError"), Map.of()));
            harness.supervise();
        }

        @Override
        public void strike(FaultHarness harness) throws Exception {
            String large = "\"" + "x".repeat(30_000) + "\"";
            List<Thread> clients = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                int number = i;
                clients.add(Thread.startVirtualThread(() -> {
                    try {
                        for (int n = 0; n < 6; n++) {
                            harness.wire().post("/publish/demo/demo/0/large" + number % 10 + "/0?uuid=large", large);
                            harness.wire().get("/v3/history/sub-key/demo/channel/large" + number % 10);
                        }
                    } catch (UncheckedIOException e) {
                        // the server is gone
                    }
                }));
            }
            for (Thread client : clients) {
                client.join();
            }
            harness.awaitPublish(200);
        }
    }

    /** Subscribers who read nothing of what they are told: nobody else waits for them, and they are let go of. */
    record SlowReaders() implements Fault {
        private static final int READERS = 100;

        @Override
        public void strike(FaultHarness harness) throws Exception {
            List<Wire.Connection> readers = new ArrayList<>();
            for (int i = 0; i < READERS; i++) {
                Wire.Connection connection = harness.wire().connect();
                connection.get("/v2/stream/demo/slow");
                readers.add(connection);
            }
            String large = "\"" + "x".repeat(30_000) + "\"";
            long longest = 0;
            for (int i = 0; i < 200; i++) {
                long begin = System.nanoTime();
                harness.wire().publish("slow", large);
                longest = Math.max(longest, System.nanoTime() - begin);
            }
            if (longest > 2_000_000_000L) {
                throw new AssertionError("a publish took " + longest / 1_000_000 + " ms");
            }
            for (Wire.Connection reader : readers) {
                reader.close();
            }
        }
    }
}
