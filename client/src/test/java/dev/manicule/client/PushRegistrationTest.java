package dev.manicule.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Registration of devices for push notifications, against servers that answer well and badly. */
@Timeout(60)
class PushRegistrationTest {
    @Test
    void deviceIsNamedWithItsGatewayAndItsApp() throws Exception {
        try (StubServer server = StubServer.saying(200, "[1,\"Modified Channels\"]");
                ManiculeClient client = ManiculeClient.of(server.config().build())) {
            Envelope<ChangePushChannels.Result> added = client.addPushChannels(PushDevice.fcm("a:b"), "x")
                    .channels("y")
                    .sync();
            added.orThrow();
            assertThat(added.status().operation()).isEqualTo(Operation.ADD_PUSH_CHANNELS);
            assertThat(added.status().affectedChannels()).containsExactly("x", "y");
            assertThat(server.requests.get(0)).startsWith("GET /v1/push/sub-key/demo/devices/a%3Ab?")
                    .contains("&type=fcm&add=x%2Cy&");
            Status removed = client.removePushChannels(PushDevice.apns("00ff"), "x").sync().status();
            assertThat(removed.operation()).isEqualTo(Operation.REMOVE_PUSH_CHANNELS);
            assertThat(server.requests.get(1)).startsWith("GET /v1/push/sub-key/demo/devices/00ff?")
                    .contains("&type=apns&remove=x&");
            Status gone = client.removePushDevice(PushDevice.apns("00ff", "com.example", true)).sync().status();
            assertThat(gone.operation()).isEqualTo(Operation.REMOVE_PUSH_DEVICE);
            assertThat(server.requests.get(2)).startsWith("GET /v2/push/sub-key/demo/devices-apns2/00ff/remove?")
                    .contains("&environment=production&topic=com.example&")
                    .doesNotContain("type=");
        }
    }

    private static String names(int from, int to) {
        return IntStream.range(from, to).mapToObj(i -> "\"c" + i + "\"").collect(Collectors.joining(",", "[", "]"));
    }

    @Test
    void allChannelsOfADeviceAreListed() throws Exception {
        try (StubServer server = new StubServer(exchange -> StubServer.say(exchange, 200,
                exchange.getRequestURI().toString().contains("start=c1999")
                        ? "[]"
                        : exchange.getRequestURI().toString().contains("start=c999")
                                ? names(1_000, 2_000)
                                : names(0, 1_000)));
                ManiculeClient client = ManiculeClient.of(server.config().build())) {
            Envelope<List<String>> envelope = client.listPushChannels(PushDevice.apns("ff", "t", false)).sync();
            assertThat(envelope.orThrow()).hasSize(2_000).endsWith("c1999").doesNotHaveDuplicates();
            assertThat(envelope.status().operation()).isEqualTo(Operation.LIST_PUSH_CHANNELS);
            assertThat(server.requests).hasSize(3);
            assertThat(server.requests.get(0)).contains("&environment=development&topic=t&count=1000&");
        }
        try (StubServer server = StubServer.saying(200, "{}");
                ManiculeClient client = ManiculeClient.of(server.config().build())) {
            assertThat(client.listPushChannels(PushDevice.fcm("t")).sync().status().category())
                    .isEqualTo(Category.MALFORMED_RESPONSE);
        }
    }

    @Test
    void missingArgumentIsNamedBeforeTheRequest() throws Exception {
        try (StubServer server = StubServer.saying(200, "[]");
                ManiculeClient client = ManiculeClient.of(server.config().build())) {
            refused(client.addPushChannels(PushDevice.fcm("t")), "channel");
            refused(client.listPushChannels(PushDevice.fcm("")), "token");
            refused(client.removePushDevice(PushDevice.apns("ff", "", true)), "topic");
            assertThat(server.requests).isEmpty();
        }
    }

    private static void refused(Call<?> call, String name) {
        assertThatThrownBy(call::sync).isInstanceOf(IllegalArgumentException.class).hasMessageContaining(name);
    }
}
