package dev.manicule.server.kafka;

import dev.manicule.server.log.LogException;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
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
    private final Consumer<Boolean> whenMissing;
    private final CountDownLatch isClosed = new CountDownLatch(1);
    private final Thread thread = Thread.ofVirtual().name("manicule-topic").unstarted(this::watch);
    private boolean isMissing;

    private TopicWatch(KafkaSettings settings, long id, Runnable whenReplaced, Consumer<Boolean> whenMissing) {
        this.settings = settings;
        this.id = id;
        this.whenReplaced = whenReplaced;
        this.whenMissing = whenMissing;
    }

    /**
     * Begins the checks.
     *
     * @param id the id of the original topic
     * @param whenReplaced runs once, when another topic has its name; on the checking thread, which ends then
     * @param whenMissing is given true when there is no topic of the name any more, and false when this one is there again; by the same thread
     */
    static TopicWatch start(KafkaSettings settings, long id, Runnable whenReplaced, Consumer<Boolean> whenMissing) {
        TopicWatch watch = new TopicWatch(settings, id, whenReplaced, whenMissing);
        watch.thread.start();
        return watch;
    }

    private void watch() {
        try (Admin admin = Connections.admin(settings)) {
            boolean isSame = true;
            while (isSame && !isClosed.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS)) {
                isSame = isSame(admin);
            }
            if (!isSame) {
                whenReplaced.run();
            }
        } catch (InterruptedException | KafkaException e) { // at the end; or a client can't be made, which the log's own says too
            LOG.debug("The topic is not asked for any more", e);
        }
    }

    private boolean isSame(Admin admin) throws InterruptedException {
        try {
            OptionalLong present = KafkaTopic.presentId(settings, admin);
            if (present.isEmpty() && !isMissing) {
                LOG.error(
                        "There is no {} any more, by what the brokers say. Writes and linearizable reads are refused. If it was"
                                + " deleted, its log is lost: stop all nodes before another one is made, since this one ends then.",
                        settings);
            }
            if (present.isEmpty() != isMissing) {
                isMissing = present.isEmpty();
                whenMissing.accept(isMissing);
            }
            return present.orElse(id) == id;
        } catch (LogException | KafkaException e) {
            LOG.debug("The topic can't be asked for", e);
            return true;
        }
    }

    /** Ends it. Does not wait. */
    @Override
    public void close() {
        isClosed.countDown();
        thread.interrupt();
    }
}
