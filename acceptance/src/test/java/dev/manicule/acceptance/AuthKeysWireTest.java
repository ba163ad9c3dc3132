package dev.manicule.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.manicule.acceptance.Wire.Answer;
import dev.manicule.acceptance.Wire.Connection;
import dev.manicule.server.Manicule;
import dev.manicule.server.access.Keyset;
import dev.manicule.server.access.Secret;
import dev.manicule.server.config.ManiculeConfig;
import java.nio.file.Path;
import java.util.List;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Permissions of auth keys, the second Access Manager, on the wire. */
class AuthKeysWireTest {
    private static final List<Keyset> KEYSETS = List.of(guarded("1"), guarded("2"), guarded("3"), guarded("4"),
            Keyset.of("sub-c-open", "pub-c-open"));

    @RegisterExtension
    static final RunningServer SERVER = new RunningServer(config -> config.withKeysets(KEYSETS));

    private static final String NONE = "{\"r\":0,\"w\":0,\"m\":0,\"d\":0,\"g\":0,\"u\":0,\"j\":0}";

    private final Wire wire = SERVER.wire();

    private static Keyset guarded(String number) {
        return Keyset.of("sub-c-" + number, "pub-c-" + number).guarded(new Secret("sec-c-" + number));
    }

    private static Answer signed(Wire wire, String keyset, String call, String query) throws Exception {
        String target = "/v2/auth/" + call + "/sub-key/sub-c-" + keyset + "?uuid=boss" + query;
        return wire.get(new Signing("pub-c-" + keyset, "sec-c-" + keyset).sign("GET", target, ""));
    }

    private static JsonNode grant(Wire wire, String keyset, String query) throws Exception {
        Answer answer = signed(wire, keyset, "grant", query);
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return answer.json().get("payload");
    }

    private JsonNode grant(String query) throws Exception {
        return grant(wire, "1", query);
    }

    private static int publish(Wire wire, String keyset, String channel, String key) {
        return wire.get("/publish/pub-c-" + keyset + "/sub-c-" + keyset + "/0/" + channel + "/0/1?uuid=ann"
                + (key.isEmpty() ? "" : "&auth=" + key)).status();
    }

    private int publish(String channel, String key) {
        return publish(wire, "1", channel, key);
    }

    private int history(String channel, String key) {
        return wire.get("/v2/history/sub-key/sub-c-1/channel/" + channel + "?uuid=ann&auth=" + key).status();
    }

    @Test
    void listOfMetadataHasWhatTheKeyMayGet(TestInfo test) throws Exception {
        String user = RunningServer.channel(test);
        String objects = "/v2/objects/sub-c-1/uuids";
        String body = "{\"name\":\"Secret\"}";
        for (String each : List.of(user, user + "-other")) {
            assertThat(wire.send("PATCH", new Signing("pub-c-1", "sec-c-1").sign("PATCH", objects + "/" + each
                    + "?uuid=boss", body), body.getBytes(StandardCharsets.UTF_8)).status()).isEqualTo(200);
        }
        grant("&target-uuid=" + user + "&auth=list-key&g=1");
        String list = objects + "?uuid=ann&count=true&filter=" + Wire.encode("id LIKE '" + user + "*'");
        assertThat(wire.get(list).status()).isEqualTo(403);
        JsonNode page = wire.get(list + "&auth=list-key").json();
        assertThat(page.get("data")).hasSize(1);
        assertThat(page.at("/data/0/id").asText()).isEqualTo(user);
        assertThat(page.get("totalCount").asInt()).isEqualTo(1);
        assertThat(wire.get(list + "&auth=unknown-key").json().get("data")).isEmpty();
    }

    @Test
    void keyHasThePermissionsOfItsGrantAndNoOthers(TestInfo test) throws Exception {
        String channel = RunningServer.channel(test);
        assertThat(publish(channel, "ann-key")).isEqualTo(403);
        grant("&channel=" + channel + "&auth=ann-key%2Cbob-key&w=1");
        assertThat(publish(channel, "ann-key")).isEqualTo(200);
        assertThat(publish(channel, "bob-key")).isEqualTo(200);
        assertThat(publish(channel, "other-key")).isEqualTo(403);
        assertThat(publish(channel, "")).isEqualTo(403);
        assertThat(publish(channel + "x", "ann-key")).isEqualTo(403);
        assertThat(history(channel, "ann-key")).isEqualTo(403);
        Answer denied = wire.get("/v2/history/sub-key/sub-c-1/channel/" + channel + "?auth=ann-key");
        assertThat(denied.json().at("/payload/channels/0").asText()).isEqualTo(channel);
    }

