package dev.manicule.server.config;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** Reads the nodes of a configuration in YAML as values, and reports the place of those that are invalid. */
final class ConfigNodes {
    private final Path file;
    private final UnaryOperator<@Nullable String> environment;

    /**
     * Of a file.
     *
     * @param environment the variables that it may refer to
     */
    ConfigNodes(Path file, UnaryOperator<@Nullable String> environment) {
        this.file = file;
        this.environment = environment;
    }

    /** Reads a value. */
    @FunctionalInterface
    interface Reader<T> {
        T read(Node node) throws ConfigException;
    }

    /** The members of a mapping, each known by its name. */
    static final class Members {
        private final Map<String, Node> nodes = new HashMap<>();

        /** The value of a member, null when it is absent. */
        @Nullable
        Node node(String name) {
            return nodes.get(name);
        }

        /** The value of a member, null when it is absent. */
        <T> @Nullable T get(String name, Reader<T> reader) throws ConfigException {
            Node node = nodes.get(name);
            return node == null ? null : reader.read(node);
        }

        /** The value of a member, or what counts when it is absent. */
        <T> T get(String name, Reader<T> reader, T absent) throws ConfigException {
            T value = get(name, reader);
            return value == null ? absent : value;
        }
    }

    /** The members of a mapping. Others than the known ones are rejected. */
    Members members(Node node, List<String> known) throws ConfigException {
        Members members = new Members();
        for (Map.Entry<ScalarNode, Node> member : members(node).entrySet()) {
            if (!known.contains(member.getKey().getValue())) {
                throw unknown(member.getKey(), String.join(", ", known));
            }
            members.nodes.put(member.getKey().getValue(), member.getValue());
        }
        return members;
    }

    /** A list of texts that satisfy a rule. */
    List<String> texts(Node node, Function<String, @Nullable String> rule) throws ConfigException {
        List<String> texts = new ArrayList<>();
        for (Node entry : entries(node)) {
            texts.add(good(entry, rule));
        }
        return texts;
    }

    /** A text, or where to find it: {@code {file: …}} or {@code {env: …}}. It may be a secret, and is part of no message here. */
    String given(Node node, String what) throws ConfigException {
        if (!(node instanceof MappingNode)) {
            return text(node);
        }
        if (members(node).size() > 1) {
            throw at(node, what + " is said to be in several places: keep one of "
                    + members(node).keySet().stream().map(ScalarNode::getValue).collect(Collectors.joining(" and "))
                    + ".");
        }
        @Nullable String given = null;
        for (Map.Entry<ScalarNode, Node> place : members(node).entrySet()) {
            String name = text(place.getValue());
            given = switch (place.getKey().getValue()) {
                case "file" -> textIn(place.getValue(), path(place.getValue()));
                case "env" -> variable(place.getValue(), name);
                default -> throw unknown(place.getKey(), "file, env");
            };
            if (given == null || given.isBlank()) {
                throw at(place.getValue(), place.getKey().getValue().equals("env")
                        ? "the environment variable " + name + " is not set: export it before the start."
                        : "the file " + name + " is empty: put " + what + " into it.");
            }
        }
        if (given == null) {
            throw at(node, "expected a text, `file: PATH` or `env: NAME`.");
        }
        return given;
    }

    private @Nullable String variable(Node node, String name) throws ConfigException {
        String value = environment.apply(name);
        if (value != null && value.indexOf('\uFFFD') >= 0) {
            throw at(node,
                    "the environment variable " + name + " is not ASCII, which this locale can't read: set one of "
                            + "UTF-8, such as LC_ALL=C.UTF-8.");
        }
        return value == null ? null : value.strip();
    }

    private String textIn(Node node, Path path) throws ConfigException {
        try {
            return Files.readString(path).strip();
        } catch (IOException e) {
            throw at(node, "can't read the file " + path + " (" + (Files.exists(path)
                    ? "is it readable for this user?"
                    : "there is no such file") + ").");
        }
    }

    List<Node> entries(Node node) throws ConfigException {
        if (node instanceof SequenceNode sequence) {
            return sequence.getValue();
        }
        throw at(node, "expected a list.");
    }

    boolean truth(Node node) throws ConfigException {
        return switch (text(node)) {
            case "true" -> true;
            case "false" -> false;
            default -> throw at(node, "expected true or false.");
        };
    }

    Map<ScalarNode, Node> members(Node node) throws ConfigException {
        if (!(node instanceof MappingNode mapping)) {
            throw at(node, "expected settings of the form `name: value`.");
        }
        Map<ScalarNode, Node> members = new LinkedHashMap<>();
        for (NodeTuple tuple : mapping.getValue()) {
            if (!(tuple.getKeyNode() instanceof ScalarNode name)) {
                throw at(tuple.getKeyNode(), "expected the name of a setting.");
            }
            for (ScalarNode earlier : members.keySet()) {
                if (earlier.getValue().equals(name.getValue())) {
                    throw at(name, "`" + name.getValue() + "` is there twice, the first time in line " + line(earlier)
                            + ": leave one out.");
                }
            }
            members.put(name, tuple.getValueNode());
        }
        return members;
    }

    /** A text that satisfies a rule. */
    String good(Node node, Function<String, @Nullable String> rule) throws ConfigException {
        String text = text(node);
        check(node, rule.apply(text));
        return text;
    }

    /** Rejects a node, unless its problem is null. */
    void check(Node node, @Nullable String problem) throws ConfigException {
        if (problem != null) {
            throw at(node, problem);
        }
    }

    /** A path, relative to the file. */
    Path path(Node node) throws ConfigException {
        try {
            return file.toAbsolutePath().resolveSibling(text(node));
        } catch (InvalidPathException e) {
            throw at(node, "`" + text(node) + "` is no path here: " + e.getReason()
                    + ". If it is not ASCII, set a locale of UTF-8, such as LC_ALL=C.UTF-8.");
        }
    }

    String text(Node node) throws ConfigException {
        if (node instanceof ScalarNode scalar && !scalar.getValue().isBlank()) {
            return scalar.getValue();
        }
        throw at(node, "expected a text.");
    }

    int number(Node node, int least, int most) throws ConfigException {
        return (int) number(node, (long) least, most);
    }

    long number(Node node, long least, long most) throws ConfigException {
        try {
            long number = Long.parseLong(text(node));
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // reported below
        }
        throw at(node, "expected a whole number from " + least + " to " + most + ".");
    }

    ConfigException unknown(ScalarNode name, String known) {
        return at(name, "`" + name.getValue() + "` is no setting of this version. There are: " + known + ".");
    }

    ConfigException at(Node node, String problem) {
        return new ConfigException(file + ":" + line(node) + ": " + problem);
    }

    private static int line(Node node) {
        return node.getStartMark().map(Mark::getLine).orElse(0) + 1;
    }
}
