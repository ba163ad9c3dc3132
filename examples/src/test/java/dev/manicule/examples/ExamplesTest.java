package dev.manicule.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.manicule.client.ManiculeClient;
import dev.manicule.client.Permission;
import dev.manicule.testkit.Manicule;
import dev.manicule.testkit.ManiculeServer;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Each example does what it says. */
@Manicule
class ExamplesTest {
    private interface Example {
        void run() throws Exception;
    }

    /** What an example prints. */
    private static List<String> printed(Example example) throws Exception {
        PrintStream out = System.out;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try {
            example.run();
        } finally {
            System.setOut(out);
        }
        return printed.toString(StandardCharsets.UTF_8).lines().toList();
    }

    @Test
    void reactions(ManiculeServer server) throws Exception {
        assertThat(printed(() -> Reactions.main(server.origin()))).containsExactly("{🎉=2, 🚀=1}", "{🎉=1, 🚀=1}");
    }

    @Test
    void readReceipts(ManiculeServer server) throws Exception {
        assertThat(printed(() -> ReadReceipts.main(server.origin()))).containsExactly("✓ bob", "✓ carol",
                "[bob, carol] have read it");
    }

    @Test
    void editMarkers(ManiculeServer server) throws Exception {
        assertThat(printed(() -> EditMarkers.main(server.origin()))).containsExactly("See you on Tuesday (edited)",
                "(taken back)", "Bring cake");
    }

    @Test
    void threads(ManiculeServer server) throws Exception {
        assertThat(printed(() -> Threads.main(server.origin()))).containsExactly("Wash your cup (pinned)",
                "Lunch? (2 replied)", "3 replies");
    }

    @Test
    void unreadBadges(ManiculeServer server) throws Exception {
        assertThat(printed(() -> UnreadBadges.main(server.origin()))).containsExactly("phone {kitchen=2, garden=1}",
                "phone {kitchen=1, garden=1}", "phone kitchen 2");
    }

    @Nested
    @Manicule(secretKey = "sec-c-1")
    class Guarded {
        @Test
        void moderationFlags(ManiculeServer server, ManiculeClient alice, ManiculeClient bob) throws Exception {
            for (ManiculeClient user : List.of(alice, bob)) {
                user.setToken(server.owner()
                        .grantToken(10)
                        .channel("moderation", Permission.READ, Permission.WRITE)
                        .authorizedUuid(user.config().uuid())
                        .sync()
                        .orThrow()
                        .token());
            }
            assertThat(printed(() -> ModerationFlags.run(alice, bob, server.owner()))).containsExactly(
                    "(hidden by a moderator)", "I like dogs better than cats", "1 with flags");
        }
    }
}
