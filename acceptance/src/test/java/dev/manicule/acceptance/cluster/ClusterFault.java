package dev.manicule.acceptance.cluster;

import dev.manicule.acceptance.Folders;
import dev.manicule.acceptance.faults.Needs;
import dev.manicule.brokers.Broker;
import dev.manicule.brokers.Door;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/** Something that goes wrong in a cluster. */
interface ClusterFault {
    /** What it takes is made ready, before there is any load; skips the test where the machine has not what it takes. */
    default void prepare(Cluster cluster) throws Exception {}

    /** What was made ready is gone. */
    default void tidy(Cluster cluster) throws Exception {}

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

    /** A node is cut off from all brokers, for some seconds; its clients go on asking it. */
    record CutNode(int seconds) implements ClusterFault {
        @Override
        public void strike(Cluster cluster, Random random) throws Exception {
            Door door = cluster.door(random.nextInt(cluster.size()));
            door.cut();
            TimeUnit.SECONDS.sleep(seconds);
            door.mend();
        }
    }

    /** The network between a node and all brokers swallows everything, for longer than a write is tried. */
    record HoldNode(int seconds) implements ClusterFault {
        @Override
        public void strike(Cluster cluster, Random random) throws Exception {
            Door door = cluster.door(random.nextInt(cluster.size()));
            door.hold();
            TimeUnit.SECONDS.sleep(seconds);
            door.mend();
        }
    }

    /** All that goes between the nodes and the broker that leads takes long, in both directions. */
    record SlowLeader(int millis, int seconds) implements ClusterFault {
        @Override
        public void strike(Cluster cluster, Random random) throws Exception {
            Door doors = cluster.brokers().doorsTo(cluster.leader());
            doors.slow(Duration.ofMillis(millis));
            TimeUnit.SECONDS.sleep(seconds);
            doors.mend();
        }
    }

    /** The broker that leads is cut off from the nodes and from the other brokers. */
    record CutBroker(int seconds) implements ClusterFault {
        @Override
        public void strike(Cluster cluster, Random random) throws Exception {
            Broker leader = cluster.leader();
            cluster.brokers().doorsTo(leader).cut();
            cluster.brokers().door(leader).cut();
            TimeUnit.SECONDS.sleep(seconds);
            cluster.brokers().mend();
        }
    }

    /** The broker that leads is cut off from the other brokers, and not from the nodes: to them it goes on as if it still led. */
    record IsolateLeader(int seconds) implements ClusterFault {
        @Override
        public void strike(Cluster cluster, Random random) throws Exception {
            cluster.brokers().door(cluster.leader()).cut();
            TimeUnit.SECONDS.sleep(seconds);
            cluster.brokers().mend();
        }
    }

    /** The disk of the broker that leads is full, until that one has ended. */
    record FullDiskOfBroker() implements ClusterFault {
        private static final int PATIENCE_SECONDS = 20;
        /** Megabytes beside what the broker has already: it takes some ten for an empty log. */
        private static final long ROOM = 64;

        private static long megabytes(Path folder) throws IOException {
            Process du = new ProcessBuilder("du", "-sm", folder.toString()).start();
            return Long.parseLong(
                    new String(du.getInputStream().readAllBytes(), StandardCharsets.UTF_8).replaceAll("(?s)\\s.*", ""));
        }

        private static boolean isMounted(Path folder) throws IOException {
            return Files.readString(Path.of("/proc/mounts")).contains(" " + folder + " ");
        }

        private static Broker broker(Cluster cluster) {
            return cluster.brokers().broker(0);
        }

        private static Path aside(Broker broker) {
            return broker.data().resolveSibling("aside");
        }

        private static void copy(Path from, Path to) throws Exception {
            Needs.run("cp", "-a", "--sparse=always", from + "/.", to.toString());
        }

        @Override
        public void prepare(Cluster cluster) throws Exception {
            Needs.root();
            Needs.program("mount");
            Broker broker = broker(cluster);
            broker.stop();
            copy(broker.data(), Files.createDirectories(aside(broker)));
            try {
                Needs.run("mount", "-t", "tmpfs", "-o", "size=" + (megabytes(aside(broker)) + ROOM) + "m", "tmpfs",
                        broker.data().toString());
                copy(aside(broker), broker.data());
            } finally {
                Folders.delete(aside(broker));
                cluster.startBrokers(List.of(broker));
            }
        }

        @Override
        public void tidy(Cluster cluster) throws Exception {
            Broker broker = broker(cluster);
            if (broker.isAlive()) {
                broker.stop();
            }
            if (!isMounted(broker.data())) {
                return; // it could not be prepared
            }
            copy(broker.data(), Files.createDirectories(aside(broker)));
            Needs.run("umount", broker.data().toString());
            Folders.delete(broker.data());
            Files.move(aside(broker), broker.data());
            cluster.startBrokers(List.of(broker));
        }

        @Override
        public void strike(Cluster cluster, Random random) throws Exception {
            Broker broker = broker(cluster);
            cluster.lead(broker);
            Path filler = broker.data().resolve("filler");
            Needs.run("sh", "-c", "dd if=/dev/zero of='" + filler + "' bs=4k 2>/dev/null || true");
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
            while (broker.isAlive() && System.nanoTime() < end) {
                TimeUnit.MILLISECONDS.sleep(50);
            }
            if (broker.isAlive()) {
                throw new AssertionError("a broker goes on with a full disk; is it full?");
            }
            TimeUnit.MILLISECONDS.sleep(random.nextInt(3_000));
            Files.delete(filler);
            broker.start();
        }
    }

    /** A broker's clock is ahead; it leads, and then another one does, whose clock is right. */
    record ClockOff(int seconds) implements ClusterFault {
        private static final long TICKS_A_SECOND = 10_000_000;

        @Override
        public void prepare(Cluster cluster) throws Exception {
            var _ = WrongClock.ahead(cluster.folder(), seconds);
        }

        @Override
        public void strike(Cluster cluster, Random random) throws Exception {
            List<Broker> brokers = cluster.brokers().all();
            Broker wrong = brokers.get(random.nextInt(brokers.size()));
            wrong.stop();
            wrong.start(WrongClock.ahead(cluster.folder(), seconds));
            cluster.awaitInSync();
            cluster.lead(wrong);
            TimeUnit.SECONDS.sleep(1);
            long ahead = cluster.wire(0).publish("clock", "1");
            long now = Instant.now().getEpochSecond();
            if (ahead / TICKS_A_SECOND < now + seconds / 2) {
                throw new AssertionError("the clock is not off: " + ahead + " at " + now + " s");
            }
            cluster.lead(brokers.get((wrong.id() + 1) % brokers.size()));
            TimeUnit.SECONDS.sleep(1);
            long later = cluster.wire(1).publish("clock", "2");
            if (later <= ahead) {
                throw new AssertionError("time goes back: " + later + " after " + ahead);
            }
            wrong.stop();
            wrong.start();
            cluster.awaitInSync();
        }
    }
}
