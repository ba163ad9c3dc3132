package dev.manicule.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.manicule.client.Category;
import dev.manicule.client.ClientConfig;
import dev.manicule.client.HereNow;
import dev.manicule.client.ManiculeClient;
import dev.manicule.client.Operation;
import dev.manicule.client.PresenceEvent;
import dev.manicule.client.SubscriptionState;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The Java client: signals, wildcards, groups, filters and presence, against the real server. */
class ClientRealTimeTest {
    @RegisterExtension
    static final RunningServer SERVER = new RunningServer();

    private final ManiculeClient alice = SERVER.client("alice");
    private final ManiculeClient bob = SERVER.client("bob");
    private final Recorder recorder = new Recorder();
    private String channel = "";

    @BeforeEach
    void name(TestInfo test) {
        channel = RunningServer.channel(test);
        bob.addListener(recorder);
    }

    @AfterEach
    void close() {
        alice.close();
        bob.close();
    }

    @Test
    void signalsAreDeliveredAndFiresAreNot() {
        bob.subscribe(channel);
        recorder.awaitConnected();
        var sent = alice.signal(channel, "typing…").customMessageType("my-type").sync();
        assertThat(sent.status().operation()).isEqualTo(Operation.SIGNAL);
        var fired = alice.fire(channel, "nobody hears").sync();
        assertThat(fired.status().operation().code()).isEqualTo(25);
        assertThat(fired.orThrow().timetoken()).isGreaterThan(sent.orThrow().timetoken());
        alice.publish(channel, "a message").sync().orThrow();
        await().until(() -> recorder.messages.size() == 1);
        assertThat(recorder.signals).hasSize(1);
        assertThat(recorder.signals.getFirst().message().asText()).isEqualTo("typing…");
        assertThat(recorder.signals.getFirst().publisher()).isEqualTo("alice");
        assertThat(recorder.signals.getFirst().timetoken()).isEqualTo(sent.orThrow().timetoken());
        assertThat(recorder.signals.getFirst().customMessageType()).isEqualTo("my-type");
        assertThat(alice.history(channel).sync().orThrow().messages()).hasSize(1);
        assertThat(alice.signal(channel, "x".repeat(63)).sync().status().errorData()).isNotNull();
    }

    @Test
    void eventNamesTheWildcardOrGroupThatMatched() {
        String group = "g" + channel;
        alice.addChannelsToChannelGroup(group, channel + ".one", "c" + channel).sync().orThrow();
        assertThat(alice.listChannelsForChannelGroup(group).sync().orThrow())
                .containsExactlyInAnyOrder(channel + ".one", "c" + channel);
        assertThat(alice.listAllChannelGroups().sync().orThrow()).contains(group);
        bob.subscribe().channels(channel + ".*", "plain").channelGroups(group).execute();
        recorder.awaitConnected();
        assertThat(bob.subscribedChannelGroups()).containsExactly(group);
        alice.publish(channel + ".two", 1).sync().orThrow();
        alice.publish("c" + channel, 2).sync().orThrow();
        alice.addChannelsToChannelGroup(group, "late" + channel).sync().orThrow();
        alice.publish("late" + channel, 3).sync().orThrow();
        alice.publish(channel + ".one", 4).sync().orThrow();
        await().until(() -> recorder.messages.size() == 4);
        assertThat(recorder.messages.stream().map(message -> message.message().asInt() + " " + message.subscription()))
                .containsExactly("1 " + channel + ".*", "2 " + group, "3 " + group, "4 " + channel + ".*");
        bob.unsubscribe().channelGroups(group).execute();
        await().until(() -> bob.subscribedChannelGroups().isEmpty());
        alice.publish("c" + channel, 5).sync().orThrow();
        alice.publish(channel + ".x", 6).sync().orThrow();
        await().until(() -> recorder.messages.size() == 5);
        assertThat(recorder.messages.getLast().message().asInt()).isEqualTo(6);
        alice.removeChannelsFromChannelGroup(group, "c" + channel, "late" + channel).sync().orThrow();
        assertThat(alice.listChannelsForChannelGroup(group).sync().orThrow()).containsExactly(channel + ".one");
        alice.deleteChannelGroup(group).sync().orThrow();
        assertThat(alice.listChannelsForChannelGroup(group).sync().orThrow()).isEmpty();
    }

