package dev.manicule.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Registration for push notifications, on the command line. */
class PushCommandsTest {
    @RegisterExtension
    static final RunningServer SERVER = new RunningServer();

    private static String manicule(String... arguments) throws Exception {
        ServerProcess.Ended ended = run(arguments);
        assertThat(ended.code()).as(ended.words()).isZero();
        return ended.words().strip();
    }

    private static ServerProcess.Ended run(String... arguments) throws Exception {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--origin", SERVER.origin()));
        return ServerProcess.Ended.of(ServerProcess.command(all.toArray(String[]::new)));
    }

    @Test
    void deviceIsRegisteredUntilItIsRemoved() throws Exception {
        manicule("push", "add", "x", "y", "--fcm", "token");
        assertThat(manicule("push", "list", "--fcm", "token")).isEqualTo("x\ny");
        manicule("push", "remove", "x", "--fcm", "token");
        assertThat(manicule("push", "list", "--fcm", "token", "--json")).isEqualTo("{\"channel\":\"y\"}");
        manicule("push", "delete", "--fcm", "token");
        assertThat(manicule("push", "list", "--fcm", "token")).isEmpty();
        String[] apns = {"--apns", "00ff".repeat(16), "--topic", "com.example.chat", "--production"};
        manicule("push", "add", "z", apns[0], apns[1], apns[2], apns[3], apns[4]);
        assertThat(manicule("push", "list", apns[0], apns[1], apns[2], apns[3])).as("of the other gateway").isEmpty();
        ServerProcess.Ended refused = run("push", "add", "z", "--apns", "no digits");
        assertThat(refused.code()).isEqualTo(1);
        assertThat(refused.words()).contains("Invalid device token");
    }
}
