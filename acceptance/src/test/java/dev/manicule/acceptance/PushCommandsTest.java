package dev.manicule.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Registration for push notifications, on the command line. */
class PushCommandsTest {
    @RegisterExtension
    static final RunningServer SERVER = new RunningServer();

    @Test
    void deviceIsRegisteredUntilItIsRemoved() throws Exception {
        SERVER.manicule("push", "add", "x", "y", "--fcm", "token");
        assertThat(SERVER.manicule("push", "list", "--fcm", "token")).isEqualTo("x\ny");
        SERVER.manicule("push", "remove", "x", "--fcm", "token");
        assertThat(SERVER.manicule("push", "list", "--fcm", "token", "--json")).isEqualTo("{\"channel\":\"y\"}");
        SERVER.manicule("push", "delete", "--fcm", "token");
        assertThat(SERVER.manicule("push", "list", "--fcm", "token")).isEmpty();
        String[] apns = {"--apns", "00ff".repeat(16), "--topic", "com.example.chat", "--production"};
        SERVER.manicule("push", "add", "z", apns[0], apns[1], apns[2], apns[3], apns[4]);
        assertThat(SERVER.manicule("push", "list", apns[0], apns[1], apns[2], apns[3])).as("of the other gateway")
                .isEmpty();
        ServerProcess.Ended refused = SERVER.tryManicule("push", "add", "z", "--apns", "no digits");
        assertThat(refused.code()).isEqualTo(1);
        assertThat(refused.words()).contains("Invalid device token");
    }
}
