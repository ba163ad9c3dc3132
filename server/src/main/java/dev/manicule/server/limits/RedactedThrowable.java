package dev.manicule.server.limits;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A failure as a log may show it: its type, its stack trace, and its causes. The message is left out unless it is one
 * of the virtual machine's or of storage: others may contain data that a client sent, such as a token or a message.
 */
public final class RedactedThrowable extends Exception {
    private static final long serialVersionUID = 1;
    /** Causes of causes, and so on. */
    private static final int DEEPEST = 8;
    private static final Set<String> KNOWN = Set.of("java.lang.NullPointerException", "java.lang.ClassCastException",
            "java.lang.IndexOutOfBoundsException", "java.lang.ArrayIndexOutOfBoundsException",
            "java.lang.StringIndexOutOfBoundsException", "java.lang.ArithmeticException",
            "java.lang.NegativeArraySizeException", "java.lang.OutOfMemoryError", "java.lang.StackOverflowError",
            "java.io.IOException", "org.rocksdb.RocksDBException", "dev.manicule.server.ledger.StorageException",
            "io.netty.util.internal.OutOfDirectMemoryError");

    private final String words;

    private RedactedThrowable(Throwable original, @Nullable Throwable cause) {
        super(null, cause, false, true);
        String name = original.getClass().getName();
        words = KNOWN.contains(name) && original.getMessage() != null ? name + ": " + original.getMessage() : name;
        setStackTrace(original.getStackTrace());
    }

    /** The parts of a failure that a log may show. */
    public static RedactedThrowable of(Throwable original) {
        return of(original, DEEPEST);
    }

    private static RedactedThrowable of(Throwable original, int depth) {
        Throwable cause = depth == 0 ? null : original.getCause();
        return new RedactedThrowable(original, cause == null ? null : of(cause, depth - 1));
    }

    /** The class of the failure that it stands for, and its message where that may be shown. */
    @Override
    public String getMessage() {
        return words;
    }
}
