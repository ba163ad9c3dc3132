package dev.manicule.server;

import dev.manicule.server.files.Folders;
import dev.manicule.server.files.OpenFolder;
import dev.manicule.server.ledger.IncomingTables;
import dev.manicule.server.ledger.Ledger;
import dev.manicule.server.ledger.Progress;
import dev.manicule.server.ledger.StorageException;
import dev.manicule.server.ledger.TableStream;
import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes requests of the command line for operations that only a running server can do with its data: a socket in the
 * data folder, so that its owner and root may connect, and no client over a network. A request is one line. For
 * {@code copy PATH} the server makes a copy of its tables there, which shares their files where it can; for
 * {@code send} it sends one as a {@link TableStream}, for places where the server may not write. The last line of the
 * answer is {@code done}, or the error.
 */
final class ControlSocket implements AutoCloseable {
    private static final String NAME = "control";
    private static final String COPY = "copy ";
    private static final String SEND = "send";
    /** A path of a socket may have so many bytes on Linux; elsewhere a little less. */
    private static final int MOST_PATH_BYTES = 100;
    private static final Logger LOG = LoggerFactory.getLogger(ControlSocket.class);

    private final Ledger ledger;
    private final Path data;
    private final @Nullable ServerSocketChannel server;

    /** Opens it. Where that fails, the server runs all the same, and logs which operations are not available. */
    ControlSocket(Path data, Ledger ledger) {
        this.ledger = ledger;
        this.data = data.toAbsolutePath().normalize();
        server = open();
        if (server != null) {
            ServerSocketChannel open = server;
            Thread.ofVirtual().name("manicule-control").start(() -> accept(open));
        }
    }

    /** An operation with the address of the socket of a data folder. */
    private interface Use<T> {
        T with(UnixDomainSocketAddress address) throws IOException;
    }

    /** Also works where the path is longer than that of a socket may be. */
    private static <T> T address(Path data, Use<T> use) throws IOException {
        Path path = data.resolve(NAME);
        if (path.toString().getBytes(StandardCharsets.UTF_8).length <= MOST_PATH_BYTES) {
            return use.with(UnixDomainSocketAddress.of(path));
        }
        try (OpenFolder open = OpenFolder.of(data)) {
            return use.with(UnixDomainSocketAddress.of(open.path().resolve(NAME)));
        }
    }

    private @Nullable ServerSocketChannel open() {
        Path path = data.resolve(NAME);
        try {
            Files.deleteIfExists(path); // of a server that was killed: the folder is ours
            ServerSocketChannel opening = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
            address(data, opening::bind);
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
            return opening;
        } catch (IOException | UnsupportedOperationException e) {
            LOG.warn(
                    "Backups and exports are only possible while this server does not run: the socket {} can't be made "
                            + "({}). The path of a data folder should have {} bytes at most.",
                    path, e.getMessage(),
                    MOST_PATH_BYTES - NAME.length());
            return null;
        }
    }

    private void accept(ServerSocketChannel open) {
        while (true) {
            try {
                SocketChannel connection = open.accept();
                Thread.ofVirtual().start(() -> serve(connection));
            } catch (ClosedChannelException e) {
                return;
            } catch (IOException e) {
                LOG.warn("The socket {} failed: {}", data.resolve(NAME), e.getMessage());
                return;
            }
        }
    }

    private void serve(SocketChannel connection) {
        try (connection;
                BufferedReader reader = new BufferedReader(
                        new InputStreamReader(Channels.newInputStream(connection), StandardCharsets.UTF_8))) {
            String request = String.valueOf(reader.readLine());
            String last = TableStream.DONE;
            try {
                if (request.startsWith(COPY)) {
                    ledger.copyTables(Path.of(request.substring(COPY.length())));
                } else if (request.equals(SEND)) {
                    send(connection);
                } else {
                    throw new IllegalArgumentException("not understood: " + request);
                }
            } catch (StorageException | IllegalArgumentException e) {
                last = String.valueOf(e.getMessage()).replace('\n', ' ');
            }
            TableStream.line(last, connection);
        } catch (IOException e) {
            LOG.debug("A client of the control socket left before the answer", e);
        }
    }

    private void send(SocketChannel connection) throws IOException {
        Path copy = snapshot(data);
        try {
            ledger.copyTables(copy);
            TableStream.write(copy, connection);
        } finally {
            Folders.delete(copy);
        }
    }

    /** The place of a temporary copy of the tables; the next start deletes leftovers. */
    static Path snapshot(Path data) {
        return IncomingTables.passing(data, ProcessHandle.current().pid() + "-" + System.nanoTime());
    }

    /**
     * Requests a copy of its tables from the server of a data folder.
     *
     * @param target where to make it; does not exist yet
     * @throws RefusedException when the server could not do it
     * @throws IOException when no server answers
     */
    static void copy(Path data, Path target) throws IOException {
        try (SocketChannel connection = ask(data, COPY + target.toAbsolutePath().normalize());
                BufferedReader reader = new BufferedReader(
                        new InputStreamReader(Channels.newInputStream(connection), StandardCharsets.UTF_8))) {
            String answer = String.valueOf(reader.readLine());
            if (!answer.equals(TableStream.DONE)) {
                throw new RefusedException(answer);
            }
        }
    }

    /** A server could not do what a request asked for. */
    static final class RefusedException extends IOException {
        private static final long serialVersionUID = 1;

        RefusedException(String words) {
            super("the server says: " + words);
        }
    }

    /**
     * Receives a copy of the tables from the server of a data folder, and writes it.
     *
     * @param target where to write it; does not exist yet
     * @throws IOException when no server answers, the server could not do it, or it can't be written
     */
    static void receive(Path data, Path target, Progress progress) throws IOException {
        try (SocketChannel connection = ask(data, SEND)) {
            TableStream.read(new BufferedInputStream(Channels.newInputStream(connection), 1 << 20), target, progress);
        }
    }

    private static SocketChannel ask(Path data, String request) throws IOException {
        SocketChannel connection = address(data.toAbsolutePath().normalize(), SocketChannel::open);
        try {
            TableStream.line(request, connection);
            return connection;
        } catch (IOException e) {
            connection.close();
            throw e;
        }
    }

    @Override
    public void close() {
        try {
            if (server != null) {
                server.close();
                Files.deleteIfExists(data.resolve(NAME));
            }
        } catch (IOException e) {
            LOG.debug("Closing the control socket", e);
        }
    }
}
