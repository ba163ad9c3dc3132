package dev.manicule.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The process of the servers: its start, its errors, its end. */
class OtherVmTest {
    private static final Jdks.Jdk HERE = new Jdks.Jdk(Path.of(System.getProperty("java.home")),
            Runtime.version().feature());

    private static String startServer(Host host) {
        return host.call(List.of("host", "start-server", "MEMORY", "", "", "")).split(" ", -1)[0];
    }

    private static Set<ProcessHandle> children() {
        return ProcessHandle.current().children().collect(Collectors.toSet());
    }

    @Test
    void serversShareOneProcessThatIsReplaced() {
        Host host = OtherVm.of(HERE);
        String first = startServer(host);
        assertThat(startServer(OtherVm.of(HERE))).isNotEqualTo(first);
        assertThat(children()).as("also when a test before this one has started it").hasSize(1).allSatisfy(process -> {
            assertThat(process.destroyForcibly()).isTrue();
            process.onExit().join();
        });
        assertThatThrownBy(() -> host.call(List.of(first, "now"))).isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("The process of the servers ended with the exit code 137.");
        Host another = OtherVm.of(HERE);
        assertThat(another).isNotSameAs(host);
        another.call(List.of(startServer(another), "close"));
    }

    @Test
    void exceptionsEqualTheServers() {
        Host host = OtherVm.of(HERE);
        String server = startServer(host);
        assertThatThrownBy(() -> host.call(List.of(server, "advance", "PT-1S")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("time goes forward: PT-1S is negative");
        assertThatThrownBy(() -> host.call(List.of(server, "fly"))).isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "There is no command `fly` here: are manicule-testkit and manicule-server of the same version?");
        host.call(List.of(server, "close"));
        assertThatThrownBy(() -> host.call(List.of(server, "now"))).isInstanceOf(IllegalStateException.class)
                .hasMessage("It is closed: nothing here has the id " + server + ".");
        assertThatThrownBy(
                () -> host.call(List.of("host", "start-server", "MEMORY", "", "", "limits: {connexions: 1}")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("configuration:1")
                .hasMessageContaining("connexions");
    }

    @Test
    void theLastLinesOfAProcessThatDoesNotStartAreInTheError(@TempDir Path home) throws Exception {
        Files.createDirectories(home.resolve("bin"));
        Path java = Files.writeString(home.resolve("bin/java"), "#!/bin/sh\necho 'out of order' >&2\nexit 3\n");
        assertThat(java.toFile().setExecutable(true)).isTrue();
        assertThatThrownBy(() -> OtherVm.of(new Jdks.Jdk(home, 25))).isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("Java 25 in " + home + ", did not start")
                .hasMessageContaining("ended with the exit code 3. The last lines of its log:\n  out of order");
    }
}
