package dev.manicule.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.manicule.acceptance.Wire.Answer;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Devices that get notifications, and their channels, as the SDKs of the protocol register them. */
class PushWireTest {
    private static final String APPLE = "00fc13adff785122b4ad28809a3420982341241421348097878e577c991de8f0";

    @RegisterExtension
    static final RunningServer SERVER = new RunningServer();

    private final Wire wire = SERVER.wire();
    private String name = "";

    @BeforeEach
    void name(TestInfo test) {
        name = RunningServer.channel(test);
    }

    private Answer v1(String token, String query) {
        return wire.get("/v1/push/sub-key/demo/devices/" + token + "?" + query);
    }

    private Answer v2(String token, String query) {
        return wire.get("/v2/push/sub-key/demo/devices-apns2/" + token + "?" + query);
    }

    private static void confirms(Answer answer, String what) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("[1,\"" + what + "\"]");
    }

    private static void lists(Answer answer, String... channels) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo(List.of(channels).isEmpty()
                ? "[]"
                : "[\"" + String.join("\",\"", channels) + "\"]");
    }

    @Test
    void channelsOfADeviceAreAddedListedAndRemoved() {
        confirms(v1(name, "type=gcm&add=b,a,b&uuid=ann"), "Modified Channels");
        confirms(v1(name, "type=gcm&add=a,c"), "Modified Channels");
        lists(v1(name, "type=gcm"), "a", "b", "c");
        confirms(v1(name, "type=gcm&remove=b,none"), "Modified Channels");
        lists(v1(name, "type=gcm"), "a", "c");
        confirms(wire.get("/v1/push/sub-key/demo/devices/" + name + "/remove?type=gcm"), "Removed Device");
        lists(v1(name, "type=gcm"));
        confirms(wire.get("/v1/push/sub-key/demo/devices/" + name + "/remove?type=gcm"), "Removed Device");
    }

    @Test
    void longListsComeInPages() {
        confirms(v1(name, "type=fcm&add=a,b,c"), "Modified Channels");
        lists(v1(name, "type=fcm&count=2"), "a", "b");
        lists(v1(name, "type=fcm&count=2&start=b"), "c");
        lists(v1(name, "type=fcm&start=c"));
        assertThat(v1(name, "type=fcm&count=x").status()).isEqualTo(400);
    }

    @Test
    void bothNamesOfFirebaseAreOneGateway() {
        confirms(v1(name, "type=gcm&add=a"), "Modified Channels");
        lists(v1(name, "type=fcm"), "a");
    }

    @Test
    void gatewaysTopicsAndEnvironmentsAreDevicesOfTheirOwn() {
        confirms(v1(APPLE, "type=apns&add=" + name + 1), "Modified Channels");
        confirms(v2(APPLE, "topic=app&add=" + name + 2), "Modified Channels");
        confirms(v2(APPLE, "topic=app&environment=production&add=" + name + 3), "Modified Channels");
        confirms(v2(APPLE, "topic=app.dev&environment=development&add=" + name + 4), "Modified Channels");
        lists(v1(APPLE, "type=apns"), name + 1);
        lists(v2(APPLE, "topic=app&environment=development"), name + 2);
        lists(v2(APPLE, "topic=app&environment=production"), name + 3);
        lists(v1(APPLE, "type=fcm"));
        confirms(wire.get("/v2/push/sub-key/demo/devices-apns2/" + APPLE + "/remove?topic=app&environment=production"),
                "Removed Device");
        lists(v2(APPLE, "topic=app&environment=production"));
        lists(v2(APPLE, "topic=app"), name + 2);
        lists(v2(APPLE, "topic=app.dev"), name + 4);
    }

    @Test
    void devicesOfTwoKeysetsNeverMeet() {
        confirms(v1(name, "type=fcm&add=a"), "Modified Channels");
        lists(wire.get("/v1/push/sub-key/other/devices/" + name + "?type=fcm"));
    }

    @ParameterizedTest
    @CsvSource({"/v1/push/sub-key/demo/devices/nohex?type=apns, Invalid device token",
            "/v1/push/sub-key/demo/devices/a%20b?type=fcm, Invalid device token",
            "/v1/push/sub-key/demo/devices/%C3%A4?type=fcm&add=a, Invalid device token",
            "/v1/push/sub-key/demo/devices/t, 'Invalid type: it is apns, gcm or fcm'",
            "/v1/push/sub-key/demo/devices/t/remove?type=mpns, 'Invalid type: it is apns, gcm or fcm'",
            "/v2/push/sub-key/demo/devices-apns2/nohex/remove?topic=a, Invalid device token",
            "/v2/push/sub-key/demo/devices-apns2/ab, Invalid topic: it is the identifier of the app",
            "/v2/push/sub-key/demo/devices-apns2/ab?topic=a%20b, Invalid topic: it is the identifier of the app",
            "/v2/push/sub-key/demo/devices-apns2/ab?topic=a&environment=x, 'Invalid environment: it is development or production'",
            "/v1/push/sub-key/demo/devices/t?type=fcm&add=a.*, Invalid channel",
            "/v1/push/sub-key/demo/devices/t?type=fcm&add=a-pnpres, Invalid channel"})
    void wrongRequestsAreRefusedInTheFormatOfTheFamily(String path, String error) {
        Answer answer = wire.get(path);
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.body()).isEqualTo("{\"error\":\"" + error + "\"}");
    }

    @Test
    void tokenOfMoreThan4096CharactersIsRefused() {
        confirms(v1("x".repeat(4096), "type=fcm&remove=a"), "Modified Channels");
        assertThat(v1("x".repeat(4097), "type=fcm&remove=a").status()).isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1/push/sub-key/demo/devices/t/x?type=fcm", "/v2/push/sub-key/demo/devices/t"})
    void unknownPathIsRefusedInTheFormatOfTheFamily(String path) {
        Answer answer = wire.get(path);
        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.json().get("error").asText()).startsWith("Not found");
    }

    @Test
    void headChangesNothing() {
        assertThat(wire.send("HEAD", "/v1/push/sub-key/demo/devices/" + name + "?type=fcm&add=a", null).status())
                .isEqualTo(200);
        lists(v1(name, "type=fcm"));
    }
}
