import com.pubnub.api.PNConfiguration;
import com.pubnub.api.PubNub;
import com.pubnub.api.UserId;
import com.pubnub.api.endpoints.remoteaction.RemoteAction;
import com.pubnub.api.enums.PNPushEnvironment;
import com.pubnub.api.enums.PNPushType;
import com.pubnub.api.models.consumer.access_manager.v3.ChannelGrant;
import com.pubnub.api.models.consumer.files.PNFileUploadResult;
import com.pubnub.api.models.consumer.message_actions.PNMessageAction;
import com.pubnub.api.models.consumer.objects_api.member.PNUUID;
import com.pubnub.api.models.consumer.objects_api.membership.PNChannelMembership;
import java.io.ByteArrayInputStream;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Runs every network call of the Java SDK once: {@code Calls.java RECORDER NUMBER}. RECORDER is the host and port of a proxy in
 * front of the server that records what a call sends; it gets the name of each call before the call is made. NUMBER is
 * that of the keyset. Standard output lists the calls that the SDK has and this program does not run.
 */
class Calls {
    private static final String CHANNEL = "Room";
    private static final List<String> CHANNELS = List.of(CHANNEL);
    private static final String GROUP = "Group";
    private static final String FILE = "Note.txt";
    private static final Set<String> DONE = new TreeSet<>();
    private static String recorder;

    interface Part<T> {
        T run() throws Exception;
    }

    /** What the SDK makes of the response does not count, what it sends does. */
    private static <T> T call(String row, String name, Part<T> run) throws Exception {
        DONE.add(name);
        HttpClient.newHttpClient().send(HttpRequest.newBuilder(URI.create("http://" + recorder + "/-/"
                + URLEncoder.encode(row, StandardCharsets.UTF_8).replace("+", "%20") + "/" + name)).build(),
                HttpResponse.BodyHandlers.discarding());
        try {
            return run.run();
        } catch (Exception e) {
            System.err.println(name + ": " + e);
            return null;
        }
    }

    private static <T> T sync(String row, String name, Part<RemoteAction<T>> action) throws Exception {
        return call(row, name, () -> action.run().sync());
    }

    private static Void later(Runnable run) throws Exception {
        run.run();
        Thread.sleep(500);
        return null;
    }

    public static void main(String[] arguments) throws Exception {
        recorder = arguments[0];
        PNConfiguration config = new PNConfiguration(new UserId("Ann"));
        config.setSubscribeKey("sub-c-" + arguments[1]);
        config.setPublishKey("pub-c-" + arguments[1]);
        config.setSecretKey("sec-c-" + arguments[1]);
        config.setOrigin(recorder);
        config.setSecure(false);
        config.setPresenceTimeoutWithCustomInterval(60, 30);
        PubNub client = new PubNub(config);
        messages(client);
        access(client);
        objects(client);
        files(client);
        push(client);
        for (Method method : PubNub.class.getDeclaredMethods()) {
            boolean sends = method.getReturnType().getName().contains(".endpoints.")
                    || method.getReturnType().getName().contains(".builder.");
            if (Modifier.isPublic(method.getModifiers()) && sends && !DONE.contains(method.getName())) {
                System.out.println("missed " + method.getName());
            }
        }
        System.out.flush();
        System.exit(0); // the SDK's threads would stay
    }

    private static void messages(PubNub client) throws Exception {
        Long message = sync("publish", "publish", () -> client.publish().channel(CHANNEL).message("hello"))
                .getTimetoken();
        sync("fire", "fire", () -> client.fire().channel(CHANNEL).message("hello"));
        sync("signal", "signal", () -> client.signal().channel(CHANNEL).message("hello"));
        call("subscribe", "subscribe", () -> later(() -> client.subscribe().channels(CHANNELS).execute()));
        sync("here now", "hereNow", () -> client.hereNow().channels(CHANNELS));
        sync("where now", "whereNow", () -> client.whereNow().uuid("Ann"));
        Map<String, String> state = Map.of("mood", "ok");
        sync("set state", "setPresenceState", () -> client.setPresenceState().channels(CHANNELS).state(state));
        sync("get state", "getPresenceState", () -> client.getPresenceState().channels(CHANNELS).uuid("Ann"));
        call("heartbeat", "presence",
                () -> later(() -> client.presence().channels(CHANNELS).connected(true).execute()));
        call("unsubscribe", "unsubscribe", () -> later(() -> client.unsubscribe().channels(CHANNELS).execute()));
        client.presence().channels(CHANNELS).connected(false).execute();
        client.subscribe().channels(CHANNELS).execute();
        Thread.sleep(500);
        call("unsubscribe", "unsubscribeAll", () -> later(client::unsubscribeAll));
        sync("time", "time", client::time);
        sync("history", "history", () -> client.history().channel(CHANNEL));
        sync("fetch messages", "fetchMessages", () -> client.fetchMessages().channels(CHANNELS));
        sync("count messages", "messageCounts",
                () -> client.messageCounts().channels(CHANNELS).channelsTimetoken(Collections.singletonList(1L)));
        PNMessageAction action = new PNMessageAction().setType("reaction").setValue("smile")
                .setMessageTimetoken(message);
        Long added = sync("add an action", "addMessageAction",
                () -> client.addMessageAction().channel(CHANNEL).messageAction(action)).getActionTimetoken();
        sync("get actions", "getMessageActions", () -> client.getMessageActions().channel(CHANNEL));
        sync("remove an action", "removeMessageAction", () -> client.removeMessageAction().channel(CHANNEL)
                .messageTimetoken(message).actionTimetoken(added));
        sync("delete messages", "deleteMessages", () -> client.deleteMessages().channels(CHANNELS));
        sync("add channels to a group", "addChannelsToChannelGroup",
                () -> client.addChannelsToChannelGroup().channelGroup(GROUP).channels(CHANNELS));
        sync("list channels of a group", "listChannelsForChannelGroup",
                () -> client.listChannelsForChannelGroup().channelGroup(GROUP));
        sync("list groups", "listAllChannelGroups", client::listAllChannelGroups);
        sync("remove channels from a group", "removeChannelsFromChannelGroup",
                () -> client.removeChannelsFromChannelGroup().channelGroup(GROUP).channels(CHANNELS));
        sync("delete a group", "deleteChannelGroup", () -> client.deleteChannelGroup().channelGroup(GROUP));
    }

