package dev.manicule.cli;

import dev.manicule.client.Category;
import dev.manicule.client.ManiculeException;
import dev.manicule.client.Status.ErrorData;
import dev.manicule.client.Status;
import dev.manicule.server.StartException;
import dev.manicule.server.config.ConfigException;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine;

/** Prints the failure in one line, and ends with an exit code that tells scripts its kind. */
final class Failures implements IExecutionExceptionHandler {
    @Override
    public int handleExecutionException(Exception thrown, CommandLine command, ParseResult parsed) throws Exception {
        if (thrown instanceof ManiculeException failed) {
            Status status = failed.status();
            command.getErr().println(command.getColorScheme().errorText("manicule: " + words(status)));
            return code(status.category());
        }
        if (thrown instanceof StartException || thrown instanceof ConfigException
                || thrown instanceof IllegalArgumentException) {
            command.getErr().println(command.getColorScheme().errorText("manicule: " + thrown.getMessage()));
            return thrown instanceof StartException ? ExitCode.REFUSED : ExitCode.USAGE;
        }
        if (thrown instanceof StandardOutput.FailedException failed) {
            return failed.exitCode();
        }
        throw thrown;
    }

    private static String words(Status status) {
        ErrorData error = status.errorData();
        String message = error == null ? "no answer" : error.message();
        return switch (status.category()) {
            case NETWORK_ISSUES -> "can't reach a server at " + message
                    + ". Is it running? `manicule serve` starts one, --origin names another.";
            case TIMEOUT -> "can't reach a server at " + message + ".";
            default -> error == null ? message : words(error, status.statusCode());
        };
    }

    /**
     * What an error says.
     *
     * @param statusCode the HTTP status, 0 when there was none
     */
    static String words(ErrorData error, int statusCode) {
        String which = error.change().isPresent() ? "change " + (error.change().getAsInt() + 1) + ": " : "";
        String existing = error.existing() == null
                ? ""
                : "; the one that is there has the timetoken " + error.existing().actionTimetoken();
        return which + error.message() + (statusCode == 0 ? "" : " (" + statusCode + ")") + existing;
    }

    private static int code(Category category) {
        return switch (category) {
            case NETWORK_ISSUES, TIMEOUT, TLS_CONNECTION_FAILED, TLS_UNTRUSTED_CERTIFICATE, UNAVAILABLE ->
                ExitCode.UNREACHABLE;
            case CONFLICT -> ExitCode.ALREADY_THERE;
            default -> ExitCode.REFUSED;
        };
    }
}
