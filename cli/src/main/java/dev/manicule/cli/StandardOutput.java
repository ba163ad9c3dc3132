package dev.manicule.cli;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * The standard output, in UTF-8 whatever the locale. Java's own swallows errors of the output; a command must end when
 * the output has no reader any more, and must not end with success when the disk that it writes to is full.
 */
final class StandardOutput extends OutputStream {
    private static final int BUFFER_BYTES = 8192;

    private final OutputStream out = new FileOutputStream(FileDescriptor.out);

    private StandardOutput() {}

    /** The output could not be written. Unchecked, since printers swallow checked exceptions. */
    static final class FailedException extends RuntimeException {
        private static final long serialVersionUID = 1;

        private final String reason;

        FailedException(IOException cause) {
            super(cause);
            reason = String.valueOf(cause.getMessage());
        }

        /** The exit code: that of a process which SIGPIPE ends, quietly, or a failure, which is printed. */
        int exitCode() {
            if (reason.toLowerCase(Locale.ROOT).contains("broken pipe")) {
                return ExitCode.OUTPUT_CLOSED;
            }
            System.err.println("manicule: can't write the output: " + reason);
            return ExitCode.REFUSED;
        }
    }

    /** Replaces {@link System#out} and {@link System#err} by such outputs. */
    static void install() {
        System.setOut(new PrintStream(new BufferedOutputStream(new StandardOutput(), BUFFER_BYTES), false,
                StandardCharsets.UTF_8));
        System.setErr(new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8));
    }

    @Override
    public void write(int b) {
        write(new byte[]{(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int length) {
        try {
            out.write(bytes, from, length);
        } catch (IOException e) {
            throw new FailedException(e);
        }
    }
}
