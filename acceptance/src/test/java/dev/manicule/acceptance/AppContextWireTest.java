package dev.manicule.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.manicule.acceptance.Wire.Answer;
import dev.manicule.server.access.Keyset;
import dev.manicule.server.model.ActionRules;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Metadata of users and channels, and memberships. */
class AppContextWireTest {
    @RegisterExtension
    static final RunningServer SERVER = new RunningServer();
    @RegisterExtension
    static final RunningServer STRICT = new RunningServer(config -> config.withKeysets(List.of(Keyset.of("strict", "p")
            .with(new Keyset.Policy(false, null, 0, List.of(), ActionRules.NONE, true)))));

    private final Wire wire = SERVER.wire();
    private String id = "";
    /** Lists have all that is in a keyset: each test has one of its own. */
    private String base = "";

    @BeforeEach
    void name(TestInfo test) {
        id = RunningServer.channel(test);
        base = "/v2/objects/" + id.replaceAll("[^A-Za-z0-9]", "") + "/";
    }

    private Answer patch(String path, String body, String... headers) {
        return wire.send("PATCH", base + path, body.getBytes(StandardCharsets.UTF_8), headers);
    }

    private JsonNode set(String path, String body) {
        Answer answer = patch(path, body);
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return answer.json().get("data");
    }

    private JsonNode get(String path) {
        Answer answer = wire.get(base + path);
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return answer.json();
    }

    private static List<String> ids(JsonNode list) {
        List<String> ids = new ArrayList<>();
        list.get("data").forEach(each -> ids.add(each.get("id").asText()));
        return ids;
    }

    private static List<String> ids(JsonNode list, String kind) {
        List<String> ids = new ArrayList<>();
        list.get("data").forEach(each -> ids.add(each.get(kind).get("id").asText()));
        return ids;
    }

    @Test
    void setChangesOnlyTheFieldsThatItNames() {
        JsonNode made = set("uuids/ann?include=custom",
                "{\"name\":\"Ann\",\"email\":\"a@example.com\",\"custom\":{\"b\":1,\"a\":\"x\",\"c\":true}}");
        assertThat(made.get("id").asText()).isEqualTo("ann");
        assertThat(made.get("externalId").isNull()).isTrue();
        assertThat(made.get("custom").toString()).isEqualTo("{\"a\":\"x\",\"b\":1,\"c\":true}");
        assertThat(made.has("status")).isFalse();
        JsonNode changed = set("uuids/ann", "{\"status\":\"away\",\"email\":null}");
        assertThat(changed.has("custom")).isFalse();
        assertThat(changed.get("eTag").asText()).isNotEqualTo(made.get("eTag").asText());
        assertThat(changed.get("updated").asText()).isGreaterThan(made.get("updated").asText())
                .matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{6}Z");
        JsonNode read = get("uuids/ann?include=custom,status,type").get("data");
        assertThat(read.get("name").asText()).isEqualTo("Ann");
        assertThat(read.get("email").isNull()).isTrue();
        assertThat(read.get("status").asText()).isEqualTo("away");
        assertThat(read.get("type").isNull()).isTrue();
        assertThat(read.get("custom").get("a").asText()).isEqualTo("x");
        set("uuids/ann", "{\"custom\":{\"d\":null}}");
        assertThat(get("uuids/ann?include=custom").at("/data/custom").toString()).isEqualTo("{\"d\":null}");
    }

    @Test
    void channelsHaveDescriptions() {
        JsonNode made = set("channels/room", "{\"name\":\"Room\",\"description\":\"Talk\"}");
        assertThat(made.get("description").asText()).isEqualTo("Talk");
        assertThat(made.has("email")).isFalse();
        assertThat(wire.get(base + "uuids/room").status()).isEqualTo(404);
    }

