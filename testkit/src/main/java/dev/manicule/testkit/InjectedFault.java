package dev.manicule.testkit;

/**
 * A fault that waits for its requests, or has happened to all of them. Any thread may use it, until its server is closed.
 *
 * <pre>{@code
 * InjectedFault lost = server.inject(Fault.loseAnswer().on("publish"));
 * alice.publish("room", "hello").sync();
 * assertEquals(1, lost.hits());
 * }</pre>
 */
public final class InjectedFault {
    private final Fault fault;
    private final Controls controls;

    InjectedFault(Fault fault, Controls controls) {
        this.fault = fault;
        this.controls = controls;
    }

    /** The fault. */
    public Fault fault() {
        return fault;
    }

    /**
     * How many requests it has happened to, from 0 to {@link Fault#times}.
     *
     * @throws IllegalStateException when its server is closed
     */
    public int hits() {
        return Integer.parseInt(controls.call("hits"));
    }

    /**
     * Removes it: it happens to no further request.
     *
     * @throws IllegalStateException when its server is closed
     */
    public void remove() {
        controls.call("remove");
    }
}
