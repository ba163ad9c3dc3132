package dev.manicule.server;

/** A configuration can't be used. The message says where in which file, what is wrong, and what to do. */
public final class ConfigException extends Exception {
    private static final long serialVersionUID = 1;

    ConfigException(String message) {
        super(message);
    }
}
