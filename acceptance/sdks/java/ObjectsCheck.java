import com.pubnub.api.PubNub;
import com.pubnub.api.endpoints.objects_api.utils.Include.PNChannelDetailsLevel;
import com.pubnub.api.endpoints.objects_api.utils.Include.PNUUIDDetailsLevel;
import com.pubnub.api.endpoints.objects_api.utils.PNSortKey;
import com.pubnub.api.models.consumer.PNPage;
import com.pubnub.api.models.consumer.objects_api.PNObject;
import com.pubnub.api.models.consumer.objects_api.member.PNUUID;
import com.pubnub.api.models.consumer.objects_api.membership.PNChannelMembership;
import com.pubnub.api.models.consumer.objects_api.uuid.PNGetAllUUIDMetadataResult;
import com.pubnub.api.models.consumer.objects_api.uuid.PNUUIDMetadata;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Metadata of users and channels, memberships, members: set, get, list, page, sort, filter, remove; their events. */
final class ObjectsCheck extends Parts {
    private static PNGetAllUUIDMetadataResult page(PubNub client, String name, PNPage page) throws Exception {
        return client.getAllUUIDMetadata().filter("name LIKE '" + name + " *'").sort(PNSortKey.asc(PNSortKey.Key.NAME))
                .limit(2).page(page).includeTotalCount(true).sync();
    }

    private static List<String> ids(List<? extends PNObject> data) {
        return data.stream().map(PNObject::getId).toList();
    }

    static void objects(Seen seen) throws Exception {
        String name = channel("objects");
        List<String> users = Stream.of("a", "b", "c").map(letter -> name + "-" + letter).toList();
        List<String> rooms = List.of(name + "-room-1", name + "-room-2");
        PubNub ann = client(users.getFirst());
        Heard heard = subscribed(ann, List.of(users.getFirst(), rooms.getFirst()), null);
        for (Style style : Style.values()) {
            var made = style.call(ann.setUUIDMetadata().name(name + " C").email("a@example.com").externalId("7")
                    .profileUrl("http://example.com/a").custom(Map.of("age", 30, "on", true)).includeCustom(true));
            seen.expect(made.error(), null, "set a user");
            PNUUIDMetadata user = made.result().getData();
            seen.expect(List.of(user.getId(), user.getName(), user.getEmail(), user.getExternalId(),
                    user.getProfileUrl(), user.getCustom().toString()), List.of(users.getFirst(), name + " C",
                            "a@example.com", "7", "http://example.com/a", "{\"age\":30,\"on\":true}"), "the metadata");
            var got = style.call(ann.getUUIDMetadata().uuid(users.getFirst()).includeCustom(true));
            seen.expect(got.result().getData(), user, "get a user");
            var room = style.call(ann.setChannelMetadata().channel(rooms.getFirst()).name("Room").description("Talk")
                    .custom(Map.of("n", 1)).includeCustom(true));
            seen.expect(room.result().getData().getDescription(), "Talk", "set a channel");
            seen.expect(style.call(ann.getChannelMetadata().channel(rooms.getFirst()).includeCustom(true)).result()
                    .getData(), room.result().getData(), "get a channel");
        }
        ann.setUUIDMetadata().uuid(users.get(1)).name(name + " A").sync();
        ann.setUUIDMetadata().uuid(users.get(2)).name(name + " B").sync();
        var first = page(ann, name, null);
        seen.expect(ids(first.getData()), users.subList(1, 3), "the first page of users");
        seen.expect(first.getTotalCount(), 3, "how many users");
        var second = page(ann, name, first.nextPage());
        seen.expect(ids(second.getData()), users.subList(0, 1), "the second page of users");
        seen.expect(second.getNext(), null, "no third page");
        seen.expect(ids(page(ann, name, second.previousPage()).getData()), users.subList(1, 3), "the page before");
        seen.expect(ids(ann.getAllChannelsMetadata().filter("id == '" + rooms.getFirst() + "'").sync().getData()),
                rooms.subList(0, 1), "channels");

        var joined = ann.setMemberships()
                .channelMemberships(List.of(
                        PNChannelMembership.channelWithCustom(rooms.getFirst(), Map.of("role", "x")),
                        PNChannelMembership.channel(rooms.get(1))))
                .includeCustom(true).includeChannel(PNChannelDetailsLevel.CHANNEL_WITH_CUSTOM).sync().getData();
        seen.expect(joined.stream().map(each -> each.getChannel().getId()).toList(), rooms, "set memberships");
        seen.expect(joined.getFirst().getCustom().toString(), "{\"role\":\"x\"}", "custom fields of a membership");
        seen.expect(joined.getFirst().getChannel().getCustom().toString(), "{\"n\":1}", "those of its channel");
        ann.manageMemberships().set(List.of(PNChannelMembership.channel(rooms.getFirst())))
                .remove(List.of(PNChannelMembership.channel(rooms.get(1)))).sync();
        var left = ann.getMemberships().includeTotalCount(true).sync();
        seen.expect(left.getData().stream().map(each -> each.getChannel().getId()).toList(), rooms.subList(0, 1),
                "get memberships");
        seen.expect(left.getTotalCount(), 1, "how many memberships");
        ann.setChannelMembers().channel(rooms.getFirst()).uuids(
                List.of(PNUUID.uuid(users.get(1), "new"), PNUUID.uuidWithCustom(users.get(2), Map.of("a", 1)))).sync();
        var members = ann.getChannelMembers().channel(rooms.getFirst()).includeCustom(true)
                .includeUUID(PNUUIDDetailsLevel.UUID_WITH_CUSTOM).sync().getData();
        seen.expect(members.stream().map(each -> each.getUuid().getName()).toList(),
                List.of(name + " C", name + " A", name + " B"), "members");
        seen.expect(members.get(2).getCustom().toString(), "{\"a\":1}", "custom fields of a member");
        ann.manageChannelMembers().channel(rooms.getFirst()).set(List.of(PNUUID.uuid(users.get(1))))
                .remove(List.of(PNUUID.uuid(users.get(2)))).sync();
        ann.removeChannelMembers().channel(rooms.getFirst()).uuids(List.of(PNUUID.uuid(users.get(1)))).sync();
        ann.removeMemberships().channelMemberships(List.of(PNChannelMembership.channel(rooms.getFirst()))).sync();
        seen.expect(ann.getChannelMembers().channel(rooms.getFirst()).sync().getData(), List.of(), "no members");
        for (String user : users) {
            ann.removeUUIDMetadata().uuid(user).sync();
        }
        ann.removeChannelMetadata().channel(rooms.getFirst()).sync();
        seen.expect(Style.SYNC.call(ann.getUUIDMetadata()).error().getStatusCode(), 404, "a user that is gone");
        List<String> wanted = new ArrayList<>(List.of("uuid set " + users.getFirst(),
                "channel set " + rooms.getFirst(), "membership set " + rooms.getFirst() + " " + users.getFirst(),
                "membership set " + rooms.getFirst() + " " + users.get(1),
                "membership delete " + rooms.getFirst() + " " + users.get(2),
                "membership delete " + rooms.getFirst() + " " + users.getFirst(), "uuid delete " + users.getFirst(),
                "channel delete " + rooms.getFirst()));
        until(() -> heard.objects.containsAll(wanted), () -> heard.objects);
        seen.expect(heard.events, List.of(), "what is no message");
        ann.unsubscribeAll();
    }
}
