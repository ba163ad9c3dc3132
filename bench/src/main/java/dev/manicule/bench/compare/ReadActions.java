package dev.manicule.bench.compare;

import dev.manicule.bench.load.ClosedLoop;
import dev.manicule.bench.load.Template;
import dev.manicule.bench.peer.ManiculeServer;
import dev.manicule.bench.peer.Postgres;
import dev.manicule.bench.peer.ServerProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The newest hundred actions of a channel that has very many. */
final class ReadActions implements Work {
    private static final int IN_FLIGHT = 16;

    private final Throughput reads;

    ReadActions(Duration time) {
        reads = new Throughput("read", IN_FLIGHT, time);
    }

    @Override
    public String name() {
        return "actions";
    }

    @Override
    public String title() {
        return "The 100 newest actions of a channel with very many, " + IN_FLIGHT + " in flight";
    }

    @Override
    public List<Goal> goals() {
        return List.of(new Goal.Beside(reads.rate, Peers.POSTGRES, 2));
    }

    @Override
    public List<Contestant> contestants(Arena arena) throws Exception {
        List<Contestant> all = new ArrayList<>();
        ServerProcess manicule = ManiculeServer.start(arena.machine());
        ClosedLoop.Requests requests = Template
                .get("/v1/message-actions/demo/channel/bench?limit=100")::put;
        all.add(reads.http(Contestant.MANICULE, manicule, requests));
        ClosedLoop.Result _ = ClosedLoop.httpCount(manicule.port(), AddActions.MANY, arena.effort().stored(),
                AddActions.requests("bench"));
        ClosedLoop.Result _ = ClosedLoop.http(manicule.port(), IN_FLIGHT, arena.effort().warmUp().dividedBy(2),
                requests);
        if (arena.hasPeers()) {
            Postgres postgres = Postgres.start(arena.machine(), arena.packages());
            postgres.execute("""
                    create table actions (channel text, message bigint, type text, value text, uuid text,
                        timetoken bigint not null, primary key (channel, message, type, value, uuid));
                    insert into actions select 'bench', 17000000000000000 + n / 1000, 'reaction', 'smile', 'u' || n, n
                        from generate_series(1, %d) n;
                    create index on actions (channel, timetoken);
                    vacuum analyze actions;
                    """.formatted(arena.effort().stored()));
            Path script = Files.writeString(postgres.process().folder().resolve("read.sql"), """
                    select message, type, value, uuid, timetoken from actions where channel = 'bench'
                        order by timetoken desc limit 100;
                    """);
            all.add(reads.postgres(Peers.POSTGRES, postgres, script));
        }
        return all;
    }
}
