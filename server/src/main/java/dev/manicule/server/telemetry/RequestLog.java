package dev.manicule.server.telemetry;

import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A log line for each request, once it is answered. */
final class RequestLog {
    private static final Logger LOG = LoggerFactory.getLogger("request");

    private RequestLog() {}

    static RequestObserver begins(RequestInfo arrival) {
        return (status, nanos) -> LOG.atInfo()
                .addKeyValue("requestId", arrival.id())
                .addKeyValue("client", arrival.client())
                .addKeyValue("status", status)
                .addKeyValue("millis", TimeUnit.NANOSECONDS.toMicros(nanos) / 1000.0)
                .log("{} {}", arrival.method(), arrival.path());
    }
}
