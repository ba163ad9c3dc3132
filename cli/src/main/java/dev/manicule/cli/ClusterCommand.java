package dev.manicule.cli;

import dev.manicule.server.Cluster;
import dev.manicule.server.StartException;
import dev.manicule.server.config.ClusterSettings;
import dev.manicule.server.config.ConfigException;
import dev.manicule.server.config.ConfigFile;
import dev.manicule.server.config.ManiculeConfig;
import dev.manicule.server.peers.CheckpointManifest;
import dev.manicule.server.peers.Peers;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Several servers that share a log in Apache Kafka. */
@Command(name = "cluster", description = "Several servers that share a log in Apache Kafka.",
        subcommands = {ClusterCommand.CreateTopic.class, ClusterCommand.Adopt.class, ClusterCommand.Status.class,
                ClusterCommand.Checkpoint.class})
final class ClusterCommand extends CommandGroup {
    ClusterCommand() {
        super("create-topic, adopt, status or checkpoint");
    }

    /** A command for the cluster of a configuration. */
    @Command(mixinStandardHelpOptions = true, versionProvider = ManiculeCommand.Version.class)
    abstract static class OfCluster implements Callable<Integer> {
        @Spec
        @SuppressWarnings("NullAway.Init") // set by picocli
        private CommandSpec spec;

        @Option(names = "--config", paramLabel = "FILE", required = true,
                description = "The configuration of a node, with a section `cluster`.")
        @SuppressWarnings("NullAway.Init") // set by picocli
        private Path config;

        final PrintWriter out() {
            return spec.commandLine().getOut();
        }

        final PrintWriter err() {
            return spec.commandLine().getErr();
        }

        /**
         * Runs the command on the cluster of a configuration, in which a node stores in a folder; returns the exit
         * code.
         */
        abstract int work(ClusterSettings cluster, Path data) throws StartException;

        @Override
        public final Integer call() throws ConfigException, StartException {
            ManiculeConfig settings = ConfigFile.read(config, ManiculeConfig.DEFAULT);
            ClusterSettings cluster = settings.cluster();
            if (cluster == null) {
                throw new IllegalArgumentException(config + ": there is no section `cluster`.");
            }
            return work(cluster, settings.data());
        }
    }

    /** Makes the topic. */
    @Command(name = "create-topic", description = "Make the topic that the log of a cluster is in.")
    static final class CreateTopic extends OfCluster {
        @Option(names = "--replicas", paramLabel = "N", defaultValue = "3",
                description = "How many brokers have a copy of the log. Default: 3.")
        private int replicas;

        @Option(names = "--if-absent", description = "Do nothing where the topic is there already.")
        private boolean ifAbsent;

        @Override
        int work(ClusterSettings cluster, Path data) throws StartException {
            if (replicas < 1) {
                throw new IllegalArgumentException("--replicas must be 1 or more, not " + replicas + ".");
            }
            if (!Cluster.createTopic(cluster, replicas)) {
                if (!ifAbsent) {
                    err().printf("There is a topic %s at %s already; nothing was changed.%n", cluster.topic(),
                            cluster.bootstrapServers());
                    return ExitCode.REFUSED;
                }
                out().printf("the topic %s is there already%n", cluster.topic());
                return ExitCode.OK;
            }
            out().printf("the topic %s is made, with %d replicas%n", cluster.topic(), replicas);
            return ExitCode.OK;
        }
    }

    /** Begins with the data of a server. */
    @Command(name = "adopt",
            description = "Have what a single server has stored be the beginning of a cluster whose topic is"
                    + " new. The server must not run.")
    static final class Adopt extends OfCluster {
        @Override
        int work(ClusterSettings cluster, Path data) throws StartException {
            Cluster.adopt(data, cluster);
            out().printf("the cluster begins with the data in %s; start this node, and the others with empty folders%n",
                    data.toAbsolutePath().normalize());
            return ExitCode.OK;
        }
    }

    /** Gets a checkpoint. */
    @Command(name = "checkpoint",
            description = "Fetch a checkpoint of another node into the data folder of this one, which must not run, and"
                    + " check all of it. A node does so by itself when it starts and the log does not reach back far"
                    + " enough. One that was cut short goes on where it was.")
    static final class Checkpoint extends OfCluster {
        @Mixin
        private final ProgressBars progress = new ProgressBars();

        @Option(names = "--from", paramLabel = "URL",
                description = "The address of the node to ask. Default: any that reports in the log.")
        private @Nullable String from;

        @Option(names = "--replace",
                description = "Replace the data also when it is of use, and the log has what it lacks.")
        private boolean isForced;

        @Override
        int work(ClusterSettings cluster, Path data) throws StartException {
            URI address = from == null ? null : ClusterSettings.address(from);
            if (from != null && address == null) {
                throw new IllegalArgumentException("--from " + from
                        + " is no address of a node: expected something like https://node-a:8080.");
            }
            CheckpointManifest fetched;
            try (progress) {
                fetched = Cluster.checkpoint(data, cluster, address, isForced, progress);
            }
            out().printf("fetched a checkpoint to %s: %,d bytes, the entries below %d%n",
                    data.toAbsolutePath().normalize(), fetched.size(), fetched.applied());
            return ExitCode.OK;
        }
    }

    /** Shows the topic and the nodes. */
    @Command(name = "status",
            description = "Show the topic that the log of a cluster is in, what is wrong with it, and the nodes that report"
                    + " in it. Listens for three seconds.")
    static final class Status extends OfCluster {
        @Override
        int work(ClusterSettings cluster, Path data) throws StartException {
            Cluster.Topic topic = Cluster.topic(cluster);
            out().printf("topic %s at %s: %d partition(s), %d replica(s), %d in sync%n", cluster.topic(),
                    cluster.bootstrapServers(), topic.partitions(), topic.replicas(), topic.inSync());
            if (topic.inSync() == 0) {
                out().println("fault: no broker leads the log: writes wait for one");
            } else if (topic.inSync() < topic.replicas()) {
                out().println("warning: not all replicas are in sync: a broker is away, or slow");
            }
            topic.faults().forEach(fault -> out().println("fault: " + fault));
            topic.warnings().forEach(warning -> out().println("warning: " + warning));
            if (!topic.faults().isEmpty()) {
                return ExitCode.REFUSED;
            }
            Peers peers = Cluster.peers(cluster);
            for (Peers.Node node : peers.nodes()) {
                out().printf("node %s %s: rules %d, %,d entries applied, %,d to go%n", node.name(),
                        node.address().isEmpty() ? "without an advertisedAddress" : "at " + node.address(),
                        node.rules(), node.applied(), Math.max(peers.end() - node.applied(), 0));
            }
            if (peers.nodes().isEmpty()) {
                out().println("no node reports");
            }
            return ExitCode.OK;
        }
    }
}
