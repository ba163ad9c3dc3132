package dev.manicule.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.manicule.client.ManiculeClient;
import dev.manicule.client.ReadMarkEvent;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Events of read marks, of the Java client at the real server. */
class ClientReadMarkEventsTest {
    @RegisterExtension
    static final RunningServer SERVER = new RunningServer();

    @Test
    void marksOfTheChannelsThatRequestedThemArriveAsTheyAdvance(TestInfo test) {
        String marked = RunningServer.channel(test);
        String other = marked + ".other";
        try (ManiculeClient alice = SERVER.client("alice")) {
            long first = alice.publish(marked, "1").sync().orThrow().timetoken();
            long second = alice.publish(marked, "2").sync().orThrow().timetoken();
            Recorder recorder = new Recorder();
            alice.addListener(recorder);
            alice.subscribe().channels(other).timetoken(second).execute();
            alice.subscribe().channels(marked).withReadMarks().timetoken(second).execute();
            ManiculeClient bob = alice.as("bob");
            bob.markRead(marked, first).sync().orThrow();
            bob.markRead(other, first).sync().orThrow();
            bob.markRead(marked, second).sync().orThrow();
            bob.markRead(marked, first).sync().orThrow(); // goes back: no event
            alice.markRead(marked, first).sync().orThrow();
            alice.publish(other, "3").sync().orThrow();
            await().until(() -> recorder.messages.size() == 1 && recorder.readMarks.size() >= 3);
            assertThat(recorder.readMarks).extracting(ReadMarkEvent::channel).containsOnly(marked);
            assertThat(recorder.readMarks).extracting(ReadMarkEvent::subscription).containsOnlyNulls();
            assertThat(recorder.readMarks).extracting(ReadMarkEvent::uuid).containsExactly("bob", "bob", "alice");
            assertThat(recorder.readMarks).extracting(ReadMarkEvent::upTo)
                    .isEqualTo(List.of(first, second, first));
            assertThat(recorder.readMarks.get(0).timetoken()).isGreaterThan(second);
        }
    }
}
