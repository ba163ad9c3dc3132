package dev.manicule.server;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A {@link DevHost} in a process of its own: commands come on standard input, results leave on standard output. It ends
 * when its standard input does, so it does not outlive the process that started it, even if that is killed.
 *
 * <p>A command is the number of the command, the number of its words, and each word as the number of its bytes and its
 * bytes in UTF-8; a result is the number of its command, a kind, and a text in the same form. All numbers are four
 * bytes, big-endian; a kind is as {@link java.io.DataOutput#writeUTF} writes it. Results come in any
 * order. Before the first one comes the text {@value #GREETING}, in the same form as a kind.
 */
public final class DevHostProcess {
    /** Begins the output. */
    public static final String GREETING = "manicule-dev-host 1";
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final DevHost host = new DevHost();
    private final DataOutputStream out;

    private DevHostProcess(DataOutputStream out) {
        this.out = out;
    }

    /** The kind of a result, by the exception that it stands for. The testkit has the same list. */
    private enum Kind {
        RESULT, ILLEGAL_ARGUMENT, ILLEGAL_STATE, IO, OTHER;

        private static Kind of(Throwable e) {
            return switch (e) {
                case IllegalArgumentException _ -> ILLEGAL_ARGUMENT;
                case IllegalStateException _ -> ILLEGAL_STATE;
                case UncheckedIOException _ -> IO;
                default -> OTHER;
            };
        }
    }

    /** Executes commands until standard input ends. */
    public static void main(String[] arguments) throws IOException {
        DataOutputStream out = new DataOutputStream(
                new BufferedOutputStream(new FileOutputStream(FileDescriptor.out)));
        System.setOut(System.err); // lines of the log would be taken for results
        out.writeUTF(GREETING);
        out.flush();
        DevHostProcess process = new DevHostProcess(out);
        try {
            process.execute(new DataInputStream(new BufferedInputStream(System.in)));
        } finally {
            Thread _ = Thread.ofPlatform().daemon().start(() -> {
                LockSupport.parkNanos(PATIENCE_NANOS);
                Runtime.getRuntime().halt(1); // a server that does not stop must not keep the process
            });
            process.host.close();
            System.exit(0);
        }
    }

    private void execute(DataInputStream in) throws IOException {
        while (true) {
            int number;
            try {
                number = in.readInt();
            } catch (EOFException e) {
                return;
            }
            int count = in.readInt();
            List<String> words = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                words.add(new String(in.readNBytes(in.readInt()), StandardCharsets.UTF_8));
            }
            Thread _ = Thread.ofVirtual().name("manicule-dev-host").start(() -> execute(number, words));
        }
    }

    private void execute(int number, List<String> words) {
        try {
            send(number, Kind.RESULT, host.apply(words));
        } catch (RuntimeException | Error e) { // the other process waits for a result
            send(number, Kind.of(e), e.getMessage() == null ? e.toString() : e.getMessage());
        }
    }

    private synchronized void send(int number, Kind kind, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        try {
            out.writeInt(number);
            out.writeUTF(kind.name());
            out.writeInt(bytes.length);
            out.write(bytes);
            out.flush();
        } catch (IOException e) {
            // the other process has ended, and standard input ends too
        }
    }
}
