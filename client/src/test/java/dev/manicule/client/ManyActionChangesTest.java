package dev.manicule.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.manicule.client.internal.Json;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole sets, removals of many, batches, what an addition replaces, against servers that answer well and badly. */
@Timeout(60)
class ManyActionChangesTest {
    private static final String WAVE_JSON = "{\"messageTimetoken\":\"5\",\"type\":\"reaction\",\"uuid\":\"my uuid\","
            + "\"value\":\"wave\",\"actionTimetoken\":\"9\"}";
    private static final String CRY_JSON = WAVE_JSON.replace("wave", "cry").replace("\"9\"", "\"7\"");
    private static final MessageAction WAVE = new MessageAction("reaction", "wave", 5, "my uuid", 9);
    private static final MessageAction CRY = new MessageAction("reaction", "cry", 5, "my uuid", 7);
    private static final ChangedActions NOTHING = new ChangedActions(List.of(), List.of());
    private static final ChangedActions WAVE_FOR_CRY = new ChangedActions(List.of(WAVE), List.of(CRY));

    @Test
    void additionSaysWhatItReplaced() throws Exception {
        MessageAction wave = MessageAction.of("reaction", "wave", 5);
        try (StubServer server = StubServer.saying(200,
                "{\"data\":" + WAVE_JSON + ",\"toggled\":\"added\",\"replaced\":[" + CRY_JSON + "]}");
                ManiculeClient client = ManiculeClient.of(server.config().build())) {
            Envelope<ChangedActions> envelope = client.addMessageAction("c", wave).withReplaced().sync();
            assertThat(envelope.orThrow()).isEqualTo(WAVE_FOR_CRY);
            assertThat(envelope.status().operation()).isEqualTo(Operation.ADD_MESSAGE_ACTION);
            assertThat(client.addMessageAction("c", wave).sync().orThrow()).isEqualTo(WAVE);
            assertThat(client.toggleMessageAction("c", wave).sync().orThrow())
                    .isEqualTo(new ToggleMessageAction.Result(WAVE, true, List.of(CRY)));
            assertThat(server.requests.get(0)).startsWith("POST /v1/message-actions/demo/channel/c/message/5?");
        }
        try (StubServer server = StubServer.saying(200, "{\"data\":" + WAVE_JSON + "}");
                ManiculeClient client = ManiculeClient.of(server.config().build())) {
            assertThat(client.addMessageAction("c", wave).withReplaced().sync().orThrow())
                    .isEqualTo(new ChangedActions(List.of(WAVE), List.of()));
        }
    }

    @Test
    void setSaysWhatItAddedAndRemoved() throws Exception {
        try (StubServer server = StubServer.saying(200,
                "{\"status\":200,\"data\":{\"added\":[" + WAVE_JSON + "],\"removed\":[" + CRY_JSON + "]}}");
                ManiculeClient client = ManiculeClient.of(server.config().build())) {
            SetMessageActions set = client.setMessageActions("a room", 5, "re&ction", "wave", "\"fire\"");
            Envelope<ChangedActions> envelope = set.sync();
            assertThat(envelope.orThrow()).isEqualTo(WAVE_FOR_CRY);
            assertThat(envelope.status().operation()).isEqualTo(Operation.SET_MESSAGE_ACTIONS);
            assertThat(envelope.status().affectedChannels()).containsExactly("a room");
            set.values(List.of()).sync().orThrow();
            assertThat(server.requests).hasSize(2)
                    .allSatisfy(request -> assertThat(request).startsWith(
                            "PUT /v1/message-actions/demo/channel/a%20room/message/5/actions?uuid=my%20uuid&pnsdk=")
                            .contains("&type=re%26ction&requestid="));
            assertThat(Json.MAPPER.readTree(server.bodies.get(0)))
                    .isEqualTo(Json.MAPPER.readTree("{\"values\":[\"wave\",\"\\\"fire\\\"\"]}"));
            assertThat(server.bodies.get(1)).isEqualTo("{\"values\":[]}");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"{}", "{\"data\":{}}", "{\"data\":{\"added\":[]}}", "{\"data\":{\"added\":[7],\"removed\":[]}}"})
    void setThatDoesNotSayWhatItDidIsMalformed(String body) throws Exception {
        try (StubServer server = StubServer.saying(200, body);
                ManiculeClient client = ManiculeClient.of(server.config().build())) {
            assertThat(client.setMessageActions("c", 5, "t").sync().status().category())
                    .isEqualTo(Category.MALFORMED_RESPONSE);
        }
    }

