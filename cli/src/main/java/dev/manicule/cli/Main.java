package dev.manicule.cli;

import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.HelpCommand;

/** Where the command {@code manicule} begins. */
public final class Main {
    /** As the help lists them. */
    private static final List<String> COMMANDS = List.of("serve", "publish", "signal", "subscribe", "actions",
            "presence", "groups", "token", "history", "delete", "time", "config", "backup", "restore", "export",
            "import", "check", "completion", "man", "rehearse", "help");

    private Main() {}

    /** Runs the command and ends the process with its exit code. */
    public static void main(String... arguments) {
        System.exit(commandLine(arguments).execute(arguments));
    }

    /** The command with all its subcommands; or with the one that is asked for, since reading them takes its time. */
    static CommandLine commandLine(String... arguments) {
        CommandLine commandLine = new CommandLine(new ManiculeCommand());
        boolean isKnown = arguments.length > 0 && !arguments[0].equals("help") && COMMANDS.contains(arguments[0]);
        for (String name : isKnown ? List.of(arguments[0]) : COMMANDS) {
            commandLine.addSubcommand(name, command(name));
        }
        commandLine.setExecutionExceptionHandler(new Failures());
        commandLine.setUsageHelpAutoWidth(true);
        commandLine.setCaseInsensitiveEnumValuesAllowed(true);
        return commandLine;
    }

    private static Object command(String name) {
        return switch (name) {
            case "serve" -> new ServeCommand();
            case "publish" -> new PublishCommand();
            case "signal" -> new SignalCommand();
            case "subscribe" -> new SubscribeCommand();
            case "actions" -> new ActionsCommand();
            case "presence" -> new PresenceCommand();
            case "groups" -> new GroupsCommand();
            case "token" -> new TokenCommand();
            case "history" -> new HistoryCommand();
            case "delete" -> new DeleteCommand();
            case "time" -> new TimeCommand();
            case "config" -> new ConfigCommand();
            case "backup" -> new BackupCommand();
            case "restore" -> new RestoreCommand();
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
