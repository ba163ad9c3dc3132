package dev.manicule.server.simulation;

/** A client that does something, thinks for a while, and does something again. */
abstract class ThinkingClient {
    final World world;
    final String name;
    final Scheduler.Actor actor;
    private final int mostNanos;

    /** One that thinks first, for so many nanoseconds at most. */
    ThinkingClient(World world, String name, int mostNanos) {
        this.world = world;
        this.name = name;
        this.mostNanos = mostNanos;
        actor = world.scheduler.actor();
        think();
    }

    /** Has {@link #act} come after a while. */
    final void think() {
        actor.postAfter(world.random.nextInt(mostNanos), this::act);
    }

    /** Does something, and {@link #think}s again unless it is over. */
    abstract void act();
}
