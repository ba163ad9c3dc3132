package dev.manicule.client;

import com.fasterxml.jackson.databind.JsonNode;
import dev.manicule.client.internal.Fields;
import dev.manicule.client.internal.PageWalk;
import dev.manicule.client.internal.Path;
import dev.manicule.client.internal.Query;
import dev.manicule.client.internal.Request;
import dev.manicule.client.internal.Transport;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Gets the files of a channel: a page with {@code sync()}, {@code async()} or {@code future()}, or all of them, page by
 * page as they are needed, with {@link #stream()}. The oldest are first.
 *
 * <pre>{@code
 * client.listFiles("room").stream().forEach(file -> System.out.println(file.name()));
 * }</pre>
 *
 * @since 0.1
 */
public final class ListFiles extends PagedCall<ListFiles, FilePage, ChannelFile> {
    private final String channel;

    ListFiles(Transport transport, String channel) {
        this(transport, channel, FIRST_PAGE);
    }

    private ListFiles(Transport transport, String channel, Query query) {
        super(transport, query);
        this.channel = channel;
    }

    /** The path of the files of a channel. */
    static Path path(String subscribeKey, String channel) {
        return Path.of("v1", "files", subscribeKey, "channels", channel);
    }

    @Override
    String cursorName() {
        return "next";
    }

    @Override
    ListFiles with(Query changed) {
        return new ListFiles(transport, channel, changed);
    }

    @Override
    PageWalk.Entries<ChannelFile> entries(FilePage page) {
        return new PageWalk.Entries<>(page.files(), page.cursor());
    }

    @Override
    Request<FilePage> request() {
        String name = required(channel, "channel");
        return Request.get(Operation.LIST_FILES, path(subscribeKey(), name).and("files"), query, ListFiles::page)
                .about(name);
    }

    private static FilePage page(JsonNode json) {
        List<ChannelFile> files = new ArrayList<>();
        Fields.member(json, "data")
                .forEach(file -> files.add(new ChannelFile(Fields.text(file, "id"),
                        Fields.text(file, "name"), Fields.number(file, "size"),
                        Instant.parse(Fields.text(file, "created")))));
        return new FilePage(files, Fields.textOrNull(json, "next"));
    }
}
