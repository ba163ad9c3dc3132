package dev.manicule.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.manicule.client.ChannelFile;
import dev.manicule.client.ListFiles;
import dev.manicule.client.ManiculeClient;
import dev.manicule.client.SendFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Files on channels. */
@Command(name = "files", description = "Send, list, download and delete files of channels.",
        subcommands = {FilesCommand.Send.class, FilesCommand.Listing.class, FilesCommand.Get.class,
                FilesCommand.Url.class, FilesCommand.Delete.class})
final class FilesCommand extends CommandGroup {
    FilesCommand() {
        super("send, list, get, url or delete");
    }

    /** Sends a file. */
    @Command(name = "send",
            description = "Send a file to a channel, publish a message that presents it, and print the file's id and the "
                    + "message's timetoken.")
    static final class Send extends ClientCommand {
        @Parameters(index = "0", paramLabel = "CHANNEL", description = "The channel.")
        private String channel = "";

        @Parameters(index = "1", paramLabel = "FILE", description = "The path of the file.")
        private Path file = Path.of("");

        @Option(names = "--name", paramLabel = "NAME", description = "Another name for the file.")
        private @Nullable String name;

        @Option(names = "--content-type", paramLabel = "TYPE",
                description = "The media type, such as image/png. Default: by the name of the file.")
        private @Nullable String contentType;

        @Option(names = "--message", paramLabel = "JSON",
                description = "What to say with the file: any JSON, such as '\"look\"'.")
        private @Nullable String message;

        @Option(names = "--meta", paramLabel = "JSON", description = "Metadata of the message, a JSON object.")
        private @Nullable String meta;

        @Override
        void run(ManiculeClient client, Output out) {
            SendFile send = client.sendFile(channel, file);
            send = name == null ? send : send.name(name);
            send = contentType == null ? send : send.contentType(contentType);
            send = message == null ? send : send.message(Output.parse(message));
            send = meta == null ? send : send.meta(Output.parse(meta));
            SendFile.Result sent = send.sync().orThrow();
            out.print(sent.id() + "  " + sent.timetoken(),
                    Output.object()
                            .put("id", sent.id())
                            .put("name", sent.name())
                            .put("timetoken", String.valueOf(sent.timetoken())));
        }
    }

    /** Lists the files of a channel. */
    @Command(name = "list", description = "List the files of a channel, the oldest first.")
    static final class Listing extends ClientCommand {
        private static final int MOST = 100;

        @Parameters(index = "0", paramLabel = "CHANNEL", description = "The channel.")
        private String channel = "";

        @Option(names = "--limit", paramLabel = "N", description = "Maximum number, 1 to 100. Default: 100.")
        private int limit = MOST;

        @Option(names = "--all", description = "All there are, page by page.")
        private boolean all;

        @Override
        void check() {
            PageSize.check(limit, MOST);
        }

        @Override
        void run(ManiculeClient client, Output out) {
            ListFiles list = client.listFiles(channel).limit(limit);
            Stream<ChannelFile> files = all ? list.stream() : list.sync().orThrow().files().stream();
            files.forEach(file -> out.print(
                    file.id() + "  " + file.name() + "  " + file.size() + " bytes  " + file.created(),
                    Output.object()
                            .put("id", file.id())
                            .put("name", file.name())
                            .put("size", file.size())
                            .put("created", String.valueOf(file.created()))));
        }
    }

    /** A command about one file. */
    abstract static class OfFile extends ClientCommand {
        @Parameters(index = "0", paramLabel = "CHANNEL", description = "The channel.")
        String channel = "";

        @Parameters(index = "1", paramLabel = "ID", description = "The file's id, as list prints it.")
        String id = "";

        @Parameters(index = "2", paramLabel = "NAME", description = "The file's name.")
        String name = "";

        ObjectNode json() {
            return Output.object().put("id", id).put("name", name);
        }
    }

    /** Downloads a file. */
    @Command(name = "get", description = "Download a file, and print where it is.")
    static final class Get extends OfFile {
        @Option(names = "--to", paramLabel = "PATH", description = "Where to. Default: its name, in this folder.")
        private @Nullable Path to;

        @Option(names = "--overwrite", description = "Also in place of a file that is there.")
        private boolean overwrite;

        private Path target() {
            return to == null ? Path.of(name) : to;
        }

        @Override
        void check() {
            if (to == null && !name.equals(String.valueOf(target().getFileName()))) {
                throw new IllegalArgumentException(
                        "`" + name + "` is the name of no file in this folder; name one with "
                                + "--to");
            }
            if (!overwrite && Files.exists(target())) {
                throw new IllegalArgumentException(target() + " is there already; name another one with --to, or "
                        + "replace it with --overwrite");
            }
        }

        @Override
        void run(ManiculeClient client, Output out) {
            Path path = client.downloadFile(channel, id, name, target()).sync().orThrow().path();
            out.print(path.toString(), json().put("path", path.toString()));
        }
    }

    /** Prints a link. */
    @Command(name = "url",
            description = "Print a link to the bytes of a file, which needs no token and leads there for about an hour.")
    static final class Url extends OfFile {
        @Override
        void run(ManiculeClient client, Output out) {
            String url = client.getFileUrl(channel, id, name).sync().orThrow().url().toString();
            out.print(url, json().put("url", url));
        }
    }

    /** Deletes a file. */
    @Command(name = "delete", description = "Delete a file and its bytes. Messages that present it stay.")
    static final class Delete extends OfFile {
        @Override
        void run(ManiculeClient client, Output out) {
            client.deleteFile(channel, id, name).sync().orThrow();
            out.print("Deleted.", json().put("deleted", true));
        }
    }
}
