package dev.manicule.client;

import dev.manicule.client.internal.Fields;
import dev.manicule.client.internal.Path;
import dev.manicule.client.internal.Query;
import dev.manicule.client.internal.Request;
import dev.manicule.client.internal.Transport;
import java.net.URI;
import java.util.function.Function;

/**
 * A call about one file.
 *
 * @param <R> the type of its result
 * @since 0.1
 */
public abstract sealed class FileCall<R> extends Call<R> permits GetFileUrl, DownloadFile, DeleteFile {
    final File file;

    /** A file of a channel. */
    record File(String channel, String id, String name) {}

    FileCall(Transport transport, File file) {
        super(transport);
        this.file = file;
    }

    /** The path of the file. */
    final Path path() {
        return ListFiles.path(subscribeKey(), required(file.channel, "channel"))
                .and("files", required(file.id, "id"), required(file.name, "name"));
    }

    /** The request for the link to the bytes. */
    final Request<R> link(Operation operation, Function<URI, R> result) {
        Path path = path();
        return Request.get(operation, path, Query.NONE, json -> result.apply(uri(Fields.text(json, "location"))))
                .redirected()
                .about(file.channel);
    }

    /** A link may leave out which server it is of. */
    private URI uri(String location) {
        String scheme = transport.config().server().secure() ? "https://" : "http://";
        return URI.create(scheme + transport.config().server().origin() + "/").resolve(location);
    }
}
