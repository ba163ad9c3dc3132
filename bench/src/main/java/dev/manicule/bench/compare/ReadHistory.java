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
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** The newest messages of a channel with all the actions on them. */
final class ReadHistory implements Scenario {
    private static final int IN_FLIGHT = 16;
    private static final int PAGE = 25;
    private static final int ACTIONS = 40;

    private final Throughput reads;
    private final int messages;

    ReadHistory(RunSize runSize) {
        reads = new Throughput("read", IN_FLIGHT, runSize.time());
        messages = Math.min(runSize.stored() / ACTIONS, 1_000);
    }

    @Override
    public String name() {
        return "history";
    }

    @Override
    public String title() {
        return "History with actions: %d messages of %d actions, %d in flight".formatted(PAGE, ACTIONS, IN_FLIGHT);
    }

    @Override
    public List<Goal> goals() {
        return List.of(new Goal.Beside(reads.rate, PeerNames.POSTGRES, 2));
    }

    @Override
    public List<Subject> subjects(Environment environment) throws Exception {
        List<Subject> all = new ArrayList<>();
        PeerProcess manicule = ManiculeProcess.start(environment.machine());
        ClosedLoop.Requests requests = Template
                .get("/v3/history-with-actions/sub-key/demo/channel/bench?max=" + PAGE)::put;
        all.add(reads.http(Subject.MANICULE, manicule, requests));
        fill(manicule);
        ClosedLoop.Result _ = ClosedLoop.http(manicule.port(), IN_FLIGHT, environment.runSize().warmUp().dividedBy(2),
                requests);
        if (environment.hasPeers()) {
            all.add(postgres(environment));
        }
        return all;
    }

    private void fill(PeerProcess manicule) throws Exception {
        ClientConfig filler = ClientConfig.forUser("filler").origin("127.0.0.1:" + manicule.port()).build();
        try (ManiculeClient client = ManiculeClient.of(filler)) {
            for (int message = 0; message < messages; message++) {
                long timetoken = Objects.requireNonNull(
                        client.publish().channel("bench").message("message " + message).sync().result()).timetoken();
                Template add = Template.post("/v1/message-actions/demo/channel/bench/message/" + timetoken + "?uuid=u#",
                        AddActions.ACTION);
                long[] number = {0};
                ClosedLoop.Result _ = ClosedLoop.httpCount(manicule.port(), ACTIONS, ACTIONS,
                        out -> add.put(out, number[0]++));
            }
        }
    }

    private Subject postgres(Environment environment) throws Exception {
        Postgres postgres = Postgres.start(environment.machine(), environment.packages());
        postgres.execute("""
                create table messages (channel text, timetoken bigint, uuid text, payload jsonb,
                    primary key (channel, timetoken));
                create table actions (channel text, message bigint, type text, value text, uuid text,
                    timetoken bigint not null, primary key (channel, message, type, value, uuid));
                insert into messages select 'bench', 17000000000000000 + n, 'filler', to_jsonb('message ' || n)
                    from generate_series(1, %1$d) n;
                insert into actions select 'bench', 17000000000000000 + m, 'reaction', 'smile', 'u' || n, m * 100 + n
                    from generate_series(1, %1$d) m, generate_series(1, %2$d) n;
                vacuum analyze messages;
                vacuum analyze actions;
                """.formatted(messages, ACTIONS));
        Path script = Files.writeString(postgres.process().folder().resolve("read.sql"), """
                select m.timetoken, m.uuid, m.payload, a.type, a.value, a.uuid, a.timetoken
                    from (select * from messages where channel = 'bench' order by timetoken desc limit %d) m
                    left join actions a on a.channel = m.channel and a.message = m.timetoken
                    order by m.timetoken;
                """.formatted(PAGE));
        return reads.postgres(PeerNames.POSTGRES, postgres, script);
    }
}
