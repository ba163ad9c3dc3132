package dev.manicule.bench.peer;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** PostgreSQL with its defaults, except for enough connections and buffers, reached by a socket in its folder. */
public final class Postgres implements AutoCloseable {
    private static final int ATTEMPTS = 100;
    private static final String PROGRAMS = "usr/lib/postgresql/15/bin/";

    private final PeerProcess process;
    private final Packages packages;

    private Postgres(PeerProcess process, Packages packages) {
        this.process = process;
        this.packages = packages;
    }

    /** Makes a cluster and starts it. */
    public static Postgres start(Machine machine, Packages packages) throws IOException, InterruptedException {
        Path folder = WorkFolders.make("postgres");
        Path data = folder.resolve("data");
        List<String> as = asSomebody(folder);
        List<String> make = new ArrayList<>(as);
        make.addAll(List.of(packages.program(PROGRAMS + "initdb"), "--pgdata=" + data, "--username=bench",
                "--auth=trust", "--encoding=UTF8", "--no-locale"));
        String _ = run(packages, make, "");
        int port = PeerProcess.freePort();
        List<String> serve = new ArrayList<>(as);
        serve.addAll(List.of(packages.program(PROGRAMS + "postgres"), "-D", data.toString(), "-p", "" + port, "-k",
                folder.toString(), "-c", "listen_addresses=127.0.0.1", "-c", "max_connections=300", "-c",
                "shared_buffers=1GB", "-c", "synchronous_commit=on", "-c", "max_wal_size=8GB"));
        Postgres postgres = new Postgres(
                PeerProcess.start("PostgreSQL", machine, folder, port, packages.environment(), serve), packages);
        postgres.awaitReady();
        return postgres;
    }

    /** PostgreSQL does not run as root: then it runs as the user {@code nobody}, which owns its folder. */
    private static List<String> asSomebody(Path folder) throws IOException {
        if (!System.getProperty("user.name").equals("root")) {
            return List.of();
        }
        UserPrincipal nobody = folder.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("nobody");
        Files.setOwner(folder, nobody);
        return List.of("setpriv", "--reuid=nobody", "--clear-groups");
    }

    /** It listens before it accepts queries. */
    private void awaitReady() throws IOException, InterruptedException {
        for (int attempt = 1;; attempt++) {
            try {
                execute("select 1 \\g /dev/null");
                return;
            } catch (IOException e) {
                if (attempt == ATTEMPTS) {
                    close();
                    throw e;
                }
                Thread.sleep(100);
            }
        }
    }

    /** The process. */
    public PeerProcess process() {
        return process;
    }

    /** Runs statements, one after the other. */
    public void execute(String sql) throws IOException, InterruptedException {
        String _ = run(packages, command("psql", "--quiet", "--set=ON_ERROR_STOP=1"), sql);
    }

    /** Runs a script with pgbench, prepared, and returns the output of pgbench. */
    public String pgbench(Path script, int clients, long seconds, long seed) throws IOException, InterruptedException {
        return run(packages, command("pgbench", "--no-vacuum", "--protocol=prepared", "--client=" + clients, "--jobs=1",
                "--time=" + seconds, "--define=n=" + seed, "--file=" + script), "");
    }

    private List<String> command(String program, String... options) throws IOException {
        List<String> command = new ArrayList<>(List.of(packages.program(PROGRAMS + program), "--host="
                + process.folder(), "--port=" + process.port(), "--username=bench"));
        command.addAll(List.of(options));
        command.add("postgres");
        return command;
    }

    private static String run(Packages packages, List<String> command, String input)
            throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(packages.environment());
        Process process = builder.start();
        process.outputWriter(StandardCharsets.UTF_8).append(input).close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(1, TimeUnit.MINUTES) || process.exitValue() != 0) {
            throw new IOException(String.join(" ", command) + " failed:\n" + said);
        }
        return said;
    }

    @Override
    public void close() {
        process.close();
    }
}
