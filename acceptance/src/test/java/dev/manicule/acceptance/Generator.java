package dev.manicule.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The generators that make clients from the API's description. Each is fetched by its package manager, pinned by hashes,
 * into {@code acceptance/target/generated}; programs that use the clients are in {@code acceptance/generated}.
 */
enum Generator {
    OPENAPI_PYTHON_CLIENT("openapi-python-client"), //
    OPENAPI_GENERATOR_PYTHON("openapi-generator-python"), //
    OPENAPI_GENERATOR_GO("openapi-generator-go"), //
    OPENAPI_TYPESCRIPT("openapi-typescript");

    private static final Path SOURCES = Folders.checkout().resolve("acceptance/generated");
    private static final Path BUILD = Folders.checkout().resolve("acceptance/target/generated");
    private static final Path JAR = BUILD.resolve("openapi-generator-cli.jar");
    private static final Path TYPESCRIPT = BUILD.resolve("typescript");
    private static final Pattern WORD = Pattern.compile("[A-Z][a-z0-9]*");

    private final String folder;

    Generator(String folder) {
        this.folder = folder;
    }

    /** The name of its folder in {@code acceptance/generated}. */
    String folder() {
        return folder;
    }

    /** The program that uses its client, and what else a reader has to write, in the order of the page. */
    List<Path> shown() {
        return sources(switch (this) {
            case OPENAPI_PYTHON_CLIENT, OPENAPI_GENERATOR_PYTHON -> List.of("program.py");
            case OPENAPI_GENERATOR_GO -> List.of("main.go");
            case OPENAPI_TYPESCRIPT -> List.of("tsconfig.json", "program.ts");
        });
    }

    /** What the check needs beside that. The commands of the page make the rest, {@code go.mod} and {@code package.json}. */
    List<Path> others() {
        return sources(switch (this) {
            case OPENAPI_PYTHON_CLIENT, OPENAPI_GENERATOR_PYTHON -> List.of("everything.py");
            case OPENAPI_GENERATOR_GO -> List.of("everything_test.go", "go.sum"); // the hashes of what is fetched
            case OPENAPI_TYPESCRIPT -> List.of();
        });
    }

    private List<Path> sources(List<String> names) {
        return names.stream().map(SOURCES.resolve(folder)::resolve).toList();
    }

    /** Fetches what this generator and its client need, unless it is there already. */
    void install() throws Exception {
        switch (this) {
            case OPENAPI_PYTHON_CLIENT -> installPython();
            case OPENAPI_GENERATOR_PYTHON -> {
                installPython();
                verifyJar();
            }
            case OPENAPI_GENERATOR_GO -> {
                verifyJar();
                Installation.need("Go 1.19 or newer", "go", "version");
            }
            case OPENAPI_TYPESCRIPT -> Installation.npm(SOURCES.resolve(folder), TYPESCRIPT);
        }
    }

    private static synchronized void installPython() throws Exception {
        Path wanted = SOURCES.resolve("requirements.txt");
        Installation.python(wanted, BUILD.resolve("python"),
                List.of("--only-binary", ":all:", "-r", wanted.toString()));
    }

