package dev.manicule.server.routing;

import dev.manicule.server.http.Request.BodyFault;
import dev.manicule.server.http.Response;
import dev.manicule.server.limits.Limit;
import dev.manicule.server.limits.Limits;
import org.jspecify.annotations.Nullable;

/** Inflates the body of an authorized request, on a worker, and rejects a body that can't be taken. */
final class BodyCheck implements Step {
    private final Limits limits;

    BodyCheck(Limits limits) {
        this.limits = limits;
    }

    @Override
    public void take(ApiRequest request) {
        if (isCompressed(request)) {
            request.work(ApiRequest.once(() -> fault(request)), () -> end(request));
        } else {
            end(request);
        }
    }

    private void end(ApiRequest request) {
        if (fault(request) == null) {
            request.proceed();
        } else {
            refuse(request);
        }
    }

    /** Whether the body of a request matters and is still compressed. */
    static boolean isCompressed(ApiRequest request) {
        return takesBody(request) && request.request().sentBody().isEncoded();
    }

    /** Why the body of a request can't be taken, null when it can or does not matter. Inflates it. */
    static @Nullable BodyFault fault(ApiRequest request) {
        return takesBody(request) ? request.request().fault() : null;
    }

    private static boolean takesBody(ApiRequest request) {
        return !request.route().method().equals("GET");
    }

    /** Responds with the fault of a body. */
    void refuse(ApiRequest request) {
        switch (fault(request)) {
            case null -> request.refuse(500, "Internal error");
            case TOO_LARGE -> request.respond(tooLarge(Limit.BODY_BYTES, request));
            case INFLATES_TOO_LARGE -> request.respond(tooLarge(Limit.INFLATED_BYTES, request));
            case BAD_COMPRESSION -> request.refuse(400, "The body is not the gzip that its Content-Encoding says");
            case UNKNOWN_ENCODING -> request.refuse(415, "Unknown Content-Encoding: send gzip or none");
        }
    }

    private Response tooLarge(Limit limit, ApiRequest request) {
        limits.reached(limit);
        return request.errors().tooLarge(request.now());
    }
}
