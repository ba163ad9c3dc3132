package dev.manicule.server.peers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.manicule.server.command.Entry;
import dev.manicule.server.command.OperationId;
import dev.manicule.server.command.ReportNode;
import dev.manicule.server.command.Tick;
import dev.manicule.server.log.MemoryLog;
import dev.manicule.server.log.LogOfAll;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** Who is there, by what is in the log from now on. */
class PeersTest {
    private static Entry report(long node, String name, String address, long applied) {
        return new Entry(new OperationId(node, applied), 1, 0,
                new ReportNode(node, name, address, new ReportNode.Incarnation(5, false, 0), 1,
                        new ReportNode.Reached(applied, 0, 0)));
    }

    @Test
    void theLastReportOfEachNodeCounts() throws Exception {
        MemoryLog<Entry> memory = new MemoryLog<>(100, InstantSource.system());
        memory.append(List.of(report(9, "gone", "", 1)), (reason, inDoubt) -> {});
        AtomicBoolean isOver = new AtomicBoolean();
        Thread reporting = Thread.ofVirtual().start(() -> {
            for (int i = 0; !isOver.get(); i++) {
                memory.append(
                        List.of(report(2, "b", "http://b:1", i), new Entry(new OperationId(2, i), 1, 0, new Tick()),
                                report(1, "a", "", 2L * i)),
                        (reason, inDoubt) -> {});
                LockSupport.parkNanos(1_000_000);
            }
        });
        Peers peers = Peers.heard(new LogOfAll<>(memory), Duration.ofSeconds(1));
        isOver.set(true);
        reporting.join();
        assertThat(peers.nodes()).extracting(Peers.Node::name).containsExactly("a", "b");
        assertThat(peers.nodes()).extracting(Peers.Node::address).containsExactly("", "http://b:1");
        assertThat(peers.nodes().getFirst().applied()).isEqualTo(2 * peers.nodes().getLast().applied());
        assertThat(peers.begin()).isEqualTo(100);
        assertThat(peers.end()).as("what was there already").isBetween(100L, memory.end() - 3);
    }

    @Test
    void withoutReportsThereAreNoPeers() throws Exception {
        MemoryLog<Entry> memory = new MemoryLog<>(0, InstantSource.system());
        assertThat(Peers.heard(new LogOfAll<>(memory), Duration.ofMillis(50)))
                .isEqualTo(new Peers(List.of(), 0, 0));
    }
}
