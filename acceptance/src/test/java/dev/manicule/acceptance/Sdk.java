package dev.manicule.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The client SDKs of the protocol that the server is held to: the last ones under the MIT licence. Each is fetched by
 * its package manager, pinned by hashes, into {@code acceptance/target/sdks}; programs that use them are in
 * {@code acceptance/sdks}.
 */
enum Sdk {
    PYTHON_ASYNCIO("Python asyncio", "7.2.0"), PYTHON("Python", "7.2.0"), PYTHON_TORNADO("Python Tornado", "4.8.1"), //
    JAVASCRIPT("JavaScript", "7.3.3"), JAVASCRIPT_4("JavaScript", "4.37.0"), //
    JAVASCRIPT_CHROMIUM("JavaScript in Chromium", "7.3.3"), JAVA("Java", "6.3.6"), GO("Go", "7.2.0");

    private static final Path SOURCES = Folders.checkout().resolve("acceptance/sdks");
    private static final Path BUILD = Folders.checkout().resolve("acceptance/target/sdks");

    /** What a page loads. */
    private static final Path BUNDLE = BUILD.resolve("javascript/node_modules/pubnub/dist/web/pubnub.min.js");

    private static final Map<String, String> GO_ENVIRONMENT = Map.of("GOCACHE", BUILD.resolve("go-build").toString(),
            "GOMODCACHE", BUILD.resolve("go-modules").toString(), //
            "GOFLAGS", "-modcacherw -buildvcs=false"); // so that they can be deleted

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
            case JAVASCRIPT, JAVASCRIPT_4, JAVASCRIPT_CHROMIUM -> List.of("node", program.toString());
            case GO -> program.toString().endsWith(".go")
                    ? List.of("go", "run", program.toString())
                    : List.of(BUILD.resolve("go").resolve(program.getFileName()).toString());
            case JAVA -> List.of(ServerProcess.java(), "-cp", BUILD.resolve("java") + "/*", program.toString());
        };
        ProcessBuilder builder = new ProcessBuilder(with(command, arguments));
        if (this == GO) {
            builder.directory(SOURCES.resolve("go").toFile()); // with the module, and its pinned versions
            builder.environment().putAll(GO_ENVIRONMENT);
        }
        builder.environment().put("NODE_PATH", BUILD.resolve(folder()).resolve("node_modules").toString());
        builder.environment().put("PYTHONPATH", SOURCES.resolve("python").toString());
        builder.environment().put("PYTHONDONTWRITEBYTECODE", "1");
        return builder;
    }

    /** Runs the checks. */
    ProcessBuilder checks(String origin, Cable cable) throws Exception {
        String[] places = {origin, cable.origin(), cable.control()};
        return switch (this) {
            case PYTHON_ASYNCIO -> python("asyncio", places);
            case PYTHON -> python("sync", places);
            case PYTHON_TORNADO -> python("tornado", places);
            case JAVASCRIPT, JAVASCRIPT_4 -> program(SOURCES.resolve("javascript/run.js"), places);
            case JAVASCRIPT_CHROMIUM -> program(SOURCES.resolve("javascript/chromium.js"),
                    with(List.of(ConsoleWindow.chromium().toString(), BUNDLE.toString()), places)
                            .toArray(String[]::new));
            case GO -> program(SOURCES.resolve("go/run"), places);
            case JAVA -> program(SOURCES.resolve("java/Run.java"), places);
        };
    }

    /** Runs each call once. */
    ProcessBuilder calls(String recorder, String keyset) {
        Path program = switch (this) {
            case PYTHON_ASYNCIO, PYTHON, PYTHON_TORNADO -> SOURCES.resolve("python/calls.py");
            case JAVASCRIPT, JAVASCRIPT_4, JAVASCRIPT_CHROMIUM -> SOURCES.resolve("javascript/calls.js");
            case JAVA -> SOURCES.resolve("java/Calls.java");
            case GO -> SOURCES.resolve("go/calls");
        };
        return program(program, recorder, keyset);
    }

    /** The folder with its lock file, and that in which it is installed. */
    private String folder() {
        return this == JAVASCRIPT_4 ? "javascript-4" : "javascript";
    }

    private ProcessBuilder python(String flavour, String... places) {
        return program(SOURCES.resolve("python/run.py"),
                with(List.of(flavour), places).toArray(String[]::new));
    }

    /** Fetches them all, those that are not there yet. */
    static synchronized void install() throws Exception {
        Files.createDirectories(BUILD);
        installPython("7.2.0");
        installPython("4.8.1");
        for (Sdk sdk : List.of(JAVASCRIPT, JAVASCRIPT_4)) {
            Installation.npm(SOURCES.resolve(sdk.folder()), BUILD.resolve(sdk.folder()));
        }
        installGo();
        verifyJava();
    }

    private static void installPython(String version) throws Exception {
        Path wanted = SOURCES.resolve("python/requirements-" + version + ".txt");
        Path folder = BUILD.resolve("python-" + version);
        String tools = SOURCES.resolve("python/requirements-build.txt").toString();
        Installation.python(wanted, folder, List.of("--only-binary", ":all:", "-r", tools),
                List.of("--no-build-isolation", "-r", wanted.toString()));
    }

    /** Go fetches the modules, held against the hashes in {@code go.sum}. It builds the programs whenever they change. */
    private static void installGo() throws Exception {
        Installation.need("Go 1.19 or newer", "go", "version");
        Path go = Files.createDirectories(BUILD.resolve("go"));
        List<String> command = new ArrayList<>(List.of("env"));
        GO_ENVIRONMENT.forEach((name, value) -> command.add(name + "=" + value));
        command.addAll(List.of("go", "build", "-o", go + "/", "./..."));
        Installation.run(SOURCES.resolve("go"), command.toArray(String[]::new));
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

    private static String python(String version) {
        return BUILD.resolve("python-" + version).resolve("bin/python").toString();
    }

    private static List<String> with(List<String> command, String... arguments) {
        List<String> all = new ArrayList<>(command);
        all.addAll(List.of(arguments));
        return all;
    }
}
