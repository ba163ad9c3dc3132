package dev.manicule.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The places where a JDK for the server is found. */
class JdksTest {
    @TempDir
    private Path machine;

    /** A folder that looks like a JDK. */
    private Path jdk(String folder, String version) throws IOException {
        Path home = machine.resolve(folder);
        Files.createDirectories(home.resolve("bin"));
        Path java = home.resolve("bin/java");
        if (!Files.exists(java)) {
            Files.createFile(java);
        }
        assertThat(java.toFile().setExecutable(true)).isTrue();
        Files.writeString(home.resolve("release"),
                "IMPLEMENTOR=\"Somewhere\"\nJAVA_VERSION=\"" + version + "\"\nJAVA_VERSION_DATE=\"2026-01-01\"\n");
        return home;
    }

    private Jdks jdks(Map<String, String> environment) {
        return new Jdks(null, environment, machine.resolve("home"), List.of(machine.resolve("installed")));
    }

    @Test
    void namedJdkComesFirst() throws Exception {
        Path named = jdk("named", "26");
        Path other = jdk("other", "25.0.1");
        Map<String, String> environment = Map.of(Jdks.VARIABLE, other.toString());
        assertThat(new Jdks(named.toString(), environment, machine, List.of()).named()).get()
                .extracting(Jdks.Jdk::home, Jdks.Jdk::version)
                .containsExactly(named, 26);
        assertThat(jdks(environment).named()).get().extracting(Jdks.Jdk::home).isEqualTo(other);
        assertThat(jdks(Map.of("JAVA_HOME", other.toString())).named()).isEmpty();
    }

    @Test
    void wrongNameIsNotIgnored() throws Exception {
        Path old = jdk("old", "17.0.15");
        Path good = jdk("installed/good", "25");
        assertThat(jdks(Map.of()).find().home()).isEqualTo(good);
        assertThatThrownBy(() -> jdks(Map.of(Jdks.VARIABLE, old.toString())).named()).hasMessage(
                "The environment variable MANICULE_TESTKIT_JAVA has the value " + old
                        + ", and there is Java 17. Set it to the folder of a JDK 25 or newer: the one with bin/java in"
                        + " it.");
        assertThatThrownBy(() -> new Jdks("nowhere", Map.of(), machine, List.of()).named())
                .hasMessageContaining(
                        "The system property manicule.testkit.java has the value nowhere, and there is no JDK");
    }

    @Test
    void environmentIsSearched() throws Exception {
        Path good = jdk("good", "25.0.1");
        for (String name : List.of("JAVA_HOME", "JAVA_HOME_25_X64", "JAVA25_HOME", "JDK_25")) {
            assertThat(jdks(Map.of(name, good.toString(), "JAVA_HOME_11_X64", jdk("old", "11.0.2").toString()))
                    .find()
                    .home()).isEqualTo(good);
        }
        assertThat(jdks(Map.of("PATH", machine + ":" + good.resolve("bin"))).find().home())
                .isEqualTo(good.toRealPath());
        assertThatThrownBy(() -> jdks(Map.of("OTHER", good.toString())).find()).hasMessageContaining("no newer one");
    }

    @Test
    void mavenToolchainsAreSearched() throws Exception {
        Path good = jdk("good", "25.0.1");
        Path file = machine.resolve("home/.m2/toolchains.xml");
        Files.createDirectories(machine.resolve("home/.m2"));
        Files.writeString(file, """
                <toolchains>
                  <toolchain><type>jdk</type><configuration><jdkHome>%s</jdkHome></configuration></toolchain>
                  <!-- <toolchain><configuration><jdkHome>commented out</jdkHome></configuration></toolchain> -->
                  <toolchain><type>jdk</type><configuration><jdkHome>${env.NEW}</jdkHome></configuration></toolchain>
                </toolchains>
                """.formatted(jdk("old", "17")));
        assertThat(jdks(Map.of("NEW", good.toString())).find().home()).isEqualTo(good);
        Files.writeString(file, "<toolchains");
        assertThatThrownBy(() -> jdks(Map.of("NEW", good.toString())).find()).hasMessageContaining(file + ": no JDK");
    }

    @Test
    void oldestSuitableJdkInTheFoldersIsUsed() throws Exception {
        for (String folder : List.of("home/.sdkman/candidates/java", "home/.gradle/jdks/vendor-25-linux.2",
                "home/.jdks",
                "installed")) {
            Path newest = jdk(folder + "/a", "27-ea");
            Path good = jdk(folder + "/b", "25");
            Path old = jdk(folder + "/c", "1.8.0_402");
            assertThat(jdks(Map.of()).find().home()).isEqualTo(good);
            for (Path home : List.of(newest, good, old)) {
                Files.delete(home.resolve("release"));
            }
        }
        Path bundle = jdk("installed/temurin-25.jdk/Contents/Home", "25");
        assertThat(jdks(Map.of()).find().home()).isEqualTo(bundle);
    }

    @Test
    void missingJdkErrorListsPlacesAndAFix() throws Exception {
        Path old = jdk("installed/old", "17.0.15");
        assertThatThrownBy(() -> jdks(Map.of("JAVA_HOME", "/nowhere")).find()).isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("needs Java 25")
                .hasMessageContaining("Install a JDK 25, or set the system property manicule.testkit.java or the"
                        + " environment variable MANICULE_TESTKIT_JAVA to its folder.")
                .hasMessageContaining("\n  the environment variable JAVA_HOME: no JDK")
                .hasMessageContaining("\n  " + machine.resolve("home/.m2/toolchains.xml") + ": no JDK")
                .hasMessageContaining("\n  " + machine.resolve("installed") + ": Java 17 in " + old)
                .hasMessageContaining("\n  PATH: no JDK");
    }
}
