package dev.manicule.client;

import dev.manicule.client.internal.FileReceiver;
import dev.manicule.client.internal.Request;
import dev.manicule.client.internal.Transport;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Downloads a file to a path, in place of what is there. The file appears once it is whole; a download that breaks off
 * leaves nothing. It is never in memory as a whole.
 *
 * <pre>{@code
 * client.downloadFile("room", file.id(), file.name(), Path.of("cat.png")).sync().orThrow();
 * }</pre>
 *
 * @since 0.1
 */
public final class DownloadFile extends FileCall<DownloadFile.Result> {
    private final Path to;
    private final Duration timeout;

    /**
     * The file is there.
     *
     * @param path where
     * @since 0.1
     */
    public record Result(Path path) {}

    DownloadFile(Transport transport, File file, Path to) {
        this(transport, file, to, SendFile.TIMEOUT);
    }

    private DownloadFile(Transport transport, File file, Path to, Duration timeout) {
        super(transport, file);
        this.to = to;
        this.timeout = timeout;
    }

    /**
     * Sets how long to wait until the bytes begin to come.
     *
     * @param atMost the time, 5 minutes by default
     * @return a call with this timeout
     */
    public DownloadFile timeout(Duration atMost) {
        return new DownloadFile(transport, file, to, atMost);
    }

    @Override
    Request<Result> request() {
        Path folder = to.toAbsolutePath().getParent();
        if (folder == null || !Files.isDirectory(folder) || Files.isDirectory(to)) {
            throw new IllegalArgumentException("no file can be at " + to + ": its folder has to exist");
        }
        AtomicReference<URI> link = new AtomicReference<>();
        return link(Operation.DOWNLOAD_FILE, url -> {
            link.set(url);
            return new Result(to);
        }).then(located -> Request.download(Operation.DOWNLOAD_FILE, link.get(), FileReceiver.to(to), json -> located)
                .within(timeout)
                .about(file.channel()));
    }
}
