package dev.manicule.server.telemetry;

import org.jspecify.annotations.Nullable;

/**
 * A request that has come in, as logs and traces tell of it.
 *
 * @param id what it is called, by who sent it or by us
 * @param method such as {@code GET}
 * @param route what its path looks like, such as {@code /time/0}; empty when it is none that is known
 * @param path without what is nobody's business: messages, keys to publish with, tokens
 * @param client the address that it comes from
 * @param traceparent the span that it is a part of, as the W3C has it; null when it says nothing
 */
public record RequestInfo(String id, String method, String route, String path, String client,
        @Nullable String traceparent) {}
