package dev.manicule.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.manicule.acceptance.Wire.Answer;
import dev.manicule.server.access.Keyset;
import dev.manicule.server.access.Secret;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The same requests as clients of different makes write them. */
class DialectWireTest {
    @RegisterExtension
    static final RunningServer SERVER = new RunningServer(config -> config.withKeysets(List.of(
            Keyset.of("demo", "demo"),
            Keyset.of("sub-c-1", "pub-c-1").guarded(new Secret("sec-c-1")))));

    private static final Signing OWNER = new Signing("pub-c-1", "sec-c-1");

    private final Wire wire = SERVER.wire();
    private String channel = "";

    @BeforeEach
    void name(TestInfo test) {
        channel = RunningServer.channel(test);
    }

    /** Python and Java send the plus of a user id as it is, JavaScript as %2B: it is one user. */
    @Test
    void plusInAUserIdStaysAPlus() {
        long message = wire.publish(channel, "1");
        String path = "/v1/message-actions/demo/channel/" + channel + "/message/" + message;
        Answer added = wire.post(path + "?uuid=+49%20151+7@x", "{\"type\":\"t\",\"value\":\"v\"}");
        assertThat(added.json().at("/data/uuid").asText()).isEqualTo("+49 151+7@x");
        String again = "?uuid=%2B49%20151%2B7%40x";
        assertThat(wire.post(path + again, "{\"type\":\"t\",\"value\":\"v\"}").status()).isEqualTo(409);
        String action = added.json().at("/data/actionTimetoken").asText();
        assertThat(wire.delete(path + "/action/" + action + again).status()).isEqualTo(200);
        wire.get("/v2/presence/sub-key/demo/channel/" + channel + "/heartbeat?uuid=+49");
        assertThat(wire.get("/v2/presence/sub-key/demo/uuid/%2B49").json().at("/payload/channels/0").asText())
                .isEqualTo(channel);
        assertThat(wire.get("/v2/presence/sub-key/demo/uuid/+49").json().at("/payload/channels/0").asText())
                .isEqualTo(channel);
    }

    @Test
    void aPlusInTheNameOfAChannelIsAPlusInLists() {
        String group = "/v1/channel-registration/sub-key/demo/channel-group/g+" + channel;
        wire.get(group + "?add=a+b,c%2Bd");
        assertThat(wire.get(group).json().at("/payload/channels").toString()).isEqualTo("[\"a+b\",\"c+d\"]");
        wire.get("/v2/presence/sub-key/demo/channel/,/heartbeat?uuid=" + channel + "&channel-group=g+" + channel);
        assertThat(wire.get("/v2/presence/sub-key/demo/uuid/" + channel).json().at("/payload/channels")).hasSize(2);
        wire.get(group + "?remove=a%2Bb,c+d");
        assertThat(wire.get(group).json().at("/payload/channels")).isEmpty();
    }

