package dev.manicule.client;

import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A client for message actions, messages and subscriptions, of Manicule or of any server of this protocol.
 *
 * <pre>{@code
 * try (ManiculeClient client = ManiculeClient.of(ClientConfig.forUser("alice").build())) {
 *     long message = client.publish("chats.room1", "hello").sync().orThrow().timetoken();
 *     client.addMessageAction("chats.room1", MessageAction.of("reaction", "smiley_face", message)).sync().orThrow();
 * }
 * }</pre>
 *
 * <p>Any thread may use it. Its own threads are daemons, and end with {@link #close()}. One client is enough for a
 * program: calls share its connections.
 */
public final class ManiculeClient implements AutoCloseable {
    /** The version of this library. */
    public static final String VERSION = "0.1.0";
    private static final long PATIENCE_MILLIS = 500;
    private static final AtomicInteger CLIENTS = new AtomicInteger();

    private final Transport transport;
    private final Listeners listeners;
    private final Subscription subscription;
    private final ExecutorService workers;
    private final ExecutorService listening;
    private final ScheduledExecutorService loop;

    private ManiculeClient(ClientConfig config) {
        int number = CLIENTS.incrementAndGet();
        workers = Executors.newCachedThreadPool(daemons("manicule-client-" + number + "-worker-"));
        listening = Executors.newSingleThreadExecutor(daemons("manicule-client-" + number + "-listeners-"));
        loop = Executors.newSingleThreadScheduledExecutor(daemons("manicule-client-" + number + "-subscribe-"));
        transport = new Transport(config, workers);
        listeners = new Listeners(listening, transport);
        subscription = new Subscription(transport, listeners, loop);
        transport.whenAnswered(subscription::serverAnswers);
    }

    /** A client with this configuration. It connects when it is first used. */
    public static ManiculeClient of(ClientConfig config) {
        return new ManiculeClient(config);
    }

    /** Its configuration. */
    public ClientConfig config() {
        return transport.config();
    }

    /** From now on, sends this token of the access manager; null for none. */
    public void setToken(@Nullable String token) {
        transport.authKey(token);
    }

    /**
     * Grants a token, signed with the secret key.
     *
     * @param ttlMinutes how long it is valid, 1 to 43,200 (30 days)
     */
    public GrantToken grantToken(int ttlMinutes) {
        return new GrantToken(transport, ttlMinutes);
    }

    /** Revokes a token, signed with the secret key. */
    public RevokeToken revokeToken(String token) {
        return new RevokeToken(transport, token);
    }

    /**
     * The content of a token; this does not verify that it is genuine.
     *
     * @throws IllegalArgumentException when it is no token
     */
    public AccessToken parseToken(String token) {
        return AccessToken.parse(token);
    }

    /** Puts an action on a message. */
    public AddMessageAction addMessageAction() {
        return new AddMessageAction(transport);
    }

    /** Puts an action on a message. */
    public AddMessageAction addMessageAction(String channel, MessageAction action) {
        return addMessageAction().channel(channel).messageAction(action);
    }

    /** Takes an action off a message. */
    public RemoveMessageAction removeMessageAction() {
        return new RemoveMessageAction(transport);
    }

    /** Takes an action off a message. */
    public RemoveMessageAction removeMessageAction(String channel, long messageTimetoken, long actionTimetoken) {
        return removeMessageAction().channel(channel)
                .messageTimetoken(messageTimetoken)
                .actionTimetoken(actionTimetoken);
    }

    /** Gets the actions of a channel. */
    public GetMessageActions getMessageActions() {
        return new GetMessageActions(transport);
    }

    /** Gets the actions of a channel. */
    public GetMessageActions getMessageActions(String channel) {
        return getMessageActions().channel(channel);
    }

    /** Publishes a message. */
    public Publish publish() {
        return new Publish(transport);
    }

    /** Publishes a message. */
    public Publish publish(String channel, Object message) {
        return publish().channel(channel).message(message);
    }

    /** Publishes a message that gets a timetoken, and is neither delivered nor stored. */
    public Publish fire(String channel, Object message) {
        return publish(channel, message).fires();
    }

    /** Sends a signal. */
    public Signal signal() {
        return new Signal(transport);
    }

    /** Sends a signal. */
    public Signal signal(String channel, Object message) {
        return signal().channel(channel).message(message);
    }

    /** Gets the users on channels. */
    public HereNow hereNow(String... channels) {
        return new HereNow(transport).channels(channels);
    }

    /** Gets the channels that a user is on; by default, the client's own user. */
    public WhereNow whereNow() {
        return new WhereNow(transport);
    }

    /** Sets the presence state of the client's user on channels. */
    public PresenceState setPresenceState(Object state, String... channels) {
        return new PresenceState(transport, true).state(state).channels(channels);
    }

    /** Gets the presence state of a user on channels; by default, of the client's own user. */
    public PresenceState getPresenceState(String... channels) {
        return new PresenceState(transport, false).channels(channels);
    }

    /** Puts channels into a group, which is made where there is none. */
    public ChangeChannelGroup addChannelsToChannelGroup(String group, String... channels) {
        return new ChangeChannelGroup(transport, true).channelGroup(group).channels(channels);
    }

    /** Takes channels out of a group. */
    public ChangeChannelGroup removeChannelsFromChannelGroup(String group, String... channels) {
        return new ChangeChannelGroup(transport, false).channelGroup(group).channels(channels);
    }

    /** Lists the channels of a group. */
    public ChannelGroup listChannelsForChannelGroup(String group) {
        return new ChannelGroup(transport, Operation.CHANNELS_FOR_GROUP).channelGroup(group);
    }

    /** Takes all channels out of a group. */
    public ChannelGroup deleteChannelGroup(String group) {
        return new ChannelGroup(transport, Operation.REMOVE_GROUP).channelGroup(group);
    }

    /** Lists all groups. */
    public ChannelGroup listAllChannelGroups() {
        return new ChannelGroup(transport, Operation.CHANNEL_GROUPS);
    }

    /** Fetches stored messages, with the actions on them if requested. */
    public FetchMessages fetchMessages() {
        return new FetchMessages(transport);
    }

    /** Fetches stored messages, with the actions on them if requested. */
    public FetchMessages fetchMessages(String... channels) {
        return fetchMessages().channels(channels);
    }

    /** Reads stored messages of one channel, in the older form. */
    public History history() {
        return new History(transport);
    }

    /** Reads stored messages of one channel, in the older form. */
    public History history(String channel) {
        return history().channel(channel);
    }

    /** Deletes stored messages. */
    public DeleteMessages deleteMessages() {
        return new DeleteMessages(transport);
    }

    /** Deletes stored messages. */
    public DeleteMessages deleteMessages(String channel) {
        return deleteMessages().channel(channel);
    }

    /** Counts messages. */
    public MessageCounts messageCounts() {
        return new MessageCounts(transport);
    }

    /** Counts the messages of a channel that are newer than a timetoken. */
    public MessageCounts messageCounts(String channel, long timetoken) {
        return messageCounts().channel(channel, timetoken);
    }

    /** Gets the time of the server. */
    public Time time() {
        return new Time(transport);
    }

    /** Adds a listener, which receives the events of subscribed channels from now on. */
    public void addListener(Listener listener) {
        listeners.add(listener);
    }

    /** Removes a listener. A delivery that is under way completes. */
    public void removeListener(Listener listener) {
        listeners.remove(listener);
    }

    /** Subscribes to channels, groups and presence, besides what is subscribed to already. */
    public Subscribe subscribe() {
        return new Subscribe(subscription, false);
    }

    /**
     * Subscribes to channels, besides those subscribed to already. Returns at once; listeners get a status when it is
     * up.
     */
    public void subscribe(String... channels) {
        subscribe().channels(channels).execute();
    }

    /**
     * Subscribes to channels and continues after this timetoken, on all channels of the subscription: later events are
     * delivered first.
     */
    public void subscribeFrom(long timetoken, String... channels) {
        subscribe().channels(channels).timetoken(timetoken).execute();
    }

    /** Ends the subscription to some channels and groups, and to their presence. */
    public Subscribe unsubscribe() {
        return new Subscribe(subscription, true);
    }

    /** Ends the subscription to some channels, and to their presence. Returns at once. */
    public void unsubscribe(String... channels) {
        unsubscribe().channels(channels).execute();
    }

    /** Ends the subscription to all channels. Returns at once. */
    public void unsubscribeAll() {
        subscription.unsubscribeAll();
    }

    /** The channels subscribed to, in the order in which they were added. */
    public List<String> subscribedChannels() {
        return subscription.channels();
    }

    /** The groups subscribed to, in the order in which they were added. */
    public List<String> subscribedChannelGroups() {
        return subscription.groups();
    }

    /** Resumes a subscription that has lost its connection, without waiting for the next attempt. */
    public void reconnect() {
        subscription.reconnect();
    }

    /** The state of the subscription. */
    public SubscriptionState subscriptionState() {
        return subscription.state();
    }

    /** The last error of the subscription, null when there was none. */
    public @Nullable Status lastError() {
        return subscription.lastError();
    }

    /**
     * Ends everything, within a second: the subscription, without telling the server; calls under way, with a status of
     * {@link Category#CANCELLED}; all threads. A second call does nothing.
     */
    @Override
    public void close() {
        subscription.close();
        loop.shutdown();
        await(loop);
        transport.close();
        listening.shutdown();
        workers.shutdown();
        await(listening);
        await(workers);
    }

    /** Waits a little for its tasks, then interrupts them; does not wait when one of its own tasks calls it. */
    private static void await(ExecutorService executor) {
        try {
            boolean own = Thread.currentThread().getName().startsWith("manicule-client-");
            if (own || !executor.awaitTermination(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)) {
                executor.shutdownNow();
            }
        } catch (InterruptedException e) {
            executor.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }

    private static ThreadFactory daemons(String prefix) {
        AtomicInteger number = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, prefix + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }
}