    private static void access(PubNub client) throws Exception {
        sync("grant to auth keys", "grant",
                () -> client.grant().channels(CHANNELS).authKeys(List.of("Key")).read(true).ttl(5));
        String token = sync("grant a token", "grantToken",
                () -> client.grantToken().ttl(5).channels(List.of(ChannelGrant.name(CHANNEL).read()))).getToken();
        sync("revoke a token", "revokeToken", () -> client.revokeToken().token(token));
    }

    private static void objects(PubNub client) throws Exception {
        sync("set user metadata", "setUUIDMetadata", () -> client.setUUIDMetadata().uuid("Ann").name("Ann"));
        sync("get user metadata", "getUUIDMetadata", () -> client.getUUIDMetadata().uuid("Ann"));
        sync("list user metadata", "getAllUUIDMetadata", client::getAllUUIDMetadata);
        sync("set channel metadata", "setChannelMetadata",
                () -> client.setChannelMetadata().channel(CHANNEL).name("Room"));
        sync("get channel metadata", "getChannelMetadata", () -> client.getChannelMetadata().channel(CHANNEL));
        sync("list channel metadata", "getAllChannelsMetadata", client::getAllChannelsMetadata);
        List<PNChannelMembership> channels = List.of(PNChannelMembership.channel(CHANNEL));
        sync("set memberships", "setMemberships", () -> client.setMemberships().channelMemberships(channels));
        sync("get memberships", "getMemberships", client::getMemberships);
        sync("manage memberships", "manageMemberships",
                () -> client.manageMemberships().set(channels).remove(List.of()));
        sync("remove memberships", "removeMemberships", () -> client.removeMemberships().channelMemberships(channels));
        List<PNUUID> users = List.of(PNUUID.uuid("Bob"));
        sync("set channel members", "setChannelMembers",
                () -> client.setChannelMembers().channel(CHANNEL).uuids(users));
        sync("get channel members", "getChannelMembers", () -> client.getChannelMembers().channel(CHANNEL));
        sync("manage channel members", "manageChannelMembers",
                () -> client.manageChannelMembers().channel(CHANNEL).set(users).remove(List.of()));
        sync("remove channel members", "removeChannelMembers",
                () -> client.removeChannelMembers().channel(CHANNEL).uuids(users));
        sync("remove channel metadata", "removeChannelMetadata",
                () -> client.removeChannelMetadata().channel(CHANNEL));
        sync("remove user metadata", "removeUUIDMetadata", () -> client.removeUUIDMetadata().uuid("Ann"));
    }

    private static void files(PubNub client) throws Exception {
        PNFileUploadResult sent = sync("send a file", "sendFile", () -> client.sendFile().channel(CHANNEL)
                .fileName(FILE).inputStream(new ByteArrayInputStream("a note".getBytes(StandardCharsets.UTF_8))));
        String id = sent == null ? "ID" : sent.getFile().getId();
        sync("list files", "listFiles", () -> client.listFiles().channel(CHANNEL));
        sync("get the address of a file", "getFileUrl",
                () -> client.getFileUrl().channel(CHANNEL).fileName(FILE).fileId(id));
        sync("download a file", "downloadFile",
                () -> client.downloadFile().channel(CHANNEL).fileName(FILE).fileId(id));
        sync("publish a file message", "publishFileMessage",
                () -> client.publishFileMessage().channel(CHANNEL).fileName(FILE).fileId(id));
        sync("delete a file", "deleteFile", () -> client.deleteFile().channel(CHANNEL).fileName(FILE).fileId(id));
    }

    private static void push(PubNub client) throws Exception {
        String device = "0".repeat(64);
        String topic = "org.example.app";
        PNPushEnvironment environment = PNPushEnvironment.DEVELOPMENT;
        for (PNPushType type : List.of(PNPushType.FCM, PNPushType.APNS, PNPushType.APNS2)) {
            sync("add push channels", "addPushNotificationsOnChannels", () -> client.addPushNotificationsOnChannels()
                    .pushType(type).deviceId(device).channels(CHANNELS).topic(topic).environment(environment));
            sync("list push channels", "auditPushChannelProvisions", () -> client.auditPushChannelProvisions()
                    .pushType(type).deviceId(device).topic(topic).environment(environment));
            sync("remove push channels", "removePushNotificationsFromChannels",
                    () -> client.removePushNotificationsFromChannels().pushType(type).deviceId(device)
                            .channels(CHANNELS).topic(topic).environment(environment));
            sync("remove a push device", "removeAllPushNotificationsFromDeviceWithPushToken",
                    () -> client.removeAllPushNotificationsFromDeviceWithPushToken().pushType(type).deviceId(device)
                            .topic(topic).environment(environment));
        }
    }
}