    @Test
    void grantReplacesTheOneBeforeAndZerosTakeItAway(TestInfo test) throws Exception {
        String channel = RunningServer.channel(test);
        grant("&channel=" + channel + "&auth=k&w=1");
        grant("&channel=" + channel + "&auth=k&r=1");
        assertThat(publish(channel, "k")).isEqualTo(403);
        assertThat(history(channel, "k")).isEqualTo(200);
        grant("&channel=" + channel + "&auth=k");
        assertThat(history(channel, "k")).isEqualTo(403);
        assertThat(signed(wire, "1", "audit", "&channel=" + channel).json().at("/payload/channels").size()).isZero();
    }

    @Test
    void grantWithoutKeysIsForAllCallers(TestInfo test) throws Exception {
        String channel = RunningServer.channel(test);
        grant("&channel=" + channel + "&w=1&ttl=0");
        assertThat(publish(channel, "")).isEqualTo(200);
        assertThat(publish(channel, "any-key")).isEqualTo(200);
    }

    @Test
    void wildcardIsForAllBelowIt(TestInfo test) throws Exception {
        String channel = RunningServer.channel(test);
        grant("&channel=" + channel + ".*&auth=k&w=1&r=1");
        assertThat(publish(channel + ".a", "k")).isEqualTo(200);
        assertThat(publish(channel + ".a.b", "k")).isEqualTo(200);
        assertThat(publish(channel, "k")).isEqualTo(403);
        String subscribe = "/v2/subscribe/sub-c-1/" + channel;
        assertThat(wire.get(subscribe + ".*/0?tt=0&auth=k").status()).isEqualTo(200);
        assertThat(wire.get(subscribe + ".a-pnpres/0?tt=0&auth=k").status()).as("presence is another channel")
                .isEqualTo(403);
        grant("&channel=" + channel + ".*-pnpres&auth=k&r=1");
        assertThat(wire.get(subscribe + ".a-pnpres/0?tt=0&auth=k").status()).isEqualTo(200);
    }

    @Test
    void groupsHavePermissionsOfTheirOwn(TestInfo test) throws Exception {
        String group = RunningServer.channel(test);
        String change = "/v1/channel-registration/sub-key/sub-c-1/channel-group/" + group + "?add=c&auth=k";
        assertThat(wire.get(change).status()).isEqualTo(403);
        grant("&channel-group=" + group + "&auth=k&m=1&r=1");
        assertThat(wire.get(change).status()).isEqualTo(200);
        assertThat(wire.get("/v2/subscribe/sub-c-1/,/0?tt=0&auth=k&channel-group=" + group).status()).isEqualTo(200);
    }

    @Test
    void grantOfNothingIsForTheKeyset() throws Exception {
        JsonNode payload = grant(wire, "2", "&w=1&ttl=5");
        assertThat(payload).hasToString("{\"level\":\"subkey\",\"subscribe_key\":\"sub-c-2\",\"ttl\":5,"
                + NONE.replace("\"w\":0", "\"w\":1").substring(1));
        assertThat(publish(wire, "2", "anything", "")).isEqualTo(200);
        JsonNode audit = signed(wire, "2", "audit", "").json().get("payload");
        assertThat(List.of(audit.get("level").asText(), audit.get("w").asInt(), audit.get("ttl").asInt()))
                .isEqualTo(List.of("subkey", 1, 5));
        grant(wire, "2", "");
        assertThat(publish(wire, "2", "anything", "")).isEqualTo(403);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '§', value = {
            "&channel=a%2Cb | {'level':'channel','subscribe_key':'sub-c-3','ttl':1440,'channels':{'a':X,'b':X}}",
            "&channel=a&auth=k | {'level':'user','subscribe_key':'sub-c-3','ttl':1440,'channel':'a','auths':{'k':X}}",
            "&channel=a%2Cb&auth=k&ttl=0 | {'level':'user','subscribe_key':'sub-c-3','ttl':0,'channels':{'a':{'auths':{'k':X}},'b':{'auths':{'k':X}}}}",
            "&channel-group=g | {'level':'channel-group','subscribe_key':'sub-c-3','ttl':1440,'channel-groups':{'g':X}}",
            "&channel-group=g&auth=k | {'level':'channel-group+auth','subscribe_key':'sub-c-3','ttl':1440,'channel-groups':{'g':{'auths':{'k':X}}}}",
            "&target-uuid=u&auth=k | {'level':'uuid','subscribe_key':'sub-c-3','ttl':1440,'uuids':{'u':{'auths':{'k':X}}}}"})
    void payloadSaysWhatWasGranted(String query, String payload) throws Exception {
        String letters = NONE.replace("\"r\":0", "\"r\":1").replace("\"j\":0", "\"j\":1");
        assertThat(grant(wire, "3", query + "&r=1&j=1")).hasToString(payload.replace("'", "\"").replace("X", letters));
    }

