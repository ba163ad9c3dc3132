import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import com.pubnub.api.PNConfiguration;
import com.pubnub.api.PubNub;
import com.pubnub.api.PubNubException;
import com.pubnub.api.UserId;
import com.pubnub.api.builder.SubscribeBuilder;
import com.pubnub.api.callbacks.SubscribeCallback;
import com.pubnub.api.endpoints.remoteaction.RemoteAction;
import com.pubnub.api.enums.PNReconnectionPolicy;
import com.pubnub.api.enums.PNStatusCategory;
import com.pubnub.api.models.consumer.PNStatus;
import com.pubnub.api.models.consumer.message_actions.PNMessageAction;
import com.pubnub.api.models.consumer.objects_api.channel.PNChannelMetadataResult;
import com.pubnub.api.models.consumer.objects_api.membership.PNMembershipResult;
import com.pubnub.api.models.consumer.objects_api.uuid.PNUUIDMetadataResult;
import com.pubnub.api.models.consumer.pubsub.PNMessageResult;
import com.pubnub.api.models.consumer.pubsub.PNPresenceEventResult;
import com.pubnub.api.models.consumer.pubsub.PNSignalResult;
import com.pubnub.api.models.consumer.pubsub.message_actions.PNMessageActionResult;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** What the checks are made of: clients, what they hear, and what is expected of it. */
abstract class Parts {
    static final List<String> NAMES = List.of("чат", "聊天室", "غرفة", "कमरा", "ห้อง", "é☞😀👩‍👩‍👧", "a:b", "a.b.c",
            "with space", "a+b", "a/b", "100%", "q?x=1&y='#\"\\");
    static final AtomicInteger NUMBER = new AtomicInteger();
    static String origin;
    static String cable;
    static String control;

    /** Counts what was looked at, and keeps the faults of the SDK itself that showed. */
    static final class Seen {
        int expectations;
        final Set<String> faults = new LinkedHashSet<>();

        void expect(Object actual, Object expected, String what) {
            expectations++;
            if (!Objects.equals(actual, expected)) {
                throw new AssertionError(what + ": expected " + expected + ", got " + actual);
            }
        }
    }

    interface Check {
        void run(Seen seen) throws Exception;
    }

    /** What became of a call. status is null where the style gives none, error where all went well. */
    record Outcome<T>(T result, PNStatus status, PubNubException error) {}

    enum Style {
        SYNC("`sync()`"), ASYNC("`async(callback)`");

        final String title;

        Style(String title) {
            this.title = title;
        }

        <T> Outcome<T> call(RemoteAction<T> action) throws Exception {
            if (this == SYNC) {
                try {
                    return new Outcome<>(action.sync(), null, null);
                } catch (PubNubException e) {
                    return new Outcome<>(null, null, e);
                }
            }
            CompletableFuture<Outcome<T>> done = new CompletableFuture<>();
            action.async((result, status) -> done.complete(new Outcome<>(result, status,
                    status.isError() ? (PubNubException) status.getErrorData().getThrowable() : null)));
            return done.get(20, TimeUnit.SECONDS);
        }
    }

    record Message(String channel, JsonElement message, String publisher, long timetoken, JsonElement meta) {}

    record Signal(String channel, JsonElement message, String publisher, long timetoken) {}

    record Event(String event, String channel, String uuid, int occupancy, JsonElement state) {}

    /** An action with all its fields; of one that is heard of, what happened to it as well. */
    record Action(String event, String type, String value, String uuid, long message, long timetoken) {
        static Action of(String event, PNMessageAction action) {
            return new Action(event, action.getType(), action.getValue(), action.getUuid(),
                    action.getMessageTimetoken(), action.getActionTimetoken());
        }

        Action heard(String what) {
            return new Action(what, type, value, uuid, message, timetoken);
        }
    }

    /** Everything that a client was told, in order. */
    static final class Heard extends SubscribeCallback.BaseSubscribeCallback {
        final List<Object> events = new CopyOnWriteArrayList<>();
        final List<Event> presences = new CopyOnWriteArrayList<>();
        final List<String> objects = new CopyOnWriteArrayList<>();
        final List<PNStatus> statuses = new CopyOnWriteArrayList<>();

        @Override
        public void signal(PubNub client, PNSignalResult signal) {
            events.add(new Signal(signal.getChannel(), signal.getMessage(), signal.getPublisher(),
                    signal.getTimetoken()));
        }

        @Override
        public void presence(PubNub client, PNPresenceEventResult event) {
            presences.add(new Event(event.getEvent(), event.getChannel(), event.getUuid(), event.getOccupancy(),
                    event.getState()));
        }