    @Test
    void removalOfManyNamesWhatItSelects() throws Exception {
        try (StubServer server = StubServer.saying(200, "{\"status\":200,\"removed\":25000}");
                ManiculeClient client = ManiculeClient.of(server.config().build())) {
            RemoveMessageActions all = client.removeMessageActions("a room", 5);
            Envelope<RemoveMessageActions.Result> envelope = all.sync();
            assertThat(envelope.orThrow().removed()).isEqualTo(25_000);
            assertThat(envelope.status().operation()).isEqualTo(Operation.REMOVE_MESSAGE_ACTIONS);
            assertThat(envelope.status().affectedChannels()).containsExactly("a room");
            all.type("reaction").value("w&ve").uuid("bob").sync().orThrow();
            all.type("reaction").everyone().sync().orThrow();
            assertThat(server.requests).allSatisfy(request -> assertThat(request)
                    .startsWith("DELETE /v1/message-actions/demo/channel/a%20room/message/5/actions?uuid=my%20uuid&"));
            assertThat(server.requests.get(0)).doesNotContain("type=", "value=", "of=", "everyone=");
            assertThat(server.requests.get(1)).contains("&type=reaction&value=w%26ve&of=bob&")
                    .doesNotContain("everyone=");
            assertThat(server.requests.get(2)).contains("&type=reaction&everyone=true&").doesNotContain("of=");
        }
        try (StubServer server = StubServer.saying(200, "{\"status\":200,\"data\":{}}");
                ManiculeClient client = ManiculeClient.of(server.config().build())) {
            assertThat(client.removeMessageActions("c", 5).sync().status().category())
                    .as("a server that does not say how many")
                    .isEqualTo(Category.MALFORMED_RESPONSE);
        }
    }

    @Test
    @SuppressWarnings("NullAway") // as a program without a checker of nulls may
    void missingSelectionNeverRemovesMore() throws Exception {
        try (StubServer server = StubServer.saying(200, "{\"status\":200,\"removed\":1}");
                ManiculeClient client = ManiculeClient.of(server.config().build())) {
            RemoveMessageActions all = client.removeMessageActions("c", 5);
            refused(all.type(null), "type");
            refused(all.type("t").value(null), "value");
            refused(all.type(""), "type");
            refused(all.value("v"), "type");
            refused(all.uuid(""), "uuid");
            refused(all.uuid("bob").everyone(), "uuid and everyone");
            refused(client.removeMessageActions().messageTimetoken(5), "channel");
            refused(client.removeMessageActions().channel("c"), "messageTimetoken");
            assertThat(server.requests).isEmpty();
        }
    }

    @Test
    void missingArgumentOfASetIsNamedBeforeTheRequest() throws Exception {
        try (StubServer server = StubServer.saying(200, "{}");
                ManiculeClient client = ManiculeClient.of(server.config().build())) {
            SetMessageActions set = client.setMessageActions();
            refused(set.messageTimetoken(5).type("t").values("v"), "channel");
            refused(set.channel("c").type("t").values("v"), "messageTimetoken");
            refused(set.channel("c").messageTimetoken(5).values("v"), "type");
            refused(set.channel("c").messageTimetoken(5).type("t"), "values are missing");
            refused(client.setMessageActions("c", 5, "t", "v", ""), "values");
            assertThat(server.requests).isEmpty();
        }
    }

    @Test
    void batchSendsItsChangesInOrderAndReportsEach() throws Exception {
        String body = "{\"status\":200,\"data\":[{\"status\":200,\"added\":[" + WAVE_JSON + "],\"removed\":[" + CRY_JSON
                + "]},{\"status\":409,\"error\":{\"message\":\"Action Already Added\"},\"data\":" + CRY_JSON
                + "},{\"status\":404,\"error\":{\"message\":\"Message Not Found\"}}]}";
        try (StubServer server = StubServer.saying(200, body);
                ManiculeClient client = ManiculeClient.of(server.config().build())) {
            Envelope<ChangeMessageActions.Result> envelope = client.changeMessageActions("a room")
                    .add(MessageAction.of("reaction", "wave", 5))
                    .toggle(MessageAction.of("t", "\"v\"", 6))
                    .remove(new MessageAction("t", "v", 7, "bob", 8))
                    .sync();
            assertThat(envelope.orThrow().outcomes()).containsExactly(
                    new ChangeMessageActions.Outcome(Category.ACKNOWLEDGMENT, 200, WAVE_FOR_CRY, null),
                    new ChangeMessageActions.Outcome(Category.CONFLICT, 409, NOTHING,
                            new Status.ErrorData("Action Already Added", null, CRY)),
                    new ChangeMessageActions.Outcome(Category.UNKNOWN, 404, NOTHING,
                            new Status.ErrorData("Message Not Found", null)));
            assertThat(envelope.orThrow().outcomes()).extracting(ChangeMessageActions.Outcome::isError)
                    .containsExactly(false, true, true);
            assertThat(envelope.status().operation()).isEqualTo(Operation.CHANGE_MESSAGE_ACTIONS);
            assertThat(envelope.status().affectedChannels()).containsExactly("a room");
            assertThat(server.requests).singleElement()
                    .asString()
                    .startsWith("POST /v1/message-actions/demo/channel/a%20room/batch?uuid=my%20uuid&")
                    .contains("&requestid=");
            assertThat(Json.MAPPER.readTree(server.bodies.get(0))).isEqualTo(Json.MAPPER.readTree("""
                    {"atomic": false, "changes": [
                      {"change": "add", "messageTimetoken": "5", "type": "reaction", "value": "wave"},
                      {"change": "toggle", "messageTimetoken": "6", "type": "t", "value": "\\"v\\""},
                      {"change": "remove", "messageTimetoken": "7", "type": "t", "value": "v", "of": "bob"}]}"""));
        }
    }

