package dev.manicule.server.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The nodes of a cluster in a simulation, seed after seed; as {@link SimulatedServerTest}. */
class SimulatedClusterTest {
    private static final long SEEDS = Long.getLong("seeds", 50);
    private static final long FIRST_SEED = Long.getLong("firstSeed", 1);

    @Test
    void promisesHoldForEverySeed() throws Exception {
        String story = new Seeds(Simulation.Kind.CLUSTER, FIRST_SEED, SEEDS).run();
        assertThat(story).withFailMessage(() -> String.valueOf(story)).isNull();
    }

    @Test
    void seedIsDeterministic() throws Exception {
        Simulation first = new ClusterSimulation(FIRST_SEED, Seeds.folder());
        Simulation second = new ClusterSimulation(FIRST_SEED, Seeds.folder());
        assertThat(first.run()).isNull();
        assertThat(second.run()).isNull();
        assertThat(second.story()).isEqualTo(first.story());
    }
}
