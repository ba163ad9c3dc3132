package dev.manicule.client;

import dev.manicule.client.internal.Request;
import dev.manicule.client.internal.Transport;
import java.net.URI;

/**
 * Gets a link to the bytes of a file, which needs no token: for an image in a page, or another program. It leads there
 * for about an hour.
 *
 * <pre>{@code
 * URI link = client.getFileUrl("room", file.id(), file.name()).sync().orThrow().url();
 * }</pre>
 *
 * @since 0.1
 */
public final class GetFileUrl extends FileCall<GetFileUrl.Result> {
    /**
     * The link.
     *
     * @param url each program that has it can download the file
     * @since 0.1
     */
    public record Result(URI url) {}

    GetFileUrl(Transport transport, File file) {
        super(transport, file);
    }

    @Override
    Request<Result> request() {
        return link(Operation.GET_FILE_URL, Result::new);
    }
}
