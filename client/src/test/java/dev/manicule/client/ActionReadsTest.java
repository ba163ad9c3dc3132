package dev.manicule.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Summaries, the users of an action, the actions of a user, against servers that answer well and badly. */
@Timeout(60)
class ActionReadsTest {
    private static final String SUMMARY = "{\"asOf\":\"20\",\"actions\":{\"reaction\":{\"wave\":{\"count\":4,\"first\":"
            + "[{\"uuid\":\"zoe\",\"actionTimetoken\":\"11\"},{\"uuid\":\"ann\",\"actionTimetoken\":\"12\"}],"
            + "\"mine\":\"12\"},\"smile\":{\"count\":1,\"first\":[]}}}}";

    private static String requested(String uri) {
        return uri.replaceAll(".*messages=([0-9%C]*).*", "$1").replace("%2C", ",");
    }

    /** Responds with at most so many summaries, as a server does whose response would be too large. */
    private static StubServer summing(int most) throws Exception {
        return new StubServer(exchange -> {
            List<String> messages = List.of(requested(exchange.getRequestURI().toString()).split(","));
            List<String> fitting = messages.subList(0, Math.min(most, messages.size()));
            String more = fitting.size() == messages.size()
                    ? ""
                    : ",\"more\":{\"messages\":[\"" + String.join("\",\"",
                            messages.subList(fitting.size(), messages.size())) + "\"]}";
            StubServer.say(exchange, 200, "{\"status\":200,\"data\":{" + fitting.stream()
                    .map(message -> "\"" + message + "\":{\"asOf\":\"" + (Long.parseLong(message) + 1000)
                            + "\",\"actions\":{}}")
                    .collect(Collectors.joining(",")) + "}" + more + "}");
        });
    }

    @Test
    void summaryHasCountsFirstUsersAndTheReadersOwn() throws Exception {
        try (StubServer server = StubServer.saying(200, "{\"status\":200,\"data\":{\"5\":" + SUMMARY + "}}");
                ManiculeClient client = ManiculeClient.of(server.config().build())) {
            Envelope<GetActionSummaries.Result> envelope = client.getActionSummaries("a room", 5).sync();
            ActionSummary summary = envelope.orThrow().summary(5);
            assertThat(server.requests).singleElement()
                    .asString()
                    .startsWith(
                            "GET /v1/message-actions/demo/channel/a%20room/summary?uuid=my%20uuid&pnsdk=")
                    .contains("&messages=5");
            assertThat(envelope.status().operation()).isEqualTo(Operation.GET_ACTION_SUMMARIES);
            assertThat(envelope.status().affectedChannels()).containsExactly("a room");
            ActionTally wave = new ActionTally(4,
                    List.of(new FetchMessages.Actor("zoe", 11), new FetchMessages.Actor("ann", 12)),
                    OptionalLong.of(12));
            ActionTally smile = new ActionTally(1, List.of(), OptionalLong.empty());
            assertThat(summary).isEqualTo(new ActionSummary("a room", 5, "my uuid", 20,
                    Map.of("reaction", Map.of("wave", wave, "smile", smile)), false));
            assertThat(summary.tally("reaction", "wave")).isEqualTo(wave);
            assertThat(summary.tally("reaction", "frown").count()).isZero();
            assertThat(summary.tally("receipt", "wave").count()).isZero();
            assertThatThrownBy(() -> envelope.orThrow().summary(6)).isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("message 6");
        }
    }

