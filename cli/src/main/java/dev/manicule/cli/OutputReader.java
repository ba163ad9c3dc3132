package dev.manicule.cli;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * The reader of our standard output. A command that waits for events that may never come would detect only at its next
 * write that its reader is gone; {@code poll(2)} of POSIX reports it at once. Java has no such call of its own.
 */
final class OutputReader {
    private static final int STANDARD_OUTPUT = 1;
    private static final short POLLERR = 0x8;
    private static final short POLLHUP = 0x10;
    /** {@code struct pollfd}: an int and two shorts. */
    private static final long POLLFD_BYTES = 8;
    private static final long EVENTS_RETURNED = 6;
    private static final long RETRY_MILLIS = 100;

    private OutputReader() {}

    /** Runs an action once the standard output has no reader any more; never where that can't be known. */
    static void whenGone(Runnable action) {
        Thread.ofPlatform().daemon().name("manicule-output").start(() -> {
            if (waitUntilGone()) {
                action.run();
            }
        });
    }

    @SuppressWarnings("restricted") // poll reads and writes what is allocated here, and nothing else
    private static boolean waitUntilGone() {
        Linker linker = Linker.nativeLinker();
        MemorySegment poll = linker.defaultLookup().find("poll").orElse(null);
        if (poll == null) {
            return false;
        }
        MethodHandle call = linker.downcallHandle(poll, FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS,
                ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment watched = arena.allocate(POLLFD_BYTES, Integer.BYTES);
            watched.set(ValueLayout.JAVA_INT, 0, STANDARD_OUTPUT);
            while ((int) call.invokeExact(watched, 1L, -1) < 1) { // a signal came
                Thread.sleep(RETRY_MILLIS);
            }
            return (watched.get(ValueLayout.JAVA_SHORT, EVENTS_RETURNED) & (POLLERR | POLLHUP)) != 0;
        } catch (Throwable e) { // that is how invokeExact is declared
            return false;
        }
    }
}
