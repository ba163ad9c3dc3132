package dev.manicule.testkit;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.IntPredicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.jspecify.annotations.Nullable;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/**
 * Finds a JDK that the server runs on: one that is named, else the first of the environment, of Maven's toolchains, and of
 * the folders where JDKs are installed. Nothing is executed: a JDK's file {@code release} has its version. Any thread may
 * use it.
 */
final class Jdks {
    /** The oldest Java that the server runs on. */
    static final int OLDEST = 25;
    /** The system property that names the folder of the JDK for servers. */
    static final String PROPERTY = "manicule.testkit.java";
    /** The environment variable that does so where the property is not set. */
    static final String VARIABLE = "MANICULE_TESTKIT_JAVA";
    private static final Pattern VERSION = Pattern.compile("(?m)^JAVA_VERSION=\"(?:1\\.)?(\\d+)");
    /** Such as {@code JAVA_HOME}, {@code JAVA_HOME_25_X64}, {@code JAVA25_HOME}, {@code JDK_25}. */
    private static final Pattern HOMES = Pattern.compile("JAVA_HOME(_.*)?|JAVA_?\\d+_HOME|JDK_?\\d+(_.*)?");
    private static final Pattern OF_ENVIRONMENT = Pattern.compile("\\$\\{env\\.([^}]+)}");

    private final @Nullable String property;
    private final Map<String, String> environment;
    private final Path userHome;
    private final List<Path> folders;

    /**
     * A JDK, or another Java that can be run.
     *
     * @param home its folder
     * @param version such as 25
     */
    record Jdk(Path home, int version) {
        /** The program that runs it. */
        Path java() {
            Path program = home.resolve("bin/java");
            return Files.isExecutable(program) ? program : home.resolve("bin/java.exe");
        }

        @Override
        public String toString() {
            return "Java " + version + " in " + home;
        }
    }

    /**
     * A place to look at.
     *
     * @param name for an error
     * @param homes the folders that may be JDKs
     */
    private record Place(String name, List<Path> homes) {
        private List<Jdk> jdks() {
            return homes.stream().flatMap(home -> jdk(home).stream()).distinct().toList();
        }
    }

    /**
     * Looks only at these places.
     *
     * @param property the value of the system property, null where it is not set
     * @param folders the folders in which JDKs are installed, besides those in the user's home
     */
    Jdks(@Nullable String property, Map<String, String> environment, Path userHome, List<Path> folders) {
        this.property = property;
        this.environment = new TreeMap<>(environment);
        this.userHome = userHome;
        this.folders = List.copyOf(folders);
    }

    /** Those of this machine. */
    static Jdks ofThisMachine() {
        Map<String, String> environment = System.getenv();
        List<Path> folders = new ArrayList<>();
        for (String folder : List.of("/usr/lib/jvm", "/usr/java", "/usr/local/openjdk", "/opt/java", "/opt/jdks",
                "/Library/Java/JavaVirtualMachines", "/opt/homebrew/Cellar", "/usr/local/Cellar")) {
            folders.add(Path.of(folder));
        }
        for (String variable : List.of("ProgramFiles", "ProgramW6432")) {
            String programs = environment.get(variable);
            if (programs != null) {
                Stream.of("Java", "Eclipse Adoptium", "Microsoft", "Zulu", "Amazon Corretto", "BellSoft")
                        .forEach(vendor -> folders.add(Path.of(programs, vendor)));
            }
        }
        return new Jdks(System.getProperty(PROPERTY), environment, Path.of(System.getProperty("user.home")), folders);
    }

    /**
     * The JDK that the property or the variable names; empty where neither is set.
     *
     * @throws IllegalStateException when there is none in the named folder, or it is too old
     */
    Optional<Jdk> named() {
        String name = property != null ? property : environment.get(VARIABLE);
        if (name == null || name.isBlank()) {
            return Optional.empty();
        }
        Optional<Jdk> named = path(name).flatMap(Jdks::jdk);
        if (named.isEmpty() || named.get().version() < OLDEST) {
            throw new IllegalStateException("The " + (property != null
                    ? "system property " + PROPERTY
                    : "environment variable " + VARIABLE) + " has the value " + name + ", and there is "
                    + (named.isEmpty() ? "no JDK in that folder" : "Java " + named.get().version())
                    + ". Set it to the folder of a JDK " + OLDEST + " or newer: the one with bin/java in it.");
        }
        return named;
    }

    /**
     * The first JDK that is new enough.
     *
     * @throws IllegalStateException when there is none; the message lists the places, and what is there
     */
    Jdk find() {
        return first(version -> version >= OLDEST).orElseThrow(() -> new IllegalStateException(missing(places())));
    }

