package dev.manicule.cli;

import dev.manicule.client.ManiculeClient;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * A command that sends a request to a server and prints the result. Failures are thrown: see {@link Failures}.
 */
@Command(mixinStandardHelpOptions = true, versionProvider = ManiculeCommand.Version.class, sortOptions = false)
abstract class ClientCommand implements Callable<Integer> {
    @Mixin
    private final ServerOptions server = new ServerOptions();

    @Mixin
    private final Output output = new Output();

    @Override
    public final Integer call() {
        check();
        try (ManiculeClient client = server.connect()) {
            run(client, output);
        }
        return exitCode();
    }

    /** Throws {@link IllegalArgumentException} on a usage error, before any request is sent. */
    void check() {}

    /** Throws a usage error if something is wrong. */
    static void refuse(boolean isWrong, String words) {
        if (isWrong) {
            throw new IllegalArgumentException(words);
        }
    }

    abstract void run(ManiculeClient client, Output out);

    /** The exit code after {@link #run}: one of {@link ExitCode}. */
    int exitCode() {
        return ExitCode.OK;
    }
}
