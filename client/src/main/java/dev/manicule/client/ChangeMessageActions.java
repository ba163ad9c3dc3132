package dev.manicule.client;

import dev.manicule.client.internal.Fields;
import dev.manicule.client.internal.Json;
import dev.manicule.client.internal.Path;
import dev.manicule.client.internal.Query;
import dev.manicule.client.internal.Request;
import dev.manicule.client.internal.Transport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Changes actions on any messages of a channel, one change after the other, in one request and one write. Its result
 * says of each change what it did, or why it was refused.
 *
 * <pre>{@code
 * client.changeMessageActions("room")
 *         .remove(MessageAction.of("task", "open", message))
 *         .add(MessageAction.of("task", "done", message))
 *         .atomic()
 *         .sync()
 *         .orThrow();
 * }</pre>
 *
 * <p>A refused change is no error of the call, unless it is {@link #atomic()}: then nothing is done, the status has the
 * error of the refused change, and {@link Status.ErrorData#change()} its place. A token has to grant both: to write and
 * to delete.
 *
 * @since 0.1
 */
public final class ChangeMessageActions extends Call<ChangeMessageActions.Result> {
    private final @Nullable String channel;
    private final List<Change> changes;
    private final boolean isAtomic;

    private record Change(String kind, @Nullable MessageAction action, @Nullable Duration ttl) {}

    /**
     * What the changes did.
     *
     * @param outcomes one of each change, in the order of the call
     * @since 0.1
     */
    public record Result(List<Outcome> outcomes) {
        /** Copies the list. */
        public Result {
            outcomes = List.copyOf(outcomes);
        }
    }

    /**
     * What one change did.
     *
     * @param category {@link Category#ACKNOWLEDGMENT} when it was done; else the kind of the error
     * @param statusCode the HTTP status that it has for itself, 200 when it was done
     * @param changed the actions that it added, removed and renewed; all empty when it was refused
     * @param errorData the error, null when it was done
     * @since 0.1
     */
    public record Outcome(Category category, int statusCode, ChangedActions changed,
            Status.@Nullable ErrorData errorData) {
        /**
         * Whether it was refused.
         *
         * @return whether there is {@link #errorData()}
         */
        public boolean isError() {
            return errorData != null;
        }
    }

    ChangeMessageActions(Transport transport, @Nullable String channel) {
        this(transport, channel, List.of(), false);
    }

    private ChangeMessageActions(Transport transport, @Nullable String channel, List<Change> changes,
            boolean isAtomic) {
        super(transport);
        this.channel = channel;
        this.changes = changes;
        this.isAtomic = isAtomic;
    }

    /**
     * Sets the channel of the messages. Required.
     *
     * @param name the channel, not empty
     * @return a call with this channel
     */
    public ChangeMessageActions channel(String name) {
        return new ChangeMessageActions(transport, name, changes, isAtomic);
    }

    /**
     * Adds an action next. At least one change is required; servers take up to 100.
     *
     * @param action the action, with type, value and message timetoken
     * @return a call with this change too
     */
    public ChangeMessageActions add(MessageAction action) {
        return and("add", action, null);
    }

    /**
     * Adds an action next that leaves by itself after a time, with an event that
     * {@linkplain MessageActionEvent#isExpired() says so}. Where the user has put the same action there before, and that one
     * leaves by itself too, it is in {@link ChangedActions#renewed()}: it leaves after this time, counted from now on.
     *
     * @param action the action, with type, value and message timetoken
     * @param timeToLive whole seconds, from 1 second to 365 days
     * @return a call with this change too
     * @throws IllegalArgumentException when it is another time
     */
    public ChangeMessageActions add(MessageAction action, Duration timeToLive) {
        return and("add", action, ActionOnMessage.checked(timeToLive));
    }

    /**
     * Removes an action next, by its type and value.
     *
     * @param action the action, with type, value and message timetoken, such as {@link MessageAction#of} makes for one of
     *        the user's own; as it was listed, with the uuid of another user, it is that user's, and the client needs the
     *        secret key
     * @return a call with this change too
     */
    public ChangeMessageActions remove(MessageAction action) {
        return and("remove", action, null);
    }

    /**
     * Adds an action next, or removes it where the user has put it there before.
     *
     * @param action the action, with type, value and message timetoken
     * @return a call with this change too
     */
    public ChangeMessageActions toggle(MessageAction action) {
        return and("toggle", action, null);
    }

    /**
     * Adds an action next that leaves by itself after a time, or removes it where the user has put it there before.
     *
     * @param action the action, with type, value and message timetoken
     * @param timeToLive whole seconds, from 1 second to 365 days
     * @return a call with this change too
     * @throws IllegalArgumentException when it is another time
     */
    public ChangeMessageActions toggle(MessageAction action, Duration timeToLive) {
        return and("toggle", action, ActionOnMessage.checked(timeToLive));
    }

    /**
     * Does all changes or none, at one moment; by default, each is done or refused for itself.
     *
     * @return a call that does all or nothing
     */
    public ChangeMessageActions atomic() {
        return new ChangeMessageActions(transport, channel, changes, true);
    }

    private ChangeMessageActions and(String kind, MessageAction action, @Nullable Duration ttl) {
        List<Change> more = new ArrayList<>(changes);
        more.add(new Change(kind, action, ttl));
        return new ChangeMessageActions(transport, channel, Collections.unmodifiableList(more), isAtomic);
    }

    @Override
    Request<Result> request() {
        String name = required(channel, "channel");
        if (changes.isEmpty()) {
            throw new IllegalArgumentException("changes are missing: add, remove or toggle at least one action");
        }
        List<Map<String, Object>> bodies = new ArrayList<>();
        for (Change change : changes) {
            bodies.add(body(change));
        }
        Path path = Path.of("v1", "message-actions", subscribeKey(), "channel", name, "batch");
        String body = Json.write(Map.of("atomic", isAtomic, "changes", bodies), "changes");
        int count = changes.size();
        return Request.post(Operation.CHANGE_MESSAGE_ACTIONS, path, Query.NONE, body,
                json -> new Result(Fields.outcomes(Fields.member(json, "data"), count))).about(name);
    }

    private static Map<String, Object> body(Change change) {
        MessageAction action = ActionOnMessage.present(change.action);
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("change", change.kind);
        body.put("messageTimetoken",
                String.valueOf(required((Long) action.messageTimetoken(), "messageTimetoken")));
        body.put("type", required(action.type(), "type"));
        body.put("value", required(action.value(), "value"));
        if (change.kind.equals("remove") && action.uuid() != null) {
            body.put("of", required(action.uuid(), "uuid"));
        }
        if (change.kind.equals("add")) {
            ActionOnMessage.putAmount(action, body);
        }
        ActionOnMessage.put(change.ttl, body);
        return body;
    }
}
