package dev.manicule.client.internal;

import dev.manicule.client.Category;
import dev.manicule.client.Envelope;
import dev.manicule.client.Operation;
import dev.manicule.client.ReconnectionPolicy;
import dev.manicule.client.Status;
import dev.manicule.client.Status.Affected;
import dev.manicule.client.Status.ErrorData;
import dev.manicule.client.SubscriptionState;
import java.net.http.HttpConnectTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The subscription of a client: one poll after the other, over all its channels.
 *
 * <p>All of it happens on one thread, {@code loop}, which never waits. A change of channels cancels the running poll
 * and begins another; an epoch identifies the responses that still count. The cursor moves only when the events before
 * it have been handed to the listeners, so a lost connection loses nothing.
 */
public final class Subscription {
    /** With so many events waiting for slow listeners, no more are fetched. They are safe with the server. */
    private static final int ENOUGH_WAITING = 1000;
    /** The least time between attempts that begin early because another call got a response. */
    private static final long EARLY_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Transport transport;
    private final Listeners listeners;
    private final ScheduledExecutorService loop;
    /** The suffix of the name of a channel or group that announces joins and leaves on another. */
    public static final String PRESENCE = "-pnpres";

    /** Including presence channels, in the form that the server expects. */
    private final Set<String> channels = new LinkedHashSet<>();
    private final Set<String> groups = new LinkedHashSet<>();
    /** Those of the channels whose read marks are delivered. */
    private final Set<String> markedChannels = new LinkedHashSet<>();
    /** How often summaries come in place of the events of actions; null for these events. */
    private @Nullable Duration summaries;
    private long cursor;
    private int region;
    private int epoch;
    private int attempts;
    private boolean paused;
    private boolean wasLost;
    private boolean wasConnected;
    /** Whether listeners expect the status that the server has what was subscribed to while connected. */
    private boolean isChanging;
    private @Nullable CompletableFuture<?> running;
    /** The next attempt to reach the server, null when none waits. */
    private @Nullable ScheduledFuture<?> nextAttempt;
    private long lastAttempt = System.nanoTime() - EARLY_NANOS;
    private volatile SubscriptionState state = SubscriptionState.IDLE;
    private volatile @Nullable Status lastError;
    private volatile boolean closed;

    /** A subscription to nothing yet. */
    public Subscription(Transport transport, Listeners listeners) {
        this(transport, listeners, transport.connections().threads().loop());
    }

    Subscription(Transport transport, Listeners listeners, ScheduledExecutorService loop) {
        this.transport = transport;
        this.listeners = listeners;
        this.loop = loop;
    }

    /** Its state. */
    public SubscriptionState state() {
        return state;
    }

    /** Its last error, null when there was none. */
    public @Nullable Status lastError() {
        return lastError;
    }

    /**
     * Adds channels and groups. With a timetoken, all of the subscription continues from there.
     *
     * @param moreMarked those of the channels whose read marks are delivered from now on
     * @param period how often to deliver summaries in place of the events of actions, from now on; null for no change
     */
    public void subscribe(List<String> moreChannels, List<String> moreGroups, List<String> moreMarked,
            @Nullable Duration period, @Nullable Long timetoken) {
        run(() -> {
            boolean grown = channels.addAll(moreChannels);
            grown |= groups.addAll(moreGroups);
            grown |= markedChannels.addAll(moreMarked);
            if (period != null && !period.equals(summaries)) {
                summaries = period;
                grown = true;
            }
            if (timetoken != null) {
                cursor = timetoken;
            }
            if (grown || timetoken != null || state == SubscriptionState.STOPPED) {
                isChanging = true;
                restart();
            }
        });
    }

    /** Removes channels and groups, and notifies the server. */
    public void unsubscribe(List<String> lessChannels, List<String> lessGroups) {
        run(() -> leave(lessChannels, lessGroups));
    }

    /** Removes all channels and groups, and notifies the server. */
    public void unsubscribeAll() {
        run(() -> leave(List.copyOf(channels), List.copyOf(groups)));
    }

    /** Resumes after the connection was lost, or after the subscription gave up. */
    public void reconnect() {
        run(() -> {
            if (state == SubscriptionState.STOPPED || state == SubscriptionState.RECONNECTING) {
                restart();
            }
        });
    }

    /**
     * Begins a waiting attempt at once: the server has just responded to another call, so the network is back. Any
     * thread may call it; it does not wait.
     */
    public void serverResponds() {
        if (state == SubscriptionState.RECONNECTING) {
            run(() -> {
                if (nextAttempt != null && System.nanoTime() - lastAttempt >= EARLY_NANOS
                        && nextAttempt.cancel(false)) {
                    attempt();
                }
            });
        }
    }

