package dev.manicule.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The client SDKs of the protocol that the server is held to: the last ones under the MIT licence. Each is fetched by
 * its package manager, pinned by hashes, into {@code acceptance/target/sdks}; programs that use them are in
 * {@code acceptance/sdks}.
 */
enum Sdk {
    PYTHON_ASYNCIO("Python asyncio", "7.2.0"), PYTHON("Python", "7.2.0"), PYTHON_TORNADO("Python Tornado", "4.8.1"), //
    JAVASCRIPT("JavaScript", "7.3.3"), JAVA("Java", "6.3.6");

    private static final Path SOURCES = Folders.checkout().resolve("acceptance/sdks");
    private static final Path BUILD = Folders.checkout().resolve("acceptance/target/sdks");

    private final String title;
    private final String version;

    Sdk(String title, String version) {
        this.title = title;
        this.version = version;
    }

    /** What it is called in the table of the README. */
    String title() {
        return title;
    }

    String version() {
        return version;
    }

    /** Where its output goes. */
    Path log() {
        return BUILD.resolve(name().toLowerCase(Locale.ROOT) + ".log");
    }

    /** Runs a program with the SDK, installed before. */
    ProcessBuilder program(Path program, String... arguments) {
        List<String> command = switch (this) {
            case PYTHON_ASYNCIO, PYTHON, PYTHON_TORNADO -> List.of(python(version), program.toString());
            case JAVASCRIPT -> List.of("node", program.toString());
            case JAVA -> List.of(ServerProcess.java(), "-cp", BUILD.resolve("java") + "/*", program.toString());
        };
        ProcessBuilder builder = new ProcessBuilder(with(command, arguments));
        builder.environment().put("NODE_PATH", BUILD.resolve("javascript/node_modules").toString());
        builder.environment().put("PYTHONPATH", SOURCES.resolve("python").toString());
        builder.environment().put("PYTHONDONTWRITEBYTECODE", "1");
        return builder;
    }

    /** Runs the checks. */
    ProcessBuilder checks(String origin, Cable cable) {
        String[] places = {origin, cable.origin(), cable.control()};
        return switch (this) {
            case PYTHON_ASYNCIO -> python("asyncio", places);
            case PYTHON -> python("sync", places);
            case PYTHON_TORNADO -> python("tornado", places);
            case JAVASCRIPT -> program(SOURCES.resolve("javascript/run.js"), places);
            case JAVA -> program(SOURCES.resolve("java/Run.java"), places);
        };
    }

    private ProcessBuilder python(String flavour, String... places) {
        return program(SOURCES.resolve("python/run.py"),
                with(List.of(flavour), places).toArray(String[]::new));
    }

    /** Fetches them all, those that are not there yet. */
    static void install() throws Exception {
        Files.createDirectories(BUILD);
        need("Python 3.11 or newer", "python3", "-c",
                "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))");
        need("Node.js 18 or newer", "node", "-e", "process.exit(parseInt(process.versions.node) < 18 ? 1 : 0)");
        need("npm", "npm", "--version");
        installPython("7.2.0");
        installPython("4.8.1");
        installJavaScript();
        verifyJava();
    }

    private static void installPython(String version) throws Exception {
        Path wanted = SOURCES.resolve("python/requirements-" + version + ".txt");
        Path folder = BUILD.resolve("python-" + version);
        if (!isInstalled(folder, wanted)) {
            String tools = SOURCES.resolve("python/requirements-build.txt").toString();
            run(BUILD, "python3", "-m", "venv", "--clear", folder.toString());
            pip(version, "--only-binary", ":all:", "-r", tools);
            pip(version, "--no-build-isolation", "-r", wanted.toString());
            markInstalled(folder, wanted);
        }
    }

    private static void pip(String version, String... arguments) throws Exception {
        run(BUILD, with(List.of(python(version), "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
                "--require-hashes"), arguments).toArray(String[]::new));
    }

    private static void installJavaScript() throws Exception {
        Path folder = BUILD.resolve("javascript");
        Path wanted = SOURCES.resolve("javascript/package-lock.json");
        if (!isInstalled(folder, wanted)) {
            Files.createDirectories(folder);
            for (String file : List.of("package.json", "package-lock.json")) {
                Files.copy(SOURCES.resolve("javascript").resolve(file), folder.resolve(file),
                        StandardCopyOption.REPLACE_EXISTING);
            }
            run(folder, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund");
            markInstalled(folder, wanted);
        }
    }

    /** Maven has put the jars there; that they are the right ones is seen here. */
    private static void verifyJava() throws Exception {
        List<String> found = new ArrayList<>();
        try (Stream<Path> jars = Files.list(BUILD.resolve("java"))) {
            for (Path jar : jars.sorted().toList()) {
                byte[] hash = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(jar));
                found.add(HexFormat.of().formatHex(hash) + "  " + jar.getFileName());
            }
        }
        assertThat(found).as("the jars of the Java SDK")
                .isEqualTo(Files.readAllLines(SOURCES.resolve("java/jars.sha256")));
    }

    private static boolean isInstalled(Path folder, Path wanted) throws IOException {
        Path mark = folder.resolve("installed");
        return Files.exists(mark) && Files.mismatch(mark, wanted) < 0;
    }

    private static void markInstalled(Path folder, Path wanted) throws IOException {
        Files.copy(wanted, folder.resolve("installed"), StandardCopyOption.REPLACE_EXISTING);
    }

    private static void need(String what, String... command) throws Exception {
        String missing = "The SDK runs need " + what + " (" + command[0]
                + "). Install it, or leave these runs out with -DskipSdks.";
        try {
            Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor()).as(missing + " " + said).isZero();
        } catch (IOException e) {
            throw new AssertionError(missing, e);
        }
    }

    private static void run(Path folder, String... command) throws Exception {
        Process process = new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(10, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue()).as(String.join(" ", command) + "\n" + said).isZero();
    }

    private static String python(String version) {
        return BUILD.resolve("python-" + version).resolve("bin/python").toString();
    }

    private static List<String> with(List<String> command, String... arguments) {
        List<String> all = new ArrayList<>(command);
        all.addAll(List.of(arguments));
        return all;
    }
}
