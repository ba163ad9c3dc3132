package dev.manicule.cli;

import dev.manicule.server.Manicule;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

/** The command itself; all it does is in its subcommands. */
@Command(name = "manicule",
        description = "Messages, and actions on messages: reactions, receipts, edits, flags. Stored, and delivered live.",
        exitCodeListHeading = "%nExit codes:%n", exitCodeList = {" 0:done",
                " 1:the server refused, or could not start",
                " 2:usage error", " 3:the server could not be reached",
                " 4:the action is there already", "75:the node of a cluster has to be started again",
                " 141:the reader of the output left, as head does"},
        footerHeading = "%nTo begin with:%n", footer = {"  manicule serve",
                "  manicule subscribe chats.room1        (in another window)",
                "  manicule publish chats.room1 '{\"text\":\"hello\"}'"})
final class ManiculeCommand extends CommandGroup {
    ManiculeCommand() {
        super("one of the commands below");
    }

    /** The version that {@code --version} prints. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[]{"manicule " + Manicule.version()};
        }
    }
}
