package dev.manicule.server.routing;

/** A step of the way that each request takes to its endpoint; {@link Router} lists them in order. */
@FunctionalInterface
interface Step {
    /**
     * Has the request {@linkplain ApiRequest#proceed proceed}, now or later; or responds to it. On the event loop of
     * the request, which it does not block.
     */
    void take(ApiRequest request);
}
