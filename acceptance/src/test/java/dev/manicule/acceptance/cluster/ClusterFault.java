package dev.manicule.acceptance.cluster;

import dev.manicule.brokers.Broker;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/** Something that goes wrong in a cluster. */
interface ClusterFault {
    /** It goes wrong now, under load. When this returns, all brokers and nodes run again. */
    void strike(Cluster cluster, Random random) throws Exception;

    /** {@code kill -9} of the broker that leads the log. */
    record KillLeader() implements ClusterFault {
        @Override
        public void strike(Cluster cluster, Random random) throws Exception {
            Broker leader = cluster.leader();
            leader.kill();
            TimeUnit.MILLISECONDS.sleep(random.nextInt(3_000));
            leader.start();
        }
    }

    /** {@code kill -9} of a node. */
    record KillNode() implements ClusterFault {
        @Override
        public void strike(Cluster cluster, Random random) throws Exception {
            int node = random.nextInt(cluster.size());
            cluster.node(node).kill();
            TimeUnit.MILLISECONDS.sleep(random.nextInt(1_000));
            cluster.startNode(node);
        }
    }

    /** {@code kill -9} of the broker that leads, and of a node. */
    record KillLeaderAndNode() implements ClusterFault {
        @Override
        public void strike(Cluster cluster, Random random) throws Exception {
            Broker leader = cluster.leader();
            int node = random.nextInt(cluster.size());
            leader.kill();
            cluster.node(node).kill();
            leader.start();
            cluster.startNode(node);
        }
    }

    /** {@code kill -9} of all brokers and all nodes. */
    record KillAll() implements ClusterFault {
        @Override
        public void strike(Cluster cluster, Random random) throws Exception {
            List<Broker> brokers = cluster.brokers().all();
            for (Broker broker : brokers) {
                broker.kill();
            }
            for (int node = 0; node < cluster.size(); node++) {
                cluster.node(node).kill();
            }
            cluster.startBrokers(brokers);
            for (int node = 0; node < cluster.size(); node++) {
                cluster.startNode(node);
            }
        }
    }

    /** A node is stopped where it is, for some seconds; its clients wait. */
    record PauseNode(int seconds) implements ClusterFault {
        @Override
        public void strike(Cluster cluster, Random random) throws Exception {
            long pid = cluster.node(random.nextInt(cluster.size())).pid();
            Cluster.pause(pid);
            TimeUnit.SECONDS.sleep(seconds);
            Cluster.resume(pid);
        }
    }

    /** The broker that leads is stopped where it is, for some seconds: others take its place, and it comes back. */
    record PauseLeader(int seconds) implements ClusterFault {
        @Override
        public void strike(Cluster cluster, Random random) throws Exception {
            Broker leader = cluster.leader();
            leader.pause();
            TimeUnit.SECONDS.sleep(seconds);
            leader.resume();
        }
    }

    /** All nodes and brokers are stopped and started, one after the other. */
    record RollingRestart() implements ClusterFault {
        @Override
        public void strike(Cluster cluster, Random random) throws Exception {
            for (int node = 0; node < cluster.size(); node++) {
                int _ = cluster.node(node).terminate();
                cluster.startNode(node);
            }
            for (Broker broker : cluster.brokers().all()) {
                broker.stop();
                broker.start();
                cluster.awaitInSync();
            }
        }
    }
}
