package dev.manicule.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Read marks and unread counts, against servers that answer well and badly. */
@Timeout(60)
class ReadMarksTest {
    private static final String ANN = "{\"uuid\":\"ann\",\"timetoken\":\"5\",\"markedAt\":\"8\"}";
    private static final String BOB = "{\"uuid\":\"bob\",\"timetoken\":\"6\",\"markedAt\":\"7\"}";

    /** The channels of a request for unread counts. */
    private static List<String> requested(String uri) {
        return Stream.of(uri.replaceAll(".*/unread/([^?]*).*", "$1").split(","))
                .map(name -> URLDecoder.decode(name, StandardCharsets.UTF_8))
                .toList();
    }

    @Test
    void markSaysWhereItStands() throws Exception {
        try (StubServer server = StubServer.saying(200,
                "{\"status\":200,\"data\":{\"uuid\":\"my uuid\",\"timetoken\":\"9\"}}");
                ManiculeClient client = ManiculeClient.of(server.config().build())) {
            Envelope<MarkRead.Result> envelope = client.markRead("a room", 5).sync();
            assertThat(envelope.orThrow()).isEqualTo(new MarkRead.Result(9));
            assertThat(envelope.status().operation()).isEqualTo(Operation.MARK_READ);
            assertThat(envelope.status().affectedChannels()).containsExactly("a room");
            assertThat(server.requests).singleElement()
                    .asString()
                    .startsWith("POST /v1/read-marks/demo/channel/a%20room?uuid=my%20uuid&");
            assertThat(server.bodies).containsExactly("{\"timetoken\":\"5\"}");
        }
    }

    @Test
    void marksComePageByPage() throws Exception {
        try (StubServer server = new StubServer(exchange -> StubServer.say(exchange, 200,
                exchange.getRequestURI().toString().contains("cursor=")
                        ? "{\"data\":[" + BOB + "]}"
                        : "{\"data\":[" + ANN + "],\"more\":{\"cursor\":\"a&b\"}}"));
                ManiculeClient client = ManiculeClient.of(server.config().build())) {
            GetReadMarks get = client.getReadMarks("a room").since(4).newestFirst().limit(1);
            ReadMark ann = new ReadMark("ann", 5, 8);
            Envelope<ReadMarkPage> envelope = get.sync();
            assertThat(envelope.orThrow()).isEqualTo(new ReadMarkPage(List.of(ann), "a&b"));
            assertThat(envelope.status().operation()).isEqualTo(Operation.GET_READ_MARKS);
            assertThat(envelope.status().affectedChannels()).containsExactly("a room");
            assertThat(server.requests.get(0)).startsWith("GET /v1/read-marks/demo/channel/a%20room?uuid=my%20uuid&")
                    .contains("&limit=1&since=4&order=newest&");
            assertThat(get.stream()).containsExactly(ann, new ReadMark("bob", 6, 7));
            assertThat(server.requests.get(2)).contains("&limit=1&since=4&order=newest&cursor=a%26b&");
        }
    }

    /** Responds with the last digits of a channel as its count. */
    private static StubServer counting() throws Exception {
        return new StubServer(exchange -> StubServer.say(exchange, 200,
                requested(exchange.getRequestURI().toString()).stream()
                        .map(channel -> "\"" + channel + "\":{\"timetoken\":\"0\",\"unread\":" + channel.substring(2)
                                + "}")
                        .collect(Collectors.joining(",", "{\"status\":200,\"data\":{", "}}"))));
    }

    @Test
    void manyChannelsAreSeveralRequestsOfAHundred() throws Exception {
        List<String> channels = IntStream.rangeClosed(1, 250).mapToObj(i -> "c," + (251 - i)).toList();
        try (StubServer server = counting(); ManiculeClient client = ManiculeClient.of(server.config().build())) {
            Envelope<GetUnreadCounts.Result> envelope = client.getUnreadCounts(channels.get(0))
                    .channels(channels)
                    .channels("c,7")
                    .sync();
            GetUnreadCounts.Result result = envelope.orThrow();
            assertThat(result.channels().keySet()).as("in the order of the request")
                    .containsExactlyElementsOf(channels);
            assertThat(result.channels()).allSatisfy((channel, unread) -> assertThat(unread)
                    .isEqualTo(new GetUnreadCounts.Unread(0, Long.parseLong(channel.substring(2)))));
            assertThat(result.unread("c,7").count()).isEqualTo(7);
            assertThatThrownBy(() -> result.unread("other")).isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("channel other");
            assertThat(envelope.status().operation()).isEqualTo(Operation.GET_UNREAD_COUNTS);
            assertThat(envelope.status().affectedChannels()).containsExactlyElementsOf(channels);
            assertThat(server.requests).extracting(uri -> requested(uri).size()).containsExactly(100, 100, 50);
            assertThat(server.requests.get(0)).startsWith("GET /v1/read-marks/demo/unread/c%2C250,c%2C249,");
        }
    }

    /** It must not be a count of 0: the user would believe that all is read. */
    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"data\":{}}", "{\"data\":{\"d\":{\"timetoken\":\"0\",\"unread\":1}}}",
            "{\"data\":{\"c\":{\"timetoken\":\"0\"}}}", "{\"data\":{\"c\":{\"unread\":1}}}"})
    void missingCountIsMalformed(String body) throws Exception {
        try (StubServer server = StubServer.saying(200, body);
                ManiculeClient client = ManiculeClient.of(server.config().build())) {
            assertThat(client.getUnreadCounts("c").sync().status().category())
                    .isEqualTo(Category.MALFORMED_RESPONSE);
        }
    }

    @Test
    void missingArgumentIsNamedBeforeTheRequest() throws Exception {
        try (StubServer server = StubServer.saying(200, "{}");
                ManiculeClient client = ManiculeClient.of(server.config().build())) {
            refused(client.markRead().timetoken(1), "channel");
            refused(client.markRead().channel("c"), "timetoken");
            refused(client.markRead("c", 0), "timetoken");
            refused(client.getReadMarks(), "channel");
            refused(client.getUnreadCounts(), "channel");
            refused(client.getUnreadCounts("c", ""), "channel");
            assertThatThrownBy(() -> client.getReadMarks("c").since(0)).isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("timetoken");
            assertThatThrownBy(() -> client.getReadMarks("c").limit(0)).isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("limit");
            assertThat(server.requests).isEmpty();
        }
    }

    private static void refused(Call<?> call, String name) {
        assertThatThrownBy(call::sync).isInstanceOf(IllegalArgumentException.class).hasMessageContaining(name);
    }
}
