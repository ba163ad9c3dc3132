package dev.manicule.cli;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Which data it is about. */
final class DataOption {
    @Option(names = "--data", paramLabel = "FOLDER", defaultValue = "data",
            description = "The data folder of a server. Default: ./data.")
    private Path data = Path.of("data");

    Path path() {
        return data;
    }
}
