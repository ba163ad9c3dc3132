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
    default void prepare(FaultHarness rig) throws Exception {
        // mostly there is nothing to prepare
    }

    /** It goes wrong now, under load. When this returns, the server runs. */
    void strike(FaultHarness rig) throws Exception;

    /** Once, when all is over, whatever came of it. */
    default void tidy(FaultHarness rig) throws Exception {
        // mostly there is nothing to tidy
    }

    /** Of a disk that a test can have fail. */
    interface OfDisk extends Fault {
        @Override
        default void prepare(FaultHarness rig) throws Exception {
            rig.launch(rig.disk().launch());
        }
    }

    /** {@code kill -9}. */
    record Kill() implements Fault {
        @Override
        public void strike(FaultHarness rig) throws Exception {
            rig.server().kill();
            rig.start();
        }
    }

    /** {@code kill -9}, and again while it recovers from that, several times. */
    record KillInRecovery() implements Fault {
        @Override
        public void strike(FaultHarness rig) throws Exception {
            rig.server().kill();
            for (int i = 0; i < 3; i++) {
                Process starting = rig.begin();
                rig.pause(100 + rig.random.nextInt(900));
                starting.destroyForcibly().waitFor();
            }
            rig.start();
        }
    }

    /** Killed as soon as an append is durable: nothing of it is in the tables, no client has its answer, no subscriber its event. */
    record KillAfterSync() implements OfDisk {
        @Override
        public void strike(FaultHarness rig) throws Exception {
            rig.disk().killAfterSync("/log/");
            rig.publishUntilItEnds("\"the last one\"");
            rig.disk().mend();
            rig.start();
        }
    }

    /** Killed while the tables are written out, at the next write to a file with this in its name. */
    record KillInFlush(String file) implements OfDisk {
        @Override
        public void strike(FaultHarness rig) throws Exception {
            rig.disk().killAtWrite(file);
            rig.publishUntilItEnds("\"" + "x".repeat(30_000) + "\"");
            rig.disk().mend();
            rig.start();
        }
    }

    /** The power fails: what was not synced is gone, or partly there. */
    record PowerCut(Unsynced unsynced) implements OfDisk {
        @Override
        public void strike(FaultHarness rig) throws Exception {
            rig.server().kill();
            rig.data(rig.disk().cut(rig.folder.resolve("data" + System.nanoTime()), unsynced, rig.random));
            rig.launch(rig.disk().launch());
            rig.start();
        }
    }

    /** SIGTERM: polls that wait are answered with their cursor, and it ends well. */
    record Stop() implements Fault {
        private static final int POLLS = 50;

        @Override
        public void strike(FaultHarness rig) throws Exception {
            long cursor = rig.wire().get("/time/0").json().get(0).asLong();
            List<Wire.Connection> waiting = new ArrayList<>();
            for (int i = 0; i < POLLS; i++) {
                Wire.Connection connection = rig.wire().connect();
                connection.get("/v2/subscribe/demo/quiet" + i + "/0?uuid=quiet&tt=" + cursor);
                waiting.add(connection);
            }
            await().until(() -> rig.wire()
                    .get("/v2/presence/sub-key/demo/uuid/quiet")
                    .json()
                    .at("/payload/channels")
                    .size() == POLLS);
            int code = rig.server().terminate();
            if (code != 0) {
                throw new AssertionError("it ended with " + code + ": " + rig.server().lines());
            }
            for (Wire.Connection connection : waiting) {
                try (connection) {
                    JsonNode answer = connection.read().json();
                    if (answer.at("/t/t").asLong() < cursor || !answer.get("m").isEmpty()) {
                        throw new AssertionError("a poll was answered " + answer);
                    }
                }
            }
            rig.start();
        }
    }

    /** The disk is full, and has room again after a while: writes are refused in words, and taken again then. */
    record DiskFull() implements Fault {
        @Override
        public void prepare(FaultHarness rig) throws Exception {
            Needs.root();
            Needs.program("mount");
            Path small = Files.createDirectory(rig.folder.resolve("small"));
            Needs.run("mount", "-t", "tmpfs", "-o", "size=256m", "tmpfs", small.toString());
            rig.data(small.resolve("data"));
        }

        @Override
        public void strike(FaultHarness rig) throws Exception {
            Path filler = rig.folder.resolve("small/filler");
            try (OutputStream out = Files.newOutputStream(filler)) {
                byte[] block = new byte[64 << 10];
                while (true) {
                    out.write(block);
                }
            } catch (IOException e) {
                // it is full
            }
            String large = "\"" + "x".repeat(30_000) + "\""; // the log has some room set aside
            while (rig.wire().post("/publish/demo/demo/0/large/0?uuid=large", large).status() == 200) {
                rig.pause(0);
            }
            rig.awaitPublish(503);
            rig.pause(300);
            Files.delete(filler);
            rig.awaitPublish(200);
            rig.server().kill();
            rig.start();
        }

        @Override
        public void tidy(FaultHarness rig) throws Exception {
            rig.stop();
            if (Files.exists(rig.folder.resolve("small/data"))) {
                Needs.run("umount", rig.folder.resolve("small").toString());
            }
        }
    }

    /** The disk can't be written any more, or what is written can't be made durable, for a while. */
    record DiskFails(int errno, boolean onlySyncs) implements OfDisk {
        @Override
        public void strike(FaultHarness rig) throws Exception {
            rig.disk().fail(errno, onlySyncs);
            rig.awaitPublish(503);
            Wire.Answer unready = rig.wire().get("/health/ready");
            assertThat(unready.status()).isEqualTo(503);
            assertThat(unready.body())
                    .isEqualTo("{\"status\":\"not ready\",\"reason\":\"The disk can't be written.\"}");
            assertThat(rig.wire().get("/health/live").status()).isEqualTo(200);
            rig.pause(300);
            rig.disk().mend();
            rig.awaitPublish(200);
            assertThat(rig.wire().get("/health/ready").status()).isEqualTo(200);
        }

        @Override
        public void tidy(FaultHarness rig) throws Exception {
            rig.disk().mend();
        }
    }

    /** Few files may be open: connections beyond that are refused, and the tables go on. */
    record FewFiles() implements Fault {
        private static final int ALLOWED = 300;

        @Override
        public void prepare(FaultHarness rig) {
            Needs.program("prlimit");
            rig.launch(new Launch(List.of("prlimit", "--nofile=" + ALLOWED + ":" + ALLOWED), List.of(), Map.of()));
        }

        @Override
        public void strike(FaultHarness rig) throws Exception {
            List<Wire.Connection> idle = new ArrayList<>();
            int refused = 0;
            for (int i = 0; i < 2 * ALLOWED; i++) {
                Wire.Connection connection = rig.wire().connect();
                try {
                    connection.get("/time/0");
                    refused += connection.read().status() == 503 ? 1 : 0;
                } catch (IOException e) {
                    refused++;
                }
                idle.add(connection);
            }
            rig.pause(300);
            for (Wire.Connection connection : idle) {
                connection.close();
            }
            if (refused == 0 || !rig.server().isAlive()) {
                throw new AssertionError("refused " + refused + "; server: " + rig.server().lines());
            }
            rig.awaitPublish(200);
            rig.server().kill();
            rig.start();
        }
    }

    /** Little memory, and much asked of it. When it is not enough, the process ends, and somebody starts it again. */
    record LittleMemory(int mebibytes) implements Fault {
        private static final int CLIENTS = 80;

        @Override
        public void prepare(FaultHarness rig) {
            rig.launch(
                    new Launch(List.of(), List.of("-Xmx" + mebibytes + "m", "-XX:+ExitOnOutOfMemoryError"), Map.of()));
            rig.supervise();
        }

        @Override
        public void strike(FaultHarness rig) throws Exception {
            String large = "\"" + "x".repeat(30_000) + "\"";
            List<Thread> clients = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                int number = i;
                clients.add(Thread.startVirtualThread(() -> {
                    try {
                        for (int n = 0; n < 6; n++) {
                            rig.wire().post("/publish/demo/demo/0/large" + number % 10 + "/0?uuid=large", large);
                            rig.wire().get("/v3/history/sub-key/demo/channel/large" + number % 10);
                        }
                    } catch (UncheckedIOException e) {
                        // the server is gone
                    }
                }));
            }
            for (Thread client : clients) {
                client.join();
            }
            rig.awaitPublish(200);
        }
    }

    /** Subscribers who read nothing of what they are told: nobody else waits for them, and they are let go of. */
    record SlowReaders() implements Fault {
        private static final int READERS = 100;

        @Override
        public void strike(FaultHarness rig) throws Exception {
            List<Wire.Connection> readers = new ArrayList<>();
            for (int i = 0; i < READERS; i++) {
                Wire.Connection connection = rig.wire().connect();
                connection.get("/v2/stream/demo/slow");
                readers.add(connection);
            }
            String large = "\"" + "x".repeat(30_000) + "\"";
            long longest = 0;
            for (int i = 0; i < 200; i++) {
                long begin = System.nanoTime();
                rig.wire().publish("slow", large);
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