    /** Its channels, without those of presence, in the order in which they were added. */
    public List<String> channels() {
        return names(channels);
    }

    /** Its groups, without those of presence, in the order in which they were added. */
    public List<String> groups() {
        return names(groups);
    }

    private List<String> names(Set<String> set) {
        if (closed) {
            return List.of();
        }
        CompletableFuture<List<String>> copy = new CompletableFuture<>();
        run(() -> copy.complete(withoutPresence(set)));
        return copy.completeOnTimeout(List.of(), 1, TimeUnit.SECONDS).join();
    }

    private static List<String> withoutPresence(Collection<String> names) {
        return names.stream().filter(name -> !name.endsWith(PRESENCE)).collect(Collectors.toUnmodifiableList());
    }

    private static @Nullable String list(Collection<String> names) {
        return names.isEmpty() ? null : String.join(",", names);
    }

    /** Ends it, without notifying the server. */
    public void close() {
        run(this::stopPolling);
        closed = true;
    }

    private void leave(List<String> lessChannels, List<String> lessGroups) {
        List<String> leftChannels = new ArrayList<>(lessChannels);
        leftChannels.retainAll(channels);
        List<String> leftGroups = new ArrayList<>(lessGroups);
        leftGroups.retainAll(groups);
        if (leftChannels.isEmpty() && leftGroups.isEmpty()) {
            return;
        }
        stopPolling();
        leftChannels.forEach(channels::remove);
        leftChannels.forEach(markedChannels::remove);
        leftGroups.forEach(groups::remove);
        List<String> left = withoutPresence(leftChannels);
        Affected affected = new Affected(left, withoutPresence(leftGroups));
        Path path = Path.of("v2", "presence", "sub-key", transport.config().keys().subscribeKey(), "channel", left,
                "leave");
        Query query = Query.NONE.with("channel-group", list(affected.channelGroups()));
        Request<Boolean> request = Request.get(Operation.UNSUBSCRIBE, path, query, json -> Boolean.TRUE)
                .about(affected.channels(), affected.channelGroups());
        var unused = transport.send(request, Runnable::run)
                .thenAccept(envelope -> listeners.deliver(envelope.status()));
        if (channels.isEmpty() && groups.isEmpty()) {
            cursor = 0;
            summaries = null;
            state = SubscriptionState.IDLE;
            isChanging = false;
            announce(Category.DISCONNECTED, null, affected);
        } else {
            restart();
        }
    }

    private void restart() {
        stopPolling();
        attempts = 0;
        if (state != SubscriptionState.CONNECTED) {
            state = SubscriptionState.CONNECTING;
        }
        poll();
    }

    private void stopPolling() {
        epoch++;
        paused = false;
        if (nextAttempt != null) {
            nextAttempt.cancel(false);
            nextAttempt = null;
        }
        if (running != null) {
            running.cancel(true);
            running = null;
        }
    }

    /**
     * Polls for events after the cursor. Without a cursor, before the first response of the server, or after something
     * was subscribed to, it shakes hands instead; the response to that comes at once, while a poll may be parked for
     * minutes and would not show whether all is well.
     */
    private void poll() {
        boolean handshake = cursor == 0 || isChanging || state != SubscriptionState.CONNECTED;
        Query query = Query.NONE.with("tt", handshake ? 0 : cursor)
                .with("tr", handshake || region == 0 ? null : region)
                .with("channel-group", list(groups))
                .flag("read-marks", !markedChannels.isEmpty())
                .with("action-summaries", summaries == null ? null : summaries.toMillis())
                .with("filter-expr", transport.config().filterExpression())
                .with("heartbeat", transport.config().timeouts().presence().toSeconds());
        Duration timeout = handshake
                ? transport.config().timeouts().request()
                : transport.config().timeouts().subscribe();
        Path path = Path.of("v2", "subscribe", transport.config().keys().subscribeKey(), List.copyOf(channels), 0);
        Request<SubscribeResponse> request = Request
                .get(Operation.SUBSCRIBE, path, query, SubscribeResponse::of)
                .about(List.copyOf(channels), List.copyOf(groups))
                .within(timeout);
        send(request, envelope -> polled(envelope, handshake));
    }