        @Override
        public void status(PubNub client, PNStatus status) {
            statuses.add(status);
        }

        @Override
        public void message(PubNub client, PNMessageResult message) {
            events.add(new Message(message.getChannel(), message.getMessage(), message.getPublisher(),
                    message.getTimetoken(), message.getUserMetadata()));
        }

        @Override
        public void messageAction(PubNub client, PNMessageActionResult action) {
            events.add(Action.of(action.getEvent(), action.getMessageAction()));
        }

        @Override
        public void uuid(PubNub client, PNUUIDMetadataResult user) {
            objects.add("uuid " + user.getEvent() + " " + user.getData().getId());
        }

        @Override
        public void channel(PubNub client, PNChannelMetadataResult channel) {
            objects.add("channel " + channel.getEvent() + " " + channel.getData().getId());
        }

        @Override
        public void membership(PubNub client, PNMembershipResult membership) {
            objects.add("membership " + membership.getEvent() + " " + membership.getData().getChannel().getId() + " "
                    + membership.getData().getUuid());
        }

        boolean has(PNStatusCategory category) {
            return statuses.stream().anyMatch(status -> status.getCategory() == category);
        }
    }

    static String channel() {
        return channel("chats");
    }

    static String channel(String name) {
        return name + "-java-" + System.currentTimeMillis() + "-" + NUMBER.getAndIncrement();
    }

    static PubNub client(String uuid) throws Exception {
        return client(uuid, origin);
    }

    /** A client of the keyset whose access manager is on; with the secret key it is the owner's. */
    static PubNub guarded(String uuid, String secretKey, String filter) throws Exception {
        PubNub client = client(uuid);
        PNConfiguration config = client.getConfiguration();
        config.setSubscribeKey("sub-c-1");
        config.setPublishKey("pub-c-1");
        config.setSecretKey(secretKey);
        config.setFilterExpression(filter);
        return new PubNub(config);
    }

    static PubNub client(String uuid, String where) throws Exception {
        PNConfiguration config = new PNConfiguration(new UserId(uuid));
        config.setSubscribeKey("demo");
        config.setPublishKey("demo");
        config.setOrigin(where);
        config.setSecure(false);
        config.setReconnectionPolicy(PNReconnectionPolicy.LINEAR);
        return new PubNub(config);
    }

    static void until(BooleanSupplier condition, Supplier<Object> what) throws Exception {
        long deadline = System.nanoTime() + Duration.ofSeconds(25).toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("waited 25 s for " + what.get());
            }
            Thread.sleep(10);
        }
    }

    static void flip(String what) throws Exception {
        HttpClient.newHttpClient().send(HttpRequest.newBuilder(URI.create("http://" + control + "/" + what))
                .POST(HttpRequest.BodyPublishers.noBody()).build(), HttpResponse.BodyHandlers.discarding());
    }

    static Heard subscribed(PubNub client, List<String> channels, Long timetoken) throws Exception {
        return subscribed(client, client.subscribe().channels(channels).withTimetoken(timetoken));
    }

    static Heard subscribed(PubNub client, SubscribeBuilder subscribe) throws Exception {
        Heard heard = new Heard();
        client.addListener(heard);
        subscribe.execute();
        until(() -> heard.has(PNStatusCategory.PNConnectedCategory), () -> "the subscription");
        return heard;
    }

    static long publish(PubNub client, String channel, Object message) throws Exception {
        return client.publish().channel(channel).message(message).sync().getTimetoken();
    }

    static PNMessageAction action(String type, String value, long message) {
        return new PNMessageAction().setType(type).setValue(value).setMessageTimetoken(message);
    }

    static Action add(PubNub client, String channel, long message, String type, String value)
            throws Exception {
        return Action.of(null,
                client.addMessageAction().channel(channel).messageAction(action(type, value, message)).sync());
    }

    static List<Action> actions(PubNub client, String channel) throws Exception {
        return actions(client.getMessageActions().channel(channel).sync().getActions());
    }

    static List<Action> actions(List<PNMessageAction> actions) {
        return actions.stream().map(action -> Action.of(null, action)).toList();
    }

    /** All actions of a channel, asked for page by page from the newest on, oldest first. */
    static List<Action> pages(PubNub client, String channel, int limit) throws Exception {
        List<Action> found = new ArrayList<>();
        Long start = null;
        while (true) {
            List<Action> page = actions(
                    client.getMessageActions().channel(channel).limit(limit).start(start).sync().getActions());
            if (page.isEmpty()) {
                return found;
            }
            found.addAll(0, page);
            start = page.getFirst().timetoken();
        }
    }

    static JsonElement json(String text) {
        return JsonParser.parseString(text);
    }
}
