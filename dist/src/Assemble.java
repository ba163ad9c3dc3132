import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;

/**
 * Puts together what packages hold: {@code bin}, {@code lib} and a Java of its own in {@code target/manicule}, its archive, and
 * the file system of the image in {@code target/image}. Run by the build, by the JDK that the packages bring.
 */
final class Assemble {
    /** What the libraries use of Java, and what a person needs who looks into a running server. */
    private static final String MODULES = "java.base,java.logging,java.management,java.naming,java.net.http,java.xml,"
            + "jdk.jcmd,jdk.jfr,jdk.management,jdk.net,jdk.unsupported,jdk.zipfs";
    /** What the Java of the image is linked against, by package of Debian. */
    private static final List<String> LIBRARIES = List.of("libc6", "libgcc-s1", "libstdc++6", "zlib1g");

    private final String version;
    /** One for all files: the AOT cache knows its jars by it. */
    private final FileTime time;
    private final Path checkout;
    private final Path target;
    private final Path home;

    private Assemble(String version, Instant time, Path checkout) {
        this.version = version;
        this.time = FileTime.from(time);
        this.checkout = checkout;
        target = checkout.resolve("dist/target");
        home = target.resolve("manicule");
    }

    public static void main(String... arguments) throws Exception {
        new Assemble(arguments[0], Instant.parse(arguments[1]), Path.of(arguments[2])).all();
    }

    private void all() throws Exception {
        delete(home);
        Files.createDirectories(target.resolve("classes")); // Jib wants it, for a program that there is not here
        Path jdk = Path.of(System.getProperty("java.home"));
        run(jdk.resolve("bin/jlink").toString(), "--add-modules", MODULES, "--strip-debug", "--no-header-files",
                "--no-man-pages", "--compress", "zip-6", "--output", home.resolve("runtime").toString());
        lib();
        Files.createDirectories(home.resolve("bin"));
        Files.copy(checkout.resolve("dist/src/bin/manicule"), home.resolve("bin/manicule"),
                StandardCopyOption.COPY_ATTRIBUTES);
        share();
        touch(home);
        rehearse();
        touch(home);
        archive();
        control();
        changelog();
        image();
    }

    private void lib() throws IOException {
        Path lib = Files.createDirectories(home.resolve("lib"));
        for (String file : List.of("jvm.options", "launch.sh")) {
            Files.copy(checkout.resolve("cli/src/main/launch").resolve(file), lib.resolve(file));
        }
        List<String> jars = new ArrayList<>();
        try (Stream<Path> all = Files.list(checkout.resolve("cli/target/lib"))) {
            for (Path jar : all.sorted().toList()) {
                String name = String.valueOf(jar.getFileName());
                if (name.startsWith("rocksdbjni-")) {
                    slim(jar, lib.resolve(name));
                } else if (!name.startsWith("netty-transport-native-epoll") || name.contains(arch("x86_64", "aarch_64"))) {
                    Files.copy(jar, lib.resolve(name));
                } else {
                    continue;
                }
                jars.add(name);
            }
        }
        Files.copy(checkout.resolve("cli/target/manicule-cli.jar"), lib.resolve("manicule-cli.jar"));
        jars.addFirst("manicule-cli.jar");
        Manifest manifest = new Manifest();
        Attributes main = manifest.getMainAttributes();
        main.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        main.put(Attributes.Name.MAIN_CLASS, "dev.manicule.cli.Main");
        main.put(Attributes.Name.CLASS_PATH, String.join(" ", jars));
        try (OutputStream out = Files.newOutputStream(lib.resolve("manicule.jar"));
                JarOutputStream jar = new JarOutputStream(out, manifest)) {
            jar.finish();
        }
    }

    private static String arch(String x86, String arm) {
        return switch (System.getProperty("os.arch")) {
            case "amd64" -> x86;
            case "aarch64" -> arm;
            default -> throw new IllegalStateException("no packages are made on " + System.getProperty("os.arch"));
        };
    }

