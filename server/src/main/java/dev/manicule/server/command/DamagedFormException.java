package dev.manicule.server.command;

/** Bytes are not the byte form of anything: some were changed, are missing, or are from a later version. */
public final class DamagedFormException extends Exception {
    private static final long serialVersionUID = 1;

    /**
     * Says what is wrong.
     *
     * @param message for people; without any part of the bytes, which are a client's
     */
    public DamagedFormException(String message) {
        super(message);
    }
}
