package dev.manicule.bench.compare;

/** The names of the peers, as they stand in the report. */
final class PeerNames {
    /** The program that only receives, writes, syncs and responds. */
    static final String C = "C program";
    static final String NCHAN = "Nchan";
    static final String POSTGRES = "PostgreSQL";
    static final String REDIS = "Redis";

    private PeerNames() {}
}