    @Test
    void refusedAtomicBatchNamesTheChange() throws Exception {
        try (StubServer server = StubServer.saying(409,
                "{\"status\":409,\"error\":{\"message\":\"there\"},\"data\":" + WAVE_JSON + ",\"change\":1}");
                ManiculeClient client = ManiculeClient.of(server.config().build())) {
            Status status = client.changeMessageActions("c").toggle(WAVE).add(WAVE).atomic().sync().status();
            assertThat(status.category()).isEqualTo(Category.CONFLICT);
            assertThat(status.errorData()).isEqualTo(new Status.ErrorData("there", null, WAVE, OptionalInt.of(1)));
            assertThat(server.bodies.get(0)).contains("\"atomic\":true");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"data\":[]}", "{\"data\":[{}]}", "{\"data\":[{\"status\":200}]}",
            "{\"data\":[{\"status\":409},{\"status\":409}]}"})
    void batchThatDoesNotReportEachChangeIsMalformed(String body) throws Exception {
        try (StubServer server = StubServer.saying(200, body);
                ManiculeClient client = ManiculeClient.of(server.config().build())) {
            assertThat(client.changeMessageActions("c").add(WAVE).sync().status().category())
                    .isEqualTo(Category.MALFORMED_RESPONSE);
        }
    }

    @Test
    void missingArgumentOfABatchIsNamedBeforeTheRequest() throws Exception {
        try (StubServer server = StubServer.saying(200, "{}");
                ManiculeClient client = ManiculeClient.of(server.config().build())) {
            refused(client.changeMessageActions().add(WAVE), "channel");
            refused(client.changeMessageActions("c"), "changes are missing");
            refused(client.changeMessageActions("c").add(WAVE).toggle(MessageAction.of("", "v", 1)), "type");
            refused(client.changeMessageActions("c").add(MessageAction.of("t", "", 1)), "value");
            refused(client.changeMessageActions("c").add(MessageAction.of("t", "v", 0)), "messageTimetoken");
            refused(client.changeMessageActions("c").remove(new MessageAction("t", "v", 1, "", 0)), "uuid");
            assertThat(server.requests).isEmpty();
        }
    }

    @Test
    void rulesHaveWhatTheServerSays() throws Exception {
        try (StubServer server = StubServer.saying(200, """
                {"status":200,"data":[
                  {"type":"reaction","rule":"one","values":["wave","cry"],"addedBy":"users","removedBy":"author"},
                  {"type":"tag","rule":"many","mostValues":3,"mostByUser":2,"addedBy":"users","removedBy":"owner"},
                  {"type":"stars","rule":"median","addedBy":"users","ttlSeconds":60,"removedBy":"author"},
                  {"type":"*","rule":"once","addedBy":"owner","removedBy":"author"}]}""");
                ManiculeClient client = ManiculeClient.of(server.config().build())) {
            Envelope<GetActionRules.Result> envelope = client.getActionRules().sync();
            GetActionRules.Result rules = envelope.orThrow();
            assertThat(rules.rules()).containsExactly(
                    new ActionRule("reaction", ActionRule.Kind.ONE, List.of("wave", "cry"), ActionRule.Most.ANY, false,
                            false),
                    new ActionRule("tag", ActionRule.Kind.MANY, List.of(),
                            new ActionRule.Most(OptionalInt.of(3), OptionalInt.of(2), Optional.empty()), false, true),
                    new ActionRule("stars", ActionRule.Kind.UNKNOWN, List.of(), new ActionRule.Most(OptionalInt.empty(),
                            OptionalInt.empty(), Optional.of(Duration.ofMinutes(1))), false, false),
                    new ActionRule("*", ActionRule.Kind.ONCE, List.of(), ActionRule.Most.ANY, true, false));
            assertThat(rules.rule("reaction").allows("cry")).isTrue();
            assertThat(rules.rule("reaction").allows("boo")).isFalse();
            assertThat(rules.rule("tag").allows("boo")).isTrue();
            assertThat(rules.rule("other")).isEqualTo(rules.rules().get(3));
            assertThat(envelope.status().operation()).isEqualTo(Operation.GET_ACTION_RULES);
            assertThat(server.requests).singleElement()
                    .asString()
                    .startsWith("GET /v1/message-actions/demo/rules?uuid=my%20uuid&");
        }
    }

    @Test
    void typeWithoutARuleAllowsEverything() throws Exception {
        try (StubServer server = StubServer.saying(200, "{\"status\":200,\"data\":[]}");
                ManiculeClient client = ManiculeClient.of(server.config().build())) {
            ActionRule rule = client.getActionRules().sync().orThrow().rule("reaction");
            assertThat(rule.kind()).isEqualTo(ActionRule.Kind.MANY);
            assertThat(rule.allows("anything")).isTrue();
            assertThat(rule.isAddedByOwner() || rule.isRemovedByOwner()).isFalse();
        }
    }

    private static void refused(Call<?> call, String name) {
        assertThatThrownBy(call::sync).isInstanceOf(IllegalArgumentException.class).hasMessageContaining(name);
    }
}
