package dev.manicule.testkit;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** JUnit's console, with JUnit 5: runs tests in a process, whose virtual machine may be another one. */
final class Console {
    private Console() {}

    /**
     * The end of a process.
     *
     * @param code its exit code: 0 where all tests passed
     * @param said its output and errors
     */
    record Run(int code, String said) {}

    /**
     * Runs classes of tests.
     *
     * @param folder a folder with classes, besides the class path
     * @param tests their names
     */
    static Run run(Path java, List<String> options, Path folder, List<String> tests)
            throws IOException, InterruptedException {
        Path console;
        try (Stream<Path> files = Files.list(Path.of("target/junit5"))) {
            console = files.findFirst().orElseThrow();
        }
        String classes = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                .filter(each -> !each.contains("junit") && !each.contains("opentest4j") && !each.contains("surefire"))
                .collect(Collectors.joining(File.pathSeparator));
        List<String> command = new ArrayList<>(List.of(java.toString()));
        command.addAll(options);
        command.addAll(List.of("-jar", console.toString(), "execute", "--disable-banner", "--details=summary",
                "--fail-if-no-tests", "--class-path", folder + File.pathSeparator + classes));
        for (String test : tests) {
            command.addAll(List.of("--select-class", test));
        }
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Run(process.waitFor(), said);
    }
}
