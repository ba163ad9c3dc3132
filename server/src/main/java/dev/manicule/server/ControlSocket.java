package dev.manicule.server;

import dev.manicule.server.ledger.Ledger;
import dev.manicule.server.ledger.StorageException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
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
 * Where the command line asks a running server for what only it can do with its data: a socket in the data folder, so that
 * whoever may write there may ask, and nobody over a network. A request is one line, {@code copy PATH}; so is the answer,
 * {@code done} or what went wrong.
 */
final class ControlSocket implements AutoCloseable {
    private static final String NAME = "control";
    private static final String COPY = "copy ";
    private static final String DONE = "done";
    private static final Logger LOG = LoggerFactory.getLogger(ControlSocket.class);

    private final Ledger ledger;
    private final Path path;
    private final @Nullable ServerSocketChannel server;

    /** Opens it. Where that can't be, the server runs all the same, and says what can't be done with it. */
    ControlSocket(Path data, Ledger ledger) {
        this.ledger = ledger;
        path = data.toAbsolutePath().normalize().resolve(NAME);
        server = open();
        if (server != null) {
            ServerSocketChannel open = server;
            Thread.ofVirtual().name("manicule-control").start(() -> accept(open));
        }
    }

    private @Nullable ServerSocketChannel open() {
        try {
            Files.deleteIfExists(path); // of a server that was killed: the folder is ours
            ServerSocketChannel opening = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
            opening.bind(UnixDomainSocketAddress.of(path));
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
            return opening;
        } catch (IOException | UnsupportedOperationException e) {
            LOG.warn("Backups and exports are only possible while this server does not run: {} can't be made ({})",
                    path,
                    e.getMessage());
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
                LOG.warn("The socket {} failed: {}", path, e.getMessage());
                return;
            }
        }
    }

    private void serve(SocketChannel connection) {
        try (connection;
                BufferedReader reader = new BufferedReader(
                        new InputStreamReader(Channels.newInputStream(connection), StandardCharsets.UTF_8))) {
            String request = String.valueOf(reader.readLine());
            String answer = DONE;
            try {
                if (!request.startsWith(COPY)) {
                    throw new IllegalArgumentException("not understood: " + request);
                }
                ledger.copyTables(Path.of(request.substring(COPY.length())));
            } catch (StorageException | IllegalArgumentException e) {
                answer = String.valueOf(e.getMessage()).replace('\n', ' ');
            }
            connection.write(ByteBuffer.wrap((answer + "\n").getBytes(StandardCharsets.UTF_8)));
        } catch (IOException e) {
            LOG.debug("Somebody left before the answer", e);
        }
    }

    /**
     * Asks the server of a data folder for a copy of its tables.
     *
     * @param target where to make it; not there yet
     * @throws IOException when nobody answers, or the server could not do it
     */
    static void copy(Path data, Path target) throws IOException {
        UnixDomainSocketAddress address = UnixDomainSocketAddress
                .of(data.toAbsolutePath().normalize().resolve(NAME));
        try (SocketChannel connection = SocketChannel.open(address);
                BufferedReader reader = new BufferedReader(
                        new InputStreamReader(Channels.newInputStream(connection), StandardCharsets.UTF_8))) {
            String request = COPY + target.toAbsolutePath().normalize() + "\n";
            connection.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.UTF_8)));
            String answer = reader.readLine();
            if (!DONE.equals(answer)) {
                throw new IOException("the server says: " + answer);
            }
        }
    }

    @Override
    public void close() {
        try {
            if (server != null) {
                server.close();
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            LOG.debug("Closing the control socket", e);
        }
    }
}
