package dev.manicule.bench.compare;

import dev.manicule.bench.peer.PeerProcess;
import java.util.Map;

/** A subject that is a server process. */
final class Served implements Subject {
    /** A measurement of a server. */
    interface Measurement {
        Map<Measure, Double> of(PeerProcess server) throws Exception;
    }

    private final String name;
    private final PeerProcess server;
    private final Measurement measurement;

    Served(String name, PeerProcess server, Measurement measurement) {
        this.name = name;
        this.server = server;
        this.measurement = measurement;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Map<Measure, Double> measure() throws Exception {
        return measurement.of(server);
    }

    @Override
    public void close() {
        server.close();
    }
}
