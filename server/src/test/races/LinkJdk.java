import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Links a JDK whose locks, threads and atomics ask Fray, out of the one that runs this. Fray's Maven plugin does the same, but only with a
 * JDK that has jmods, and fetches another otherwise.
 *
 * <p>Arguments: the folder that it goes into, and a class path that has Fray on it. A JDK that was linked of the same is kept.
 */
public final class LinkJdk {
    /** What the tests of races, and what runs them, need. */
    private static final String MODULES = "java.instrument,java.logging,java.management,java.naming,java.xml,jdk.management,"
            + "jdk.unsupported";
    private static final List<String> LINKED_WITH = List.of("fray-instrumentation-jdk", "fray-instrumentation-base",
            "fray-runtime", "kotlin-stdlib", "kotlin-reflect", "annotations", "asm");

    private LinkJdk() {}

    /** Links it. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        Path folder = Path.of(arguments[0]);
        List<String> jars = Arrays.stream(arguments[1].split(File.pathSeparator)).filter(LinkJdk::isLinkedWith).toList();
        String origin = System.getProperty("java.home") + " " + Runtime.version() + " " + MODULES + " " + jars;
        Path note = folder.resolve("linked-of");
        if (Files.exists(note) && Files.readString(note).equals(origin)) {
            return;
        }
        delete(folder);
        Files.createDirectories(folder.toAbsolutePath().getParent());
        String path = String.join(File.pathSeparator, jars);
        String plugin = jars.stream().filter(jar -> name(jar).startsWith("fray-instrumentation-jdk-")).findFirst().orElseThrow();
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "jlink").toString(),
                "-J-javaagent:" + plugin, "-J--module-path=" + path, "-J--class-path=" + path,
                "-J--add-modules=org.pastalab.fray.instrumentation.jdk", "--output=" + folder, "--add-modules=" + MODULES,
                "--fray-instrumentation"));
        int exit = new ProcessBuilder(command).inheritIO().start().waitFor();
        if (exit != 0) {
            throw new IOException("jlink has ended with " + exit);
        }
        Files.writeString(note, origin);
    }

    private static boolean isLinkedWith(String jar) {
        return LINKED_WITH.stream().anyMatch(name -> name(jar).matches(name + "(-[a-z]+)?-[0-9].*\\.jar"));
    }

    private static String name(String jar) {
        return Path.of(jar).getFileName().toString();
    }

    private static void delete(Path folder) throws IOException {
        if (Files.exists(folder)) {
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }
}
