package dev.manicule.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.testkit.engine.EventConditions.finishedWithFailure;
import static org.junit.platform.testkit.engine.TestExecutionResultConditions.message;

import dev.manicule.client.ManiculeClient;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.platform.testkit.engine.EngineTestKit;

/** The annotation, as JUnit sees it: which test gets which server. */
class ManiculeExtensionTest {
    private static final List<ManiculeServer> SEEN = new ArrayList<>();

    private static long passed(Class<?> tests) {
        SEEN.clear();
        return EngineTestKit.engine("junit-jupiter")
                .selectors(selectClass(tests))
                .execute()
                .testEvents()
                .succeeded()
                .count();
    }

    @Manicule
    static class Alone {
        private final ManiculeServer server;

        Alone(ManiculeServer server) {
            this.server = server;
        }

        @BeforeEach
        void prepare(ManiculeServer same, ManiculeClient alice) {
            assertThat(same).isSameAs(server);
            alice.publish("room", "prepared").sync().orThrow();
        }

        @Test
        void one(ManiculeServer same, ManiculeClient alice, @User("bob") ManiculeClient somebody) {
            assertThat(same).isSameAs(server);
            assertThat(alice.config().uuid()).isEqualTo("alice");
            assertThat(alice).isSameAs(server.client("alice"));
            assertThat(somebody.config().uuid()).isEqualTo("bob");
            assertThat(alice.history("room").sync().orThrow().messages()).hasSize(1);
            SEEN.add(server);
        }

        @Test
        void other(ManiculeClient alice) {
            assertThat(alice.history("room").sync().orThrow().messages()).hasSize(1);
            SEEN.add(server);
        }

        @Nested
        class Within {
            @Test
            void too(ManiculeClient alice) {
                assertThat(alice.history("room").sync().orThrow().messages()).hasSize(1);
            }
        }
    }

    @Test
    void eachTestHasAServerOfItsOwn() {
        assertThat(passed(Alone.class)).isEqualTo(3);
        assertThat(SEEN).hasSize(2).doesNotHaveDuplicates();
        assertThat(SEEN).allSatisfy(server -> {
            try (ManiculeClient late = server.client("late", config -> config.retries(0))) {
                assertThat(late.time().sync().status().isError()).as("it has been stopped").isTrue();
            }
        });
    }

    @Manicule(shared = true, at = "2026-01-01T00:00:00Z", storage = Storage.DISK)
    static class Shared {
        @BeforeAll
        static void prepare(ManiculeServer server) {
            SEEN.add(server);
        }

        @Test
        void one(ManiculeServer server) {
            SEEN.add(server);
        }

        @Test
        void other(ManiculeServer server, ManiculeClient alice) {
            SEEN.add(server);
            assertThat(alice.publish("room", "hello").sync().orThrow().timetoken()).isEqualTo(17672256000000001L);
        }
    }

    @Test
    void sharedServerIsTheSameForAllTests() {
        assertThat(passed(Shared.class)).isEqualTo(2);
        assertThat(SEEN).hasSize(3).containsOnly(SEEN.get(0));
    }

    @Manicule(nodes = 2, at = "2026-01-01T00:00:00Z")
    static class Several {
        @Test
        void both(ManiculeCluster cluster, ManiculeClient alice) {
            assertThat(cluster.nodes()).hasSize(2);
            assertThat(alice).isSameAs(cluster.client("alice"));
            assertThat(alice.publish("room", "hello").sync().orThrow().timetoken()).isBetween(17672256000000001L,
                    17672256009999999L);
            assertThat(cluster.node(1).client("bob").history("room").sync().orThrow().messages()).hasSize(1);
        }
    }

    @Test
    void clusterHasTheRequestedNodes() {
        assertThat(passed(Several.class)).isEqualTo(1);
    }

    @Manicule
    static class NoNodes {
        @Test
        void never(ManiculeCluster cluster) {
            assertThat(cluster).isNull();
        }
    }

    @Manicule(nodes = 2)
    static class NoServer {
        @Test
        void never(ManiculeServer server) {
            SEEN.add(server);
        }
    }

    @Manicule(nodes = 10)
    static class TooMany {
        @Test
        void never(ManiculeClient alice) {
            assertThat(alice).isNull();
        }
    }

    @Manicule(nodes = 3, storage = Storage.DISK)
    static class OnDisk {
        @Test
        void never(ManiculeClient alice) {
            assertThat(alice).isNull();
        }
    }

    @Manicule
    static class ForAll {
        @BeforeAll
        static void prepare(ManiculeServer server) {
            SEEN.add(server);
        }

        @Test
        void never() {
            SEEN.clear();
        }
    }

    @Manicule(at = "yesterday")
    static class NoMoment {
        @Test
        void never(ManiculeServer server) {
            SEEN.add(server);
        }
    }

    @Test
    void mistakesAreReported() {
        EngineTestKit.engine("junit-jupiter")
                .selectors(selectClass(ForAll.class))
                .execute()
                .containerEvents()
                .assertThatEvents()
                .haveExactly(1, finishedWithFailure(message(text -> text.contains("shared = true"))));
        fails(NoMoment.class, "2026-01-01T00:00:00Z");
        fails(NoNodes.class, "@Manicule(nodes = 3) makes a cluster of three.");
        fails(NoServer.class, "ask for a ManiculeCluster");
        fails(TooMany.class, "expected 1 to 9 nodes");
        fails(OnDisk.class, "the log of a cluster for tests is in memory");
    }

    private static void fails(Class<?> test, String words) {
        EngineTestKit.engine("junit-jupiter")
                .selectors(selectClass(test))
                .execute()
                .testEvents()
                .assertThatEvents()
                .haveExactly(1, finishedWithFailure(message(text -> text.contains(words))));
    }
}
