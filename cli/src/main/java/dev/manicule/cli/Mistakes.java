package dev.manicule.cli;

import java.io.PrintWriter;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Reports a usage error, the expected value and an example, where picocli would name a type of Java. */
final class Mistakes implements IParameterExceptionHandler {
    /** Has a command, and all below it, understand and refuse arguments in our words. */
    static void in(CommandLine commandLine) {
        commandLine.registerConverter(Integer.class, Mistakes::number);
        commandLine.registerConverter(int.class, Mistakes::number);
        commandLine.registerConverter(Long.class, Mistakes::longNumber);
        commandLine.registerConverter(long.class, Mistakes::longNumber);
        commandLine.registerConverter(Path.class, Mistakes::path);
        commandLine.setParameterExceptionHandler(new Mistakes());
    }

    private static int number(String value) {
        long number = longNumber(value);
        if (number > Integer.MAX_VALUE) {
            throw new TypeConversionException("`" + value + "` is too large; expected a whole number, such as 100");
        }
        return (int) number;
    }

    private static long longNumber(String value) {
        try {
            long number = Long.parseLong(value);
            if (number >= 0) {
                return number;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new TypeConversionException("`" + value + "` is no whole number; expected one, such as 100");
    }

    private static Path path(String value) {
        try {
            return Path.of(value);
        } catch (InvalidPathException e) {
            throw new TypeConversionException("`" + value + "` is no path in this locale (" + e.getReason()
                    + "); set one of UTF-8, such as LC_ALL=C.UTF-8");
        }
    }

    @Override
    public int handleParseException(ParameterException wrong, String[] arguments) {
        CommandLine command = wrong.getCommandLine();
        PrintWriter err = command.getErr();
        err.println(command.getColorScheme().errorText("manicule: " + words(wrong)));
        if (command.getCommandSpec().userObject() instanceof CommandGroup
                && !(wrong instanceof UnmatchedArgumentException)) {
            command.usage(err);
        } else {
            UnmatchedArgumentException.printSuggestions(wrong, err);
            err.println("`" + command.getCommandSpec().qualifiedName() + " --help` shows what there is.");
        }
        err.flush();
        return ExitCode.USAGE;
    }

    private static String words(ParameterException wrong) {
        CommandSpec command = wrong.getCommandLine().getCommandSpec();
        if (wrong instanceof UnmatchedArgumentException unmatched && !unmatched.isUnknownOption()) {
            String first = unmatched.getUnmatched().getFirst();
            return command.userObject() instanceof CommandGroup
                    ? "there is no command `" + command.qualifiedName() + " " + first + "`."
                    : "`" + first + "` is one argument too many; one with spaces needs quotes, such as "
                            + "'\"hello world\"'.";
        }
        String words = String.valueOf(wrong.getMessage()).replace("option option", "option");
        if (wrong instanceof MissingParameterException missing) {
            List<ArgSpec> parameters = missing.getMissing();
            if (!parameters.isEmpty() && parameters.getFirst().description().length > 0) {
                words += ". Expected: " + String.join(" ", parameters.getFirst().description());
            }
        }
        return words.endsWith(".") ? words : words + ".";
    }
}
