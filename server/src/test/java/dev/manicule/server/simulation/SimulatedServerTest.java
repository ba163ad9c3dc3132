package dev.manicule.server.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/**
 * The server in a simulation, seed after seed. {@code -Dseeds} says how many, {@code -DfirstSeed} which one is the first: of
 * a seed that fails, {@code -Dseeds=1} tells the story again.
 */
class SimulatedServerTest {
    private static final long SEEDS = Long.getLong("seeds", 100);
    private static final long FIRST_SEED = Long.getLong("firstSeed", 1);

    @Test
    void promisesHoldForEverySeed() throws Exception {
        String story = new Seeds(Simulation.Kind.SERVER, FIRST_SEED, SEEDS).run();
        assertThat(story).withFailMessage(() -> String.valueOf(story)).isNull();
    }

    @Test
    void seedIsDeterministic() throws Exception {
        Simulation first = new ServerSimulation(FIRST_SEED, Seeds.folder());
        Simulation second = new ServerSimulation(FIRST_SEED, Seeds.folder());
        assertThat(first.run()).isNull();
        assertThat(second.run()).isNull();
        assertThat(second.story()).isEqualTo(first.story());
    }
}
