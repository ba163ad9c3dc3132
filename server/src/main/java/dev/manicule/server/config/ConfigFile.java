package dev.manicule.server.config;

import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Node;

/**
 * A configuration in YAML. A setting that this version does not know is rejected: a setting for security must never be
 * ignored silently.
 *
 * <pre>
 * host: 127.0.0.1
 * port: 8090
 * data: ./data
 * tls: {certificate: cert.pem, key: key.pem}
 * pollTimeoutSeconds: 280
 * presence:
 *   intervalAbove: 20
 *   intervalSeconds: 10
 * keysets:
 *   - subscribeKey: sub-c-1
 *     publishKey: pub-c-1
 *     secretKey: {file: sub-c-1.secret}
 *     accessManager: true
 * limits:
 *   connections: 10000
 * </pre>
 */
public final class ConfigFile {
    private ConfigFile() {}

    /**
     * Reads a file.
     *
     * @param base the defaults for settings that the file does not have; a relative {@code data} in the file is
     *        relative to the file
     */
    public static ManiculeConfig read(Path file, ManiculeConfig base) throws ConfigException {
        return read(file, base, System::getenv);
    }

    /** Reads a file that may refer to these variables of the environment. */
    static ManiculeConfig read(Path file, ManiculeConfig base, UnaryOperator<@Nullable String> environment)
            throws ConfigException {
        return read(file, text(file), base, environment);
    }

    /**
     * Reads a text, as if it were a file with the name {@code configuration} in the working directory.
     *
     * @param base the defaults for settings that the text does not have
     */
    public static ManiculeConfig parse(String text, ManiculeConfig base) throws ConfigException {
        return read(Path.of("configuration"), text, base, System::getenv);
    }

    private static ManiculeConfig read(Path file, String text, ManiculeConfig base,
            UnaryOperator<@Nullable String> environment) throws ConfigException {
        Optional<Node> root = root(file, text);
        return root.isEmpty() ? base : ConfigTable.read(new ConfigNodes(file, environment), root.get(), base);
    }

    private static String text(Path file) throws ConfigException {
        try {
            return Files.readString(file);
        } catch (MalformedInputException e) {
            throw new ConfigException(file + ": not a text file in UTF-8.");
        } catch (IOException e) {
            throw new ConfigException("Can't read the configuration " + file + ": " + (Files.exists(file)
                    ? e.getMessage()
                    : "there is no such file") + ".");
        }
    }

    /** The content of a file; none when it has none. */
    private static Optional<Node> root(Path file, String text) throws ConfigException {
        try {
            LoadSettings settings = LoadSettings.builder()
                    .setLabel(file.toString())
                    .setBufferSize(text.length() + 1024) // in one piece: the parser fails on pairs of surrogates cut in two
                    .build();
            return new Compose(settings).composeString(text);
        } catch (MarkedYamlEngineException e) {
            int line = e.getProblemMark().map(Mark::getLine).orElse(0) + 1;
            throw new ConfigException(file + ":" + line + ": not YAML: " + e.getProblem());
        } catch (StackOverflowError e) {
            throw new ConfigException(file + ": too many brackets within each other.");
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) { // which the parser throws too
            throw new ConfigException(file + ": not YAML: " + e.getMessage());
        } catch (YamlEngineException e) {
            throw new ConfigException("Can't read the configuration " + file + ": " + e.getMessage() + ".");
        }
    }
}