    @Test
    void manyMessagesAreSeveralRequestsOfAHundred() throws Exception {
        long[] messages = LongStream.rangeClosed(1, 250).map(i -> 251 - i).toArray();
        try (StubServer server = summing(100); ManiculeClient client = ManiculeClient.of(server.config().build())) {
            GetActionSummaries.Result result = client.getActionSummaries("c", messages)
                    .messages(List.of(7L, 7L))
                    .sync()
                    .orThrow();
            assertThat(result.summaries().keySet()).as("in the order of the request")
                    .containsExactlyElementsOf(LongStream.of(messages).boxed().toList());
            assertThat(result.summaries().values()).allMatch(each -> each.asOf() == each.messageTimetoken() + 1000);
            assertThat(server.requests).extracting(uri -> requested(uri).split(",").length)
                    .containsExactly(100, 100, 50);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sync", "future", "async"})
    void messagesThatTheServerLeavesOutAreRequestedAgain(String way) throws Exception {
        try (StubServer server = summing(2); ManiculeClient client = ManiculeClient.of(server.config().build())) {
            GetActionSummaries call = client.getActionSummaries("c", 1, 2, 3, 4, 5);
            CompletableFuture<GetActionSummaries.Result> got = new CompletableFuture<>();
            switch (way) {
                case "sync" -> got.complete(call.sync().orThrow());
                case "future" -> got.complete(call.future().get().orThrow());
                default -> call.async((result, status) -> got.complete(result));
            }
            assertThat(got.get().summaries().keySet()).containsExactly(1L, 2L, 3L, 4L, 5L);
            assertThat(server.requests).extracting(ActionReadsTest::requested)
                    .containsExactly("1,2,3,4,5", "3,4,5", "5");
        }
    }

    @Test
    void failureOfALaterRequestIsThatOfTheCall() throws Exception {
        AtomicInteger requests = new AtomicInteger();
        try (StubServer server = new StubServer(exchange -> {
            boolean isFirst = requests.getAndIncrement() == 0;
            StubServer.say(exchange, isFirst ? 200 : 403,
                    isFirst ? "{\"data\":{\"1\":" + SUMMARY + "}}" : "{\"message\":\"Forbidden\"}");
        }); ManiculeClient client = ManiculeClient.of(server.config().build())) {
            Envelope<GetActionSummaries.Result> envelope = client.getActionSummaries("c", 1, 2).sync();
            assertThat(envelope.result()).isNull();
            assertThat(envelope.status().category()).isEqualTo(Category.ACCESS_DENIED);
        }
    }

    /** It must not ask for ever. */
    @Test
    void responseWithoutAnyRequestedSummaryIsMalformed() throws Exception {
        try (StubServer server = StubServer.saying(200, "{\"data\":{},\"more\":{\"messages\":[\"1\"]}}");
                ManiculeClient client = ManiculeClient.of(server.config().build())) {
            assertThat(client.getActionSummaries("c", 1).sync().status().category())
                    .isEqualTo(Category.MALFORMED_RESPONSE);
            assertThat(server.requests).hasSize(1);
        }
    }

    @Test
    void cancellingTheFutureEndsTheRequestsThatFollow() throws Exception {
        CountDownLatch second = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        AtomicInteger requests = new AtomicInteger();
        try (StubServer server = new StubServer(exchange -> {
            if (requests.getAndIncrement() > 0) {
                second.countDown();
                release.await();
            }
            String message = requested(exchange.getRequestURI().toString()).replaceAll(",.*", "");
            StubServer.say(exchange, 200, "{\"data\":{\"" + message + "\":" + SUMMARY + "}}");
        }); ManiculeClient client = ManiculeClient.of(server.config().build())) {
            CompletableFuture<Envelope<GetActionSummaries.Result>> future = client.getActionSummaries("c", 1, 2, 3)
                    .future();
            second.await();
            assertThat(future.cancel(true)).isTrue();
            release.countDown();
            assertThat(client.getActionSummaries("c", 9).future().get().orThrow().summaries()).containsOnlyKeys(9L);
            assertThat(server.requests).extracting(ActionReadsTest::requested).containsExactly("1,2,3", "2,3", "9");
        }
    }

    /** Pages of three actions, with numbers as timetokens, and the number of the next page as the cursor. */
    private static StubServer paging(int pages) throws Exception {
        return new StubServer(exchange -> {
            String uri = exchange.getRequestURI().toString();
            int page = uri.contains("cursor=") ? Integer.parseInt(uri.replaceAll(".*cursor=p(\\d+).*", "$1")) : 0;
            String actions = LongStream.range(page * 3L, page * 3L + (page == 1 ? 0 : 3)) // the second one is empty
                    .mapToObj(i -> "{\"messageTimetoken\":\"5\",\"type\":\"t\",\"value\":\"v\",\"uuid\":\"u" + i
                            + "\",\"actionTimetoken\":\"" + (i + 1) + "\"}")
                    .collect(Collectors.joining(","));
            StubServer.say(exchange, 200, "{\"status\":200,\"data\":[" + actions + "]" + (page + 1 == pages
                    ? "}"
                    : ",\"more\":{\"url\":\"/elsewhere\",\"cursor\":\"p" + (page + 1) + "\",\"limit\":3}}"));
        });
    }

    @Test
    void usersOfAnActionAreWalkedPageByPage() throws Exception {
        try (StubServer server = paging(3); ManiculeClient client = ManiculeClient.of(server.config().build())) {
            GetActionsOn call = client.getActionsOn("a room", 5)
                    .type("reac tion")
                    .value("wa&ve")
                    .newestFirst()
                    .limit(3);
            assertThat(call.stream().map(MessageAction::uuid)).containsExactly("u0", "u1", "u2", "u6", "u7", "u8");
            assertThat(server.requests).hasSize(3)
                    .allMatch(uri -> uri.startsWith("GET /v1/message-actions/demo/channel/a%20room/message/5?"))
                    .allMatch(uri -> uri.contains("&limit=3&type=reac%20tion&value=wa%26ve&order=newest"));
            assertThat(server.requests.get(0)).doesNotContain("cursor");
            assertThat(server.requests.get(2)).contains("cursor=p2");
            assertThat(call.stream().findFirst()).isPresent();
            assertThat(server.requests).as("no page before it is needed").hasSize(4);
            ActionPage page = call.sync().orThrow();
            assertThat(page.actions()).hasSize(3);
            assertThat(page.cursor()).isEqualTo("p1");
            assertThat(call.cursor("p2").sync().orThrow().cursor()).isNull();
            assertThat(call.sync().status().operation()).isEqualTo(Operation.GET_ACTIONS_ON_MESSAGE);
        }
    }

    @Test
    void actionsOfAUserAreWalkedPageByPage() throws Exception {
        try (StubServer server = paging(3); ManiculeClient client = ManiculeClient.of(server.config().build())) {
            GetActionsBy call = client.getActionsBy("c", "bob/é");
            assertThat(call.stream()).hasSize(6);
            assertThat(server.requests).hasSize(3)
                    .allMatch(uri -> uri.startsWith("GET /v1/message-actions/demo/channel/c/user/bob%2F%C3%A9?"))
                    .allMatch(uri -> uri.contains("&limit=100") && !uri.contains("order"));
            assertThat(call.newestFirst().limit(7).cursor("p2").sync().status().operation())
                    .isEqualTo(Operation.GET_ACTIONS_BY_USER);
            assertThat(server.requests.get(3)).contains("&limit=7&order=newest&cursor=p2");
        }
    }

    @Test
    void missingArgumentIsNamedBeforeAnythingIsSent() throws Exception {
        try (StubServer server = summing(1); ManiculeClient client = ManiculeClient.of(server.config().build())) {
            refused(client.getActionSummaries().messages(1), "channel");
            refused(client.getActionSummaries("c"), "messageTimetokens");
            refused(client.getActionSummaries("c", 0), "messageTimetoken");
            refused(client.getActionsOn().channel("c"), "messageTimetoken");
            refused(client.getActionsOn().messageTimetoken(1), "channel");
            refused(client.getActionsOn("c", 1).value("v"), "type");
            refused(client.getActionsBy().channel("c"), "uuid");
            refused(client.getActionsBy().uuid("u"), "channel");
            assertThatThrownBy(() -> client.getActionsOn("c", 1).value("v").stream()).hasMessageContaining("type");
            assertThatThrownBy(() -> client.getActionsBy("", "u").stream()).hasMessageContaining("channel");
            assertThatThrownBy(() -> client.getActionsOn("c", 1).limit(0)).hasMessageContaining("limit");
            assertThatThrownBy(() -> client.getActionsBy("c", "u").limit(0)).hasMessageContaining("limit");
            assertThat(server.requests).isEmpty();
        }
    }

    private static void refused(Call<?> call, String name) {
        assertThatThrownBy(call::sync).isInstanceOf(IllegalArgumentException.class).hasMessageContaining(name);
    }

    @Test
    void messageOfHistoryHasItsSummaryOnRequest() throws Exception {
        String message = "{\"message\":1,\"timetoken\":\"%d\",\"uuid\":\"u\",\"custom_message_type\":\"x\"%s}";
        String body = "{\"status\":200,\"channels\":{\"c\":[" + message.formatted(5, ",\"action_summary\":" + SUMMARY)
                + "," + message.formatted(6, "") + "]}}";
        try (StubServer server = StubServer.saying(200, body);
                ManiculeClient client = ManiculeClient.of(server.config().build())) {
            FetchMessages call = client.fetchMessages("c").includeActionSummary(true);
            List<FetchMessages.Message> messages = call.sync().orThrow().channels().getOrDefault("c", List.of());
            assertThat(server.requests.get(0)).startsWith("GET /v3/history/").contains("&include_action_summary=true");
            ActionSummary summary = messages.get(0).actionSummary();
            assertThat(summary).isNotNull();
            assertThat(summary.channel()).isEqualTo("c");
            assertThat(summary.messageTimetoken()).isEqualTo(5);
            assertThat(summary.reader()).isEqualTo("my uuid");
            assertThat(summary.tally("reaction", "wave").mine()).hasValue(12);
            assertThat(messages.get(0).customMessageType()).isEqualTo("x");
            assertThat(messages.get(1).actionSummary()).isNull();
            var unused = call.includeMessageActions(true).sync();
            assertThat(server.requests.get(1)).startsWith("GET /v3/history-with-actions/")
                    .contains("&include_action_summary=true");
            unused = call.includeActionSummary(false).sync();
            assertThat(server.requests.get(2)).doesNotContain("include_action_summary");
        }
    }

    @Test
    void messageOfHistoryIsAsItsPublisherHasItNowOnRequest() throws Exception {
        String message = "{\"message\":{\"text\":\"a\"},\"timetoken\":\"%d\",\"uuid\":\"u\"%s}";
        String by = "{\"uuid\":\"u\",\"actionTimetoken\":\"9\"}";
        String body = "{\"status\":200,\"channels\":{\"c\":["
                + message.formatted(5, ",\"effective\":{\"message\":{\"text\":\"b\"},\"edited\":" + by + "}") + ","
                + message.formatted(6, ",\"effective\":{\"message\":null,\"edited\":" + by + "}") + ","
                + message.formatted(7, ",\"effective\":{\"deleted\":" + by + "}") + ","
                + message.formatted(8, "") + "]}}";
        try (StubServer server = StubServer.saying(200, body);
                ManiculeClient client = ManiculeClient.of(server.config().build())) {
            FetchMessages call = client.fetchMessages("c").includeEffective(true);
            List<FetchMessages.Message> messages = call.sync().orThrow().channels().getOrDefault("c", List.of());
            assertThat(server.requests.get(0)).startsWith("GET /v3/history/").contains("&include_effective=true");
            FetchMessages.Actor actor = new FetchMessages.Actor("u", 9);
            assertThat(messages).extracting(each -> String.valueOf(each.current()))
                    .containsExactly("{\"text\":\"b\"}", "null", "null", "{\"text\":\"a\"}");
            assertThat(messages).extracting(each -> each.effective() != null && each.effective().isDeleted())
                    .as("an edit to JSON null is no deletion")
                    .containsExactly(false, false, true, false);
            assertThat(messages.subList(0, 3)).allSatisfy(
                    each -> assertThat(each.effective()).isNotNull().extracting("by").isEqualTo(actor));
            assertThat(messages.get(3).effective()).isNull();
            assertThat(messages).allMatch(each -> each.message().path("text").asText().equals("a"));
            var unused = call.includeMessageActions(true).includeEffective(false).sync();
            assertThat(server.requests.get(1)).startsWith("GET /v3/history-with-actions/")
                    .doesNotContain("include_effective");
        }
    }

    @Test
    void eventHasTheCountThatTheServerSays() throws Exception {
        String event = "{\"c\":\"c\",\"e\":3,\"i\":\"u\",\"p\":{\"t\":\"%d\",\"r\":1},\"d\":{\"source\":\"actions\","
                + "\"version\":\"1.0\",\"event\":\"added\",\"data\":{\"messageTimetoken\":\"1\",\"type\":\"t\","
                + "\"value\":\"v\",\"actionTimetoken\":\"2\"}%s}}";
        String events = Stream.of(event.formatted(2, ",\"count\":7"), event.formatted(3, ""))
                .collect(Collectors.joining(","));
        CountDownLatch over = new CountDownLatch(1);
        try (StubServer server = new StubServer(exchange -> {
            String uri = exchange.getRequestURI().toString();
            if (uri.contains("tt=9")) {
                over.await();
            }
            boolean isHandshake = uri.contains("tt=0");
            StubServer.say(exchange, 200, isHandshake
                    ? "{\"t\":{\"t\":\"1\",\"r\":1},\"m\":[]}"
                    : "{\"t\":{\"t\":\"9\",\"r\":1},\"m\":[" + events + "]}");
        }); ManiculeClient client = ManiculeClient.of(server.config().build())) {
            BlockingQueue<MessageActionEvent> received = new LinkedBlockingQueue<>();
            client.addListener(new Listener() {
                @Override
                public void messageAction(MessageActionEvent each) {
                    received.add(each);
                }
            });
            client.subscribe("c");
            assertThat(received.poll(30, TimeUnit.SECONDS).count()).hasValue(7);
            assertThat(received.poll(30, TimeUnit.SECONDS).count()).as("an older server says none").isEmpty();
            over.countDown();
        }
    }
}
