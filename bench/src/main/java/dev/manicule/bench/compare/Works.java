package dev.manicule.bench.compare;

import java.time.Duration;
import java.util.List;

/** All that is compared. */
public final class Works {
    private static final int MANY_CHANNELS = 1_000_000;

    private Works() {}

    /** Each, in the order of the report. */
    public static List<Scenario> all(RunSize effort) {
        Duration time = effort.time();
        return List.of(new Memory(), new FanOut(Waiting.POLLS), new FanOut(Waiting.EVENTS),
                new FanOut(Waiting.WEBSOCKETS), new AddActions(1, time), new AddActions(64, time),
                new AddActions(AddActions.MANY, time), new ReadActions(time, false), new ReadActions(time, true),
                new ReadHistory(effort),
                new Publish(64, time), new Publish(AddActions.MANY, time), new ScaleRun(1, effort.growth()),
                new ScaleRun(Math.min(MANY_CHANNELS, effort.growth() / 10), effort.growth()),
                new Deletion(effort.growth(), time.multipliedBy(2)), new Idle(), new Start(),
                new JavaClients());
    }
}
