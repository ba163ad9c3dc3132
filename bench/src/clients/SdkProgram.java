import com.pubnub.api.PNConfiguration;
import com.pubnub.api.PubNub;
import com.pubnub.api.UserId;
import com.pubnub.api.callbacks.SubscribeCallback;
import com.pubnub.api.models.consumer.message_actions.PNMessageAction;
import com.pubnub.api.models.consumer.pubsub.PNMessageResult;
import java.util.List;

/** The Java SDK of the protocol, measured. */
final class SdkProgram {
    public static void main(String[] arguments) throws Exception {
        PNConfiguration configuration = new PNConfiguration(new UserId("measured"));
        configuration.setSubscribeKey("demo");
        configuration.setPublishKey("demo");
        configuration.setOrigin("127.0.0.1:" + arguments[0]);
        configuration.setSecure(false);
        PubNub client = new PubNub(configuration);
        Meter.run(new Meter.Client() {
            @Override
            public void add(long number) throws Exception {
                client.addMessageAction()
                        .channel("adds-" + ProcessHandle.current().pid())
                        .messageAction(new PNMessageAction().setType("reaction")
                                .setValue("smile " + number)
                                .setMessageTimetoken(17_000_000_000_000_000L + number / 1000))
                        .sync(); // throws what goes wrong
            }

            @Override
            public void receive(long timetoken, Runnable each) {
                client.addListener(new Counting(each));
                client.subscribe().channels(List.of("events")).withTimetoken(timetoken).execute();
            }

            @Override
            public void close() {
                client.forceDestroy();
            }
        }, arguments);
    }

    private static final class Counting extends SubscribeCallback.BaseSubscribeCallback {
        private final Runnable each;

        Counting(Runnable each) {
            this.each = each;
        }

        @Override
        public void message(PubNub from, PNMessageResult message) {
            each.run();
        }
    }
}
