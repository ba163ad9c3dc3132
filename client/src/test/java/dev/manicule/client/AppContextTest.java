package dev.manicule.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Metadata of users and channels, and memberships, against servers that answer well and badly. */
@Timeout(60)
class AppContextTest {
    private static final String STATE = "\"updated\":\"2026-11-28T12:00:00.123456Z\",\"eTag\":\"T\"}";
    private static final String ANN = "{\"id\":\"ann\",\"name\":\"Ann\",\"externalId\":null,\"profileUrl\":\"http://a\","
            + "\"email\":null,\"status\":\"on\",\"type\":null,\"custom\":{\"age\":30}," + STATE;
    private static final String ROOM = "{\"id\":\"a room\",\"name\":null,\"description\":\"Talk\"," + STATE;
    private static final Metadata.Revision T = new Metadata.Revision(Instant.parse("2026-11-28T12:00:00.123456Z"), "T");
    private static final Metadata.CustomFields NONE = new Metadata.CustomFields(null, null, null);

    private static StubServer saying(String data) throws Exception {
        return StubServer.saying(200, "{\"status\":200,\"data\":" + data + "}");
    }

    @Test
    void userIsReadWithAllFields() throws Exception {
        try (StubServer server = saying(ANN); ManiculeClient client = ManiculeClient.of(server.config().build())) {
            Envelope<UserMetadata> envelope = client.getUserMetadata("a/b").sync();
            UserMetadata user = envelope.orThrow();
            assertThat(user.id()).isEqualTo("ann");
            assertThat(user.name()).isEqualTo("Ann");
            assertThat(user.profileUrl()).isEqualTo("http://a");
            assertThat(user.externalId()).isNull();
            assertThat(user.email()).isNull();
            assertThat(user.status()).isEqualTo("on");
            assertThat(user.type()).isNull();
            assertThat(user.custom()).hasToString("{\"age\":30}");
            assertThat(user.revision()).isEqualTo(T);
            assertThat(user.updated()).isEqualTo(T.updated());
            assertThat(user.eTag()).isEqualTo("T");
            assertThat(envelope.status().operation()).isEqualTo(Operation.GET_USER_METADATA);
            assertThat(envelope.status().affectedChannels()).isEmpty();
            var unused = client.getUserMetadata("a").include(Include.TYPE).sync();
            unused = client.getUserMetadata("a").include().sync();
            assertThat(server.requests.get(0)).startsWith("GET /v2/objects/demo/uuids/a%2Fb?")
                    .contains("&include=custom%2Cstatus%2Ctype&");
            assertThat(server.requests.get(1)).contains("&include=type&");
            assertThat(server.requests.get(2)).doesNotContain("include");
        }
    }

    @Test
    void setSendsOnlyTheFieldsThatItNames() throws Exception {
        try (StubServer server = saying(ROOM); ManiculeClient client = ManiculeClient.of(server.config().build())) {
            SetChannelMetadata set = client.setChannelMetadata("a room").description("Talk");
            Envelope<ChannelMetadata> envelope = set.sync();
            assertThat(envelope.orThrow()).isEqualTo(new ChannelMetadata("a room", null, "Talk", NONE, T));
            assertThat(envelope.status().operation()).isEqualTo(Operation.SET_CHANNEL_METADATA);
            assertThat(envelope.status().affectedChannels()).containsExactly("a room");
            var unused = set.name(null).status("s").type("t").custom(Map.of("a", 1)).sync();
            unused = set.sync();
            assertThat(server.bodies).containsExactly("{\"description\":\"Talk\"}",
                    "{\"description\":\"Talk\",\"name\":null,\"status\":\"s\",\"type\":\"t\",\"custom\":{\"a\":1}}",
                    "{\"description\":\"Talk\"}");
            assertThat(server.requests.get(0)).startsWith("PATCH /v2/objects/demo/channels/a%20room?")
                    .contains("&requestid=");
        }
        try (StubServer server = saying(ANN); ManiculeClient client = ManiculeClient.of(server.config().build())) {
            Envelope<UserMetadata> envelope = client.setUserMetadata("ann")
                    .externalId("1")
                    .profileUrl("http://a")
                    .email("a@example.com")
                    .custom(null)
                    .sync();
            assertThat(envelope.status().operation()).isEqualTo(Operation.SET_USER_METADATA);
            assertThat(server.bodies).containsExactly("{\"externalId\":\"1\",\"profileUrl\":\"http://a\","
                    + "\"email\":\"a@example.com\",\"custom\":null}");
        }
    }