    /** Some clients encode a state, a meta or a filter as HTML forms do; others leave the plus of a number in it. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '§', value = {
            "%7B%22a%22%3A+%22x%22%2C+%22b%22%3A+1%7D | {\"a\": \"x\", \"b\": 1}",
            "%7B%22tel%22%3A%22+49%22%7D | {\"tel\":\"+49\"}", "{\"tel\":%20\"+49\"} | {\"tel\": \"+49\"}",
            "%7B%22n%22%3A1e+5%7D | {\"n\":1e+5}", "%7B%22t%22%3A+%22a%2Bb+c%22%7D | {\"t\": \"a+b c\"}"})
    void plusInStateAndMetaIsReadAsJson(String sent, String meant) {
        assertThat(wire.get("/v2/presence/sub-key/demo/channel/" + channel + "/uuid/u/data?state=" + sent).status())
                .isEqualTo(200);
        assertThat(wire.get("/v2/presence/sub-key/demo/channel/" + channel + "/uuid/u").body())
                .contains("\"payload\":" + meant);
        wire.get("/publish/demo/demo/0/" + channel + "/0/1?meta=" + sent);
        assertThat(wire.get("/v2/subscribe/demo/" + channel + "/0?tt=1").body()).contains("\"u\":" + meant);
    }

    /** Spaces for pluses would change these, and what type they are. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '§', value = {"+4915112345 | \"+4915112345\"", "+1 | \"+1\"",
            "%2B1 | \"+1\"", "+true | \"+true\"", "1+ | \"1+\"", "a+b | \"a+b\"", "%22a+b%22 | \"a+b\"",
            "%7Ba+b | \"{a+b\"", "1e+5 | 1e+5", "+%7B%22a%22:+1%7D+ | {\"a\": 1}"})
    void ambiguousPlusInMetaStaysAPlus(String sent, String meant) {
        wire.get("/publish/demo/demo/0/" + channel + "/0/1?meta=" + sent);
        assertThat(wire.get("/v2/subscribe/demo/" + channel + "/0?tt=1").body()).contains("\"u\":" + meant);
    }

    @Test
    void aPlusInATextOfAFilterIsAPlus() {
        wire.get("/publish/demo/demo/0/" + channel + "/0/%22a+in+b%22?meta=%7B%22t%22:%22a%2Bin%2Bb%22%7D");
        String told = "/v2/subscribe/demo/" + channel + "/0?tt=1&filter-expr=";
        assertThat(wire.get(told + "t=='a+in+b'").json().get("m")).hasSize(1);
        assertThat(wire.get(told + "t=='\\'+in+b'%7C%7Ct=='a+in+b'").json().get("m")).hasSize(1);
        assertThat(wire.get(told + "t+in+('a%2Bin%2Bb')").json().get("m")).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"lang+==+'en'", "lang%20==%20'en'", "lang=='en'", "lang+LIKE+'E*'", "n+1==3",
            "n%20+%201%20==%203", "tel=='+49'", "tel%20==%20'+49'", "(lang+==+'en')+&&+!(n+>+2)", "lang+IN+('en')"})
    void plusInAFilterIsReadByItsGrammar(String filter) {
        wire.get("/publish/demo/demo/0/" + channel
                + "/0/1?meta=%7B%22lang%22:%22en%22,%22n%22:2,%22tel%22:%22%2B49%22%7D");
        wire.get("/publish/demo/demo/0/" + channel + "/0/2?meta=%7B%22lang%22:%22de%22,%22n%22:9%7D");
        JsonNode told = wire.get("/v2/subscribe/demo/" + channel + "/0?tt=1&filter-expr=" + filter).json().get("m");
        assertThat(told).as(filter).hasSize(1);
        assertThat(told.at("/0/d").asInt()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"😀", "a 😀", "a == '", "lang+=="})
    void invalidFilterIsReported(String filter) {
        Answer answer = wire.get("/v2/subscribe/demo/" + channel + "/0?tt=1&filter-expr=" + Wire.encode(filter));
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.json().get("message").asText()).startsWith("Invalid filter expression: expected ");
    }

    /** JavaScript puts the uuid of a state into the path as it is, and Node.js sends that as Latin-1. */
    @Test
    void stateIsFoundInAnyEncodingOfTheUuid() {
        String presence = "/v2/presence/sub-key/demo/channel/" + channel + "/uuid/";
        assertThat(wire.get(presence + "Zo%C3%AB%2F%C3%BCn%20x/data?state=%7B%22a%22:1%7D").status()).isEqualTo(200);
        for (String sent : List.of("Zo%C3%AB%2F%C3%BCn%20x", "Zo%C3%AB/%C3%BCn%20x", "Zo\u00eb/\u00fcn%20x")) {
            for (var charset : List.of(StandardCharsets.UTF_8, StandardCharsets.ISO_8859_1)) {
                byte[] request = ("GET " + presence + sent + " HTTP/1.1\r\nHost: x\r\n\r\n").getBytes(charset);
                assertThat(wire.raw(request, true).json().at("/payload/a").asInt()).as(sent).isEqualTo(1);
            }
        }
        assertThat(wire.get("/v3/history/sub-key/demo/channel/%EB").status()).as("elsewhere").isEqualTo(400);
    }

