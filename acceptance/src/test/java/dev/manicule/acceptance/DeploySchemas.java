package dev.manicule.acceptance;

import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** Holds files of {@code deploy/} against the schemas of the programs that read them. */
public final class DeploySchemas {
    private DeploySchemas() {}

    private static Path tools() throws Exception {
        String skip = System.getProperty("skipSdks");
        assumeFalse(skip != null && !skip.equals("false"), "left out, as -DskipSdks asks");
        Path wanted = Folders.checkout().resolve("acceptance/deploy/requirements.txt");
        Path installed = Folders.checkout().resolve("acceptance/target/deploy");
        Installation.python(wanted, installed, List.of("--only-binary", ":all:", "-r", wanted.toString()));
        return installed.resolve("bin");
    }

    /** What Kubernetes of a version finds wrong in a file of manifests; empty if nothing. */
    public static String kubernetes(Path file, String version) throws Exception {
        return faults(tools().resolve("kubernetes-validate").toString(), "--strict", "--quiet", "--kubernetes-version",
                version, file.toString());
    }

    /** What Compose finds wrong in its file; empty if nothing. */
    public static String compose(Path file) throws Exception {
        return faults(tools().resolve("check-jsonschema").toString(), "--builtin-schema", "vendor.compose-spec",
                file.toString());
    }

    private static String faults(String... command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return process.waitFor() == 0 ? "" : "exit " + process.exitValue() + ": " + said;
    }
}