    /** The first JDK of such a version. */
    Optional<Jdk> first(IntPredicate isWanted) {
        return places().stream()
                .flatMap(place -> place.jdks().stream())
                .filter(jdk -> isWanted.test(jdk.version()))
                .findFirst();
    }

    private String missing(List<Place> places) {
        return "The server of a test needs Java " + OLDEST + ", this virtual machine is Java "
                + Runtime.version().feature() + ", and no newer one was found. Install a JDK " + OLDEST
                + ", or set the system property " + PROPERTY + " or the environment variable " + VARIABLE
                + " to its folder. These places were looked at:"
                + places.stream()
                        .map(place -> "\n  " + place.name() + ": " + (place.jdks().isEmpty()
                                ? "no JDK"
                                : place.jdks().stream().map(Jdk::toString).collect(Collectors.joining(", "))))
                        .collect(Collectors.joining());
    }

    private List<Place> places() {
        List<Place> places = new ArrayList<>();
        environment.forEach((name, value) -> {
            if (HOMES.matcher(name).matches()) {
                places.add(new Place("the environment variable " + name, path(value).stream().toList()));
            }
        });
        Path toolchains = userHome.resolve(".m2/toolchains.xml");
        places.add(new Place(toolchains.toString(), toolchains(toolchains)));
        for (String folder : List.of(".sdkman/candidates/java", ".jdks", ".gradle/jdks", ".asdf/installs/java",
                ".local/share/mise/installs/java", "Library/Java/JavaVirtualMachines", "scoop/apps")) {
            places.add(installed(userHome.resolve(folder)));
        }
        folders.forEach(folder -> places.add(installed(folder)));
        places.add(new Place("PATH", Stream.of(environment.getOrDefault("PATH", "").split(File.pathSeparator, -1))
                .filter(each -> !each.isBlank())
                .flatMap(each -> path(each).stream())
                .flatMap(Jdks::homeOfProgram)
                .toList()));
        return places;
    }

    /** The JDKs that are in a folder, the oldest first that will do. */
    private static Place installed(Path folder) {
        List<Path> homes = new ArrayList<>();
        for (Path child : children(folder)) {
            homes.add(child);
            homes.add(child.resolve("Contents/Home"));
            for (Path grandchild : children(child)) { // as Gradle unpacks them, and Homebrew
                homes.add(grandchild);
                homes.add(grandchild.resolve("Contents/Home"));
                homes.add(grandchild.resolve("libexec/openjdk.jdk/Contents/Home"));
            }
        }
        return new Place(folder.toString(), homes.stream()
                .flatMap(home -> jdk(home).stream())
                .sorted(Comparator.comparingInt(Jdk::version))
                .map(Jdk::home)
                .toList());
    }

    private static List<Path> children(Path folder) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> children = Files.list(folder)) {
            return children.sorted().toList();
        } catch (IOException e) {
            return List.of(); // it may be another user's
        }
    }

    /** The home of the program {@code java} of a folder of PATH, through links. */
    private static Stream<Path> homeOfProgram(Path folder) {
        try {
            Path bin = folder.resolve("java").toRealPath().getParent();
            Path home = bin == null ? null : bin.getParent();
            return home == null ? Stream.empty() : Stream.of(home);
        } catch (IOException e) {
            return Stream.empty();
        }
    }

    private List<Path> toolchains(Path file) {
        if (!Files.isReadable(file)) {
            return List.of();
        }
        List<Path> homes = new ArrayList<>();
        try {
            DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
            factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
            Document document = factory.newDocumentBuilder().parse(file.toFile());
            NodeList found = document.getElementsByTagName("jdkHome");
            for (int i = 0; i < found.getLength(); i++) {
                String home = OF_ENVIRONMENT.matcher(found.item(i).getTextContent().strip())
                        .replaceAll(variable -> Matcher.quoteReplacement(
                                environment.getOrDefault(variable.group(1), "")));
                homes.addAll(path(home).stream().toList());
            }
        } catch (IOException | SAXException | ParserConfigurationException e) {
            return homes; // Maven reports a broken file
        }
        return homes;
    }

    private static Optional<Path> path(String text) {
        try {
            return text.isBlank() ? Optional.empty() : Optional.of(Path.of(text.strip()));
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }

    private static Optional<Jdk> jdk(Path home) {
        try {
            if (Files.isExecutable(home.resolve("bin/java")) || Files.isExecutable(home.resolve("bin/java.exe"))) {
                Matcher version = VERSION.matcher(Files.readString(home.resolve("release")));
                return version.find()
                        ? Optional.of(new Jdk(home, Integer.parseInt(version.group(1))))
                        : Optional.empty();
            }
        } catch (IOException e) {
            // no file with its version: it may be anything
        }
        return Optional.empty();
    }
}
