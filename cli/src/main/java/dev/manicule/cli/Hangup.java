package dev.manicule.cli;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;

/**
 * The signal SIGHUP, on which a server reads its configuration again. Java's class for signals is not part of its API,
 * and not in every Java.
 */
final class Hangup {
    private static final int SIGHUP = 1;

    private Hangup() {}

    /**
     * Runs an action at each signal, on a thread of its own.
     *
     * @return whether signals are handled: not where Java has no such class, or where an option keeps it from handling
     *         them
     */
    static boolean run(Runnable action) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object told = Proxy.newProxyInstance(Hangup.class.getClassLoader(), new Class<?>[]{handler},
                    (proxy, method, arguments) -> {
                        if (method.getName().equals("handle")) {
                            action.run();
                        }
                        return null;
                    });
            Method handle = signal.getMethod("handle", signal, handler);
            Object hangup = signal.getConstructor(String.class).newInstance("HUP");
            Object ignored = handler.getField("SIG_IGN").get(null);
            boolean isIgnored = ignored.equals(handle.invoke(null, hangup, told));
            return !isIgnored || (stopIgnoring() && !ignored.equals(handle.invoke(null, hangup, told)));
        } catch (ReflectiveOperationException | RuntimeException e) {
            return false;
        }
    }

    /**
     * Restores the default action of the signal. A process under nohup is to outlive the terminal, and the process
     * inherits that the signal is ignored; Java then leaves it ignored, whatever its program requests. With our own
     * handler, the process outlives the terminal too.
     */
    @SuppressWarnings("restricted") // signal(2) of POSIX changes what a signal does, and no memory
    private static boolean stopIgnoring() {
        Linker linker = Linker.nativeLinker();
        MemorySegment signal = linker.defaultLookup().find("signal").orElse(null);
        if (signal == null) {
            return false;
        }
        try {
            MemorySegment before = (MemorySegment) linker.downcallHandle(signal, FunctionDescriptor
                    .of(ValueLayout.ADDRESS, ValueLayout.JAVA_INT, ValueLayout.ADDRESS))
                    .invokeExact(SIGHUP, MemorySegment.NULL);
            return before.address() != -1;
        } catch (Throwable e) { // that is how invokeExact is declared
            return false;
        }
    }
}
