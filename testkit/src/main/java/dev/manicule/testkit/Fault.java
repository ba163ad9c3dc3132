package dev.manicule.testkit;

import java.time.Duration;
import java.util.List;

/**
 * A fault, and the requests that it happens to. Immutable. {@link ManiculeServer#inject} and {@link ManiculeNode#inject}
 * inject it.
 *
 * <pre>{@code
 * Fault.response(503).on("publish").times(2)
 * Fault.loseAnswer().on("message-actions").method("POST")
 * Fault.cut(Duration.ofMillis(50)).on("subscribe").path("chats.room1")
 * }</pre>
 *
 * @param kind the kind of the fault
 * @param status of the answer, where there is one
 * @param time after which it happens, or for how long
 * @param family of requests, as metrics name it; empty for all of the protocol
 * @param method of the requests, empty for all
 * @param path a part of the requests' paths, as they are sent; their beginning where it begins with a slash; empty for all
 * @param times how many requests it happens to
 */
public record Fault(Kind kind, int status, Duration time, String family, String method, String path, int times) {
    private static final List<String> METHODS = List.of("GET", "POST", "DELETE", "HEAD", "OPTIONS", "PATCH", "PUT");

    /** The kinds of faults. */
    public enum Kind {
        /** The request is rejected, and nothing done. */
        ANSWER,
        /** The request is done, and the connection closed instead of an answer. */
        LOSE_ANSWER,
        /** The connection is closed, at once or while the request waits. */
        CUT,
        /** The request waits before anything is done. */
        DELAY;

        /** Whether it happens after a time, or takes one. */
        public boolean takesTime() {
            return this == CUT || this == DELAY;
        }
    }

    /** Rejects a fault that could never happen. */
    public Fault {
        if (!method.isEmpty() && !METHODS.contains(method)) {
            throw new IllegalArgumentException("there is no method `" + method + "`; expected one of "
                    + String.join(", ", METHODS));
        }
        if (kind == Kind.ANSWER && (status < 400 || status > 599)) {
            throw new IllegalArgumentException("a fault answers with a status from 400 to 599, not " + status);
        }
        if (kind != Kind.ANSWER && status != 0) {
            throw new IllegalArgumentException("a status is for the fault that answers, not for " + kind);
        }
        if (time.isNegative() || times < 1) {
            throw new IllegalArgumentException("a fault happens once at least, and not before its request");
        }
        if (!kind.takesTime() && !time.isZero()) {
            throw new IllegalArgumentException("a time is for faults that delay or cut, not for " + kind);
        }
        if (kind == Kind.DELAY && time.toMillis() < 1) {
            throw new IllegalArgumentException("a delay takes a millisecond at least: say how many `millis`");
        }
        if (path.chars().anyMatch(c -> c <= ' ' || c == '?' || c == '#')) {
            throw new IllegalArgumentException("no path has `" + path + "` in it as it is sent: blanks are "
                    + "percent-encoded, and the query is no part of it");
        }
    }

    private static Fault of(Kind kind, int status, Duration time) {
        return new Fault(kind, status, time, "", "", "", 1);
    }

    /**
     * The next request is rejected, in the server's own words for the status: 403, 409, 429, 503 and others; nothing is
     * done.
     *
     * @param status 400 to 599
     */
    public static Fault response(int status) {
        return of(Kind.ANSWER, status, Duration.ZERO);
    }

    /** The next request is done, and its client receives no response: the connection is closed instead. */
    public static Fault loseAnswer() {
        return of(Kind.LOSE_ANSWER, 0, Duration.ZERO);
    }

    /** The connection of the next request is closed, before anything is done. */
    public static Fault cut() {
        return of(Kind.CUT, 0, Duration.ZERO);
    }

    /** The connection of the next request is closed after so long: that of a poll while it waits. */
    public static Fault cut(Duration after) {
        return of(Kind.CUT, 0, after);
    }

    /** The next request waits for so long before anything is done. */
    public static Fault delay(Duration time) {
        return of(Kind.DELAY, 0, time);
    }

    /**
     * The same for the requests of a family only.
     *
     * @param newFamily its name in metrics, such as {@code publish} or {@code message-actions}; empty for all of the
     *        protocol
     */
    public Fault on(String newFamily) {
        return new Fault(kind, status, time, newFamily, method, path, times);
    }

    /** The same for requests of a method only, such as {@code POST}. */
    public Fault method(String newMethod) {
        return new Fault(kind, status, time, family, newMethod, path, times);
    }

    /**
     * The same only for requests whose path, as sent, contains this: the name of a channel, for example. With a slash
     * at its beginning, it is the beginning of the path.
     */
    public Fault path(String part) {
        return new Fault(kind, status, time, family, method, part, times);
    }

    /** The same for so many requests. */
    public Fault times(int newTimes) {
        return new Fault(kind, status, time, family, method, path, newTimes);
    }

    /** The same for all requests, until it is removed. */
    public Fault always() {
        return times(Integer.MAX_VALUE);
    }
}
