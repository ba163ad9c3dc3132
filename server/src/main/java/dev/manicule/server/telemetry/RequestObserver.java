package dev.manicule.server.telemetry;

/** Waits for the end of one request. */
@FunctionalInterface
interface RequestObserver {
    /**
     * It is over.
     *
     * @param status the status of its answer, {@link RequestTelemetry#GONE} when its client has hung up
     */
    void ended(int status, long nanos);
}