    @Test
    void equalContentHasAnEqualTag() {
        String one = set("uuids/ann", "{\"name\":\"\\u0041nn\",\"custom\":{\"a\":1,\"b\":2}}").get("eTag").asText();
        String other = set("uuids/bob", "{\"custom\":{ \"b\":2,\"a\":1 },\"name\":\"Ann\"}").get("eTag").asText();
        assertThat(other).isEqualTo(one);
        assertThat(set("uuids/bob", "{\"name\":\"Bob\"}").get("eTag").asText()).isNotEqualTo(one);
        assertThat(set("uuids/bob", "{\"name\":\"Ann\"}").get("eTag").asText()).isEqualTo(one);
    }

    @ParameterizedTest
    @CsvSource({"uuids, User", "channels, Channel"})
    void setWithTheTagOfAnEarlierStateChangesNothing(String kind, String word) {
        String path = kind + "/x";
        assertThat(patch(path, "{\"name\":\"a\"}", "If-Match: none").status()).isEqualTo(412);
        String tag = set(path, "{\"name\":\"a\"}").get("eTag").asText();
        assertThat(patch(path, "{\"name\":\"b\"}", "If-Match: " + tag).status()).isEqualTo(200);
        Answer refused = patch(path, "{\"name\":\"c\"}", "If-Match: \"" + tag + "\"");
        assertThat(refused.status()).isEqualTo(412);
        assertThat(refused.json().at("/error/message").asText())
                .isEqualTo(word + " to update has been modified after it was read.");
        assertThat(refused.json().at("/error/source").asText()).isEqualTo("objects");
        assertThat(get(path).at("/data/name").asText()).isEqualTo("b");
    }

    @Test
    void repeatedSetIsAppliedOnce() {
        String tag = set("uuids/ann", "{\"name\":\"a\"}").get("eTag").asText();
        String again = "uuids/ann?uuid=ann&requestid=1";
        Answer first = patch(again, "{\"name\":\"b\"}", "If-Match: " + tag);
        set("uuids/ann", "{\"name\":\"c\"}");
        assertThat(patch(again, "{\"name\":\"b\"}", "If-Match: " + tag).body()).isEqualTo(first.body());
        assertThat(get("uuids/ann").at("/data/name").asText()).isEqualTo("c");
    }

