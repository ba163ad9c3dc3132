package dev.manicule.server.config;

/** A configuration can't be used. The message has the file and the place in it, the fault, and its remedy. */
public final class ConfigException extends Exception {
    private static final long serialVersionUID = 1;

    ConfigException(String message) {
        super(message);
    }
}
