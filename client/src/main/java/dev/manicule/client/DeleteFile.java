package dev.manicule.client;

import dev.manicule.client.internal.Query;
import dev.manicule.client.internal.Request;
import dev.manicule.client.internal.Transport;

/**
 * Deletes a file and its bytes. Messages that present it stay.
 *
 * <pre>{@code
 * client.deleteFile("room", file.id(), file.name()).sync().orThrow();
 * }</pre>
 *
 * @since 0.1
 */
public final class DeleteFile extends FileCall<DeleteFile.Result> {
    /**
     * The file is deleted; the result is empty.
     *
     * @since 0.1
     */
    public record Result() {}

    DeleteFile(Transport transport, File file) {
        super(transport, file);
    }

    @Override
    Request<Result> request() {
        return Request.delete(Operation.DELETE_FILE, path(), Query.NONE, json -> new Result()).about(file.channel());
    }
}
