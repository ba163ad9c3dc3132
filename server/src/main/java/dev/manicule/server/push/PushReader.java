package dev.manicule.server.push;

import dev.manicule.server.command.RemoveDevice;
import dev.manicule.server.journal.Journal;
import dev.manicule.server.json.Json;
import dev.manicule.server.json.JsonReader;
import dev.manicule.server.json.JsonWriter;
import dev.manicule.server.ledger.GlobalFeed;
import dev.manicule.server.ledger.LedgerReader.DevicePage;
import dev.manicule.server.ledger.LedgerReader;
import dev.manicule.server.ledger.StorageException;
import dev.manicule.server.model.Event;
import dev.manicule.server.model.PushDevice;
import dev.manicule.server.model.Timetoken;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the feed of all channels for one gateway, and sends the notifications of its messages to the devices of their
 * channels, many at a time. The feed is its queue: it reads no further than it can send, and waits for nothing else. How
 * far all is done is noted in the log.
 */
final class PushReader implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PushReader.class);
    private static final int MOST_IN_FLIGHT = 100;
    private static final int EVENTS_AT_ONCE = 200;
    private static final long BYTES_AT_ONCE = 1 << 20;
    private static final int DEVICES_AT_ONCE = 500;
    /** A notification that could not be sent for so long is of no use any more. */
    private static final long STALE = Timetoken.steps(Duration.ofHours(1));
    /** How often one is sent that fails while others succeed. */
    private static final int MOST_ATTEMPTS = 5;
    private static final long FIRST_WAIT_MILLIS = 1_000;
    private static final int MOST_DOUBLINGS = 6;
    private static final byte[] SIGN = "\"pn_".getBytes(StandardCharsets.US_ASCII);

    private final Carrier carrier;
    private final LedgerReader ledger;
    private final Journal journal;
    private final LongSupplier now;
    private final LongSupplier nanoTime;
    private final FeedLease lease;
    private final Semaphore inFlight = new Semaphore(MOST_IN_FLIGHT);
    private final Semaphore news = new Semaphore(0);
    private final ExecutorService senders;
    private final Thread thread;
    /** The events whose notifications are under way, by timetoken. Guarded by itself. */
    private final NavigableMap<Long, AtomicInteger> open = new TreeMap<>();
    private volatile boolean isClosing;
    private volatile long read;
    private volatile long lastSuccess;
    private final LongAdder sent = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final LongAdder gone = new LongAdder();

    /**
     * A reader that begins when it is started.
     *
     * @param now returns the present timetoken
     */
    PushReader(Carrier carrier, LedgerReader ledger, Journal journal, LongSupplier now, LongSupplier nanoTime,
            FeedLease lease) {
        this.carrier = carrier;
        this.ledger = ledger;
        this.journal = journal;
        this.now = now;
        this.nanoTime = nanoTime;
        this.lease = lease;
        lastSuccess = nanoTime.getAsLong();
        senders = Executors
                .newThreadPerTaskExecutor(
                        Thread.ofVirtual().name("manicule-push-" + carrier.name() + "-", 0).factory());
        thread = Thread.ofPlatform().name("manicule-push-" + carrier.name()).daemon().unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /** Something has happened. Does not wait. */
    void wake() {
        if (news.availablePermits() == 0) {
            news.release();
        }
    }

    /** The name of its gateway. */
    String gateway() {
        return carrier.name();
    }

    /** Notifications that the gateway has taken. */
    double sent() {
        return sent.sum();
    }

    /** Notifications that were given up. */
    double failed() {
        return failed.sum();
    }

    /** Devices that the gateway does not know any more. */
    double gone() {
        return gone.sum();
    }

    /** Ends: what is under way is sent again after the next start. */
    @Override
    public void close() {
        isClosing = true;
        thread.interrupt();
        var _ = senders.shutdownNow();
        try {
            thread.join();
            boolean _ = senders.awaitTermination(2, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        lease.end(done());
    }

    private void run() {
        while (!isClosing) {
            try {
                if (!lease.isHeld()) {
                    begin();
                }
                if (lease.isHeld()) {
                    readOn();
                    lease.keep(done());
                }
            } catch (InterruptedException e) {
                return;
            } catch (StorageException e) {
                LOG.debug("{}", e.getMessage()); // the journal reports a failing disk
                pause();
            } catch (RuntimeException e) {
                LOG.error("Reading on for notifications failed: it is tried again", e);
                pause();
            }
        }
    }

    private void pause() {
        try {
            Thread.sleep(1_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void begin() throws InterruptedException {
        if (lease.take()) {
            synchronized (open) {
                open.clear();
            }
            read = lease.upTo();
        } else {
            Thread.sleep(1_000);
        }
    }

    /** The timetoken up to which all notifications are sent or given up. */
    private long done() {
        synchronized (open) {
            return open.isEmpty() ? read : Math.min(read, open.firstKey() - 1);
        }
    }

    /** Begins to send what a page of the feed has; waits for a page if there is nothing. */
    private void readOn() throws InterruptedException {
        long from = Math.max(read, now.getAsLong() - STALE);
        GlobalFeed.ReadResult result = ledger.eventsAfter(from, GlobalFeed.Scope.ALL, EVENTS_AT_ONCE, BYTES_AT_ONCE);
        if (result instanceof GlobalFeed.Gap) { // events that are not kept are forgotten sooner
            result = ledger.eventsAfter(from, GlobalFeed.Scope.KEPT, EVENTS_AT_ONCE, BYTES_AT_ONCE);
        }
        switch (result) {
            case GlobalFeed.Gap(long lowest) -> read = lowest;
            case GlobalFeed.Page page -> {
                for (Event event : page.events()) {
                    if (!lease.isHeld()) {
                        return;
                    }
                    send(event);
                    lease.keep(done());
                }
                read = Math.max(page.next(), from);
                if (!page.more()) {
                    boolean _ = news.tryAcquire(1, TimeUnit.SECONDS);
                }
            }
        }
    }

    private void send(Event event) throws InterruptedException {
        Map<String, Json> message = message(event);
        Carrier.Notice notice = message == null ? null : carrier.notice(message, event.timetoken());
        if (notice == null) {
            return;
        }
        AtomicInteger left = new AtomicInteger(1);
        synchronized (open) {
            open.put(event.timetoken(), left);
        }
        read = event.timetoken();
        try {
            begin(event, notice, left);
        } catch (RuntimeException e) { // tables that can't be read: once they can, all of it is sent again
            synchronized (open) {
                boolean _ = open.remove(event.timetoken(), left);
            }
            read = event.timetoken() - 1;
            throw e;
        }
        done(event.timetoken(), left);
    }

    private void begin(Event event, Carrier.Notice notice, AtomicInteger left) throws InterruptedException {
        PushDevice after = null;
        do {
            DevicePage page = ledger.devices(event.channel(), carrier.first(), carrier.last(), after, DEVICES_AT_ONCE);
            for (PushDevice device : page.devices()) {
                Carrier.Delivery delivery = notice.of(device);
                if (delivery != null) {
                    left.incrementAndGet();
                    begin(delivery, device, event.timetoken(), left);
                }
            }
            after = page.next();
        } while (after != null);
    }

    /** The members of a message that may lead to notifications; null when it is none. */
    private static @Nullable Map<String, Json> message(Event event) {
        if (event.isOfAction() || !hasSign(event.envelope())) {
            return null;
        }
        Map<String, Json> envelope = JsonReader.parts(JsonWriter.closed(event.envelope()));
        return envelope == null || envelope.containsKey("e") ? null : NoticeParts.members(envelope.get("d"));
    }

    private static boolean hasSign(byte[] envelope) {
        for (int at = 0; at <= envelope.length - SIGN.length; at++) {
            int same = 0;
            while (same < SIGN.length && envelope[at + same] == SIGN[same]) {
                same++;
            }
            if (same == SIGN.length) {
                return true;
            }
        }
        return false;
    }

    private void done(long timetoken, AtomicInteger left) {
        if (left.decrementAndGet() == 0) {
            synchronized (open) {
                boolean _ = open.remove(timetoken, left);
            }
        }
    }

    private void begin(Carrier.Delivery delivery, PushDevice device, long timetoken, AtomicInteger left)
            throws InterruptedException {
        while (!inFlight.tryAcquire(1, TimeUnit.SECONDS)) {
            lease.keep(done());
        }
        senders.execute(() -> {
            try {
                if (deliver(delivery, device, timetoken)) {
                    done(timetoken, left);
                }
            } catch (InterruptedException _) {
                LOG.debug("The server stops: a notification is sent after its next start");
            } catch (RuntimeException e) {
                LOG.error("A notification failed, and is given up", e);
                done(timetoken, left);
            } finally {
                inFlight.release();
            }
        });
    }

    /** Sends until it is sent or given up; false when this node is not the one to send any more. */
    private boolean deliver(Carrier.Delivery delivery, PushDevice device, long timetoken) throws InterruptedException {
        long begin = nanoTime.getAsLong();
        for (int attempt = 1; lease.isHeld() && !isClosing; attempt++) {
            long at = now.getAsLong();
            Verdict verdict = attempt(delivery);
            switch (verdict) {
                case Verdict.Taken _ -> {
                    sent.increment();
                    lastSuccess = nanoTime.getAsLong();
                    return true;
                }
                case Verdict.Gone(Instant since) -> {
                    lastSuccess = nanoTime.getAsLong();
                    gone.increment();
                    drop(device, since.equals(Instant.MAX) ? at : Math.min(at, Timetoken.of(since)));
                    return true;
                }
                case Verdict.Refused(String why) -> {
                    lastSuccess = nanoTime.getAsLong();
                    giveUp(device, why);
                    return true;
                }
                case Verdict.Later(String why, Duration wait) -> {
                    boolean othersSucceed = lastSuccess - begin > 0;
                    if (at - timetoken > STALE || (attempt >= MOST_ATTEMPTS && othersSucceed)) {
                        giveUp(device, why);
                        return true;
                    }
                    if (attempt == 1) {
                        LOG.debug("A notification is sent again: {}", why);
                    }
                    Thread.sleep(Math.max(wait.toMillis(),
                            FIRST_WAIT_MILLIS << Math.min(attempt - 1, MOST_DOUBLINGS)));
                }
            }
        }
        return false;
    }

    private static Verdict attempt(Carrier.Delivery delivery) throws InterruptedException {
        try {
            return delivery.send();
        } catch (IOException e) {
            return new Verdict.Later(String.valueOf(e.getMessage()), Duration.ZERO);
        } catch (RuntimeException e) { // the gateway is another program: what it says may break any rule
            LOG.error("A notification failed", e);
            return new Verdict.Refused("an error of this server");
        }
    }

    private void giveUp(PushDevice device, String why) {
        failed.increment();
        LOG.warn("A notification for a device of {} was given up: {}", device.gateway().text(), why);
    }

    private void drop(PushDevice device, long upTo) {
        journal.submit(new RemoveDevice(device, upTo), outcome -> {});
    }
}
