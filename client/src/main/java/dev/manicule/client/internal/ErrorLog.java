package dev.manicule.client.internal;

import dev.manicule.client.ManiculeClient;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/** Where errors go that no caller receives: the platform's log, under the name of the client's class. */
public final class ErrorLog {
    private static final Logger LOG = System.getLogger(ManiculeClient.class.getName());

    private ErrorLog() {}

    /** Logs an error. */
    public static void report(String about, Throwable thrown) {
        LOG.log(Level.ERROR, about, thrown);
    }
}
