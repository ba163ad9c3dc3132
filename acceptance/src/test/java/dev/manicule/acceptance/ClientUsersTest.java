package dev.manicule.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.manicule.client.Category;
import dev.manicule.client.Listener;
import dev.manicule.client.ManiculeClient;
import dev.manicule.client.MessageAction;
import dev.manicule.client.MessageActionEvent;
import dev.manicule.client.SubscriptionState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.extension.RegisterExtension;

/** One client for many users: {@link ManiculeClient#as}. */
class ClientUsersTest {
    private static final int USERS = 500;
    /**
     * Eight where the processor is free. On a busy machine a thread that waits for the processor looks like one that
     * blocks, and gets help for a while.
     */
    private static final int MOST_THREADS = 20;

    @RegisterExtension
    static final RunningServer SERVER = new RunningServer();

    private static Set<Thread> threads() {
        return new HashSet<>(Thread.getAllStackTraces().keySet());
    }

    @Test
    void fiveHundredUsersListenAndActOnAFewThreads(TestInfo test) throws Exception {
        String channel = RunningServer.channel(test);
        Set<Thread> before = threads();
        CountDownLatch heard = new CountDownLatch(USERS * USERS);
        Set<Thread> most = new HashSet<>();
        try (ManiculeClient first = SERVER.client("first")) {
            long message = first.publish(channel, "hello").sync().orThrow().timetoken();
            List<ManiculeClient> users = new ArrayList<>();
            for (int i = 0; i < USERS; i++) {
                ManiculeClient user = first.as("user " + i);
                user.addListener(new Listener() {
                    @Override
                    public void messageAction(MessageActionEvent event) {
                        heard.countDown();
                    }
                });
                user.subscribeFrom(message, channel);
                users.add(user);
            }
            List<CompletableFuture<?>> adds = new ArrayList<>();
            for (ManiculeClient user : users) {
                adds.add(user.addMessageAction(channel, MessageAction.of("receipt", "read", message))
                        .future()
                        .thenAccept(added -> assertThat(added.orThrow().uuid()).isEqualTo(user.config().uuid())));
            }
            CompletableFuture<Void> all = CompletableFuture.allOf(adds.toArray(CompletableFuture[]::new));
            await().atMost(Duration.ofMinutes(4)).until(() -> {
                Set<Thread> now = threads();
                now.removeAll(before);
                now.removeIf(thread -> !isOfClient(thread));
                if (now.size() > most.size()) {
                    most.clear();
                    most.addAll(now);
                }
                return all.isDone() && heard.getCount() == 0;
            });
            all.join();
        }
        assertThat(most).as("%s", most.stream().map(Thread::getName).collect(Collectors.toList()))
                .hasSizeBetween(3, MOST_THREADS);
    }

    private static boolean isOfClient(Thread thread) {
        return thread.getName().startsWith("manicule-client-") || thread.getName().startsWith("HttpClient-");
    }

    @Test
    void aUserThatIsClosedLeavesTheOthers(TestInfo test) {
        String channel = RunningServer.channel(test);
        Recorder alicesEvents = new Recorder();
        Recorder bobsEvents = new Recorder();
        try (ManiculeClient alice = SERVER.client("alice")) {
            ManiculeClient bob = alice.as("bob");
            alice.addListener(alicesEvents);
            bob.addListener(bobsEvents);
            alice.subscribe(channel);
            bob.subscribe(channel);
            alicesEvents.awaitConnected();
            bobsEvents.awaitConnected();
            long message = bob.publish(channel, "from bob").sync().orThrow().timetoken();
            await().until(() -> alicesEvents.messages.size() == 1 && bobsEvents.messages.size() == 1);
            assertThat(alicesEvents.messages.getFirst().publisher()).isEqualTo("bob");

            bob.close();
            assertThat(bob.publish(channel, "too late").sync().status().category()).isEqualTo(Category.CANCELLED);
            assertThat(bob.publish(channel, "too late").future().join().status().category())
                    .isEqualTo(Category.CANCELLED);
            bob.subscribe("elsewhere");
            alice.publish(channel, "from alice").sync().orThrow();
            await().until(() -> alicesEvents.messages.size() == 2);
            assertThat(bobsEvents.messages).hasSize(1);
            assertThat(alice.getMessageActions(channel).sync().status().isError()).isFalse();
            assertThat(message).isPositive();
        }
    }

    @Test
    void aClientThatIsClosedEndsItsUsers(TestInfo test) {
        String channel = RunningServer.channel(test);
        Recorder events = new Recorder();
        ManiculeClient alice = SERVER.client("alice");
        ManiculeClient bob = alice.as("bob");
        bob.addListener(events);
        bob.subscribe(channel);
        events.awaitConnected();
        alice.close();
        assertThat(bob.time().sync().status().category()).isEqualTo(Category.CANCELLED);
        assertThat(bob.subscriptionState()).isNotEqualTo(SubscriptionState.RECONNECTING);
        bob.close();
    }

    @Test
    void aUserNeedsAName() {
        try (ManiculeClient alice = SERVER.client("alice")) {
            assertThatThrownBy(() -> alice.as(" ")).isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("uuid");
            assertThat(alice.as("bob").config().server()).isEqualTo(alice.config().server());
        }
    }
}
