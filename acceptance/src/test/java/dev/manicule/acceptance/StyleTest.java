package dev.manicule.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePathScanner;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import javax.lang.model.element.Modifier;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The rules of style that a reader should not have to watch. */
class StyleTest {
    private static final int MOST_COMPONENTS = 7;
    private static final int MOST_COLUMNS = 100;
    private static final Pattern GENERATED = Pattern
            .compile("(?ms)^<!-- ([a-z]+): (?:written|printed) by .*?^<!-- /\\1 -->");
    private static final Pattern CODE = Pattern.compile("(?ms)^[ >]*```.*?^[ >]*```");

    /** What the types of some sources have that does not follow a rule. */
    private static List<String> found(List<Path> sources, Rule rule) throws IOException {
        List<String> found = new ArrayList<>();
        JavaCompiler compiler = Objects.requireNonNull(ToolProvider.getSystemJavaCompiler());
        try (StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8)) {
            JavacTask task = (JavacTask) compiler.getTask(null, manager, null, List.of(), null,
                    manager.getJavaFileObjectsFromPaths(sources));
            DocTrees comments = DocTrees.instance(task);
            for (CompilationUnitTree unit : task.parse()) {
                new TreePathScanner<Object, List<String>>() {
                    @Override
                    public Object visitClass(ClassTree type, List<String> list) {
                        String wrong = rule.wrong(type, comments.getDocComment(getCurrentPath()));
                        if (wrong != null) {
                            list.add(type.getSimpleName() + " " + wrong);
                        }
                        return super.visitClass(type, list);
                    }
                }.scan(unit, found);
            }
        }
        return found;
    }

    /** A rule for types. */
    @FunctionalInterface
    private interface Rule {
        /** What is wrong with a type and its Javadoc, null for nothing. */
        @Nullable
        String wrong(ClassTree type, @Nullable String javadoc);
    }

    /** A longer record is several ideas: name them. */
    @Test
    void recordsHaveAtMostSevenComponents() throws IOException {
        List<Path> sources = new ArrayList<>();
        for (String module : List.of("client", "server", "cli", "testkit", "brokers", "bench", "examples")) {
            sources.addAll(Folders.files(Folders.checkout().resolve(module + "/src/main"), 30, ".java"));
        }
        assertThat(sources).hasSizeGreaterThan(400);
        assertThat(found(sources, (type, javadoc) -> {
            long components = type.getKind() == Tree.Kind.RECORD ? components(type) : 0;
            return components > MOST_COMPONENTS ? "has " + components : null;
        })).isEmpty();
    }

    /** A program that updates the client wants to know since when a type is there. */
    @Test
    void clientTypesHaveASinceTag() throws IOException {
        Path folder = Folders.checkout().resolve("client/src/main/java/dev/manicule/client");
        AtomicInteger types = new AtomicInteger();
        assertThat(found(Folders.files(folder, 1, ".java"), (type, javadoc) -> {
            if (!type.getModifiers().getFlags().contains(Modifier.PUBLIC)) {
                return null;
            }
            types.incrementAndGet();
            return javadoc == null || !javadoc.contains("@since") ? "has no @since" : null;
        })).isEmpty();
        assertThat(types).hasValueGreaterThan(60);
    }

    /** A record has no other fields that are not static. */
    private static long components(ClassTree type) {
        return type.getMembers()
                .stream()
                .filter(member -> member instanceof VariableTree field
                        && !field.getModifiers().getFlags().contains(Modifier.STATIC))
                .count();
    }

    /** Tables, code and what a program writes may be longer, and a line of one word. */
    @Test
    void proseEndsAtAHundredColumns() throws IOException {
        List<Path> pages = new ArrayList<>(Folders.files(Folders.checkout().resolve("docs"), 30, ".md"));
        for (String page : List.of("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md")) {
            pages.add(Folders.checkout().resolve(page));
        }
        List<String> found = new ArrayList<>();
        for (Path page : pages) {
            String prose = CODE.matcher(GENERATED.matcher(Files.readString(page)).replaceAll("")).replaceAll("");
            prose.lines()
                    .filter(line -> line.codePointCount(0, line.length()) > MOST_COLUMNS
                            && line.strip().indexOf(' ') >= 0 && !line.matches(" *[|<].*|    .*"))
                    .forEach(line -> found.add(page.getFileName() + ": " + line));
        }
        assertThat(pages).hasSizeGreaterThan(60);
        assertThat(found).isEmpty();
    }
}
