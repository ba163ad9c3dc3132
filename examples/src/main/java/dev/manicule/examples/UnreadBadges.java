package dev.manicule.examples;

import dev.manicule.client.ClientConfig;
import dev.manicule.client.Listener;
import dev.manicule.client.ManiculeClient;
import dev.manicule.client.MessageEvent;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Badges with the number of unread messages, the same on all devices of a user.
 *
 * <p>The server has one read mark for each user and channel, and counts the messages after it. A device that shows a message
 * moves the mark. A badge is always what the server counts, so no message is missed, and none is counted twice.
 */
public final class UnreadBadges {
    private UnreadBadges() {}

    /** The user has seen a message, and so all that are older. */
    public static void seen(ManiculeClient client, String channel, long message) {
        client.markRead(channel, message).sync().orThrow();
    }

    /** The number of unread messages by channel, in the order of the channels. */
    public static Map<String, Long> badges(ManiculeClient client, String... channels) {
        Map<String, Long> badges = new LinkedHashMap<>();
        client.getUnreadCounts(channels)
                .sync()
                .orThrow()
                .channels()
                .forEach((channel, unread) -> badges.put(channel, unread.count()));
        return badges;
    }

    /** Shows the number of a channel. */
    public interface Badge {
        /** The channel has so many unread messages. */
        void show(String channel, long unread);
    }

    /** Shows the number again after each message. A listener may wait for the server. */
    public static Listener listener(ManiculeClient client, Badge badge) {
        return new Listener() {
            @Override
            public void message(MessageEvent event) {
                badges(client, event.channel()).forEach(badge::show);
            }
        };
    }

    /** Bob reads on one device, and has the same badges on another. */
    public static void main(String... arguments) throws InterruptedException {
        String origin = arguments.length > 0 ? arguments[0] : "127.0.0.1:8090";
        CountDownLatch shown = new CountDownLatch(1);
        try (ManiculeClient alice = ManiculeClient.of(ClientConfig.forUser("alice").origin(origin).build());
                ManiculeClient laptop = ManiculeClient.of(ClientConfig.forUser("bob").origin(origin).build());
                ManiculeClient phone = ManiculeClient.of(ClientConfig.forUser("bob").origin(origin).build())) {
            long first = alice.publish("kitchen", "Who left the milk out?").sync().orThrow().timetoken();
            alice.publish("kitchen", "It was not me").sync().orThrow();
            long last = alice.publish("garden", "Tomatoes!").sync().orThrow().timetoken();
            System.out.println("phone " + badges(phone, "kitchen", "garden"));
            seen(laptop, "kitchen", first);
            System.out.println("phone " + badges(phone, "kitchen", "garden"));
            phone.addListener(listener(phone, (channel, unread) -> {
                System.out.println("phone " + channel + " " + unread);
                shown.countDown();
            }));
            phone.subscribeFrom(last, "kitchen", "garden");
            alice.publish("kitchen", "It was the cat").sync().orThrow();
            shown.await(5, TimeUnit.SECONDS);
        }
    }
}