    /** Maven has put the jar there; that it is the right one is seen here. The command is that of the npm package. */
    private static synchronized void verifyJar() throws Exception {
        byte[] hash = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(JAR));
        assertThat(HexFormat.of().formatHex(hash) + "  " + JAR.getFileName())
                .isEqualTo(Files.readString(SOURCES.resolve("jars.sha256")).strip());
        Path command = BUILD.resolve("bin/openapi-generator-cli");
        Files.createDirectories(command.getParent());
        Files.writeString(command, "#!/bin/sh\nexec '" + ServerProcess.java() + "' -jar '" + JAR + "' \"$@\"\n");
        assertThat(command.toFile().setExecutable(true)).isTrue();
    }

    /** What has to be in the folder before the commands run. */
    List<Path> files() {
        return Stream.of(shown(), others()).flatMap(List::stream).toList();
    }

    /** Puts into a folder what was installed for the program, and is looked for there. */
    void link(Path work) throws IOException {
        if (this == OPENAPI_TYPESCRIPT) {
            Files.createSymbolicLink(work.resolve("node_modules"), TYPESCRIPT.resolve("node_modules"));
        }
    }

    /** The environment of its commands, beside that of this process. */
    Map<String, String> environment() {
        return Map.of("PATH", BUILD.resolve("python/bin") + ":" + BUILD.resolve("bin") + ":" + System.getenv("PATH"), //
                "GOCACHE", BUILD.resolve("go-build").toString(), //
                "GOMODCACHE", BUILD.resolve("go-modules").toString(), //
                "GOFLAGS", "-modcacherw -buildvcs=false", // so that they can be deleted
                "MYPY_CACHE_DIR", BUILD.resolve("mypy").toString());
    }

    /** The commands that check the client: its types, and each of its functions against the server. */
    String check() {
        return switch (this) {
            case OPENAPI_PYTHON_CLIENT -> python("manicule_client");
            case OPENAPI_GENERATOR_PYTHON -> "export MYPYPATH=client PYTHONPATH=client\n" + python("client/manicule");
            case OPENAPI_GENERATOR_GO -> "go vet ./...\ngo test -count=1 .\n";
            case OPENAPI_TYPESCRIPT -> "npx tsc --noEmit\n"; // the client is nothing but types
        };
    }

    /** The program has to fit the types of the client; the client's own code has only to compile. */
    private static String python(String client) {
        return "python3 -m compileall -q " + client
                + "\nmypy --strict --follow-imports=silent program.py\npython3 everything.py\n";
    }

    /** The functions that the client has for operations, in whichever case its language has them. */
    Set<String> functions(Path work) throws IOException {
        return switch (this) {
            case OPENAPI_PYTHON_CLIENT -> Folders.files(work.resolve("manicule_client/api"), 2, ".py")
                    .stream()
                    .map(file -> file.getFileName().toString().replace(".py", ""))
                    .collect(Collectors.toSet());
            case OPENAPI_GENERATOR_PYTHON -> found(" def (\\w+)\\(", work.resolve("client/manicule/api"), ".py");
            case OPENAPI_GENERATOR_GO ->
                found("\\nfunc \\(a \\*\\w+Service\\) (\\w+)\\(", work.resolve("manicule"), ".go");
            case OPENAPI_TYPESCRIPT -> found("\\n {4}(\\w+): \\{", work, "manicule.d.ts");
        };
    }

    /** The name of the function of an operation. */
    String function(String operationId) {
        return switch (this) {
            case OPENAPI_PYTHON_CLIENT, OPENAPI_GENERATOR_PYTHON -> snake(operationId);
            case OPENAPI_GENERATOR_GO -> capital(operationId);
            case OPENAPI_TYPESCRIPT -> operationId;
        };
    }

    /** The types that the client has for JSON, as words with underscores between them. */
    Set<String> types(Path work) throws IOException {
        return switch (this) {
            case OPENAPI_PYTHON_CLIENT -> models(work.resolve("manicule_client/models"), "(.*)\\.py");
            case OPENAPI_GENERATOR_PYTHON -> models(work.resolve("client/manicule/models"), "(.*)\\.py");
            case OPENAPI_GENERATOR_GO -> models(work.resolve("manicule"), "model_(.*)\\.go");
            case OPENAPI_TYPESCRIPT -> { // an object, which is a tree, so only the names at its first level
                String file = Files.readString(work.resolve("manicule.d.ts"));
                String schemas = file.substring(file.indexOf("\n    schemas: {"), file.indexOf("\n    responses: {"));
                yield Pattern.compile("\\n {8}(\\w+): ")
                        .matcher(schemas)
                        .results()
                        .map(match -> snake(match.group(1)))
                        .collect(Collectors.toSet());
            }
        };
    }

    private static Set<String> models(Path folder, String name) throws IOException {
        Pattern pattern = Pattern.compile(name);
        Set<String> models = new TreeSet<>();
        for (Path file : Folders.files(folder, 1, "")) {
            Matcher matcher = pattern.matcher(file.getFileName().toString());
            if (matcher.matches() && !matcher.group(1).equals("__init__")) {
                models.add(matcher.group(1));
            }
        }
        return models;
    }

    private static Set<String> found(String pattern, Path folder, String ending) throws IOException {
        Pattern compiled = Pattern.compile(pattern);
        Set<String> found = new TreeSet<>();
        for (Path file : Folders.files(folder, 1, ending)) {
            compiled.matcher(Files.readString(file)).results().forEach(match -> found.add(match.group(1)));
        }
        return found;
    }

    private static String capital(String name) {
        return name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1);
    }

    /** A name in the case of Python's files. */
    static String snake(String name) {
        return WORD.matcher(capital(name))
                .results()
                .map(MatchResult::group)
                .map(word -> word.toLowerCase(Locale.ROOT))
                .collect(Collectors.joining("_"));
    }
}
