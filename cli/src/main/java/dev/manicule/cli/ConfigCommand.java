package dev.manicule.cli;

import dev.manicule.server.config.ConfigException;
import dev.manicule.server.config.ConfigFile;
import dev.manicule.server.config.ManiculeConfig;
import dev.manicule.server.http.Certificate;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Configuration files. */
@Command(name = "config", description = "Configuration files.", subcommands = ConfigCommand.Check.class)
final class ConfigCommand extends CommandGroup {
    ConfigCommand() {
        super("check");
    }

    /** Reads a configuration file as the server would. */
    @Command(name = "check", mixinStandardHelpOptions = true, versionProvider = ManiculeCommand.Version.class,
            description = "Read a configuration as the server would, and say what is wrong with it, if anything is.")
    static final class Check implements Callable<Integer> {
        @Spec
        @SuppressWarnings("NullAway.Init") // set by picocli
        private CommandSpec spec;

        @Parameters(index = "0", paramLabel = "FILE", description = "The file.")
        @SuppressWarnings("NullAway.Init") // set by picocli
        private Path file;

        @Override
        public Integer call() throws ConfigException {
            ManiculeConfig config = ConfigFile.read(file, ManiculeConfig.DEFAULT);
            if (config.http().tls() != null) {
                try {
                    Certificate certificate = new Certificate(config.http().tls().certificate(),
                            config.http().tls().key());
                    spec.commandLine().getOut().println("The certificate holds until " + certificate.expiry() + ".");
                } catch (IOException e) {
                    throw new IllegalArgumentException(file + ": " + e.getMessage() + ".", e);
                }
            }
            spec.commandLine().getOut().println(file + " is good: " + ServeCommand.keys(config) + ".");
            return ExitCode.OK;
        }
    }
}
