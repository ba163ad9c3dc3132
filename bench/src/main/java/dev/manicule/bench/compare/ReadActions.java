package dev.manicule.bench.compare;

import dev.manicule.bench.load.ClosedLoop;
import dev.manicule.bench.load.Template;
import dev.manicule.bench.peer.ManiculeProcess;
import dev.manicule.bench.peer.Postgres;
import dev.manicule.bench.peer.PeerProcess;
import dev.manicule.client.ClientConfig;
import dev.manicule.client.ManiculeClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A hundred actions of a channel that has very many: the newest, which every client requests that opens a room and
 * which no client changes meanwhile, or those before a moment that differs each time.
 */
final class ReadActions implements Scenario {
    private static final int IN_FLIGHT = 16;
    private static final int DIGITS_OF_A_TIMETOKEN = 17;

    private final Throughput reads;
    private final boolean anywhere;

    ReadActions(Duration time, boolean anywhere) {
        reads = new Throughput("read", IN_FLIGHT, time);
        this.anywhere = anywhere;
    }

    @Override
    public String name() {
        return anywhere ? "actions-anywhere" : "actions";
    }

    @Override
    public String title() {
        return "%s of a channel with very many, %d in flight".formatted(
                anywhere ? "100 actions from anywhere" : "The 100 newest actions", IN_FLIGHT);
    }

    @Override
    public List<Goal> goals() {
        return List.of(new Goal.Beside(reads.rate, PeerNames.POSTGRES, 2));
    }

    @Override
    public List<Subject> subjects(Environment environment) throws Exception {
        List<Subject> all = new ArrayList<>();
        PeerProcess manicule = ManiculeProcess.start(environment.machine());
        long begin = now(manicule);
        ClosedLoop.Result _ = ClosedLoop.httpCount(manicule.port(), AddActions.MANY, environment.runSize().stored(),
                AddActions.requests("bench"));
        ClosedLoop.Requests requests = requests(begin, now(manicule));
        all.add(reads.http(Subject.MANICULE, manicule, requests));
        ClosedLoop.Result _ = ClosedLoop.http(manicule.port(), IN_FLIGHT, environment.runSize().warmUp(), requests);
        if (environment.hasPeers()) {
            Postgres postgres = Postgres.start(environment.machine(), environment.packages());
            postgres.execute("""
                    create table actions (channel text, message bigint, type text, value text, uuid text,
                        timetoken bigint not null, primary key (channel, message, type, value, uuid));
                    insert into actions select 'bench', 17000000000000000 + n / 1000, 'reaction', 'smile', 'u' || n, n
                        from generate_series(1, %d) n;
                    create index on actions (channel, timetoken);
                    vacuum analyze actions;
                    """.formatted(environment.runSize().stored()));
            Path script = Files.writeString(postgres.process().folder().resolve("read.sql"), """
                    \\set start random(101, %d)
                    select message, type, value, uuid, timetoken from actions where channel = 'bench' %s
                        order by timetoken desc limit 100;
                    """.formatted(environment.runSize().stored(), anywhere ? "and timetoken < :start" : ""));
            all.add(reads.postgres(PeerNames.POSTGRES, postgres, script));
        }
        return all;
    }

    private ClosedLoop.Requests requests(long begin, long end) {
        String newest = "/v1/message-actions/demo/channel/bench?limit=100";
        if (anywhere) {
            Template page = Template.get(newest + "&start=#", DIGITS_OF_A_TIMETOKEN);
            return out -> page.put(out, ThreadLocalRandom.current().nextLong(begin, end));
        }
        return Template.get(newest)::put;
    }

    /** The time by the server's clock. */
    private static long now(PeerProcess manicule) throws Exception {
        ClientConfig reader = ClientConfig.forUser("reader").origin("127.0.0.1:" + manicule.port()).build();
        try (ManiculeClient client = ManiculeClient.of(reader)) {
            return Objects.requireNonNull(client.time().sync().result()).timetoken();
        }
    }
}
