package dev.manicule.cli;

import java.lang.reflect.Proxy;

/**
 * The signal SIGHUP, which asks a server to read its configuration again. The class that Java has for signals is no part
 * of its API, and not of every Java: where it is missing, or there are no such signals, nothing happens.
 */
final class Hangup {
    private Hangup() {}

    /** Runs an action at each signal, on a thread of its own. */
    static void run(Runnable action) {
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
            signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance("HUP"), told);
        } catch (ReflectiveOperationException | RuntimeException e) {
            // then there is no such signal here
        }
    }
}
