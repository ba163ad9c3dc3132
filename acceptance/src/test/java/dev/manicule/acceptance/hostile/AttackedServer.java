package dev.manicule.acceptance.hostile;

import dev.manicule.acceptance.Folders;
import dev.manicule.acceptance.ServerProcess;
import dev.manicule.acceptance.Signing;
import dev.manicule.acceptance.TestCertificate;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A server in a process, of this build or of another one, with a small heap and the default limits. */
final class AttackedServer implements AutoCloseable {
    private static final @Nullable String OTHER_BUILD = System.getProperty("hostile.server");
    private static final Pattern LISTENS = Pattern.compile("listens on https?://[^ ]*:(\\d+)");
    private static final Pattern HISTOGRAM_TOTAL = Pattern.compile("(?m)^Total\\s+\\d+\\s+(\\d+)");
    private static final Pattern COLLECTION = Pattern.compile("Pause [^\\n]*?(\\d+)M->");
    private static final Signing OWNER = new Signing(Target.KEYSET, "att4ck3d-k3y-0f-th1s-t3st");
    private static final int START_MILLIS = 60_000;

    private final Path folder;
    private final Process process;
    private final int port;
    private final Attack.Setting setting;

    private AttackedServer(Path folder, Process process, int port, Attack.Setting setting) {
        this.folder = folder;
        this.process = process;
        this.port = port;
        this.setting = setting;
    }

    static AttackedServer start(Attack.Setting setting, int heapMegabytes) throws Exception {
        Path folder = Folders.temporary();
        List<String> command = new ArrayList<>(List.of(ServerProcess.java(), "-Xmx" + heapMegabytes + "m",
                "-Xmn" + Math.min(64, heapMegabytes / 4) + "m", "-Xlog:gc:file=" + folder.resolve("gc.log")));
        command.addAll(options());
        command.addAll(List.of("-cp", classPath(), "dev.manicule.cli.Main", "serve", "--config",
                configuration(folder, setting).toString()));
        Path log = folder.resolve("log");
        Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
        return new AttackedServer(folder, process, port(process, log), setting);
    }

    /** As the launcher of the server has them. */
    private static List<String> options() throws IOException {
        try (var lines = Files.lines(Folders.checkout().resolve("cli/src/main/launch/jvm.options"))) {
            return lines.filter(line -> line.startsWith("-")).toList();
        }
    }

    private static String classPath() {
        if (OTHER_BUILD == null) {
            return System.getProperty("java.class.path");
        }
        Path built = Path.of(OTHER_BUILD, "cli", "target");
        if (!Files.exists(built.resolve("manicule-cli.jar"))) {
            throw new IllegalStateException(
                    OTHER_BUILD + " has to be built first: mvn -DskipTests -pl cli -am package");
        }
        return built.resolve("lib") + "/*" + File.pathSeparator + built.resolve("manicule-cli.jar");
    }

    private static Path configuration(Path folder, Attack.Setting setting) throws Exception {
        String tls = "";
        if (setting == Attack.Setting.TLS) {
            TestCertificate.make(folder, "EC").write(folder.resolve("cert.pem"), folder.resolve("key.pem"));
            tls = "tls: {certificate: cert.pem, key: key.pem}\n";
        }
        String keysets = setting == Attack.Setting.GUARDED
                ? "keysets:\n  - {subscribeKey: %1$s, publishKey: %1$s}\n  - {subscribeKey: %2$s, publishKey: %2$s, secretKey: %3$s, accessManager: true}\n"
                        .formatted(Innocents.KEYSET, Target.KEYSET, OWNER.secretKey())
                : "";
        return Files.writeString(folder.resolve("manicule.yaml"), "port: 0\ndata: data\n" + tls + keysets);
    }

    private static int port(Process process, Path log) throws Exception {
        long patience = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(START_MILLIS);
        while (process.isAlive() && System.nanoTime() < patience) {
            Matcher listens = LISTENS.matcher(Files.readString(log, StandardCharsets.ISO_8859_1));
            if (listens.find()) {
                return Integer.parseInt(listens.group(1));
            }
            TimeUnit.MILLISECONDS.sleep(20);
        }
        process.destroyForcibly();
        throw new IllegalStateException("the server did not start: " + Files.readString(log));
    }

    int port() {
        return port;
    }

    boolean usesTls() {
        return setting == Attack.Setting.TLS;
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** An ordinary token for the keyset of the attack, with patterns as tokens have them; empty where none is needed. */
    String token() throws Exception {
        if (setting != Attack.Setting.GUARDED) {
            return "";
        }
        String grant = "{\"ttl\":60,\"permissions\":{\"resources\":{\"channels\":{\"c\":1}},\"patterns\":{\"channels\":{"
                + "\"room-[0-9a-z]{1,400}\":3,\"team-[0-9a-z]{1,400}(?:-[a-z]{1,400})?\":3}}}}";
        try (Target.Client client = new Target(port, false, "").client()) {
            String body = client
                    .post(OWNER.sign("POST", "/v3/pam/" + Target.KEYSET + "/grant?uuid=owner", grant), grant)
                    .text();
            Matcher token = Pattern.compile("\"token\":\"([^\"]+)\"").matcher(body);
            if (!token.find()) {
                throw new IllegalStateException("no token: " + body);
            }
            return token.group(1).replace("=", "%3D");
        }
    }

    /** Bytes of the heap that are in use after a collection; -1 when the process does not say. */
    long heapInUse() throws Exception {
        Process jcmd = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                "" + process.pid(), "GC.class_histogram").redirectErrorStream(true).start(); // collects first
        String answer = new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        Matcher total = HISTOGRAM_TOTAL.matcher(answer);
        return jcmd.waitFor() == 0 && total.find() ? Long.parseLong(total.group(1)) : -1;
    }

    /** The largest heap before a collection, in megabytes. */
    long heapPeakMegabytes() throws IOException {
        Path log = folder.resolve("gc.log");
        return Files.exists(log)
                ? COLLECTION.matcher(Files.readString(log))
                        .results()
                        .mapToLong(peak -> Long.parseLong(peak.group(1)))
                        .max()
                        .orElse(0)
                : 0;
    }

    /** The most memory that the process had, in megabytes; 0 where the system does not say. */
    long residentPeakMegabytes() throws IOException {
        Path status = Path.of("/proc", "" + process.pid(), "status");
        if (!process.isAlive() || !Files.exists(status)) {
            return 0;
        }
        Matcher peak = Pattern.compile("VmHWM:\\s+(\\d+) kB").matcher(Files.readString(status));
        return peak.find() ? Long.parseLong(peak.group(1)) >> 10 : 0;
    }

    /** Bytes that it has written to its log. */
    long logged() throws IOException {
        return Files.size(folder.resolve("log"));
    }

    /** The end of its log. */
    String lastWords() throws IOException {
        String log = Files.readString(folder.resolve("log"), StandardCharsets.ISO_8859_1);
        return log.substring(Math.max(0, log.length() - 1_500));
    }

    @Override
    public void close() throws IOException {
        process.destroyForcibly().onExit().join();
        Folders.delete(folder);
    }
}