    @Test
    void removedEntityIsGone() {
        set("channels/room", "{\"name\":\"Room\"}");
        for (int i = 0; i < 2; i++) {
            assertThat(wire.delete(base + "channels/room").body()).isEqualTo("{\"status\":200,\"data\":null}");
            Answer gone = wire.get(base + "channels/room");
            assertThat(gone.status()).isEqualTo(404);
            assertThat(gone.json().at("/error/message").asText()).isEqualTo("Requested object was not found.");
        }
        assertThat(get("channels?count=true").get("totalCount").asInt()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"[]", "{", "{\"name\":1}", "{\"custom\":[]}", "{\"custom\":{\"a\":{}}}",
            "{\"custom\":{\"a\":[1]}}", "{\"custom\":{\"a\":1e999}}", "{\"status\":true}", "{\"name\":\"\\ud800\"}"})
    void badMetadataIsRefused(String body) {
        Answer refused = patch("uuids/ann", body);
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.json().at("/error/source").asText()).isEqualTo("objects");
        assertThat(refused.json().at("/error/details/0/locationType").asText()).isEqualTo("body");
        assertThat(wire.get(base + "uuids/ann").status()).isEqualTo(404);
    }

    @Test
    void fieldsAndIdsHaveBounds() {
        assertThat(patch("uuids/ann", "{\"name\":\"" + "x".repeat(2_048) + "\"}").status()).isEqualTo(200);
        assertThat(patch("uuids/ann", "{\"name\":\"" + "x".repeat(2_049) + "\"}").status()).isEqualTo(400);
        assertThat(patch("uuids/" + "a".repeat(92), "{}").status()).isEqualTo(200);
        for (String path : List.of("uuids/" + "a".repeat(93), "uuids/a%2Cb", "channels/a.*", "channels/a-pnpres")) {
            assertThat(patch(path, "{}").status()).as(path).isEqualTo(400);
        }
    }

    /** Three users and their names: the order by name is another one than that by id. */
    private void fill() {
        set("uuids/a", "{\"name\":\"Zoe\",\"status\":\"on\",\"custom\":{\"age\":30}}");
        set("uuids/b", "{\"name\":\"Bob\",\"type\":\"bot\",\"custom\":{\"age\":40}}");
        set("uuids/c", "{\"name\":\"Ann\",\"status\":\"off\",\"custom\":{\"age\":50}}");
        set("uuids/d", "{\"custom\":{\"age\":60}}");
        set("uuids/a", "{\"externalId\":\"1\"}");
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {";a b c d", "id:desc;d c b a", "name;c b a d", "name:desc;d a b c",
            "updated;b c d a", "updated:desc;a d c b", "status:asc;c a b d", "type,name:desc;b d a c",
            "status:desc,id:asc;b d a c"})
    void listIsSortedAndPagedBothWays(String sort, String expected) {
        fill();
        List<String> all = List.of(expected.split(" "));
        String query = "uuids?" + (sort == null ? "" : "sort=" + sort + "&");
        assertThat(ids(get(query))).isEqualTo(all);
        JsonNode first = get(query + "limit=2&count=true");
        assertThat(ids(first)).isEqualTo(all.subList(0, 2));
        assertThat(first.get("totalCount").asInt()).isEqualTo(4);
        assertThat(first.has("prev")).isFalse();
        JsonNode second = get(query + "limit=2&start=" + first.get("next").asText());
        assertThat(ids(second)).isEqualTo(all.subList(2, 4));
        assertThat(second.has("next")).isFalse();
        JsonNode back = get(query + "limit=1&end=" + second.get("prev").asText());
        assertThat(ids(back)).isEqualTo(all.subList(1, 2));
        assertThat(ids(get(query + "limit=1&end=" + back.get("prev").asText()))).isEqualTo(all.subList(0, 1));
        assertThat(ids(get(query + "limit=1&start=" + back.get("next").asText()))).isEqualTo(all.subList(2, 3));
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {"name == 'Bob';b", "name LIKE '*o*';a b", "custom.age > 40;c d",
            "custom.age >= 40 && status != 'off';b d", "id IN ('a','d');a d", "updated > '2020-01-01';a b c d",
            "updated < '2020-01-01T00:00:00Z';''", "type == 'bot' || name == 'Zoe';a b"})
    void filterChoosesByFields(String filter, String expected) {
        fill();
        JsonNode page = get("uuids?count=1&filter=" + Wire.encode(filter));
        assertThat(String.join(" ", ids(page))).isEqualTo(expected);
        assertThat(page.get("totalCount").asInt()).isEqualTo(page.get("data").size());
    }

    /** JavaScript 7.3.3 asks so when it adds memberships. */
    @Test
    void pageOfNoElementsIsEmpty() {
        patch("uuids/nan", "{\"name\":\"n\"}");
        JsonNode page = get("uuids?limit=0&count=true");
        assertThat(page.get("data")).isEmpty();
        assertThat(page.get("totalCount").asInt()).isPositive();
        assertThat(page.has("next")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"sort=nothing", "sort=name:up", "filter=a%20b", "limit=-1", "start=x", "end=AAAA"})
    void badListIsRefused(String query) {
        Answer refused = wire.get(base + "uuids?" + query);
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.json().at("/error/details/0/location").asText())
                .isEqualTo(query.substring(0, query.indexOf('=')));
    }

    @Test
    void filteredListOfManyEndsItsPagesAndGoesOn() {
        for (int i = 0; i < 5; i++) {
            for (int j = 0; j < 100; j++) {
                set("channels/c" + (i * 100 + j), "{\"name\":\"" + (j == 50 ? "wanted" : "other") + "\"}");
            }
        }
        JsonNode page = get("channels?limit=2&count=true&filter=" + Wire.encode("name == 'wanted'"));
        assertThat(page.get("data")).hasSize(2);
        assertThat(page.get("totalCount").asInt()).isEqualTo(5);
        List<String> found = ids(page);
        while (page.has("next")) {
            page = get("channels?limit=2&filter=" + Wire.encode("name == 'wanted'") + "&start="
                    + page.get("next").asText());
            found.addAll(ids(page));
        }
        assertThat(found).containsExactly("c150", "c250", "c350", "c450", "c50");
    }

    private static String memberships(String kind, String... ids) {
        List<String> sets = new ArrayList<>();
        for (String each : ids) {
            sets.add("{\"" + kind + "\":{\"id\":\"" + each + "\"}}");
        }
        return "[" + String.join(",", sets) + "]";
    }

    @Test
    void membershipIsInTheListsOfBoth() {
        set("channels/x", "{\"name\":\"X\",\"custom\":{\"n\":1}}");
        JsonNode mine = set("uuids/ann/channels?include=custom,channel,channel.custom",
                "{\"set\":[{\"channel\":{\"id\":\"x\"},\"custom\":{\"role\":\"admin\"}},{\"channel\":{\"id\":\"y\"}}]}");
        assertThat(mine).hasSize(2);
        assertThat(mine.at("/0/channel/name").asText()).isEqualTo("X");
        assertThat(mine.at("/0/channel/custom/n").asInt()).isEqualTo(1);
        assertThat(mine.at("/0/custom/role").asText()).isEqualTo("admin");
        assertThat(mine.at("/1/channel/id").asText()).isEqualTo("y");
        assertThat(mine.at("/1/channel/name").isNull()).isTrue();
        assertThat(mine.at("/1/custom").isNull()).isTrue();
        set("channels/x/uuids", "{\"set\":[{\"uuid\":{\"id\":\"bob\"},\"status\":\"new\"}]}");
        JsonNode members = get("channels/x/uuids?include=status,uuid&count=true");
        assertThat(ids(members, "uuid")).containsExactly("ann", "bob");
        assertThat(members.get("totalCount").asInt()).isEqualTo(2);
        assertThat(members.at("/data/1/status").asText()).isEqualTo("new");
        assertThat(members.at("/data/1/eTag").asText()).isNotEmpty();
        JsonNode left = set("uuids/ann/channels",
                "{\"delete\":" + memberships("channel", "x", "never") + ",\"set\":" + memberships("channel", "z")
                        + "}");
        assertThat(left).hasSize(2);
        assertThat(ids(get("uuids/ann/channels"), "channel")).containsExactly("y", "z");
        assertThat(ids(get("channels/x/uuids"), "uuid")).containsExactly("bob");
        assertThat(get("channels/never/uuids?count=true").get("totalCount").asInt()).isZero();
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';',
            value = {"sort=channel.name;y x z", "sort=channel.name:desc;z x y", "sort=id:desc;z y x",
                    "sort=updated;y z x", "filter=channel.name%20==%20'B';x", "filter=status%20==%20's';x",
                    "filter=channel.id%20!=%20'x'&sort=updated:desc;z y"})
    void membershipsAreSortedAndFilteredByTheirChannels(String query, String expected) {
        set("channels/x", "{\"name\":\"B\"}");
        set("channels/y", "{\"name\":\"A\"}");
        set("uuids/ann/channels", "{\"set\":" + memberships("channel", "y") + "}");
        set("uuids/ann/channels", "{\"set\":" + memberships("channel", "z") + "}");
        set("uuids/ann/channels", "{\"set\":[{\"channel\":{\"id\":\"x\"},\"status\":\"s\"}]}");
        assertThat(String.join(" ", ids(get("uuids/ann/channels?" + query), "channel"))).isEqualTo(expected);
        JsonNode first = get("uuids/ann/channels?limit=1&" + query);
        List<String> paged = ids(first, "channel");
        for (JsonNode page = first; page.has("next");) {
            page = get("uuids/ann/channels?limit=1&" + query + "&start=" + page.get("next").asText());
            paged.addAll(ids(page, "channel"));
        }
        assertThat(String.join(" ", paged)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"set\":1}", "{\"set\":[{}]}", "{\"set\":[{\"channel\":{\"id\":\"a,b\"}}]}",
            "{\"delete\":[{\"channel\":\"x\"}]}", "{\"set\":[{\"channel\":{\"id\":\"x\"},\"custom\":1}]}"})
    void badMembershipsAreRefused(String body) {
        Answer refused = patch("uuids/ann/channels", body);
        assertThat(refused.status()).as(refused.body()).isEqualTo(400);
        assertThat(refused.json().at("/error/details/0/locationType").asText()).isEqualTo("body");
        assertThat(get("uuids/ann/channels").get("data")).isEmpty();
    }

    @Test
    void strictMembershipsNeedMetadataAndGoWithIt() {
        Wire strict = STRICT.wire();
        String objects = "/v2/objects/strict/";
        byte[] none = "{}".getBytes(StandardCharsets.UTF_8);
        byte[] join = ("{\"set\":" + memberships("channel", "room") + "}").getBytes(StandardCharsets.UTF_8);
        assertThat(strict.send("PATCH", objects + "channels/room", none).status()).isEqualTo(200);
        Answer refused = strict.send("PATCH", objects + "uuids/u0/channels", join);
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.json().at("/error/message").asText()).startsWith("There is no metadata of u0");
        for (int i = 0; i < 150; i++) { // more than are removed at once
            assertThat(strict.send("PATCH", objects + "uuids/u" + i, none).status()).isEqualTo(200);
            assertThat(strict.send("PATCH", objects + "uuids/u" + i + "/channels", join).status()).isEqualTo(200);
        }
        assertThat(strict.delete(objects + "channels/room").status()).isEqualTo(200);
        assertThat(strict.get(objects + "channels/room").status()).isEqualTo(404);
        assertThat(strict.get(objects + "channels/room/uuids?count=true").json().get("totalCount").asInt()).isZero();
        assertThat(strict.get(objects + "uuids/u149/channels").json().get("data")).isEmpty();
    }

    @Test
    void subscribersGetWhatChanges() {
        String keyset = base.substring("/v2/objects/".length(), base.length() - 1);
        String poll = "/v2/subscribe/" + keyset + "/ann,room/0?filter-expr=none%20==%201&tt=";
        String from = wire.get(poll + "0").json().at("/t/t").asText();
        set("uuids/ann", "{\"name\":\"Ann\",\"email\":null}");
        set("channels/room", "{\"name\":\"Room\"}");
        set("uuids/ann/channels", "{\"set\":" + memberships("channel", "room") + "}");
        set("channels/room/uuids", "{\"delete\":" + memberships("uuid", "ann") + "}");
        wire.delete(base + "uuids/ann");
        wire.delete(base + "uuids/ann"); // there is none any more
        JsonNode events = wire.get(poll + from).json().get("m");
        List<String> told = new ArrayList<>();
        events.forEach(event -> {
            assertThat(event.get("e").asInt()).isEqualTo(2);
            assertThat(event.has("i")).isFalse();
            assertThat(event.at("/d/source").asText()).isEqualTo("objects");
            assertThat(event.at("/d/version").asText()).isEqualTo("2.0");
            told.add(event.get("c").asText() + " " + event.at("/d/event").asText() + " "
                    + event.at("/d/type").asText());
        });
        assertThat(told).containsExactly("ann set uuid", "room set channel", "room set membership",
                "ann set membership", "room delete membership", "ann delete membership", "ann delete uuid");
        JsonNode user = events.at("/0/d/data");
        assertThat(user.get("id").asText()).isEqualTo("ann");
        assertThat(user.get("name").asText()).isEqualTo("Ann");
        assertThat(user.has("email")).as("a null, at which the SDK for Go ends its program").isFalse();
        assertThat(user.get("eTag").asText()).isNotEmpty();
        assertThat(events.at("/2/d/data/channel/id").asText()).isEqualTo("room");
        assertThat(events.at("/2/d/data/uuid/id").asText()).isEqualTo("ann");
        assertThat(events.at("/2/d/data/updated").asText()).endsWith("Z");
    }
}
