package dev.manicule.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.manicule.client.Category;
import dev.manicule.client.ManiculeClient;
import dev.manicule.client.PushDevice;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Registration for push notifications, of the Java client at the real server. */
class ClientPushTest {
    @RegisterExtension
    static final RunningServer SERVER = new RunningServer();

    private final ManiculeClient client = SERVER.client("alice");
    private String token = "";

    @BeforeEach
    void name(TestInfo test) {
        token = RunningServer.channel(test);
    }

    @AfterEach
    void close() {
        client.close();
    }

    @Test
    void deviceIsRegisteredUntilItIsRemoved() {
        PushDevice device = PushDevice.fcm(token);
        client.addPushChannels(device, "x", "y", "z").sync().orThrow();
        client.removePushChannels(device, "y").sync().orThrow();
        assertThat(client.listPushChannels(device).sync().orThrow()).containsExactly("x", "z");
        client.removePushDevice(device).sync().orThrow();
        assertThat(client.listPushChannels(device).sync().orThrow()).isEmpty();
    }

    @Test
    void deviceOfOneAppIsNotThatOfAnother() {
        PushDevice chat = PushDevice.apns("00ff".repeat(16), "com.example.chat", false);
        PushDevice news = PushDevice.apns("00ff".repeat(16), "com.example.news", false);
        client.addPushChannels(chat, "x").sync().orThrow();
        assertThat(client.listPushChannels(news).sync().orThrow()).isEmpty();
        assertThat(client.listPushChannels(chat).sync().orThrow()).containsExactly("x");
        assertThat(client.addPushChannels(PushDevice.apns("no digits", "t", false), "x").sync().status().category())
                .isEqualTo(Category.BAD_REQUEST);
    }
}
