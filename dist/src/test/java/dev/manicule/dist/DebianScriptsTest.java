package dev.manicule.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the scripts of the Debian package tell systemd, in the order in which dpkg calls them. */
class DebianScriptsTest {
    private static final Path SCRIPTS = Path.of("src/deb/control");

    @TempDir
    private Path root;

    @BeforeEach
    void stubs() throws IOException {
        Files.createDirectories(root.resolve("run/systemd/system"));
        Path bin = Files.createDirectories(root.resolve("bin"));
        for (String name : List.of("systemctl", "adduser")) {
            Path stub = Files.writeString(bin.resolve(name), "#!/bin/sh\necho \"" + name + " $*\"\n");
            Files.setPosixFilePermissions(stub, PosixFilePermissions.fromString("rwx------"));
        }
    }

    /** Runs one, with the folders of the root that it uses below a folder of the test. */
    private String run(String script, String... arguments) throws Exception {
        String text = Files.readString(SCRIPTS.resolve(script)).replaceAll("(?<= |>)/(run|var)/", root + "/$1/");
        ProcessBuilder builder = new ProcessBuilder("sh", "-c", text, script).redirectErrorStream(true);
        builder.command().addAll(List.of(arguments));
        builder.environment().put("PATH", root.resolve("bin") + ":" + System.getenv("PATH"));
        Process process = builder.start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(said).isZero();
        return said;
    }

    private void install(String... version) throws Exception {
        String[] install = version.length == 0 ? new String[]{"install"} : new String[]{"install", version[0], "2"};
        assertThat(run("preinst", install)).isEmpty();
        assertThat(run("postinst", "configure", version.length == 0 ? "" : version[0])).contains(
                "systemctl daemon-reload", "systemctl enable --quiet manicule.service",
                "systemctl restart manicule.service");
    }

    private void upgrade() throws Exception {
        assertThat(run("prerm", "upgrade", "2")).isEmpty();
        assertThat(run("preinst", "upgrade", "1", "2")).isEmpty();
        assertThat(run("postrm", "upgrade", "2")).isEqualTo("systemctl daemon-reload\n");
        assertThat(run("postinst", "configure", "1").lines().filter(line -> line.startsWith("systemctl")))
                .containsExactly("systemctl daemon-reload", "systemctl try-restart manicule.service");
    }

    @Test
    void anInstallationStartsTheService() throws Exception {
        install();
    }

    @Test
    void anUpgradeRestartsAServiceThatRunsAndNoOther() throws Exception {
        install();
        upgrade();
        upgrade();
    }

    @Test
    void aPackageThatWasRemovedStartsTheServiceWhenItIsBack() throws Exception {
        install();
        assertThat(run("prerm", "remove")).isEqualTo("systemctl disable --now --quiet manicule.service\n");
        assertThat(run("postrm", "remove")).isEqualTo("systemctl daemon-reload\n");
        install("1");
        upgrade();
    }

    @Test
    void anInstallationThatIsAbortedLeavesNothingToTheNextUpgrade() throws Exception {
        install();
        run("prerm", "remove");
        run("postrm", "remove");
        run("preinst", "install", "1", "2");
        run("postrm", "abort-install", "1", "2");
        upgrade();
    }

    @Test
    void withoutSystemdNothingIsStarted() throws Exception {
        Files.delete(root.resolve("run/systemd/system"));
        assertThat(run("preinst", "install") + run("postinst", "configure", "") + run("postinst", "configure", "1")
                + run("prerm", "remove") + run("postrm", "purge")).doesNotContain("systemctl");
    }
}
