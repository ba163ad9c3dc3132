package dev.manicule.bench.compare;

import java.time.Duration;
import java.util.List;

/** All scenarios. */
public final class Scenarios {
    private static final int MANY_CHANNELS = 1_000_000;

    private Scenarios() {}

    /** Each, in the order of the report. */
    public static List<Scenario> all(RunSize runSize) {
        Duration time = runSize.time();
        return List.of(new Memory(), new FanOut(Waiting.POLLS), new FanOut(Waiting.EVENTS),
                new FanOut(Waiting.WEBSOCKETS), new AddActions(1, time), new AddActions(64, time),
                new AddActions(AddActions.MANY, time), new ReadActions(time, false), new ReadActions(time, true),
                new ReadHistory(runSize),
                new PublishMessages(64, time), new PublishMessages(AddActions.MANY, time),
                new ScaleRun(1, runSize.growth()),
                new ScaleRun(Math.min(MANY_CHANNELS, runSize.growth() / 10), runSize.growth()),
                new DeleteChannel(runSize.growth(), time.multipliedBy(2)), new Idle(), new Start(),
                new JavaClients());
    }
}
