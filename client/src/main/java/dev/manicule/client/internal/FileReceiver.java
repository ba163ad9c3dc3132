package dev.manicule.client.internal;

import java.io.IOException;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;

/**
 * Writes the body of a response to a file, which appears once it is whole: until then it has another name, in the same
 * folder, and after a failure nothing is left.
 */
public final class FileReceiver implements BodySubscriber<byte[]> {
    private static final byte[] NOTHING = {};

    private final BodySubscriber<Path> bytes;
    private final CompletionStage<byte[]> body;

    private FileReceiver(Path to) {
        Path part = to.resolveSibling(to.getFileName() + "." + UUID.randomUUID() + ".part");
        bytes = BodySubscribers.ofFile(part, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        body = bytes.getBody().handle((written, thrown) -> {
            if (thrown != null) {
                delete(part);
                throw new CompletionException(Transport.unwrapped(thrown));
            }
            return move(part, to);
        });
    }

    /** Writes the body of a success to a file, in place of one that is there; that of an error is read as any other. */
    public static BodyHandler<byte[]> to(Path file) {
        return response -> response.statusCode() == HttpStatus.OK
                ? new FileReceiver(file)
                : BodySubscribers.ofByteArray();
    }

    private static byte[] move(Path part, Path to) {
        try {
            Files.move(part, to, StandardCopyOption.REPLACE_EXISTING);
            return NOTHING;
        } catch (IOException e) {
            delete(part);
            throw new CompletionException(e);
        }
    }

    private static void delete(Path part) {
        try {
            Files.deleteIfExists(part);
        } catch (IOException e) {
            ErrorLog.report("A part of a file stays: " + part, e);
        }
    }

    @Override
    public CompletionStage<byte[]> getBody() {
        return body;
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
        bytes.onSubscribe(subscription);
    }

    @Override
    public void onNext(List<ByteBuffer> item) {
        bytes.onNext(item);
    }

    @Override
    public void onError(Throwable thrown) {
        bytes.onError(thrown);
    }

    @Override
    public void onComplete() {
        bytes.onComplete();
    }
}
