package dev.manicule.server.push;

import dev.manicule.server.json.Json;
import dev.manicule.server.model.PushDevice.Gateway;
import dev.manicule.server.model.PushDevice;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What is special about one of the gateways. Any thread may use it. */
interface Carrier {
    /** Its name in metrics, and of the reader of the feed that works for it. */
    String name();

    /** The first of the gateways of its devices; those up to {@link #last} are its. */
    Gateway first();

    /** The last of the gateways of its devices. */
    Gateway last();

    /**
     * The notifications that a message leads to.
     *
     * @param message the members of the message, each as it was sent
     * @return null when there are none
     */
    @Nullable
    Notice notice(Map<String, Json> message, long timetoken);

    /** The notifications of one message. */
    @FunctionalInterface
    interface Notice {
        /** That for a device; null when it gets none. */
        @Nullable
        Delivery of(PushDevice device);
    }

    /** A notification for one device, that can be sent, also several times. */
    @FunctionalInterface
    interface Delivery {
        /**
         * Sends it, and waits for the gateway.
         *
         * @throws IOException if the gateway can't be reached, or does not answer in time
         */
        Verdict send() throws IOException, InterruptedException;
    }
}
