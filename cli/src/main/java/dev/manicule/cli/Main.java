package dev.manicule.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;

/** The entry point of the command {@code manicule}. */
public final class Main {
    /** As the help lists them. */
    private static final List<String> COMMANDS = List.of("serve", "publish", "signal", "subscribe", "actions",
            "summary",
            "marks", "users", "channels", "members", "files", "push",
            "presence", "groups", "token", "history", "delete", "time",
            "config", "cluster", "backup",
            "restore",
            "newlog",
            "export",
            "import", "check", "completion", "man", "rehearse", "help");

    private Main() {}

    /** Runs the command and ends the process with its exit code. */
    public static void main(String... arguments) {
        StandardOutput.install();
        System.exit(run(arguments));
    }

    private static int run(String... arguments) {
        String[] given;
        try {
            given = Arguments.asGiven(arguments);
        } catch (IllegalArgumentException e) {
            System.err.println("manicule: " + e.getMessage());
            return ExitCode.USAGE;
        }
        try {
            CommandLine commandLine = commandLine(given);
            int code = commandLine.execute(given);
            commandLine.getOut().flush();
            System.out.flush();
            return code;
        } catch (StandardOutput.FailedException e) {
            return e.exitCode();
        }
    }

    /** The command with all its subcommands; or only with the requested one, since reading all of them takes time. */
    static CommandLine commandLine(String... arguments) {
        CommandLine commandLine = new CommandLine(new ManiculeCommand());
        boolean isKnown = arguments.length > 0 && !arguments[0].equals("help") && COMMANDS.contains(arguments[0]);
        for (String name : isKnown ? List.of(arguments[0]) : COMMANDS) {
            commandLine.addSubcommand(name, command(name));
        }
        commandLine.setOut(new PrintWriter(System.out, true, StandardCharsets.UTF_8));
        commandLine.setErr(new PrintWriter(System.err, true, StandardCharsets.UTF_8));
        commandLine.setExpandAtFiles(false); // an argument is literal: @alice is a name
        Mistakes.in(commandLine);
        commandLine.setExecutionExceptionHandler(new Failures());
        commandLine.setExecutionStrategy(Main::execute);
        commandLine.setUsageHelpAutoWidth(true);
        commandLine.setCaseInsensitiveEnumValuesAllowed(true);
        return commandLine;
    }

    /** Prints help or runs the command; picocli would show the trace of a failure of the output. */
    private static int execute(ParseResult parsed) {
        try {
            return new RunLast().execute(parsed);
        } catch (StandardOutput.FailedException e) {
            return e.exitCode();
        }
    }

    private static Object command(String name) {
        return switch (name) {
            case "serve" -> new ServeCommand();
            case "publish" -> new PublishCommand();
            case "signal" -> new SignalCommand();
            case "subscribe" -> new SubscribeCommand();
            case "actions" -> new ActionsCommand();
            case "summary" -> new SummaryCommand();
            case "marks" -> new ReadMarksCommand();
            case "users" -> new UsersCommand();
            case "channels" -> new ChannelsCommand();
            case "members" -> new MembersCommand();
            case "files" -> new FilesCommand();
            case "push" -> new PushCommand();
            case "presence" -> new PresenceCommand();
            case "groups" -> new GroupsCommand();
            case "token" -> new TokenCommand();
            case "history" -> new HistoryCommand();
            case "delete" -> new DeleteCommand();
            case "time" -> new TimeCommand();
            case "config" -> new ConfigCommand();
            case "cluster" -> new ClusterCommand();
            case "backup" -> new BackupCommand();
            case "restore" -> new RestoreCommand();
            case "newlog" -> new NewLogCommand();
            case "export" -> new ExportCommand();
            case "import" -> new ImportCommand();
            case "check" -> new CheckCommand();
            case "completion" -> new CompletionCommand();
            case "man" -> new ManCommand();
            case "rehearse" -> new RehearseCommand();
            case "help" -> new HelpCommand();
            default -> throw new IllegalArgumentException("no command " + name);
        };
    }
}