    @Test
    void auditListsWhatKeysMay() throws Exception {
        grant(wire, "4", "&channel=a&auth=k%2Cl&r=1&ttl=10");
        grant(wire, "4", "&channel=a&w=1&ttl=0");
        grant(wire, "4", "&channel-group=g&auth=k&m=1&ttl=10");
        JsonNode all = signed(wire, "4", "audit", "").json().get("payload");
        assertThat(all.at("/channels/a/w").asInt()).isOne();
        assertThat(all.at("/channels/a/ttl").asInt()).isZero();
        assertThat(all.at("/channels/a/auths/k/r").asInt()).isOne();
        assertThat(all.at("/channels/a/auths/k/ttl").asInt()).isBetween(9, 10);
        assertThat(all.at("/channels/a/auths").size()).isEqualTo(2);
        assertThat(all.at("/channel-groups/g/auths/k/m").asInt()).isOne();
        JsonNode some = signed(wire, "4", "audit", "&channel=a&auth=l").json().get("payload");
        assertThat(some.get("level").asText()).isEqualTo("user");
        assertThat(some.at("/channels/a/auths").size()).isOne();
        assertThat(some.at("/channel-groups").size()).isZero();
    }

    @Test
    void pollEndsWhenItsKeyLosesThePermission(TestInfo test) throws Exception {
        String channel = RunningServer.channel(test);
        grant("&channel=" + channel + "&auth=k&r=1");
        String subscribe = "/v2/subscribe/sub-c-1/" + channel + "/0?uuid=ann&auth=k&tt=";
        String cursor = wire.get(subscribe + "0").json().at("/t/t").asText();
        try (Connection poll = wire.connect()) {
            poll.get(subscribe + cursor);
            grant("&channel=" + channel + "&auth=k");
            grant("&channel=" + channel + "&auth=other&w=1");
            assertThat(publish(channel, "other")).isEqualTo(200);
            assertThat(poll.read().status()).isEqualTo(403);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"&auth=k&r=1 | Auth-only grants are reserved for future use",
            "&channel=a&ttl=x | Invalid ttl", "&channel=a&ttl=525601 | Invalid ttl", "&channel=a%0Ab | Invalid name"})
    void invalidGrantIsRefused(String query, String words) throws Exception {
        Answer answer = signed(wire, "1", "grant", query);
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.body()).contains(words);
        assertThat(answer.json().get("service").asText()).isEqualTo("Access Manager");
    }

    @Test
    void requestGrantsAtMostAThousandPairs() throws Exception {
        StringBuilder keys = new StringBuilder();
        for (int i = 0; i < 501; i++) {
            keys.append("k").append(i).append("%2C");
        }
        Answer answer = signed(wire, "1", "grant", "&channel=a%2Cb&r=1&auth=" + keys);
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.body()).contains("Too many names");
    }

    @Test
    void onlyTheOwnerGrantsAndLists() {
        for (String call : List.of("grant", "audit")) {
            assertThat(wire.get("/v2/auth/" + call + "/sub-key/sub-c-1?channel=a&r=1").status()).isEqualTo(403);
            assertThat(wire.get("/v2/auth/" + call + "/sub-key/sub-c-open?channel=a&r=1").body())
                    .contains("no secret key");
        }
    }

    @Test
    void permissionsSurviveARestart() throws Exception {
        Path folder = Folders.temporary();
        ManiculeConfig config = ManiculeConfig.DEFAULT.withPort(0)
                .withData(folder.resolve("data"))
                .withKeysets(KEYSETS);
        try {
            try (Manicule server = Manicule.start(config)) {
                grant(new Wire(server.port()), "1", "&channel=a&auth=k&w=1");
                grant(new Wire(server.port()), "1", "&channel=b&auth=k&w=1");
                grant(new Wire(server.port()), "1", "&channel=b&auth=k");
            }
            try (Manicule server = Manicule.start(config)) {
                assertThat(publish(new Wire(server.port()), "1", "a", "k")).isEqualTo(200);
                assertThat(publish(new Wire(server.port()), "1", "b", "k")).isEqualTo(403);
            }
        } finally {
            Folders.delete(folder);
        }
    }
}
