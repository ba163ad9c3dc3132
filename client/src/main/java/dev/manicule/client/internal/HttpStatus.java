package dev.manicule.client.internal;

import dev.manicule.client.Category;

/** What the statuses of HTTP mean here. */
final class HttpStatus {
    static final int OK = 200;
    static final int NO_CONTENT = 204;
    static final int TEMPORARY_REDIRECT = 307;

    private HttpStatus() {}

    /** The category of a response with this status. */
    static Category category(int code) {
        return switch (code) {
            case OK -> Category.ACKNOWLEDGMENT;
            case 400 -> Category.BAD_REQUEST;
            case 403 -> Category.ACCESS_DENIED;
            case 409 -> Category.CONFLICT;
            case 412 -> Category.PRECONDITION_FAILED;
            case 413, 414 -> Category.TOO_LARGE;
            case 429 -> Category.RATE_LIMIT_EXCEEDED;
            case 481 -> Category.MALFORMED_FILTER_EXPRESSION;
            case 503 -> Category.UNAVAILABLE;
            default -> Category.UNKNOWN;
        };
    }

    /** The name of a status. */
    static String words(int code) {
        return switch (code) {
            case 400 -> "Bad Request";
            case 401 -> "Unauthorized";
            case 403 -> "Forbidden";
            case 404 -> "Not Found";
            case 405 -> "Method Not Allowed";
            case 408 -> "Request Timeout";
            case 411 -> "Length Required";
            case 412 -> "Precondition Failed";
            case 413 -> "Content Too Large";
            case 414 -> "URI Too Long";
            case 421 -> "Misdirected Request";
            case 429 -> "Too Many Requests";
            case 431 -> "Request Header Fields Too Large";
            case 500 -> "Internal Server Error";
            case 501 -> "Not Implemented";
            case 502 -> "Bad Gateway";
            case 503 -> "Service Unavailable";
            case 504 -> "Gateway Timeout";
            default -> switch (code / 100) {
                case 2 -> "a response of an unexpected kind";
                case 3 -> "a redirection";
                case 4 -> "an error of the request";
                default -> "an error of the server";
            };
        };
    }
}