    @Test
    void setOfWhatHasChangedIsAnErrorOfItsOwn() throws Exception {
        List<String> tags = new CopyOnWriteArrayList<>();
        try (StubServer server = new StubServer(exchange -> {
            tags.add(String.valueOf(exchange.getRequestHeaders().getFirst("If-Match")));
            StubServer.say(exchange, 412,
                    "{\"status\":412,\"error\":{\"message\":\"modified\",\"source\":\"objects\"}}");
        }); ManiculeClient client = ManiculeClient.of(server.config().build())) {
            Status status = client.setUserMetadata("ann").name("Ann").ifMatch("AaZ1").include().sync().status();
            assertThat(status.category()).isEqualTo(Category.PRECONDITION_FAILED);
            assertThat(status.errorData()).isNotNull().extracting(Status.ErrorData::message).isEqualTo("modified");
            var unused = client.setUserMetadata("ann").name("Ann").sync();
            assertThat(tags).containsExactly("AaZ1", "null");
            assertThatThrownBy(() -> client.setUserMetadata("ann").ifMatch("a\nb"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("eTag");
        }
    }

    @Test
    void removalIsAboutItsChannel() throws Exception {
        try (StubServer server = saying("null"); ManiculeClient client = ManiculeClient.of(server.config().build())) {
            Envelope<RemoveMetadata.Result> envelope = client.removeChannelMetadata("c").sync();
            envelope.orThrow();
            assertThat(envelope.status().operation()).isEqualTo(Operation.REMOVE_CHANNEL_METADATA);
            assertThat(envelope.status().affectedChannels()).containsExactly("c");
            client.removeUserMetadata("ann").sync().orThrow();
            assertThat(server.requests.get(0)).startsWith("DELETE /v2/objects/demo/channels/c?");
            assertThat(server.requests.get(1)).startsWith("DELETE /v2/objects/demo/uuids/ann?");
        }
    }

    /** Two pages of one user each; the last one leads to itself, as those of some servers do. */
    private static StubServer twoPages() throws Exception {
        return new StubServer(exchange -> StubServer.say(exchange, 200,
                exchange.getRequestURI().toString().contains("start=")
                        ? "{\"data\":[{\"id\":\"bob\"}],\"next\":\"n&1\",\"prev\":\"p\"}"
                        : "{\"data\":[{\"id\":\"ann\"}],\"next\":\"n&1\",\"totalCount\":2}"));
    }

    @Test
    void listComesPageByPage() throws Exception {
        try (StubServer server = twoPages(); ManiculeClient client = ManiculeClient.of(server.config().build())) {
            ListMetadata<UserMetadata> list = client.listUserMetadata()
                    .filter("name LIKE 'A*'")
                    .sort("name", "updated:desc")
                    .limit(1)
                    .withTotalCount()
                    .include(Include.STATUS);
            Envelope<MetadataPage<UserMetadata>> envelope = list.sync();
            assertThat(envelope.orThrow())
                    .isEqualTo(new MetadataPage<>(List.of(UserMetadata.of("ann")), "n&1", null, OptionalLong.of(2)));
            assertThat(envelope.status().operation()).isEqualTo(Operation.LIST_USER_METADATA);
            assertThat(server.requests.get(0)).startsWith("GET /v2/objects/demo/uuids?")
                    .contains(
                            "&limit=1&include=status&filter=name%20LIKE%20%27A%2A%27&sort=name%2Cupdated%3Adesc&count=true&");
            assertThat(list.stream().map(UserMetadata::id)).containsExactly("ann", "bob");
            assertThat(server.requests).hasSize(3);
            assertThat(server.requests.get(2)).contains("&start=n%261&");
            MetadataPage<UserMetadata> second = list.before("x").cursor("n&1").sync().orThrow();
            assertThat(second.prev()).isEqualTo("p");
            assertThat(server.requests.get(3)).contains("start=").doesNotContain("end=");
            var unused = list.cursor("n&1").before("p").sync();
            assertThat(server.requests.get(4)).contains("&end=p&").doesNotContain("start=");
            unused = list.filter(null).sort().include().sync();
            assertThat(server.requests.get(5)).doesNotContain("filter", "sort", "include");
        }
    }

    @Test
    void membershipsHaveTheirUserAndTheirChannel() throws Exception {
        try (StubServer server = saying("[{\"channel\":" + ROOM + ",\"status\":\"new\",\"custom\":null," + STATE + "]");
                ManiculeClient client = ManiculeClient.of(server.config().build())) {
            Envelope<MetadataPage<Membership>> envelope = client.getMemberships("ann").sync();
            assertThat(envelope.orThrow().entries()).containsExactly(new Membership(UserMetadata.of("ann"),
                    new ChannelMetadata("a room", null, "Talk", NONE, T), new Metadata.CustomFields("new", null, null),
                    T));
            assertThat(envelope.status().operation()).isEqualTo(Operation.GET_MEMBERSHIPS);
            var unused = client.getMemberships("ann").withMetadata().sync();
            unused = client.getMemberships("ann").include(Include.STATUS).withMetadata(Include.CUSTOM).sync();
            unused = client.getMemberships("ann").include().sync();
            assertThat(server.requests.get(0)).startsWith("GET /v2/objects/demo/uuids/ann/channels?")
                    .contains("&include=custom%2Cstatus%2Ctype&");
            assertThat(server.requests.get(1)).contains("&include=custom%2Cstatus%2Ctype%2Cchannel%2Cchannel.custom%2C"
                    + "channel.status%2Cchannel.type&");
            assertThat(server.requests.get(2)).contains("&include=status%2Cchannel%2Cchannel.custom&");
            assertThat(server.requests.get(3)).doesNotContain("include");
        }
        try (StubServer server = saying("[{\"uuid\":" + ANN + "}]");
                ManiculeClient client = ManiculeClient.of(server.config().build())) {
            Envelope<MetadataPage<Membership>> envelope = client.getMembers("c").withMetadata(Include.TYPE).sync();
            Membership member = envelope.orThrow().entries().get(0);
            assertThat(member.channel()).isEqualTo(ChannelMetadata.of("c"));
            assertThat(member.user().name()).isEqualTo("Ann");
            assertThat(envelope.status().operation()).isEqualTo(Operation.GET_MEMBERS);
            assertThat(envelope.status().affectedChannels()).containsExactly("c");
            assertThat(server.requests.get(0)).startsWith("GET /v2/objects/demo/channels/c/uuids?")
                    .contains("%2Cuuid%2Cuuid.type&");
        }
    }

    @Test
    void changeSetsFieldsOfTheMembershipsBeforeThem() throws Exception {
        try (StubServer server = saying("[]"); ManiculeClient client = ManiculeClient.of(server.config().build())) {
            ChangeMemberships join = client.changeMemberships("ann").set("a", "b").status("new").custom(Map.of("n", 1));
            Envelope<MetadataPage<Membership>> envelope = join.set("c").type(null).remove("d").limit(5).sync();
            assertThat(envelope.orThrow().entries()).isEmpty();
            assertThat(envelope.status().operation()).isEqualTo(Operation.CHANGE_MEMBERSHIPS);
            var unused = join.sync();
            assertThat(server.bodies).containsExactly(
                    "{\"set\":[{\"channel\":{\"id\":\"a\"},\"status\":\"new\",\"custom\":{\"n\":1}},"
                            + "{\"channel\":{\"id\":\"b\"},\"status\":\"new\",\"custom\":{\"n\":1}},"
                            + "{\"channel\":{\"id\":\"c\"},\"type\":null}],\"delete\":[{\"channel\":{\"id\":\"d\"}}]}",
                    "{\"set\":[{\"channel\":{\"id\":\"a\"},\"status\":\"new\",\"custom\":{\"n\":1}},"
                            + "{\"channel\":{\"id\":\"b\"},\"status\":\"new\",\"custom\":{\"n\":1}}],\"delete\":[]}");
            assertThat(server.requests.get(0)).startsWith("PATCH /v2/objects/demo/uuids/ann/channels?")
                    .contains("&limit=5&", "&requestid=");
            Status status = client.changeMembers("c").remove("ann").sync().status();
            assertThat(status.operation()).isEqualTo(Operation.CHANGE_MEMBERS);
            assertThat(server.requests.get(2)).startsWith("PATCH /v2/objects/demo/channels/c/uuids?");
            assertThat(server.bodies.get(2)).isEqualTo("{\"set\":[],\"delete\":[{\"uuid\":{\"id\":\"ann\"}}]}");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"data\":null}", "{\"data\":{}}", "{\"data\":{\"id\":1}}",
            "{\"data\":{\"id\":\"ann\",\"updated\":\"yesterday\"}}"})
    void missingMetadataIsMalformed(String body) throws Exception {
        try (StubServer server = StubServer.saying(200, body);
                ManiculeClient client = ManiculeClient.of(server.config().build())) {
            assertThat(client.getUserMetadata("ann").sync().status().category())
                    .isEqualTo(Category.MALFORMED_RESPONSE);
        }
    }

    @Test
    void missingArgumentIsNamedBeforeTheRequest() throws Exception {
        try (StubServer server = StubServer.saying(200, "{}");
                ManiculeClient client = ManiculeClient.of(server.config().build())) {
            refused(client.getUserMetadata(""), "uuid");
            refused(client.setChannelMetadata(""), "channel");
            refused(client.removeUserMetadata(""), "uuid");
            refused(client.getMembers(""), "channel");
            refused(client.changeMemberships("ann"), "channel");
            refused(client.changeMembers("c"), "uuid");
            assertThatThrownBy(() -> client.changeMembers("c").set("")).isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("uuid");
            assertThatThrownBy(() -> client.changeMembers("c").remove("x").status("s"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("set");
            assertThat(server.requests).isEmpty();
        }
    }

    private static void refused(Call<?> call, String name) {
        assertThatThrownBy(call::sync).isInstanceOf(IllegalArgumentException.class).hasMessageContaining(name);
    }
}