    @Test
    void filtersSelectMessages() {
        try (ManiculeClient carol = ManiculeClient.of(ClientConfig.forUser("carol")
                .origin(SERVER.origin())
                .filterExpression("lang == 'en'")
                .build())) {
            carol.addListener(recorder);
            carol.subscribe(channel);
            recorder.awaitConnected();
            alice.publish(channel, 1).meta(Map.of("lang", "de")).sync().orThrow();
            long message = alice.publish(channel, 2).meta(Map.of("lang", "en")).sync().orThrow().timetoken();
            alice.addMessageAction(channel, dev.manicule.client.MessageAction.of("a", "b", message)).sync().orThrow();
            await().until(() -> recorder.actions.size() == 1);
            assertThat(recorder.messages).hasSize(1);
        }
        Recorder wrong = new Recorder();
        try (ManiculeClient dave = ManiculeClient.of(
                ClientConfig.forUser("dave").origin(SERVER.origin()).filterExpression("lang = 'en'").build())) {
            dave.addListener(wrong);
            dave.subscribe(channel);
            await().until(() -> wrong.statuses.contains(Category.BAD_REQUEST));
            assertThat(dave.subscriptionState()).isEqualTo(SubscriptionState.STOPPED);
            assertThat(String.valueOf(dave.lastError())).contains("expected the end at character 6");
        }
    }

    @Test
    void presenceEventsAndQueriesAgree() {
        bob.subscribe().channels(channel).withPresence().execute();
        recorder.awaitConnected();
        try (ManiculeClient carol = ManiculeClient.of(ClientConfig.forUser("erin")
                .origin(SERVER.origin())
                .presenceTimeout(Duration.ofSeconds(1))
                .build())) {
            carol.subscribe(channel);
            await().until(() -> recorder.presence.size() == 2);
            carol.setPresenceState(Map.of("mood", "ok"), channel).sync().orThrow();
            var states = alice.getPresenceState(channel, "elsewhere").uuid("erin").sync().orThrow();
            assertThat(String.valueOf(states.get(channel))).isEqualTo("{\"mood\":\"ok\"}");
            HereNow.Result here = alice.hereNow(channel).includeState(true).sync().orThrow();
            assertThat(here.totalOccupancy()).isEqualTo(2);
            assertThat(Objects.requireNonNull(here.channels().get(channel))
                    .occupants()
                    .stream()
                    .map(HereNow.Occupant::uuid))
                    .containsExactlyInAnyOrder("bob", "erin");
            assertThat(alice.hereNow(channel, "elsewhere").includeUuids(false).sync().orThrow().channels())
                    .isEqualTo(Map.of(channel, new HereNow.Channel(2, List.of())));
            assertThat(alice.hereNow().sync().orThrow().channels()).containsKey(channel);
            assertThat(alice.whereNow().uuid("erin").sync().orThrow()).containsExactly(channel);
            assertThat(alice.whereNow().sync().orThrow()).isEmpty();
        } // closing does not say good-bye: she is timed out
        await().until(() -> recorder.presence.size() == 4);
        bob.unsubscribe(channel);
        await().until(() -> alice.hereNow(channel).sync().orThrow().totalOccupancy() == 0);
        assertThat(recorder.presence.stream().map(PresenceEvent::event))
                .containsExactly("join", "join", "state-change", "timeout");
        assertThat(recorder.presence.stream().map(PresenceEvent::occupancy)).containsExactly(1, 2, 2, 1);
        PresenceEvent change = recorder.presence.get(2);
        assertThat(change.channel()).isEqualTo(channel);
        assertThat(change.uuid()).isEqualTo("erin");
        assertThat(change.subscription()).isNull();
        assertThat(String.valueOf(change.state())).isEqualTo("{\"mood\":\"ok\"}");
        assertThat(recorder.messages).as("presence is no message").isEmpty();
    }

    @Test
    void missingArgumentIsReportedBeforeTheRequest() {
        assertThatThrownBy(() -> alice.signal().channel("a").sync()).hasMessage("message is missing");
        assertThatThrownBy(() -> alice.addChannelsToChannelGroup("g").sync()).hasMessage("channel is missing");
        assertThatThrownBy(() -> alice.addChannelsToChannelGroup("", "a").sync()).hasMessage("channelGroup is missing");
        assertThatThrownBy(() -> alice.subscribe().execute()).hasMessage("channel is missing");
        assertThatThrownBy(() -> alice.getPresenceState().sync()).hasMessage("channel is missing");
    }
}
