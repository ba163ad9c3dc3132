package dev.manicule.server.telemetry;

import org.jspecify.annotations.Nullable;

/**
 * A request that has come in, as logs and traces show it.
 *
 * @param id its id, from its sender or from this server
 * @param method such as {@code GET}
 * @param route the pattern of its path, such as {@code /time/0}; empty when no route is known
 * @param path without private parts: messages, publish keys, tokens
 * @param client the address that it comes from
 * @param traceparent the span that it is a part of, in the format of the W3C; null when it names none
 */
public record RequestInfo(String id, String method, String route, String path, String client,
        @Nullable String traceparent) {}
