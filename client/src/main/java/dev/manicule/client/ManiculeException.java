package dev.manicule.client;

/**
 * A call failed and the caller required a result; see {@link #status()} for all that is known.
 *
 * @see Envelope#orThrow()
 * @since 0.1
 */
public final class ManiculeException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient Status status;

    ManiculeException(Status status) {
        super(words(status), status.errorData() == null ? null : status.errorData().cause());
        this.status = status;
    }

    /**
     * The status of the call.
     *
     * @return the status, an error
     */
    public Status status() {
        return status;
    }

    private static String words(Status status) {
        String message = status.errorData() == null ? "no result" : status.errorData().message();
        return status.operation() + " failed (" + status.category()
                + (status.statusCode() == 0 ? "" : ", " + status.statusCode()) + "): " + message;
    }
}
