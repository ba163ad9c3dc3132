package dev.manicule.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.manicule.client.internal.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Toggles, removals by type and value, conflicts, against servers that answer well and badly. */
@Timeout(60)
class ActionChangesTest {
    private static final String ACTION = "\"data\":{\"messageTimetoken\":\"5\",\"type\":\"reaction\",\"uuid\":\"my uuid\","
            + "\"value\":\"wave\",\"actionTimetoken\":\"9\"}";
    private static final MessageAction WAVE = new MessageAction("reaction", "wave", 5, "my uuid", 9);

    @ParameterizedTest
    @CsvSource({"added,true", "removed,false"})
    void toggleSaysWhatTheServerDid(String how, boolean isAdded) throws Exception {
        try (StubServer server = StubServer.saying(200, "{\"status\":200," + ACTION + ",\"toggled\":\"" + how + "\"}");
                ManiculeClient client = ManiculeClient.of(server.config().build())) {
            Envelope<ToggleMessageAction.Result> envelope = client
                    .toggleMessageAction("a room", MessageAction.of("reaction", "wave", 5))
                    .sync();
            assertThat(envelope.orThrow()).isEqualTo(new ToggleMessageAction.Result(WAVE, isAdded));
            assertThat(server.requests).singleElement()
                    .asString()
                    .startsWith("POST /v1/message-actions/demo/channel/a%20room/message/5?uuid=my%20uuid&pnsdk=")
                    .contains("&toggle=true&requestid=");
            assertThat(Json.MAPPER.readTree(server.bodies.get(0)))
                    .isEqualTo(Json.MAPPER.readTree("{\"type\":\"reaction\",\"value\":\"wave\"}"));
            assertThat(envelope.status().operation()).isEqualTo(Operation.TOGGLE_MESSAGE_ACTION);
            assertThat(envelope.status().affectedChannels()).containsExactly("a room");
        }
    }

    /** A server without toggles adds the action, and says nothing of it: the client must not say that it knows. */
    @ParameterizedTest
    @ValueSource(strings = {"{" + ACTION + "}", "{" + ACTION + ",\"toggled\":\"replaced\"}", "{\"toggled\":\"added\"}",
            "{" + ACTION + ",\"toggled\":true}"})
    void toggleThatDoesNotSayWhichIsMalformed(String body) throws Exception {
        try (StubServer server = StubServer.saying(200, body);
                ManiculeClient client = ManiculeClient.of(server.config().build())) {
            Envelope<ToggleMessageAction.Result> envelope = client
                    .toggleMessageAction("c", MessageAction.of("reaction", "wave", 5))
                    .sync();
            assertThat(envelope.result()).isNull();
            assertThat(envelope.status().category()).isEqualTo(Category.MALFORMED_RESPONSE);
        }
    }

    @Test
    void removalByValueNamesTypeValueAndOwner() throws Exception {
        try (StubServer server = StubServer.saying(200, "{\"status\":200," + ACTION + "}");
                ManiculeClient client = ManiculeClient.of(server.config().build())) {
            RemoveMessageActionByValue own = client.removeMessageActionByValue("a room", 5, "reaction", "w&ve");
            Envelope<MessageAction> envelope = own.sync();
            assertThat(envelope.orThrow()).isEqualTo(WAVE);
            assertThat(envelope.status().operation()).isEqualTo(Operation.REMOVE_MESSAGE_ACTION_BY_VALUE);
            assertThat(envelope.status().affectedChannels()).containsExactly("a room");
            own.uuid("bob").sync().orThrow();
            own.uuid("bob").uuid(null).sync().orThrow();
            assertThat(server.requests).hasSize(3)
                    .allSatisfy(request -> assertThat(request)
                            .startsWith("DELETE /v1/message-actions/demo/channel/a%20room/message/5?uuid=my%20uuid&")
                            .contains("&type=reaction&value=w%26ve&"));
            assertThat(server.requests.get(0)).doesNotContain("of=");
            assertThat(server.requests.get(1)).contains("&of=bob&");
            assertThat(server.requests.get(2)).doesNotContain("of=");
        }
    }

    @Test
    void conflictHasTheActionThatIsThere() throws Exception {
        try (StubServer server = StubServer.saying(409,
                "{\"status\":409,\"error\":{\"message\":\"Action Already Added\"}," + ACTION + "}");
                ManiculeClient client = ManiculeClient.of(server.config().build())) {
            AddMessageAction add = client.addMessageAction("c", MessageAction.of("reaction", "wave", 5));
            Status.ErrorData there = new Status.ErrorData("Action Already Added", null, WAVE);
            Status status = add.sync().status();
            assertThat(status.category()).isEqualTo(Category.CONFLICT);
            assertThat(status.errorData()).isEqualTo(there);
            assertThatThrownBy(() -> add.sync().orThrow()).isInstanceOfSatisfying(ManiculeException.class,
                    thrown -> assertThat(thrown.status().errorData()).isEqualTo(there));
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|',
            value = {"409|{\"message\":\"there\"}", "409|{\"message\":\"there\",\"data\":7}", "409|''",
                    "409|{\"message\":\"there\",\"data\":{\"type\":\"t\",\"value\":\"v\",\"messageTimetoken\":\"x\"}}",
                    "409|[0,\"there\",\"1\"]", "400|{" + ACTION + "}"})
    void errorHasNoActionWhereTheServerNamesNone(int code, String body) throws Exception {
        try (StubServer server = StubServer.saying(code, body);
                ManiculeClient client = ManiculeClient.of(server.config().build())) {
            Status status = client.addMessageAction("c", MessageAction.of("reaction", "wave", 5)).sync().status();
            assertThat(status.statusCode()).isEqualTo(code);
            assertThat(status.errorData()).isNotNull();
            assertThat(status.errorData().existing()).isNull();
        }
    }

    @Test
    void missingArgumentOfAChangeIsNamedBeforeTheRequest() throws Exception {
        try (StubServer server = StubServer.saying(200, "{" + ACTION + "}");
                ManiculeClient client = ManiculeClient.of(server.config().build())) {
            refused(client.toggleMessageAction().messageAction(WAVE), "channel");
            refused(client.toggleMessageAction().channel("c"), "messageAction");
            refused(client.toggleMessageAction("c", MessageAction.of("", "v", 1)), "type");
            refused(client.toggleMessageAction("c", MessageAction.of("t", "", 1)), "value");
            refused(client.toggleMessageAction("c", MessageAction.of("t", "v", 0)), "messageTimetoken");
            RemoveMessageActionByValue removal = client.removeMessageActionByValue();
            refused(removal.messageTimetoken(1).type("t").value("v"), "channel");
            refused(removal.channel("c").type("t").value("v"), "messageTimetoken");
            refused(removal.channel("c").messageTimetoken(1).value("v"), "type");
            refused(removal.channel("c").messageTimetoken(1).type("t"), "value");
            refused(client.removeMessageActionByValue("c", 1, "t", "v").uuid(""), "uuid");
            refused(client.removeMessageActionByValue("c", 1, "t", "a\ud83d"), "value");
            assertThat(server.requests).isEmpty();
        }
    }

    private static void refused(Call<?> call, String name) {
        assertThatThrownBy(call::sync).isInstanceOf(IllegalArgumentException.class).hasMessageContaining(name);
    }
}
