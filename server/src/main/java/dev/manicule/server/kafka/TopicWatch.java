package dev.manicule.server.kafka;

import dev.manicule.server.log.LogException;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checks with the brokers, each second, whether a topic is still the same one: Kafka's clients follow the name, and go
 * on with whatever topic has it. Has a thread of its own.
 */
final class TopicWatch implements AutoCloseable {
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final Logger LOG = LoggerFactory.getLogger(TopicWatch.class);

    private final KafkaSettings settings;
    private final long id;
    private final Runnable whenReplaced;
    private final CountDownLatch isClosed = new CountDownLatch(1);
    private final Thread thread = Thread.ofVirtual().name("manicule-topic").unstarted(this::watch);
    private volatile Topic topic = Topic.SAME;

    /** What has the name of the topic. */
    enum Topic {
        /** The topic itself. */
        SAME,
        /** No topic. */
        MISSING,
        /** Another topic, made after this one was deleted. */
        REPLACED
    }

    private TopicWatch(KafkaSettings settings, long id, Runnable whenReplaced) {
        this.settings = settings;
        this.id = id;
        this.whenReplaced = whenReplaced;
    }

    /**
     * Begins the checks.
     *
     * @param id the id of the original topic
     * @param whenReplaced runs after each check that finds another topic of its name, on the checking thread
     */
    static TopicWatch start(KafkaSettings settings, long id, Runnable whenReplaced) {
        TopicWatch watch = new TopicWatch(settings, id, whenReplaced);
        watch.thread.start();
        return watch;
    }

    /** What has the name of the topic, by the last check. Any thread may ask. */
    Topic topic() {
        return topic;
    }

    private void watch() {
        try (Admin admin = KafkaClients.admin(settings)) {
            while (!isClosed.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS)) {
                check(admin);
            }
        } catch (InterruptedException | KafkaException e) { // at the end; or a client can't be made, which the log's own says too
            LOG.debug("The topic is not checked any more", e);
        }
    }

    private void check(Admin admin) throws InterruptedException {
        try {
            OptionalLong present = KafkaTopic.presentId(settings, admin);
            Topic seen = present.isEmpty() ? Topic.MISSING : present.getAsLong() == id ? Topic.SAME : Topic.REPLACED;
            if (seen == Topic.MISSING && topic != Topic.MISSING) {
                LOG.error(
                        "There is no {} any more, by what the brokers say. Writes and linearizable reads are refused. If it was"
                                + " deleted, its log is lost: stop all nodes before another one is made, since this one ends then.",
                        settings);
            }
            topic = seen;
            if (seen == Topic.REPLACED) {
                whenReplaced.run();
            }
        } catch (LogException | KafkaException e) {
            LOG.debug("The topic can't be checked", e);
        }
    }

    /** Ends it. Does not wait. */
    @Override
    public void close() {
        isClosed.countDown();
        thread.interrupt();
    }
}
