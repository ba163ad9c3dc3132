package dev.manicule.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code ./manicule} in a checkout whose Java, Maven and cores are scripts. */
@Timeout(60)
class LauncherTest {
    @TempDir
    private Path folder;

    private Path checkout = Path.of("");

    @BeforeEach
    void make() throws IOException {
        checkout = folder.resolve("checkout");
        Path launch = checkout.resolve("cli/src/main/launch");
        Files.createDirectories(launch);
        for (String file : List.of("manicule", "cli/src/main/launch/launch.sh", "cli/src/main/launch/jvm.options")) {
            Files.copy(Folders.checkout().resolve(file), checkout.resolve(file));
        }
        Files.setPosixFilePermissions(checkout.resolve("manicule"), PosixFilePermissions.fromString("rwx------"));
        Files.createDirectories(folder.resolve("jdk"));
        Files.writeString(folder.resolve("jdk/release"), "JAVA_VERSION=\"25.0.1\"\n");
        // a rehearsal takes until the test says so
        script("jdk/bin/java", """
                case "$*" in
                    *AOTCacheOutput=*)
                        echo rehearsed >>"$FOLDER/rehearsals"
                        until [ -e "$FOLDER/go" ]; do sleep 0.01; done
                        echo learned >"${2#*=}" ;;
                    *) echo "$@" ;;
                esac
                """);
        script("bin/nproc", "echo 16\n");
        script("bin/mvn", "echo \"$@\" >>\"$FOLDER/builds\"; touch cli/target/built bench/target/built\n");
        for (String module : List.of("cli", "bench")) {
            touch(module + "/target/built", Instant.now());
        }
    }

    @AfterEach
    void endRehearsals() throws IOException {
        Files.writeString(folder.resolve("go"), "");
    }

    private void script(String name, String content) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, "#!/bin/sh\nset -eu\n" + content);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
    }

    private void touch(String name, Instant when) throws IOException {
        Path file = checkout.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, "");
        Files.setLastModifiedTime(file, FileTime.from(when));
    }

    private List<String> lines(String name) throws IOException {
        Path file = folder.resolve(name);
        return Files.exists(file) ? Files.readAllLines(file) : List.of();
    }

    private Process start(Map<String, String> variables, String... arguments) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(checkout.resolve("manicule").toString()).redirectErrorStream(true);
        builder.command().addAll(List.of(arguments));
        Map<String, String> environment = builder.environment();
        environment.remove("JDK_JAVA_OPTIONS");
        environment.remove("MANICULE_JAVA_OPTS");
        environment.put("MANICULE_JAVA_HOME", folder.resolve("jdk").toString());
        environment.put("FOLDER", folder.toString());
        environment.put("PATH", folder.resolve("bin") + ":" + environment.get("PATH"));
        environment.putAll(variables);
        return builder.start();
    }

    private static String said(Process process) throws Exception {
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue(); // what it prints fits into a pipe
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.exitValue()).as(said).isZero();
        return said;
    }

    private void rehearsed() throws IOException {
        touch("cli/target/manicule.aot", Instant.now().plusSeconds(3600));
    }

    @ParameterizedTest
    @CsvSource({"-Xmx64m,21", "-Xmx65536k,21", "-Xmx67108864,21", "-XX:MaxHeapSize=64M,21", "-Xmx8g -Xmx96m,32",
            "-Xmx96m -Xmx8g,512", "-Xmx1T,512", "-Xmx1536m,512", "-Xmx1535m,511"})
    void theNurseryIsAThirdOfTheHeapAtMost(String options, int mebibytes) throws Exception {
        rehearsed();
        for (String variable : List.of("MANICULE_JAVA_OPTS", "JDK_JAVA_OPTIONS")) {
            assertThat(said(start(Map.of(variable, options), "serve")).split(" ")).contains("-Xmn" + mebibytes + "m");
        }
    }

    @Test
    void aHeapThatJavaChoosesIsAQuarterOfTheMemory() throws Exception {
        rehearsed();
        long memory = Files.readAllLines(Path.of("/proc/meminfo"))
                .stream()
                .filter(line -> line.startsWith("MemTotal:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) >> 10)
                .findFirst()
                .orElseThrow();
        script("bin/nproc", "echo 100000\n");
        assertThat(said(start(Map.of("MANICULE_JAVA_OPTS", "-Xmxjunk"), "serve")).split(" "))
                .as("no size, so Java complains itself")
                .contains("-Xmxjunk", "-Xmn" + memory / 12 + "m");
    }

    @Test
    void twoFirstStartsAtOnceRehearseOnce() throws Exception {
        Process first = start(Map.of(), "serve", "first");
        await().until(() -> lines("rehearsals").size() == 1);
        Process second = start(Map.of(), "serve", "second");
        await().until(() -> lines("rehearsals").size() == 2
                || second.descendants().anyMatch(child -> child.info().command().orElse("").endsWith("flock")));
        Files.writeString(folder.resolve("go"), "");
        assertThat(said(first)).contains("-XX:AOTCache=").endsWith("serve first\n");
        assertThat(said(second)).contains("-XX:AOTCache=").endsWith("serve second\n").doesNotContain("Rehearsing");
        assertThat(lines("rehearsals")).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({"bench,client,1", "bench,server,1", "bench,cli,1", "bench,brokers,1", "bench,bench,1", "time,client,1",
            "time,server,1", "time,cli,1", "time,brokers,0", "time,bench,0", "time,acceptance,0"})
    void aSourceThatIsNewerThanWhatWasBuiltIsBuilt(String command, String module, int builds) throws Exception {
        touch(module + "/src/main/java/Old.java", Instant.EPOCH);
        assertThat(said(start(Map.of(), command))).doesNotContain("Building");
        touch(module + "/src/main/java/New.java", Instant.now().plusSeconds(3600));
        assertThat(said(start(Map.of(), command))).contains(builds == 1 ? "Built." : "dev.manicule");
        assertThat(lines("builds")).hasSize(builds);
    }
}
