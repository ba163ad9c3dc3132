package dev.manicule.examples;

import dev.manicule.client.Category;
import dev.manicule.client.ClientConfig;
import dev.manicule.client.Envelope;
import dev.manicule.client.Listener;
import dev.manicule.client.ManiculeClient;
import dev.manicule.client.MessageAction;
import dev.manicule.client.MessageActionEvent;
import dev.manicule.client.Status;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Ticks beside messages: who has read them, as it happens.
 *
 * <p>A receipt is an action of the type {@code receipt} with the value {@code read}. Who shows a message to somebody puts one
 * on it; who wrote it listens. Sending one again does no harm: the server has it already, and says so.
 */
public final class ReadReceipts {
    private static final String TYPE = "receipt";
    private static final String READ = "read";

    private ReadReceipts() {}

    /** The client's user has read a message. */
    public static void read(ManiculeClient client, String channel, long message) {
        Envelope<MessageAction> receipt = client.addMessageAction(channel, MessageAction.of(TYPE, READ, message))
                .sync();
        if (receipt.status().category() != Category.CONFLICT) { // he had read it before
            receipt.orThrow();
        }
    }

    /** Who has read a message so far. */
    public static Set<String> readers(ManiculeClient client, String channel, long message) {
        Set<String> readers = new TreeSet<>();
        client.getActionsOn(channel, message)
                .type(TYPE)
                .value(READ)
                .stream()
                .forEach(action -> readers.add(String.valueOf(action.uuid())));
        return readers;
    }

    /** Is told who has read something. */
    public interface Ticks {
        /** A message has been read. */
        void read(long message, String reader);
    }

    /** Tells of receipts as they come. */
    public static Listener listener(Ticks ticks) {
        return new Listener() {
            @Override
            public void messageAction(MessageActionEvent event) {
                if (event.action().type().equals(TYPE) && event.event().equals("added")) {
                    ticks.read(event.action().messageTimetoken(), String.valueOf(event.action().uuid()));
                }
            }
        };
    }

    /** Alice says something and sees who reads it. */
    public static void main(String... arguments) throws InterruptedException {
        String origin = arguments.length > 0 ? arguments[0] : "127.0.0.1:8090";
        CountDownLatch connected = new CountDownLatch(1);
        CountDownLatch bothHaveRead = new CountDownLatch(2);
        try (ManiculeClient alice = ManiculeClient.of(ClientConfig.forUser("alice").origin(origin).build());
                ManiculeClient bob = ManiculeClient.of(ClientConfig.forUser("bob").origin(origin).build());
                ManiculeClient carol = ManiculeClient.of(ClientConfig.forUser("carol").origin(origin).build())) {
            alice.addListener(new Listener() {
                @Override
                public void status(Status status) {
                    if (status.category() == Category.CONNECTED) {
                        connected.countDown();
                    }
                }
            });
            alice.addListener(listener((message, reader) -> {
                System.out.println("✓ " + reader);
                bothHaveRead.countDown();
            }));
            alice.subscribe("receipts");
            connected.await(5, TimeUnit.SECONDS);
            long message = alice.publish("receipts", "Lunch?").sync().orThrow().timetoken();
            read(bob, "receipts", message);
            read(carol, "receipts", message);
            read(carol, "receipts", message);
            bothHaveRead.await(5, TimeUnit.SECONDS);
            System.out.println(readers(alice, "receipts", message) + " have read it");
        }
    }
}
