package dev.manicule.bench.peer;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * The processor time of other processes, to the nanosecond. {@code /proc} has steps of 10 ms, too coarse for the cost
 * of one event.
 */
final class CpuClock {
    @SuppressWarnings("restricted") // it calls a native function, which is its purpose
    private static final MethodHandle CLOCK_GETTIME = Linker.nativeLinker()
            .downcallHandle(Linker.nativeLinker().defaultLookup().findOrThrow("clock_gettime"),
                    FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.ADDRESS));
    private static final MemoryLayout TIMESPEC = MemoryLayout.structLayout(ValueLayout.JAVA_LONG,
            ValueLayout.JAVA_LONG);

    private CpuClock() {}

    /** Nanoseconds that a process, all its threads, has run; 0 when it is gone. */
    static long nanos(long pid) {
        int clock = ~((int) pid) << 3 | 2; // the kernel's number for the clock of a process (clock_getcpuclockid)
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment time = arena.allocate(TIMESPEC);
            int failed = (int) CLOCK_GETTIME.invokeExact(clock, time);
            return failed != 0
                    ? 0
                    : time.get(ValueLayout.JAVA_LONG, 0) * 1_000_000_000L + time.get(ValueLayout.JAVA_LONG, 8);
        } catch (Throwable e) {
            throw new IllegalStateException("clock_gettime", e);
        }
    }
}
