import dev.manicule.client.ClientConfig;
import dev.manicule.client.Listener;
import dev.manicule.client.ManiculeClient;
import dev.manicule.client.MessageAction;
import dev.manicule.client.MessageEvent;

/** Manicule's client, measured. */
final class ManiculeProgram {
    public static void main(String[] arguments) throws Exception {
        ManiculeClient client = ManiculeClient
                .of(ClientConfig.forUser("measured").origin("127.0.0.1:" + arguments[0]).build());
        Meter.run(new Meter.Client() {
            @Override
            public void add(long number) {
                var answer = client
                        .addMessageAction("adds-" + ProcessHandle.current().pid(),
                                MessageAction.of("reaction", "smile " + number, 17_000_000_000_000_000L + number / 1000))
                        .sync();
                if (answer.status().isError()) {
                    throw new IllegalStateException(answer.status().toString());
                }
            }

            @Override
            public void receive(long timetoken, Runnable each) {
                client.addListener(new Listener() {
                    @Override
                    public void message(MessageEvent message) {
                        each.run();
                    }
                });
                client.subscribeFrom(timetoken, "events");
            }

            @Override
            public void close() {
                client.close();
            }
        }, arguments);
    }
}
