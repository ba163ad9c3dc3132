package dev.manicule.bench.peer;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Debian's packages of the peers, unpacked into a folder of the build rather than installed: no rights are needed for it,
 * nothing is started, and the system stays as it is.
 */
public final class Packages {
    private static final List<String> WANTED = List.of("redis-server", "nginx", "libnginx-mod-nchan", "postgresql-15");

    private final Path root;

    private Packages(Path root) {
        this.root = root;
    }

    /**
     * Unpacks what is not yet there.
     *
     * @param folder where to
     */
    public static Packages in(Path folder) throws IOException, InterruptedException {
        Path root = folder.toAbsolutePath().resolve("root");
        Path done = folder.resolve("unpacked");
        if (!Files.exists(done)) {
            Files.createDirectories(root);
            List<String> names = upToDate();
            List<String> download = new ArrayList<>(List.of("apt-get", "-q", "download"));
            download.addAll(names);
            String _ = run(folder, download);
            try (Stream<Path> files = Files.list(folder)) {
                for (Path file : files.filter(path -> path.toString().endsWith(".deb")).sorted().toList()) {
                    String _ = run(folder, List.of("dpkg-deb", "-x", file.toString(), root.toString()));
                    Files.delete(file);
                }
            }
            Files.writeString(done, String.join("\n", names) + "\n");
        }
        return new Packages(root);
    }

    /**
     * The files to download; if that can't be found out, first updates the list of packages, which only root may do.
     */
    private static List<String> upToDate() throws IOException, InterruptedException {
        try {
            return downloads();
        } catch (IOException e) {
            if (!System.getProperty("user.name").equals("root")) {
                throw e;
            }
            String _ = run(Path.of("/"), List.of("apt-get", "-q", "update"));
            return downloads();
        }
    }

    /** The packages, and those that they depend on and that are not installed. */
    private static List<String> downloads() throws IOException, InterruptedException {
        List<String> names = new ArrayList<>(WANTED);
        List<String> simulate = new ArrayList<>(
                List.of("apt-get", "--simulate", "--no-install-recommends", "install"));
        simulate.addAll(WANTED);
        for (String line : run(Path.of("/"), simulate).lines().toList()) {
            if (line.startsWith("Inst ")) {
                names.add(line.substring(5, line.indexOf(' ', 5)));
            }
        }
        return names.stream().distinct().sorted().toList();
    }

    /** A file of the packages. */
    Path file(String path) throws IOException {
        Path file = root.resolve(path);
        if (!Files.exists(file)) {
            throw new IOException("The packages have no " + path + ": delete " + root.getParent() + " and try again");
        }
        return file;
    }

    /** The environment in which a program of the packages finds its libraries. */
    public Map<String, String> environment() throws IOException {
        try (Stream<Path> folders = Files.list(root.resolve("usr/lib"))) {
            return Map.of("LD_LIBRARY_PATH",
                    folders.filter(path -> path.toString().endsWith("-linux-gnu"))
                            .findFirst()
                            .map(Path::toString)
                            .orElse(""));
        }
    }

    /** The command for a program of the packages. */
    public String program(String path) throws IOException {
        return file(path).toString();
    }

    private static String run(Path folder, List<String> command) throws IOException, InterruptedException {
        Process process;
        try {
            process = new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
        } catch (IOException e) {
            throw new IOException("The peers come from Debian's packages, which need " + command.getFirst()
                    + "; run this on Debian 12, or leave the peers out with --alone", e);
        }
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException(String.join(" ", command) + " failed (is `apt-get update` due?):\n" + said);
        }
        return said;
    }
}
