package dev.manicule.client;

import dev.manicule.client.internal.Connections;
import dev.manicule.client.internal.EventPublisher;
import dev.manicule.client.internal.Listeners;
import dev.manicule.client.internal.Subscription;
import dev.manicule.client.internal.Threads;
import dev.manicule.client.internal.Transport;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Flow;
import java.util.function.Supplier;
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
 * program: calls share its connections, and {@link #as} makes clients for other users that share them too.
 *
 * @since 0.1
 */
public final class ManiculeClient implements AutoCloseable {
    /** The version of this library. */
    public static final String VERSION = "0.1.0";

    private final Transport transport;
    private final Listeners listeners;
    private final Subscription subscription;
    private final EventPublisher events;
    /** Whether the connections and threads end with this client. */
    private final boolean isOwner;

    private ManiculeClient(Transport transport, boolean isOwner) {
        this.transport = transport;
        this.isOwner = isOwner;
        listeners = new Listeners(transport.connections().threads());
        subscription = new Subscription(transport, listeners);
        events = new EventPublisher(listeners, transport.connections());
        transport.afterResponse(subscription::serverResponds);
    }

    /**
     * A client with this configuration. It connects when it is first used.
     *
     * @param config the server, the user, and the timeouts
     * @return the client, to be closed
     */
    public static ManiculeClient of(ClientConfig config) {
        Connections connections = new Connections(config, new Threads());
        return new ManiculeClient(new Transport(connections, config, config.keys().authKey()), true);
    }

    /**
     * A client for another user, with connections and threads of this one: thousands of users of one program need no
     * more threads than one does. It has listeners, a subscription and a token of its own: the token that this client has
     * now, until {@link #setToken} sets another. A token with an authorized uuid serves that user alone. To close it ends
     * its calls and its subscription; to close the client that {@link #of} returned ends those of all.
     *
     * <pre>{@code
     * try (ManiculeClient bob = client.as("bob")) {
     *     bob.addMessageAction("room", MessageAction.of("reaction", "wave", message)).sync().orThrow();
     * }
     * }</pre>
     *
     * @param uuid the user, not blank
     * @return the client of this user
     * @throws IllegalArgumentException when the uuid is blank, or can't be sent
     */
    public ManiculeClient as(String uuid) {
        ClientConfig config = config();
        ClientConfig other = new ClientConfig(config.server(), config.keys(), uuid, config.timeouts(),
                config.reconnection(), config.retries(), config.filterExpression());
        return new ManiculeClient(new Transport(transport.connections(), other, transport.token()), false);
    }

    /**
     * Its configuration.
     *
     * @return as it was given, without a token that was set later
     */
    public ClientConfig config() {
        return transport.config();
    }

    /**
     * Sends another token of the access manager from now on.
     *
     * @param token the token; null for none
     * @throws IllegalArgumentException when it can't be sent
     */
    public void setToken(@Nullable String token) {
        transport.setToken(token);
    }

    /**
     * Grants a token, signed with the secret key.
     *
     * @param ttlMinutes how long it is valid, 1 to 43,200 (30 days)
     * @return the call, to be sent
     */
    public GrantToken grantToken(int ttlMinutes) {
        return new GrantToken(transport, ttlMinutes);
    }

    /**
     * Revokes a token, signed with the secret key.
     *
     * @param token the token
     * @return the call, to be sent
     */
    public RevokeToken revokeToken(String token) {
        return new RevokeToken(transport, token);
    }

    /**
     * The content of a token; this does not verify that it is genuine.
     *
     * @param token the token
     * @return its content
     * @throws IllegalArgumentException when it is no token
     */
    public AccessToken parseToken(String token) {
        return AccessToken.parse(token);
    }

    /**
     * Puts an action on a message.
     *
     * @return the call; it lacks the channel and the action
     */
    public AddMessageAction addMessageAction() {
        return new AddMessageAction(transport, null, null);
    }

    /**
     * Puts an action on a message.
     *
     * @param channel the channel of the message
     * @param action the action, with type, value and message timetoken
     * @return the call, to be sent
     */
    public AddMessageAction addMessageAction(String channel, MessageAction action) {
        return new AddMessageAction(transport, channel, action);
    }

    /**
     * Puts an action on a message, or takes it off where it is there already, and says which it did.
     *
     * @return the call; it lacks the channel and the action
     */
    public ToggleMessageAction toggleMessageAction() {
        return new ToggleMessageAction(transport, null, null);
    }

    /**
     * Puts an action on a message, or takes it off where it is there already, and says which it did.
     *
     * @param channel the channel of the message
     * @param action the action, with type, value and message timetoken
     * @return the call, to be sent
     */
    public ToggleMessageAction toggleMessageAction(String channel, MessageAction action) {
        return new ToggleMessageAction(transport, channel, action);
    }

    /**
     * Takes an action off a message.
     *
     * @return the call; it lacks the channel, the message and the action
     */
    public RemoveMessageAction removeMessageAction() {
        return new RemoveMessageAction(transport, null, null, null);
    }

    /**
     * Takes an action off a message.
     *
     * @param channel the channel of the message
     * @param action the action, as it was added, listed or delivered
     * @return the call, to be sent
     */
    public RemoveMessageAction removeMessageAction(String channel, MessageAction action) {
        return removeMessageAction(channel, action.messageTimetoken(), action.actionTimetoken());
    }

    /**
     * Takes an action off a message.
     *
     * @param channel the channel of the message
     * @param messageTimetoken the message, in 100-nanosecond steps since 1970
     * @param actionTimetoken the action, in 100-nanosecond steps since 1970
     * @return the call, to be sent
     */
    public RemoveMessageAction removeMessageAction(String channel, long messageTimetoken, long actionTimetoken) {
        return new RemoveMessageAction(transport, channel, messageTimetoken, actionTimetoken);
    }

    /**
     * Takes an action off a message by its type and value.
     *
     * @return the call; it lacks the channel, the message, the type and the value
     */
    public RemoveMessageActionByValue removeMessageActionByValue() {
        return new RemoveMessageActionByValue(transport);
    }

    /**
     * Takes an action off a message by its type and value: that of the client's user, unless
     * {@link RemoveMessageActionByValue#uuid} names another.
     *
     * @param channel the channel of the message
     * @param messageTimetoken the message, in 100-nanosecond steps since 1970
     * @param type the type of the action, such as {@code reaction}
     * @param value the value of the action, such as {@code wave}
     * @return the call, to be sent
     */
    public RemoveMessageActionByValue removeMessageActionByValue(String channel, long messageTimetoken, String type,
            String value) {
        return removeMessageActionByValue().channel(channel)
                .messageTimetoken(messageTimetoken)
                .type(type)
                .value(value);
    }

    /**
     * Takes many actions off a message.
     *
     * @return the call; it lacks the channel and the message
     */
    public RemoveMessageActions removeMessageActions() {
        return new RemoveMessageActions(transport);
    }

    /**
     * Takes many actions off a message: all that the client's user has put there, unless the call names a type, a value,
     * another user or all users.
     *
     * @param channel the channel of the message
     * @param messageTimetoken the message, in 100-nanosecond steps since 1970
     * @return the call, to be sent
     */
    public RemoveMessageActions removeMessageActions(String channel, long messageTimetoken) {
        return removeMessageActions().channel(channel).messageTimetoken(messageTimetoken);
    }

    /**
     * Makes some values the ones that the client's user has of a type on a message.
     *
     * @return the call; it lacks the channel, the message, the type and the values
     */
    public SetMessageActions setMessageActions() {
        return new SetMessageActions(transport, null, null, null, null);
    }

    /**
     * Makes some values the ones that the client's user has of a type on a message: adds those that are missing, and
     * removes all others.
     *
     * @param channel the channel of the message
     * @param messageTimetoken the message, in 100-nanosecond steps since 1970
     * @param type the type of the actions, such as {@code label}
     * @param values the values; none to remove all of the type
     * @return the call, to be sent
     */
    public SetMessageActions setMessageActions(String channel, long messageTimetoken, String type, String... values) {
        return setMessageActions().channel(channel).messageTimetoken(messageTimetoken).type(type).values(values);
    }

    /**
     * Changes actions on messages of a channel, several in one request.
     *
     * @return the call; it lacks the channel and the changes
     */
    public ChangeMessageActions changeMessageActions() {
        return new ChangeMessageActions(transport, null);
    }

    /**
     * Changes actions on messages of a channel, several in one request.
     *
     * @param channel the channel of the messages
     * @return the call; it lacks the changes
     */
    public ChangeMessageActions changeMessageActions(String channel) {
        return new ChangeMessageActions(transport, channel);
    }

    /**
     * Gets the rules of the keyset for types of actions.
     *
     * @return the call, to be sent
     */
    public GetActionRules getActionRules() {
        return new GetActionRules(transport);
    }

    /**
     * Gets the actions of a channel.
     *
     * @return the call; it lacks the channel
     */
    public GetMessageActions getMessageActions() {
        return new GetMessageActions(transport, null);
    }

    /**
     * Gets the actions of a channel.
     *
     * @param channel the channel of the messages
     * @return the call, to be sent
     */
    public GetMessageActions getMessageActions(String channel) {
        return new GetMessageActions(transport, channel);
    }

    /**
     * Gets the counts of the actions on messages, with the first users of each and the client's user's own actions.
     *
     * @return the call; it lacks the channel and the messages
     */
    public GetActionSummaries getActionSummaries() {
        return new GetActionSummaries(transport, null, List.of());
    }

    /**
     * Gets the counts of the actions on messages, with the first users of each and the client's user's own actions.
     *
     * @param channel the channel of the messages
     * @param messageTimetokens the messages, in 100-nanosecond steps since 1970; any number, at least one here or later
     * @return the call, to be sent
     */
    public GetActionSummaries getActionSummaries(String channel, long... messageTimetokens) {
        return getActionSummaries().channel(channel).messages(messageTimetokens);
    }

    /**
     * Gets the actions on a message, or the users of one action.
     *
     * @return the call; it lacks the channel and the message
     */
    public GetActionsOn getActionsOn() {
        return new GetActionsOn(transport, null, null);
    }

    /**
     * Gets the actions on a message, or the users of one action.
     *
     * @param channel the channel of the message
     * @param messageTimetoken the message, in 100-nanosecond steps since 1970
     * @return the call, to be sent
     */
    public GetActionsOn getActionsOn(String channel, long messageTimetoken) {
        return new GetActionsOn(transport, channel, messageTimetoken);
    }

    /**
     * Gets the actions of a user in a channel.
     *
     * @return the call; it lacks the channel and the user
     */
    public GetActionsBy getActionsBy() {
        return new GetActionsBy(transport, null, null);
    }

    /**
     * Gets the actions of a user in a channel.
     *
     * @param channel the channel of the messages
     * @param uuid the user
     * @return the call, to be sent
     */
    public GetActionsBy getActionsBy(String channel, String uuid) {
        return new GetActionsBy(transport, channel, uuid);
    }

    /**
     * Publishes a message.
     *
     * @return the call; it lacks the channel and the message
     */
    public Publish publish() {
        return Publish.message(transport, null, null);
    }

    /**
     * Publishes a message.
     *
     * @param channel the channel to publish to
     * @param message anything that Jackson writes as JSON; or {@link RawJson}
     * @return the call, to be sent
     */
    public Publish publish(String channel, Object message) {
        return Publish.message(transport, channel, message);
    }

    /**
     * Publishes a message that gets a timetoken, and is neither delivered nor stored.
     *
     * @param channel the channel to publish to
     * @param message anything that Jackson writes as JSON; or {@link RawJson}
     * @return the call, to be sent
     */
    public Publish fire(String channel, Object message) {
        return Publish.fire(transport, channel, message);
    }

    /**
     * Sends a signal.
     *
     * @return the call; it lacks the channel and the signal
     */
    public Signal signal() {
        return new Signal(transport, null, null);
    }

    /**
     * Sends a signal.
     *
     * @param channel the channel to send to
     * @param message anything that Jackson writes as up to 64 bytes of JSON
     * @return the call, to be sent
     */
    public Signal signal(String channel, Object message) {
        return new Signal(transport, channel, message);
    }

    /**
     * Gets the users on channels.
     *
     * @param channels the channels; none for all
     * @return the call, to be sent
     */
    public HereNow hereNow(String... channels) {
        return new HereNow(transport).channels(channels);
    }

    /**
     * Gets the channels that a user is on; by default, the client's own user.
     *
     * @return the call, to be sent
     */
    public WhereNow whereNow() {
        return new WhereNow(transport, config().uuid());
    }

    /**
     * Sets the presence state of the client's user on channels.
     *
     * @param state anything that Jackson writes as a JSON object
     * @param channels the channels
     * @return the call, to be sent
     */
    public SetPresenceState setPresenceState(Object state, String... channels) {
        return new SetPresenceState(transport, state, List.of(channels), config().uuid());
    }

    /**
     * Gets the presence state of a user on channels; by default, of the client's own user.
     *
     * @param channels the channels
     * @return the call, to be sent
     */
    public GetPresenceState getPresenceState(String... channels) {
        return new GetPresenceState(transport, List.of(channels), config().uuid());
    }

    /**
     * Puts channels into a group, which is made where there is none.
     *
     * @param group the group
     * @param channels the channels
     * @return the call, to be sent
     */
    public ChangeChannelGroup addChannelsToChannelGroup(String group, String... channels) {
        return new ChangeChannelGroup(transport, true, group, List.of(channels));
    }

    /**
     * Takes channels out of a group.
     *
     * @param group the group
     * @param channels the channels
     * @return the call, to be sent
     */
    public ChangeChannelGroup removeChannelsFromChannelGroup(String group, String... channels) {
        return new ChangeChannelGroup(transport, false, group, List.of(channels));
    }

    /**
     * Lists the channels of a group.
     *
     * @param group the group
     * @return the call, to be sent
     */
    public ChannelGroup listChannelsForChannelGroup(String group) {
        return new ChannelGroup(transport, Operation.CHANNELS_FOR_GROUP, group);
    }

    /**
     * Takes all channels out of a group.
     *
     * @param group the group
     * @return the call, to be sent
     */
    public ChannelGroup deleteChannelGroup(String group) {
        return new ChannelGroup(transport, Operation.REMOVE_GROUP, group);
    }

    /**
     * Lists all groups.
     *
     * @return the call, to be sent
     */
    public ChannelGroup listAllChannelGroups() {
        return new ChannelGroup(transport, Operation.CHANNEL_GROUPS, null);
    }

    /**
     * Fetches stored messages, with the actions on them if requested.
     *
     * @param channels the channels; at least one is required, here or later
     * @return the call, to be sent
     */
    public FetchMessages fetchMessages(String... channels) {
        return new FetchMessages(transport).channels(channels);
    }

    /**
     * Reads stored messages of one channel, in the older form.
     *
     * @return the call; it lacks the channel
     */
    public History history() {
        return new History(transport, null);
    }

    /**
     * Reads stored messages of one channel, in the older form.
     *
     * @param channel the channel
     * @return the call, to be sent
     */
    public History history(String channel) {
        return new History(transport, channel);
    }

    /**
     * Deletes stored messages.
     *
     * @return the call; it lacks the channel
     */
    public DeleteMessages deleteMessages() {
        return new DeleteMessages(transport, null);
    }

    /**
     * Deletes stored messages: all of the channel, unless a range is set.
     *
     * @param channel the channel
     * @return the call, to be sent
     */
    public DeleteMessages deleteMessages(String channel) {
        return new DeleteMessages(transport, channel);
    }

    /**
     * Counts messages.
     *
     * @return the call; it lacks a channel
     */
    public MessageCounts messageCounts() {
        return new MessageCounts(transport, Map.of());
    }

    /**
     * Counts the messages of a channel that are newer than a timetoken.
     *
     * @param channel the channel
     * @param timetoken the timetoken, in 100-nanosecond steps since 1970; at least 1
     * @return the call, to be sent
     */
    public MessageCounts messageCounts(String channel, long timetoken) {
        return messageCounts().channel(channel, timetoken);
    }

    /**
     * Marks a channel as read by the client's user.
     *
     * @return the call; it lacks the channel and the timetoken
     */
    public MarkRead markRead() {
        return new MarkRead(transport, null, null);
    }

    /**
     * Marks a channel as read by the client's user, up to a message. A mark never goes back.
     *
     * @param channel the channel
     * @param timetoken the newest message that was read, in 100-nanosecond steps since 1970
     * @return the call, to be sent
     */
    public MarkRead markRead(String channel, long timetoken) {
        return new MarkRead(transport, channel, timetoken);
    }

    /**
     * Gets how far each user has read a channel.
     *
     * @return the call; it lacks the channel
     */
    public GetReadMarks getReadMarks() {
        return new GetReadMarks(transport, null);
    }

    /**
     * Gets how far each user has read a channel, or the users who have read a message.
     *
     * @param channel the channel
     * @return the call, to be sent
     */
    public GetReadMarks getReadMarks(String channel) {
        return new GetReadMarks(transport, channel);
    }

    /**
     * Gets how many messages of channels the client's user has not read.
     *
     * @param channels the channels, any number; at least one is required, here or later
     * @return the call, to be sent
     */
    public GetUnreadCounts getUnreadCounts(String... channels) {
        return new GetUnreadCounts(transport, List.of()).channels(channels);
    }

    /**
     * Gets the users that have metadata.
     *
     * @return the call, to be sent
     */
    public ListMetadata<UserMetadata> listUserMetadata() {
        return new ListMetadata<>(transport, MetadataKind.USER);
    }

    /**
     * Gets the metadata of a user.
     *
     * @param user the user
     * @return the call, to be sent
     */
    public GetMetadata<UserMetadata> getUserMetadata(String user) {
        return new GetMetadata<>(transport, MetadataKind.USER, user);
    }

    /**
     * Sets fields of the metadata of a user.
     *
     * @param user the user
     * @return the call; it lacks the fields
     */
    public SetUserMetadata setUserMetadata(String user) {
        return new SetUserMetadata(transport, user);
    }

    /**
     * Removes the metadata of a user.
     *
     * @param user the user
     * @return the call, to be sent
     */
    public RemoveMetadata removeUserMetadata(String user) {
        return new RemoveMetadata(transport, MetadataKind.USER, user);
    }

    /**
     * Gets the channels that have metadata.
     *
     * @return the call, to be sent
     */
    public ListMetadata<ChannelMetadata> listChannelMetadata() {
        return new ListMetadata<>(transport, MetadataKind.CHANNEL);
    }

    /**
     * Gets the metadata of a channel.
     *
     * @param channel the channel
     * @return the call, to be sent
     */
    public GetMetadata<ChannelMetadata> getChannelMetadata(String channel) {
        return new GetMetadata<>(transport, MetadataKind.CHANNEL, channel);
    }

    /**
     * Sets fields of the metadata of a channel.
     *
     * @param channel the channel
     * @return the call; it lacks the fields
     */
    public SetChannelMetadata setChannelMetadata(String channel) {
        return new SetChannelMetadata(transport, channel);
    }

    /**
     * Removes the metadata of a channel.
     *
     * @param channel the channel
     * @return the call, to be sent
     */
    public RemoveMetadata removeChannelMetadata(String channel) {
        return new RemoveMetadata(transport, MetadataKind.CHANNEL, channel);
    }

    /**
     * Gets the channels that a user is a member of.
     *
     * @param user the user
     * @return the call, to be sent
     */
    public GetMemberships getMemberships(String user) {
        return new GetMemberships(transport, MetadataKind.USER, user);
    }

    /**
     * Has a user join channels, or leave them.
     *
     * @param user the user
     * @return the call; it lacks the channels
     */
    public ChangeMemberships changeMemberships(String user) {
        return new ChangeMemberships(transport, getMemberships(user));
    }

    /**
     * Gets the members of a channel.
     *
     * @param channel the channel
     * @return the call, to be sent
     */
    public GetMemberships getMembers(String channel) {
        return new GetMemberships(transport, MetadataKind.CHANNEL, channel);
    }

    /**
     * Makes users members of a channel, or ends their memberships.
     *
     * @param channel the channel
     * @return the call; it lacks the users
     */
    public ChangeMemberships changeMembers(String channel) {
        return new ChangeMemberships(transport, getMembers(channel));
    }

    /**
     * Registers a device for push notifications of channels.
     *
     * @param device the device
     * @param channels the channels; at least one is required, here or later
     * @return the call, to be sent
     */
    public ChangePushChannels addPushChannels(PushDevice device, String... channels) {
        return new ChangePushChannels(transport, device, true, List.of(channels));
    }

    /**
     * Ends push notifications of channels on a device.
     *
     * @param device the device
     * @param channels the channels; at least one is required, here or later
     * @return the call, to be sent
     */
    public ChangePushChannels removePushChannels(PushDevice device, String... channels) {
        return new ChangePushChannels(transport, device, false, List.of(channels));
    }

    /**
     * Gets the channels of which a device gets push notifications.
     *
     * @param device the device
     * @return the call, to be sent
     */
    public ListPushChannels listPushChannels(PushDevice device) {
        return new ListPushChannels(transport, device);
    }

    /**
     * Ends all push notifications of a device.
     *
     * @param device the device
     * @return the call, to be sent
     */
    public RemovePushDevice removePushDevice(PushDevice device) {
        return new RemovePushDevice(transport, device);
    }

    /**
     * Sends a file to a channel.
     *
     * @param channel the channel
     * @param file the file; it is read when the call is sent
     * @return the call, to be sent
     */
    public SendFile sendFile(String channel, Path file) {
        return new SendFile(transport, SendFile.Source.of(channel, file));
    }

    /**
     * Sends what a stream brings as a file to a channel.
     *
     * @param channel the channel
     * @param name the name of the file, 1 to 255 characters, without slashes
     * @param size how many bytes each stream brings
     * @param content opens a stream, for each attempt anew; it is called and read on a thread of the client's where it may
     *        block
     * @return the call, to be sent
     */
    public SendFile sendFile(String channel, String name, long size, Supplier<? extends InputStream> content) {
        return new SendFile(transport, SendFile.Source.of(channel, name, size, content));
    }

    /**
     * Publishes a message that presents a file which is on a channel already.
     *
     * @param channel the channel
     * @param id the file
     * @param name its name
     * @return the call, to be sent
     */
    public PublishFileMessage publishFileMessage(String channel, String id, String name) {
        return new PublishFileMessage(transport, new FileCall.File(channel, id, name));
    }

    /**
     * Gets the files of a channel.
     *
     * @param channel the channel
     * @return the call, to be sent
     */
    public ListFiles listFiles(String channel) {
        return new ListFiles(transport, channel);
    }

    /**
     * Gets a link to the bytes of a file.
     *
     * @param channel the channel
     * @param id the file
     * @param name its name
     * @return the call, to be sent
     */
    public GetFileUrl getFileUrl(String channel, String id, String name) {
        return new GetFileUrl(transport, new FileCall.File(channel, id, name));
    }

    /**
     * Downloads a file.
     *
     * @param channel the channel
     * @param id the file
     * @param name its name
     * @param to where to put it; its folder has to exist
     * @return the call, to be sent
     */
    public DownloadFile downloadFile(String channel, String id, String name, Path to) {
        return new DownloadFile(transport, new FileCall.File(channel, id, name), to);
    }

    /**
     * Deletes a file.
     *
     * @param channel the channel
     * @param id the file
     * @param name its name
     * @return the call, to be sent
     */
    public DeleteFile deleteFile(String channel, String id, String name) {
        return new DeleteFile(transport, new FileCall.File(channel, id, name));
    }

    /**
     * Gets the time of the server.
     *
     * @return the call, to be sent
     */
    public Time time() {
        return new Time(transport);
    }

    /**
     * Adds a listener, which receives the events of subscribed channels from now on.
     *
     * @param listener the listener
     */
    public void addListener(Listener listener) {
        listeners.add(listener);
    }

    /**
     * Removes a listener. A delivery that is under way completes.
     *
     * @param listener the listener, as it was added
     */
    public void removeListener(Listener listener) {
        listeners.remove(listener);
    }

    /**
     * The events of subscribed channels as a reactive stream, for libraries such as Reactor, RxJava and Mutiny. Each
     * subscriber receives what comes after its subscription, in order, and no more than it has requested: while it
     * requests nothing, 256 events wait for it, or those of a poll; then the other listeners of this client wait too, and
     * the client fetches no more. The rest stay on the server; none is lost. No thread waits. The stream completes when
     * the client is closed and the subscriber has requested what waits for it.
     *
     * <pre>{@code
     * Flux<Event> events = JdkFlowAdapter.flowPublisherToFlux(client.events());
     * }</pre>
     *
     * @return a publisher that any number of subscribers may subscribe to
     */
    public Flow.Publisher<Event> events() {
        return events;
    }

    /**
     * Subscribes to channels, groups and presence, besides what is subscribed to already.
     *
     * @return a change that lacks its channels and groups, to be executed
     */
    public Subscribe subscribe() {
        return new Subscribe(subscription, false);
    }

    /**
     * Subscribes to channels, besides those subscribed to already. Returns at once; listeners get a status when the
     * server has accepted it: {@link Category#CONNECTED}, or {@link Category#SUBSCRIPTION_CHANGED} where the subscription
     * is up already. They get none when all of the channels are subscribed to already.
     *
     * @param channels the channels, at least one
     * @throws IllegalArgumentException when there is none, or a name can't be sent
     */
    public void subscribe(String... channels) {
        subscribe().channels(channels).execute();
    }

    /**
     * Subscribes to channels and continues after this timetoken, on all channels of the subscription: later events are
     * delivered first. Listeners get a status as after {@link #subscribe(String...)}, also when all of the channels are
     * subscribed to already.
     *
     * @param timetoken the timetoken, in 100-nanosecond steps since 1970; at least 1
     * @param channels the channels, at least one
     * @throws IllegalArgumentException when there is none, a name can't be sent, or the timetoken is less than 1
     */
    public void subscribeFrom(long timetoken, String... channels) {
        subscribe().channels(channels).timetoken(timetoken).execute();
    }

    /**
     * Ends the subscription to some channels and groups, and to their presence.
     *
     * @return a change that lacks its channels and groups, to be executed
     */
    public Subscribe unsubscribe() {
        return new Subscribe(subscription, true);
    }

    /**
     * Ends the subscription to some channels, and to their presence. Returns at once; listeners get a status of
     * {@link Operation#UNSUBSCRIBE} with the channels that were left, and {@link Category#DISCONNECTED} when none is left
     * over.
     *
     * @param channels the channels, at least one
     * @throws IllegalArgumentException when there is none
     */
    public void unsubscribe(String... channels) {
        unsubscribe().channels(channels).execute();
    }

    /** Ends the subscription to all channels. Returns at once. */
    public void unsubscribeAll() {
        subscription.unsubscribeAll();
    }

    /**
     * The channels subscribed to.
     *
     * @return in the order in which they were added
     */
    public List<String> subscribedChannels() {
        return subscription.channels();
    }

    /**
     * The groups subscribed to.
     *
     * @return in the order in which they were added
     */
    public List<String> subscribedChannelGroups() {
        return subscription.groups();
    }

    /** Resumes a subscription that has lost its connection, without waiting for the next attempt. */
    public void reconnect() {
        subscription.reconnect();
    }

    /**
     * The state of the subscription.
     *
     * @return its state now
     */
    public SubscriptionState subscriptionState() {
        return subscription.state();
    }

    /**
     * The last error of the subscription.
     *
     * @return null when there was none
     */
    public @Nullable Status lastError() {
        return subscription.lastError();
    }

    /**
     * Ends everything, within a second: the subscription, without notifying the server; calls under way, with a status
     * of {@link Category#CANCELLED}; and unless this client was made by {@link #as}, the threads and the clients of other
     * users. Callbacks that have not run yet run all the same. A callback that blocks is interrupted after 0.4 seconds,
     * unless it closes the client itself. A second call does nothing. On Java 17 to 20 two threads of the JDK's HTTP
     * client stay until they are collected.
     */
    @Override
    public void close() {
        subscription.close();
        transport.close();
        listeners.close();
        events.close();
        if (isOwner) {
            transport.connections().close();
        }
    }
}
