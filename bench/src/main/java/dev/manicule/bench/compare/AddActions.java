package dev.manicule.bench.compare;

import dev.manicule.bench.load.ClosedLoop;
import dev.manicule.bench.load.Template;
import dev.manicule.bench.peer.DurableProgram;
import dev.manicule.bench.peer.ManiculeProcess;
import dev.manicule.bench.peer.Postgres;
import dev.manicule.bench.peer.Redis;
import dev.manicule.bench.peer.PeerProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** Durable adds of actions, all different, some at once. */
final class AddActions implements Scenario {
    /** How many are in flight while a server warms up. */
    static final int MANY = 256;
    /** The action that is put on messages. */
    static final String ACTION = """
            {"type":"reaction","value":"smile"}""";

    private final int inFlight;
    private final Throughput adds;

    AddActions(int inFlight, Duration time) {
        this.inFlight = inFlight;
        adds = new Throughput("add", inFlight, time);
    }

    @Override
    public String name() {
        return "add-" + inFlight;
    }

    @Override
    public String title() {
        return "Durable add of an action, " + inFlight + " in flight";
    }

    @Override
    public List<Goal> goals() {
        Goal cost = new Goal.Beside(adds.cpu, PeerNames.POSTGRES, 0.35);
        return switch (inFlight) {
            case 1 -> List.of(new Goal.Beside(adds.rate, PeerNames.POSTGRES, 1), cost,
                    new Goal.Beside(adds.rate, PeerNames.C, 0.85));
            case 64 -> List.of(new Goal.Beside(adds.rate, PeerNames.POSTGRES, 2.5), cost,
                    new Goal.Beside(adds.rate, PeerNames.REDIS, 1));
            default -> List.of(new Goal.Beside(adds.rate, PeerNames.POSTGRES, 3.5), cost,
                    new Goal.Beside(adds.rate, PeerNames.REDIS, 1));
        };
    }

    @Override
    public List<Subject> subjects(Environment environment) throws Exception {
        List<Subject> all = new ArrayList<>();
        PeerProcess manicule = ManiculeProcess.start(environment.machine());
        ClosedLoop.Requests requests = requests("bench");
        all.add(adds.http(Subject.MANICULE, manicule, requests));
        ClosedLoop.Result _ = ClosedLoop.http(manicule.port(), MANY, environment.runSize().warmUp(), requests);
        if (environment.hasPeers()) {
            all.add(postgres(environment));
            all.add(redis(environment));
        }
        if (DurableProgram.canBeMade()) {
            all.add(adds.http(PeerNames.C, DurableProgram.start(environment.machine()), requests("bench")));
        }
        return all;
    }

    /** Adds that are all different, a thousand on each message. */
    static ClosedLoop.Requests requests(String channel) {
        Template add = Template.post("/v1/message-actions/demo/channel/" + channel + "/message/1700000#?uuid=u#",
                ACTION);
        AtomicLong count = new AtomicLong();
        return out -> {
            long number = count.incrementAndGet();
            add.put(out, number / 1000, number);
        };
    }

    private Subject redis(Environment environment) throws Exception {
        PeerProcess server = Redis.start(environment.machine(), environment.packages());
        Template add = new Template(Redis.command("XADD", "bench", "*", "type", "reaction", "value", "smile", "uuid",
                "u#", "message", "1700000#"));
        AtomicLong count = new AtomicLong();
        return adds.redis(PeerNames.REDIS, server, 1, out -> {
            long number = count.incrementAndGet();
            add.put(out, number, number / 1000);
        });
    }

    private Subject postgres(Environment environment) throws Exception {
        Postgres postgres = Postgres.start(environment.machine(), environment.packages());
        postgres.execute("""
                create sequence given;
                create table actions (channel text, message bigint, type text, value text, uuid text,
                    timetoken bigint not null, primary key (channel, message, type, value, uuid));
                """);
        Path script = Files.writeString(postgres.process().folder().resolve("add.sql"), """
                \\set n :n + 1
                insert into actions values ('bench', 17000000000000000 + :n / 1000, 'reaction', 'smile',
                    'u' || :client_id || '.' || :n, nextval('given')) on conflict do nothing;
                """);
        return adds.postgres(PeerNames.POSTGRES, postgres, script);
    }
}
