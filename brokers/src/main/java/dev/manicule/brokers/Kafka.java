package dev.manicule.brokers;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import java.util.zip.CRC32;

/** Kafka's jars, and how a virtual machine runs them: with what it has learned in a {@link Rehearsal}, if there was one with these jars. */
final class Kafka {
    /** Logged when a broker has been let in by the controller, and takes requests. */
    static final String STARTED = "Kafka Server started";

    private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin", "java");
    private static final List<String> OPTIONS = List.of("-Xmx128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1",
            "-XX:-UsePerfData", "-Xlog:aot=off", "-Xlog:cds=off", "-XX:+ExitOnOutOfMemoryError",
            "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow",
            "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
            "-Dorg.slf4j.simpleLogger.log.kafka.server.KafkaRaftServer=info",
            "-Dorg.slf4j.simpleLogger.showDateTime=true",
            "-Dorg.slf4j.simpleLogger.dateTimeFormat=HH:mm:ss.SSS");

    private final Path folder;
    private final String classes;
    private final List<String> options;

    private Kafka(Path folder, String classes, List<String> options) {
        this.folder = folder;
        this.classes = classes;
        this.options = options;
    }

    /**
     * Finds the jars.
     *
     * @throws IOException when they are not there
     */
    static Kafka find() throws IOException {
        Path jars = jars();
        byte[] program = program();
        Path folder = Files.createDirectories(jars.resolveSibling("rehearsed-" + key(jars, program)));
        Path jar = folder.resolve("program.jar");
        if (!Files.exists(jar)) {
            Path made = Files.createTempFile(folder, "program", ".jar"); // somebody else may be at it
            writeJar(made, program);
            Files.move(made, jar, StandardCopyOption.ATOMIC_MOVE);
        }
        return new Kafka(folder, jars.resolve("*") + File.pathSeparator + jar, OPTIONS);
    }

    /** Where the virtual machine's AOT cache (JEP 514) is, if it is. */
    Path cache() {
        return folder.resolve("kafka.aot");
    }

    /** The same with an option more. */
    Kafka with(String option) {
        return new Kafka(folder, classes, Stream.concat(options.stream(), Stream.of(option)).toList());
    }

    /** The same with the cache, where there is one. */
    Kafka rehearsed() {
        return Files.exists(cache()) ? with("-XX:AOTCache=" + cache()) : this;
    }

    /** The folder of them, beside what this class was loaded from unless the property {@code manicule.kafka} says where. */
    private static Path jars() throws IOException {
        String property = System.getProperty("manicule.kafka");
        Path jars = property != null ? Path.of(property) : target().resolve("../kafka/target/lib");
        if (!Files.isDirectory(jars)) {
            throw new IOException("Kafka's jars are not in " + jars
                    + ": `mvn -pl brokers -am process-resources` puts them there, and -Dmanicule.kafka says where else they are");
        }
        return jars.toRealPath();
    }

    /** The folder that Maven builds this module into. */
    private static Path target() throws IOException {
        try {
            return Path.of(Kafka.class.getProtectionDomain().getCodeSource().getLocation().toURI())
                    .resolve("..")
                    .normalize();
        } catch (URISyntaxException e) {
            throw new IOException(e);
        }
    }

    private static byte[] program() throws IOException {
        try (InputStream in = BrokerProgram.class.getResourceAsStream("BrokerProgram.class")) {
            if (in == null) {
                throw new IOException("BrokerProgram.class is not where it was loaded from");
            }
            return in.readAllBytes();
        }
    }

    /** Says what a rehearsal holds for: this virtual machine with these options, these jars, this program. */
    private static String key(Path jars, byte[] program) throws IOException {
        StringBuilder text = new StringBuilder(System.getProperty("java.vm.version")).append(OPTIONS);
        try (Stream<Path> files = Files.list(jars)) {
            for (Path file : files.sorted().toList()) {
                text.append(file).append(Files.size(file)).append(Files.getLastModifiedTime(file));
            }
        }
        CRC32 crc = new CRC32();
        crc.update(text.toString().getBytes(StandardCharsets.UTF_8));
        crc.update(program);
        return HexFormat.of().toHexDigits((int) crc.getValue());
    }

    /** Packs it, because an AOT cache wants its classes in jars. */
    private static void writeJar(Path file, byte[] program) throws IOException {
        try (OutputStream out = Files.newOutputStream(file); JarOutputStream jar = new JarOutputStream(out)) {
            jar.putNextEntry(new JarEntry(BrokerProgram.class.getName().replace('.', '/') + ".class"));
            jar.write(program);
            jar.closeEntry();
        }
    }

    /** The command of a broker. */
    List<String> command(Path settings, String cluster) {
        List<String> command = new ArrayList<>(List.of(JAVA.toString()));
        command.addAll(options);
        command.addAll(List.of("-cp", classes, BrokerProgram.class.getName(), settings.toString(), cluster));
        return command;
    }
}