    private static String firstForm(String path, String query) throws Exception {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec("sec-c-1".getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
        String parameters = (query.isEmpty() ? "" : query + "&") + "timestamp=" + System.currentTimeMillis() / 1000;
        String sorted = Stream.of(parameters.split("&", -1)).sorted().collect(Collectors.joining("&"));
        byte[] hash = mac.doFinal(("sub-c-1\npub-c-1\n" + path + "\n" + sorted).getBytes(StandardCharsets.UTF_8));
        return path + "?" + parameters + "&signature=" + Base64.getUrlEncoder().encodeToString(hash);
    }

    /** As JavaScript up to 4.24.6 does, and Go in its older mode: the signature says neither method nor body. */
    @Test
    void everyRequestMayBeSignedInTheFirstForm() throws Exception {
        String history = "/v3/history/sub-key/sub-c-1/channel/" + channel;
        String actions = "/v1/message-actions/sub-c-1/channel/" + channel + "/message/1";
        for (String path : List.of("/publish/pub-c-1/sub-c-1/0/" + channel + "/0/%22a%22", history,
                "/v2/subscribe/sub-c-1/" + channel + "/0", "/subscribe/sub-c-1/" + channel + "/0/0",
                "/v2/presence/sub-key/sub-c-1/channel/" + channel + "/heartbeat",
                "/v1/channel-registration/sub-key/sub-c-1/channel-group/" + channel)) {
            assertThat(wire.get(firstForm(path, "pnsdk=X%2F1&uuid=a")).status()).as(path).isEqualTo(200);
            assertThat(wire.get(firstForm(path, "pnsdk=X%2F1&uuid=a").replaceAll("=$", "")).status()).isEqualTo(200);
            assertThat(wire.get(firstForm(path, "uuid=a").replace("uuid=a", "uuid=b")).status()).isEqualTo(403);
        }
        String added = firstForm(actions, "requestid=1&uuid=a");
        assertThat(wire.post(added, "{\"type\":\"t\",\"value\":\"v\"}").status()).isEqualTo(200);
        assertThat(wire.post(added, "{\"type\":\"t\",\"value\":\"other\"}").status()).as("another body").isEqualTo(403);
        String read = firstForm(history, "uuid=reader");
        assertThat(wire.get(read).status()).isEqualTo(200);
        assertThat(wire.delete(read).status()).as("another method").isEqualTo(403);
        assertThat(wire.get(history + "?uuid=a&timestamp=1&signature=x").status()).isEqualTo(400);
        assertThat(wire.get(firstForm(history, "uuid=b")).body()).contains("\"a\"");
        assertThat(wire.delete(firstForm(history, "uuid=deleter")).status()).isEqualTo(200);
    }

    @Test
    void signatureIsCheckedAgainstTheSentBytes() throws Exception {
        String raw = "/v3/history/sub-key/sub-c-1/channel/Zoë-聊天-" + channel;
        assertThat(wire.get(OWNER.sign("GET", raw + "?uuid=a", "")).status()).isEqualTo(200);
        assertThat(wire.get(firstForm(raw, "uuid=a")).status()).isEqualTo(200);
        assertThat(wire.get(OWNER.sign("GET", raw + "?uuid=+49~'é", "")).status()).as("as sent").isEqualTo(200);
        for (String signed : List.of("uuid=%2B49", "uuid=%2049")) {
            String target = OWNER.sign("GET", raw + "?" + signed, "");
            assertThat(wire.get(target.replace(signed, "uuid=+49")).status()).as(signed).isEqualTo(200);
            assertThat(wire.get(target.replace(signed, "uuid=49")).status()).isEqualTo(403);
        }
    }

    /** Of embedded clients and JavaScript 3. */
    @Test
    void theFirstFormOfSubscribeGivesPayloads() {
        Answer handshake = wire.get("/subscribe/demo/" + channel + "/0/0?uuid=u");
        assertThat(handshake.body()).matches("\\[\\[],\"\\d{17}\"]");
        String from = handshake.json().get(1).asText();
        wire.publish(channel, "{\"text\": \"a\"}");
        long message = wire.publish(channel, "2");
        wire.add(channel, message, "t", "v", "u");
        wire.get("/signal/demo/demo/0/" + channel + "/0/%22s%22");
        Answer told = wire.get("/subscribe/demo/" + channel + "/0/" + from);
        String cursor = told.json().get(1).asText();
        assertThat(told.body()).isEqualTo("[[{\"text\": \"a\"},2,\"s\"],\"" + cursor + "\"]");
        assertThat(wire.get("/v2/presence/sub-key/demo/uuid/u").json().at("/payload/channels/0").asText())
                .isEqualTo(channel);
        assertThat(wire.get("/subscribe/demo/" + channel + "/0/x").json().get("service").asText())
                .isEqualTo("Subscribe");
    }

    @Test
    void theFirstFormOfSubscribeNamesChannelsWhereThereAreSeveral() {
        String other = channel + ".other";
        String group = "g-" + channel;
        wire.get("/v1/channel-registration/sub-key/demo/channel-group/" + group + "?add=" + channel);
        String from = wire.get("/subscribe/demo/" + channel + "," + other + "/0/0").json().get(1).asText();
        wire.publish(channel, "1");
        wire.publish(other, "2");
        JsonNode several = wire.get("/subscribe/demo/" + channel + "%2C" + other + "/0/" + from).json();
        assertThat(several).hasSize(3);
        assertThat(several.get(0).toString()).isEqualTo("[1,2]");
        assertThat(several.get(2).asText()).isEqualTo(channel + "," + other);
        JsonNode grouped = wire.get("/subscribe/demo/" + channel + ".*/0/" + from + "?channel-group=" + group).json();
        assertThat(grouped).hasSize(4);
        assertThat(grouped.get(2).asText()).isEqualTo(group + "," + channel + ".*");
        assertThat(grouped.get(3).asText()).isEqualTo(channel + "," + other);
    }

    /** Half of a surrogate pair, which strict decoders fail on, and with it on all that stands on the same page. */
    @Test
    void loneSurrogateIsRefusedEverywhere() {
        String half = Wire.encode("{\"a\":\"\\ud83d\"}");
        assertThat(wire.get("/publish/demo/demo/0/" + channel + "/0/" + half).body()).startsWith("[0,\"Invalid JSON\"");
        assertThat(wire.post("/publish/demo/demo/0/" + channel + "/0", "\"\\uDE00\"").status()).isEqualTo(400);
        assertThat(wire.get("/publish/demo/demo/0/" + channel + "/0/1?meta=" + half).body())
                .startsWith("[0,\"Invalid meta\"");
        assertThat(wire.get("/signal/demo/demo/0/" + channel + "/0/" + half).status()).isEqualTo(400);
        String presence = "/v2/presence/sub-key/demo/channel/" + channel;
        assertThat(wire.get(presence + "/uuid/u/data?state=" + half).status()).isEqualTo(400);
        String states = Wire.encode("{\"" + channel + "\":{\"a\":\"\\ud83d\"}}");
        assertThat(wire.get(presence + "/heartbeat?uuid=u&state=" + states).status()).isEqualTo(400);
        assertThat(wire.get("/v2/subscribe/demo/" + channel + "/0?uuid=u&state=" + states).status()).isEqualTo(400);
        assertThat(wire.post("/publish/demo/demo/0/" + channel + "/0", "\"\\ud83d\\ude00\"").status()).isEqualTo(200);
        for (String meta : List.of("%7B%22%5Cud83d%22%3A1%7D", "%7B%22a%22%3A+%22%5Cud83d%22%7D",
                "no%20JSON%20%5Cud83d")) {
            assertThat(wire.get("/publish/demo/demo/0/" + channel + "/0/1?meta=" + meta).body()).as(meta)
                    .startsWith("[0,\"Invalid meta\"");
        }
    }

    @Test
    void emptyLastEventIdIsIgnored() {
        String from = "" + (wire.publish(channel, "1") - 1);
        assertThat(wire.send("GET", "/v2/subscribe/demo/" + channel + "/0?tt=" + from, null, "Last-Event-ID: ")
                .json()
                .get("m")).hasSize(1);
    }
}
