package dev.manicule.acceptance.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.manicule.acceptance.Folders;
import dev.manicule.acceptance.history.Checker;
import dev.manicule.acceptance.history.FinalState;
import dev.manicule.acceptance.history.RecordedHistory;
import dev.manicule.acceptance.history.Store;
import dev.manicule.acceptance.history.Workload;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A disk that gives back other bytes than it was given: flipped ones, zeros, or fewer. The server refuses to start, in words
 * that help, or what it can't read it says so of; what it serves is right.
 */
@Timeout(value = 60, unit = TimeUnit.MINUTES)
class DamageTest {
    private static final int ROUNDS = Integer.getInteger("faults.rounds", 1) * 6;
    private static final long SEED = Long.getLong("faults.seed", 20_261_121);

    private enum Damage {
        FLIP, ZEROS, CUT
    }

    @Test
    void damageIsNeverServed() throws Exception {
        int refused = 0;
        int errors = 0;
        try (FaultHarness harness = new FaultHarness(SEED)) {
            RecordedHistory history = somethingStored(harness);
            Path sound = harness.data();
            for (int round = 0; round < ROUNDS; round++) {
                Path copy = harness.folder.resolve("damaged" + round);
                copy(sound, copy);
                String what = damage(copy, harness.random, Damage.values()[round % 3]);
                harness.data(copy);
                Process starting = harness.begin();
                List<String> said = new ArrayList<>();
                boolean starts = starts(starting, said);
                if (starts) {
                    errors += compare(harness, history, what);
                } else {
                    refused++;
                    assertThat(starting.waitFor(20, TimeUnit.SECONDS)).isTrue();
                    assertThat(starting.exitValue()).as(what).isEqualTo(1);
                    assertThat(String.join("\n", said)).as(what)
                            .startsWith("manicule: ")
                            .containsAnyOf("estore a backup", "choose another folder");
                }
                starting.destroyForcibly().waitFor();
                Folders.delete(copy);
            }
        }
        System.out.printf("| Damage | %d | refused to start %d | errors %d | 0 |%n", ROUNDS, refused, errors);
        assertThat(refused + errors).isPositive();
    }

    /** A server with tables and a log, stopped by kill. */
    private static RecordedHistory somethingStored(FaultHarness harness) throws Exception {
        harness.start();
        Workload first = new Workload(harness::store, "first", 1, 8, 2);
        harness.pause(700);
        List<String> violations = new ArrayList<>(Checker.violations(first.end()));
        harness.server().kill();
        harness.start(); // which writes its log out into tables
        Workload second = new Workload(harness::store, "second", 2, 8, 2);
        harness.pause(700);
        RecordedHistory history = second.end();
        violations.addAll(Checker.violations(history));
        assertThat(violations).isEmpty();
        harness.pause(1500); // how far it has come is noted each second
        harness.server().kill();
        return history;
    }

    private static boolean starts(Process process, List<String> said) throws IOException {
        var reader = process.inputReader(StandardCharsets.UTF_8);
        for (String line = reader.readLine(); line != null; line = reader.readLine()) {
            said.add(line);
            if (line.contains("listens on")) {
                Thread.ofVirtual().start(() -> reader.lines().forEach(each -> {}));
                return true;
            }
        }
        return false;
    }

    /** Reads everything; gives how many channels could not be read. */
    private static int compare(FaultHarness harness, RecordedHistory history, String what) {
        int errors = 0;
        for (Map.Entry<String, FinalState> channel : history.finalStates().entrySet()) {
            try (Store store = harness.store()) {
                FinalState now = store.finalState(channel.getKey());
                assertThat(now.messages()).as(what).isEqualTo(channel.getValue().messages());
                assertThat(now.actions()).as(what).isEqualTo(channel.getValue().actions());
                assertThat(now.feed()).as(what).isEqualTo(channel.getValue().feed());
            } catch (SocketTimeoutException e) {
                throw new AssertionError(what, e);
            } catch (UnreadableException | IOException e) {
                errors++;
            }
        }
        return errors;
    }

    private static String damage(Path folder, Random random, Damage damage) throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.walk(folder)) {
            files = all.filter(Files::isRegularFile)
                    .filter(file -> file.toString().matches(".*(sst|log|MANIFEST-[0-9]+|CURRENT|FORMAT)"))
                    .filter(file -> file.toFile().length() > 0)
                    .sorted()
                    .toList();
        }
        Path file = files.get(random.nextInt(files.size()));
        byte[] bytes = Files.readAllBytes(file);
        int at = random.nextInt(bytes.length);
        switch (damage) {
            case FLIP -> bytes[at] ^= (byte) (1 << random.nextInt(8));
            case ZEROS -> Arrays.fill(bytes, at, Math.min(at + 512, bytes.length), (byte) 0);
            case CUT -> bytes = Arrays.copyOf(bytes, at);
        }
        Files.write(file, bytes);
        return damage + " of " + file.getFileName() + " at " + at + " of " + bytes.length;
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.filter(each -> Files.isDirectory(each) || Files.isRegularFile(each)).toList()) {
                Files.copy(file, to.resolve(from.relativize(file).toString()));
            }
        }
    }
}
