package dev.manicule.acceptance.faults;

import com.fasterxml.jackson.databind.JsonNode;
import dev.manicule.acceptance.Wire;
import dev.manicule.acceptance.faults.FaultyDisk.Unsynced;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Something that goes wrong. */
interface Fault {
    /** Once, before the first round: the server has not been started. */
    default void prepare(Rig rig) throws Exception {
        // mostly there is nothing to prepare
    }

    /** It goes wrong now, under load. When this returns, the server runs. */
    void strike(Rig rig) throws Exception;

    /** Once, when all is over, whatever came of it. */
    default void tidy(Rig rig) throws Exception {
        // mostly there is nothing to tidy
    }

    /** {@code kill -9}. */
    record Kill() implements Fault {
        @Override
        public void strike(Rig rig) throws Exception {
            rig.server().kill();
            rig.start();
        }
    }

    /** {@code kill -9}, and again while it recovers from that, several times. */
    record KillInRecovery() implements Fault {
        @Override
        public void strike(Rig rig) throws Exception {
            rig.server().kill();
            for (int i = 0; i < 3; i++) {
                Process starting = rig.begin();
                rig.pause(100 + rig.random.nextInt(900));
                starting.destroyForcibly().waitFor();
            }
            rig.start();
        }
    }

    /** The power fails: what was not synced is gone, or partly there. */
    record PowerCut(Unsynced unsynced) implements Fault {
        @Override
        public void prepare(Rig rig) throws Exception {
            rig.launch(rig.disk().launch());
        }

        @Override
        public void strike(Rig rig) throws Exception {
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
        public void strike(Rig rig) throws Exception {
            long cursor = rig.wire().get("/time/0").json().get(0).asLong();
            List<Wire.Connection> waiting = new ArrayList<>();
            for (int i = 0; i < POLLS; i++) {
                Wire.Connection connection = rig.wire().connect();
                connection.get("/v2/subscribe/demo/quiet" + i + "/0?tt=" + cursor);
                waiting.add(connection);
            }
            rig.pause(100);
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
        public void prepare(Rig rig) throws Exception {
            Path small = Files.createDirectory(rig.folder.resolve("small"));
            run("mount", "-t", "tmpfs", "-o", "size=1g", "tmpfs", small.toString());
            rig.data(small.resolve("data"));
        }

        @Override
        public void strike(Rig rig) throws Exception {
            Path filler = rig.folder.resolve("small/filler");
            try (OutputStream out = Files.newOutputStream(filler)) {
                byte[] block = new byte[64 << 10];
                while (true) {
                    out.write(block);
                }
            } catch (IOException e) {
                // it is full
            }
            rig.awaitPublish(503);
            rig.pause(300);
            Files.delete(filler);
            rig.awaitPublish(200);
            rig.server().kill();
            rig.start();
        }

        @Override
        public void tidy(Rig rig) throws Exception {
            rig.stop();
            run("umount", rig.folder.resolve("small").toString());
        }
    }

    /** The disk can't be written any more, for a while. */
    record DiskFails(int errno) implements Fault {
        @Override
        public void prepare(Rig rig) throws Exception {
            rig.launch(rig.disk().launch());
        }

        @Override
        public void strike(Rig rig) throws Exception {
            rig.disk().fail(errno);
            rig.awaitPublish(503);
            rig.pause(300);
            rig.disk().mend();
            rig.awaitPublish(200);
        }

        @Override
        public void tidy(Rig rig) throws Exception {
            rig.disk().mend();
        }
    }

    private static void run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException(String.join(" ", command) + ": " + said);
        }
    }
}