    private void polled(Envelope<SubscribeResponse> envelope, boolean handshake) {
        SubscribeResponse response = envelope.result();
        if (response != null) {
            attempts = 0;
            if (state != SubscriptionState.CONNECTED) {
                connected();
            } else if (isChanging) {
                announce(Category.SUBSCRIPTION_CHANGED, null, all());
            }
            isChanging = false;
            Set<String> marked = Set.copyOf(markedChannels);
            listeners.deliver(response.envelopes().size(), () -> response.events(marked));
            if (!handshake || cursor == 0) {
                cursor = response.cursor();
                region = response.region();
            }
            pollWhenListenersKeepUp();
            return;
        }
        Status status = envelope.status();
        switch (status.category()) {
            case TIMEOUT -> {
                if (handshake || isUnreachable(status)) {
                    lost(status);
                } else {
                    poll();
                }
            }
            case CANCELLED -> state = SubscriptionState.STOPPED; // the client whose connections it uses was closed
            case ACCESS_DENIED, BAD_REQUEST, MALFORMED_FILTER_EXPRESSION, TOO_LARGE -> {
                state = SubscriptionState.STOPPED;
                fail(status);
            }
            default -> lost(status);
        }
    }

    /** Whether not even a connection came about, where a poll waits long for its response. */
    private static boolean isUnreachable(Status status) {
        return status.errorData() != null && status.errorData().cause() instanceof HttpConnectTimeoutException;
    }

    private void pollWhenListenersKeepUp() {
        if (listeners.waiting() < ENOUGH_WAITING) {
            poll();
            return;
        }
        paused = true;
        int when = epoch;
        listeners.whenIdle(() -> run(() -> {
            if (paused && when == epoch) {
                paused = false;
                poll();
            }
        }));
    }

    private void lost(Status status) {
        if (state != SubscriptionState.RECONNECTING) {
            announce(Category.UNEXPECTED_DISCONNECT, status.errorData(), all());
        }
        wasLost = true;
        lastError = status;
        if (transport.config().reconnection().policy() == ReconnectionPolicy.NONE) {
            state = SubscriptionState.STOPPED;
            return;
        }
        state = SubscriptionState.RECONNECTING;
        tryLater();
    }

    private void tryLater() {
        int most = transport.config().reconnection().maximumAttempts();
        if (most >= 0 && attempts >= most) {
            state = SubscriptionState.STOPPED;
            announce(Category.RECONNECTION_ATTEMPTS_EXHAUSTED,
                    new ErrorData("gave up after " + attempts + " attempts", null), all());
            return;
        }
        Duration delay = Backoff.delay(transport.config().reconnection(), attempts++,
                ThreadLocalRandom.current().nextDouble());
        int when = epoch;
        nextAttempt = loop.schedule(() -> {
            if (when == epoch) {
                attempt();
            }
        }, delay.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void attempt() {
        nextAttempt = null;
        lastAttempt = System.nanoTime();
        send(Request.get(Operation.TIME, Path.of("time", 0), Query.NONE, json -> Boolean.TRUE), this::reached);
    }

    private void reached(Envelope<Boolean> envelope) {
        if (envelope.status().category() == Category.CANCELLED) {
            state = SubscriptionState.STOPPED;
        } else if (envelope.status().isError()) {
            lastError = envelope.status();
            tryLater();
        } else {
            if (cursor != 0) {
                connected();
            } // otherwise events count from the handshake on
            poll();
        }
    }

    private void connected() {
        state = SubscriptionState.CONNECTED;
        announce(wasLost && wasConnected ? Category.RECONNECTED : Category.CONNECTED, null, all());
        wasLost = false;
        wasConnected = true;
    }

    private Affected all() {
        return new Affected(List.copyOf(channels), List.copyOf(groups));
    }

    private void announce(Category category, @Nullable ErrorData error, Affected affected) {
        Status status = transport.statusOfSubscription(category, error, affected);
        if (error != null) {
            lastError = status;
        }
        listeners.deliver(status);
    }

    private void fail(Status status) {
        lastError = status;
        listeners.deliver(status);
    }

    private <R> void send(Request<R> request, Consumer<Envelope<R>> then) {
        int when = epoch;
        CompletableFuture<Envelope<R>> sent = transport.send(request, Runnable::run);
        running = sent;
        var unused = sent.whenComplete((envelope, thrown) -> run(() -> {
            if (when == epoch && envelope != null) {
                then.accept(envelope);
            }
        }));
    }

    private void run(Runnable step) {
        if (closed) {
            return;
        }
        try {
            loop.execute(() -> {
                try {
                    step.run();
                } catch (RuntimeException e) {
                    ErrorLog.report("The subscription failed", e);
                }
            });
        } catch (RejectedExecutionException e) {
            // the client is closed: nothing is left to do
        }
    }
}
