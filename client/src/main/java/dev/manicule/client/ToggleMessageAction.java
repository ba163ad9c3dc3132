package dev.manicule.client;

import dev.manicule.client.internal.Fields;
import dev.manicule.client.internal.Query;
import dev.manicule.client.internal.Request;
import dev.manicule.client.internal.Transport;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Puts an action on a message, or takes it off where the user has put it there before, and says which it did. The server
 * decides, in the order of its log: of two toggles at once, one adds and the other removes.
 *
 * <pre>{@code
 * ToggleMessageAction.Result toggled = client.toggleMessageAction("room", MessageAction.of("reaction", "wave", message))
 *         .sync().orThrow();
 * System.out.println(toggled.isAdded() ? "added" : "removed");
 * }</pre>
 *
 * <p>A token has to grant both: to write and to delete.
 *
 * @since 0.1
 */
public final class ToggleMessageAction extends Call<ToggleMessageAction.Result> {
    private final ActionOnMessage target;

    /**
     * What the server did.
     *
     * @param action the action that was added or removed, with its uuid and its own timetoken
     * @param isAdded true when it was added, false when it was removed
     * @param replaced the user's actions that the added one is in place of, by the rule of the
     *        keyset for its type; empty when there are none
     * @since 0.1
     */
    public record Result(MessageAction action, boolean isAdded, List<MessageAction> replaced) {
        /** Copies the list. */
        public Result {
            replaced = List.copyOf(replaced);
        }

        /**
         * A toggle that replaced nothing.
         *
         * @param action the action that was added or removed, with its uuid and its own timetoken
         * @param isAdded true when it was added, false when it was removed
         */
        public Result(MessageAction action, boolean isAdded) {
            this(action, isAdded, List.of());
        }
    }

    ToggleMessageAction(Transport transport, @Nullable String channel, @Nullable MessageAction action) {
        this(transport, channel, action, null);
    }

    private ToggleMessageAction(Transport transport, @Nullable String channel, @Nullable MessageAction action,
            @Nullable Duration ttl) {
        super(transport);
        target = new ActionOnMessage(channel, action, ttl);
    }

    /**
     * Sets the channel of the message. Required.
     *
     * @param name the channel, not empty
     * @return a call with this channel
     */
    public ToggleMessageAction channel(String name) {
        return new ToggleMessageAction(transport, name, target.action(), target.ttl());
    }

    /**
     * Sets the action. Required.
     *
     * @param messageAction the action, with type, value and message timetoken
     * @return a call with this action
     */
    public ToggleMessageAction messageAction(MessageAction messageAction) {
        return new ToggleMessageAction(transport, target.channel(), messageAction, target.ttl());
    }

    /**
     * Has the action leave by itself after a time, with an event that {@linkplain MessageActionEvent#isExpired() says so}.
     * By default it stays until it is removed, unless a rule of the keyset sets a time; the shorter of both holds.
     *
     * @param timeToLive whole seconds, from 1 second to 365 days
     * @return a call with this time
     * @throws IllegalArgumentException when it is another time
     */
    public ToggleMessageAction ttl(Duration timeToLive) {
        return new ToggleMessageAction(transport, target.channel(), target.action(),
                ActionOnMessage.checked(timeToLive));
    }

    @Override
    Request<Result> request() {
        return Request.post(Operation.TOGGLE_MESSAGE_ACTION, target.path(subscribeKey()),
                Query.NONE.flag("toggle", true), target.body(), Fields::toggled).about(target.name());
    }
}
