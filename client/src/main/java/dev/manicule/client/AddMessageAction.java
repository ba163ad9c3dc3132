package dev.manicule.client;

import dev.manicule.client.internal.Fields;
import dev.manicule.client.internal.Query;
import dev.manicule.client.internal.Request;
import dev.manicule.client.internal.Transport;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Puts an action on a message. Its result is the action, with its uuid and its own timetoken.
 *
 * <pre>{@code
 * MessageAction added = client.addMessageAction("room", MessageAction.of("reaction", "wave", message))
 *         .sync().orThrow();
 * }</pre>
 *
 * <p>Where the user has put the same action on the message before, the status is {@link Category#CONFLICT},
 * and {@link Status.ErrorData#existing()} is that action. A keyset may have a rule by which the action replaces another
 * one of the same user and type: {@link #withReplaced()} says which. By the rule {@link ActionRule.Kind#COUNTER} the
 * {@link MessageAction#amount()} is added to that of the user's own action, and the result has the sum; with the amount 0
 * the action is gone.
 *
 * @since 0.1
 */
public final class AddMessageAction extends Call<MessageAction> {
    private final ActionOnMessage target;

    AddMessageAction(Transport transport, @Nullable String channel, @Nullable MessageAction action) {
        this(transport, channel, action, null);
    }

    private AddMessageAction(Transport transport, @Nullable String channel, @Nullable MessageAction action,
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
    public AddMessageAction channel(String name) {
        return new AddMessageAction(transport, name, target.action(), target.ttl());
    }

    /**
     * Sets the action. Required.
     *
     * @param messageAction the action, with type, value and message timetoken
     * @return a call with this action
     */
    public AddMessageAction messageAction(MessageAction messageAction) {
        return new AddMessageAction(transport, target.channel(), messageAction, target.ttl());
    }

    /**
     * Has the action leave by itself after a time, with an event that {@linkplain MessageActionEvent#isExpired() says so}.
     * By default it stays until it is removed, unless a rule of the keyset sets a time; the shorter of both holds.
     *
     * <p>Where the user has put the same action on the message before, and that one leaves by itself too, it is renewed: it
     * leaves after this time, counted from now on, and there is no event.
     *
     * @param timeToLive whole seconds, from 1 second to 365 days
     * @return a call with this time
     * @throws IllegalArgumentException when it is another time
     */
    public AddMessageAction ttl(Duration timeToLive) {
        return new AddMessageAction(transport, target.channel(), target.action(), ActionOnMessage.checked(timeToLive));
    }

    /**
     * The same addition, with another result: the added action, and what it replaced by the rule of the keyset for its
     * type.
     *
     * @return a call with one action in {@link ChangedActions#added()}, and in {@link ChangedActions#removed()} the user's
     *         actions that it is in place of, most often none; or, where a {@linkplain #ttl time to live} began anew, with
     *         one action in {@link ChangedActions#renewed()} and no others; or, where a negative amount took back all of
     *         it, with the former action in {@link ChangedActions#removed()} and no others
     */
    public Call<ChangedActions> withReplaced() {
        return new Call<>(transport) {
            @Override
            Request<ChangedActions> request() {
                return addition(Fields::added);
            }
        };
    }

    @Override
    Request<MessageAction> request() {
        return addition(Fields::addition);
    }

    private <R> Request<R> addition(Request.Decoder<R> decoder) {
        return Request.post(Operation.ADD_MESSAGE_ACTION, target.path(subscribeKey()), Query.NONE, target.body(),
                decoder).about(target.name());
    }
}
