package dev.manicule.cli;

import dev.manicule.client.GetReadMarks;
import dev.manicule.client.GetUnreadCounts.Unread;
import dev.manicule.client.ManiculeClient;
import dev.manicule.client.ReadMark;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** How far users have read channels. */
@Command(name = "marks", description = "Mark channels as read, list read marks, count unread messages.",
        subcommands = {ReadMarksCommand.Set.class, ReadMarksCommand.Listing.class, ReadMarksCommand.Unreads.class})
final class ReadMarksCommand extends CommandGroup {
    ReadMarksCommand() {
        super("set, list or unread");
    }

    /** Marks a channel as read. */
    @Command(name = "set",
            description = "Mark a channel as read by you up to a message, and print where your mark stands. It never "
                    + "goes back.")
    static final class Set extends ClientCommand {
        @Parameters(index = "0", paramLabel = "CHANNEL", description = "The channel.")
        private String channel = "";

        @Parameters(index = "1", paramLabel = "MESSAGE", converter = TimetokenArgument.class,
                description = "The timetoken of the newest message that you have read.")
        private long message;

        @Override
        void run(ManiculeClient client, Output out) {
            String stands = String.valueOf(client.markRead(channel, message).sync().orThrow().timetoken());
            out.print(stands, Output.object().put("channel", channel).put("timetoken", stands));
        }
    }

    /** Lists the marks of a channel. */
    @Command(name = "list", description = "List how far each user has read a channel, the least far first.")
    static final class Listing extends ClientCommand {
        @Parameters(index = "0", paramLabel = "CHANNEL", description = "The channel.")
        private String channel = "";

        @Option(names = "--since", paramLabel = "TIMETOKEN", converter = TimetokenArgument.class,
                description = "Only users who have read up to this timetoken: the readers of a message.")
        private @Nullable Long since;

        @Option(names = "--newest", description = "The furthest first.")
        private boolean isNewestFirst;

        @Option(names = "--limit", paramLabel = "N", description = PageSize.DESCRIPTION)
        private int limit = PageSize.DEFAULT;

        @Option(names = "--all", description = "All there are, page by page.")
        private boolean all;

        @Override
        void check() {
            PageSize.check(limit);
        }

        @Override
        void run(ManiculeClient client, Output out) {
            GetReadMarks get = client.getReadMarks(channel).limit(limit);
            get = since == null ? get : get.since(since);
            get = isNewestFirst ? get.newestFirst() : get;
            Stream<ReadMark> marks = all ? get.stream() : get.sync().orThrow().marks().stream();
            marks.forEach(mark -> out.print(
                    mark.uuid() + "  " + mark.timetoken() + "  marked at " + mark.markedAt(),
                    Output.object()
                            .put("uuid", mark.uuid())
                            .put("timetoken", String.valueOf(mark.timetoken()))
                            .put("markedAt", String.valueOf(mark.markedAt()))));
        }
    }

    /** Counts unread messages. */
    @Command(name = "unread", description = "Print how many messages of channels are newer than your read mark.")
    static final class Unreads extends ClientCommand {
        @Parameters(index = "0..*", arity = "1..*", paramLabel = "CHANNEL", description = "The channels, any number.")
        private String[] channels = {};

        @Override
        void run(ManiculeClient client, Output out) {
            client.getUnreadCounts(channels)
                    .sync()
                    .orThrow()
                    .channels()
                    .forEach((channel, unread) -> print(channel,
                            unread, out));
        }

        private static void print(String channel, Unread unread, Output out) {
            out.print(channel + "  " + unread.count(),
                    Output.object()
                            .put("channel", channel)
                            .put("timetoken", String.valueOf(unread.timetoken()))
                            .put("unread", unread.count()));
        }
    }
}
