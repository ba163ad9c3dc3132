package dev.manicule.bench.compare;

import dev.manicule.bench.load.ClosedLoop;
import dev.manicule.bench.load.Template;
import dev.manicule.bench.peer.ManiculeProcess;
import dev.manicule.bench.peer.Nchan;
import dev.manicule.bench.peer.Redis;
import dev.manicule.bench.peer.PeerProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** Messages published to a channel without subscribers: durable here and in Redis, in memory in Nchan. */
final class PublishMessages implements Scenario {
    private static final String MESSAGE = """
            {"text":"hello, this is message #"}""";

    private final int inFlight;
    private final Throughput publishes;

    PublishMessages(int inFlight, Duration time) {
        this.inFlight = inFlight;
        publishes = new Throughput("publish", inFlight, time);
    }

    @Override
    public String name() {
        return "publish-" + inFlight;
    }

    @Override
    public String title() {
        return "Publish, " + inFlight + " in flight (Redis: XADD and PUBLISH, synced; Nchan: in memory)";
    }

    @Override
    public List<Goal> goals() {
        return List.of(new Goal.Beside(publishes.rate, PeerNames.REDIS, 1),
                new Goal.Beside(publishes.rate, PeerNames.NCHAN, 1));
    }

    @Override
    public List<Subject> subjects(Environment environment) throws Exception {
        List<Subject> all = new ArrayList<>();
        PeerProcess manicule = ManiculeProcess.start(environment.machine());
        ClosedLoop.Requests requests = counting(Template.post("/publish/demo/demo/0/bench", MESSAGE));
        all.add(publishes.http(Subject.MANICULE, manicule, requests));
        ClosedLoop.Result _ = ClosedLoop.http(manicule.port(), AddActions.MANY, environment.runSize().warmUp(),
                requests);
        if (environment.hasPeers()) {
            Template add = new Template(Redis.command("XADD", "bench", "*", "message", MESSAGE)
                    + Redis.command("PUBLISH", "bench", MESSAGE));
            AtomicLong count = new AtomicLong();
            all.add(publishes.redis(PeerNames.REDIS, Redis.start(environment.machine(), environment.packages()), 2,
                    out -> {
                        long number = count.incrementAndGet();
                        add.put(out, number, number);
                    }));
            all.add(publishes.http(PeerNames.NCHAN, Nchan.start(environment.machine(), environment.packages()),
                    counting(Template.post("/publish?id=bench", MESSAGE))));
        }
        return all;
    }

    private static ClosedLoop.Requests counting(Template template) {
        AtomicLong count = new AtomicLong();
        return out -> template.put(out, count.incrementAndGet());
    }
}
