package dev.manicule.server;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** Reads the nodes of a configuration in YAML as values, and reports the place of those that are invalid. */
abstract class ConfigNodes {
    final Path file;

    ConfigNodes(Path file) {
        this.file = file;
    }

    final List<Node> entries(Node node) throws ConfigException {
        if (node instanceof SequenceNode sequence) {
            return sequence.getValue();
        }
        throw at(node, "expected a list.");
    }

    final boolean truth(Node node) throws ConfigException {
        return switch (text(node)) {
            case "true" -> true;
            case "false" -> false;
            default -> throw at(node, "expected true or false.");
        };
    }

    final Map<ScalarNode, Node> members(Node node) throws ConfigException {
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
    final String good(Node node, Function<String, @Nullable String> rule) throws ConfigException {
        String text = text(node);
        check(node, rule.apply(text));
        return text;
    }

    /** Rejects a node, unless its problem is null. */
    final void check(Node node, @Nullable String problem) throws ConfigException {
        if (problem != null) {
            throw at(node, problem);
        }
    }

    /** A path, relative to the file. */
    final Path path(Node node) throws ConfigException {
        try {
            return file.toAbsolutePath().resolveSibling(text(node));
        } catch (InvalidPathException e) {
            throw at(node, "`" + text(node) + "` is no path here: " + e.getReason()
                    + ". If it is not ASCII, set a locale of UTF-8, such as LC_ALL=C.UTF-8.");
        }
    }

    final String text(Node node) throws ConfigException {
        if (node instanceof ScalarNode scalar && !scalar.getValue().isBlank()) {
            return scalar.getValue();
        }
        throw at(node, "expected a text.");
    }

    final int number(Node node, int least, int most) throws ConfigException {
        return (int) number(node, (long) least, most);
    }

    final long number(Node node, long least, long most) throws ConfigException {
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

    final ConfigException unknown(ScalarNode name, String known) {
        return at(name, "`" + name.getValue() + "` is no setting of this version. There are: " + known + ".");
    }

    final ConfigException at(Node node, String problem) {
        return new ConfigException(file + ":" + line(node) + ": " + problem);
    }

    private static int line(Node node) {
        return node.getStartMark().map(Mark::getLine).orElse(0) + 1;
    }
}