    /** RocksDB without its libraries for other machines, which are most of it. */
    private static void slim(Path from, Path to) throws IOException {
        String own = arch("librocksdbjni-linux64.so", "librocksdbjni-linux-aarch64.so");
        try (JarFile jar = new JarFile(from.toFile());
                OutputStream out = Files.newOutputStream(to);
                JarOutputStream slim = new JarOutputStream(out)) {
            for (JarEntry entry : (Iterable<JarEntry>) jar.stream()::iterator) {
                boolean isLibrary = entry.getName().startsWith("librocksdbjni")
                        && !entry.getName().toLowerCase(Locale.ROOT).endsWith(".class");
                if (!isLibrary || entry.getName().equals(own)) {
                    JarEntry copy = new JarEntry(entry.getName());
                    copy.setTime(entry.getTime());
                    slim.putNextEntry(copy);
                    try (InputStream in = jar.getInputStream(entry)) {
                        in.transferTo(slim);
                    }
                    slim.closeEntry();
                }
            }
        }
    }

    /** The page of the manual, and what a shell completes by. */
    private void share() throws Exception {
        Path man = Files.createDirectories(home.resolve("share/man/man1")).resolve("manicule.1.gz");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(man))) {
            out.write(said("man"));
        }
        Files.write(Files.createDirectories(home.resolve("share/bash-completion/completions")).resolve("manicule"),
                said("completion"));
        for (String file : List.of("LICENSE", "README.md", "CHANGELOG.md")) {
            Files.copy(checkout.resolve(file), home.resolve(file));
        }
    }

    private byte[] said(String command) throws Exception {
        Process process = new ProcessBuilder(java(), "@" + home.resolve("lib/jvm.options"), "-jar",
                home.resolve("lib/manicule.jar").toString(), command).redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        byte[] said = process.getInputStream().readAllBytes();
        if (process.waitFor() != 0) {
            throw new IOException("manicule " + command + " failed");
        }
        return said;
    }

    private String java() {
        return home.resolve("runtime/bin/java").toString();
    }

    /** A server does a bit of everything, and the virtual machine notes what it takes (JEP 514). */
    private void rehearse() throws Exception {
        Path lib = home.resolve("lib");
        run(java(), "@" + lib.resolve("jvm.options"), "-XX:AOTCacheOutput=" + lib.resolve("manicule.aot"), "-jar",
                lib.resolve("manicule.jar").toString(), "rehearse", lib.resolve("native").toString());
    }

    /** What the package for Debian says of itself. */
    private void control() throws IOException {
        Path control = target.resolve("control");
        delete(control);
        copy(checkout.resolve("dist/src/deb/control"), control);
        Files.writeString(control.resolve("control"),
                Files.readString(control.resolve("control")).replace("@arch@", arch("amd64", "arm64")));
    }

    /** What changed, as Debian's tools read it: the changes of this version, of CHANGELOG.md. */
    private void changelog() throws IOException {
        String debian = version.replace("-SNAPSHOT", "~SNAPSHOT");
        String released = version.equals(debian) ? "unstable" : "UNRELEASED";
        StringBuilder text = new StringBuilder("manicule (" + debian + ") " + released + "; urgency=medium\n\n");
        String number = version.replace("-SNAPSHOT", "");
        boolean isThis = false;
        for (String line : Files.readAllLines(checkout.resolve("CHANGELOG.md"))) {
            isThis = line.startsWith("## ") ? line.startsWith("## " + number) : isThis;
            if (isThis && (line.startsWith("- ") || line.startsWith("  "))) {
                text.append(line.startsWith("- ") ? "  * " : "    ").append(line.substring(2)).append('\n');
            }
        }
        if (text.indexOf("  * ") < 0) {
            throw new IOException("CHANGELOG.md has no changes of " + number);
        }
        text.append("\n -- The authors of Manicule <manicule@localhost>  ")
                .append(DateTimeFormatter.RFC_1123_DATE_TIME.format(time.toInstant().atOffset(ZoneOffset.UTC))
                        .replace("GMT", "+0000").replaceFirst(", (\\d) ", ", 0$1 "))
                .append('\n');
        Path file = Files.createDirectories(target.resolve("changelog")).resolve("changelog.gz");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
            out.write(text.toString().getBytes(StandardCharsets.UTF_8));
        }
    }

    private void archive() throws Exception {
        run("tar", "--create", "--gzip", "--owner=0", "--group=0", "--numeric-owner", "--sort=name", "--file",
                target.resolve("manicule-" + version + "-linux-" + arch("x86_64", "aarch64") + ".tar.gz").toString(),
                "--directory", target.toString(), "manicule");
    }

    /** What Java needs of an operating system, of Debian's packages, and nothing else: no shell, no package manager. */
    private void image() throws Exception {
        Path image = target.resolve("image");
        Path packages = Files.createDirectories(target.resolve("packages"));
        delete(image);
        for (String name : LIBRARIES) {
            try (Stream<Path> there = Files.list(packages)) {
                if (there.noneMatch(file -> String.valueOf(file.getFileName()).startsWith(name + "_"))) {
                    download(packages, name);
                }
            }
        }
        Path unpacked = target.resolve("unpacked");
        delete(unpacked);
        try (Stream<Path> all = Files.list(packages)) {
            for (Path file : all.sorted().toList()) {
                run("dpkg-deb", "--extract", file.toString(), unpacked.toString());
            }
        }
        String triple = arch("x86_64-linux-gnu", "aarch64-linux-gnu");
        libraries(unpacked, image.resolve("lib").resolve(triple));
        String loader = arch("lib64/ld-linux-x86-64.so.2", "lib/ld-linux-aarch64.so.1");
        Files.createDirectories(image.resolve(loader).getParent());
        Files.copy(image.resolve("lib").resolve(triple).resolve(Path.of(loader).getFileName()), image.resolve(loader));
        copy(unpacked.resolve("usr/share/doc"), image.resolve("usr/share/doc"));
        Files.createDirectories(image.resolve("etc"));
        Files.writeString(image.resolve("etc/passwd"), "root:x:0:0:root:/:/nologin\nmanicule:x:65532:65532:manicule:/data:/nologin\n");
        Files.writeString(image.resolve("etc/group"), "root:x:0:\nmanicule:x:65532:\n");
        Files.writeString(image.resolve("etc/nsswitch.conf"), "hosts: files dns\n");
        copy(home, image.resolve("opt/manicule"));
        delete(image.resolve("opt/manicule/bin")); // there is no shell to run it
        Files.createDirectories(image.resolve("data"));
        Files.createDirectories(image.resolve("tmp"));
        for (String empty : List.of("data", "tmp")) { // folders alone don't get into a layer
            Files.writeString(image.resolve(empty).resolve(".keep"), "");
        }
        touch(image);
        delete(unpacked);
    }

    private static void download(Path packages, String name) throws IOException {
        try {
            run(packages, "apt-get", "download", "-qq", name);
        } catch (Exception e) {
            throw new IOException("The image is made of Debian's packages, and " + name + " can't be had: this takes a "
                    + "Debian or Ubuntu whose package lists are there (apt-get update).", e);
        }
    }

    private static void libraries(Path unpacked, Path to) throws IOException {
        Files.createDirectories(to);
        List<Path> folders = new ArrayList<>();
        for (String root : List.of("lib", "usr/lib")) {
            if (Files.isDirectory(unpacked.resolve(root))) {
                try (Stream<Path> all = Files.walk(unpacked.resolve(root), 1)) {
                    folders.addAll(all.filter(Files::isDirectory).toList());
                }
            }
        }
        for (Path folder : folders) {
            try (Stream<Path> files = Files.list(folder)) {
                for (Path file : files.filter(each -> String.valueOf(each.getFileName()).contains(".so.")).toList()) {
                    Path real = file.toRealPath(); // as a file of its name, since an image's layers know no links here
                    Path copy = to.resolve(file.getFileName());
                    if (Files.isRegularFile(real) && !Files.exists(copy) && !real.toString().endsWith(".py")) {
                        Files.copy(real, copy, StandardCopyOption.COPY_ATTRIBUTES);
                    }
                }
            }
        }
    }

    private void touch(Path root) throws IOException {
        try (Stream<Path> all = Files.walk(root)) {
            for (Path file : all.toList()) {
                if (!Files.isSymbolicLink(file)) {
                    Files.setLastModifiedTime(file, time);
                }
            }
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> all = Files.walk(from)) {
            for (Path each : all.toList()) {
                Path copy = to.resolve(from.relativize(each).toString());
                if (Files.isDirectory(each)) {
                    Files.createDirectories(copy);
                } else if (Files.isRegularFile(each)) {
                    Files.createDirectories(copy.getParent());
                    Files.copy(each, copy, StandardCopyOption.COPY_ATTRIBUTES, StandardCopyOption.REPLACE_EXISTING);
                }
            }
        }
    }

    private static void delete(Path folder) throws IOException {
        if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path each, IOException failure) throws IOException {
                Files.delete(each);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    private static void run(String... command) throws Exception {
        run(Path.of("").toAbsolutePath(), command);
    }

    private static void run(Path folder, String... command) throws Exception {
        Process process = new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes());
        if (process.waitFor() != 0) {
            throw new IOException(String.join(" ", command) + " failed:\n" + said);
        }
    }
}
