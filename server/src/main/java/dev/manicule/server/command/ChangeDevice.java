package dev.manicule.server.command;

import dev.manicule.server.model.PushDevice;
import java.util.List;

/**
 * Put channels to those of which a device gets notifications, then take others out.
 *
 * @param add names of channels; never changed
 * @param remove names of channels; never changed
 * @param mostChannels the most channels that the device may have when some were put in, at least 1
 * @param mostDevices the most devices that a channel may have when this one was put in, at least 1
 */
public record ChangeDevice(PushDevice device, List<String> add, List<String> remove, int mostChannels, int mostDevices)
        implements
            Command<ChangeDevice.Outcome> {
    static final int KIND = 27;
    static final int RULES = 2;
    private static final long BYTES_BESIDE_NAME = 60;

    /** Copies the lists. */
    public ChangeDevice {
        add = List.copyOf(add);
        remove = List.copyOf(remove);
    }

    /** The outcome. */
    public sealed interface Outcome extends dev.manicule.server.command.Outcome
            permits DeviceChanged, TooManyChannels, TooManyDevices, Unavailable {}

    /** The device has these channels now. */
    public record DeviceChanged() implements Outcome {
        static final int KIND = 0xA1;

        @Override
        public void writeTo(ByteWriter out) {
            out.octet(KIND);
        }
    }

    /** The device would have too many channels; nothing was changed. */
    public record TooManyChannels() implements Outcome {
        static final int KIND = 0xA2;

        @Override
        public void writeTo(ByteWriter out) {
            out.octet(KIND);
        }
    }

    /** A channel would have too many devices; nothing was changed. */
    public record TooManyDevices() implements Outcome {
        static final int KIND = 0xA3;

        @Override
        public void writeTo(ByteWriter out) {
            out.octet(KIND);
        }
    }

    @Override
    public int leastRules() {
        return RULES;
    }

    @Override
    public long weight() {
        long bytes = BYTES_BESIDE_TEXTS + device.topic().length() + device.token().length();
        for (String name : add) {
            bytes += BYTES_BESIDE_NAME + name.length();
        }
        for (String name : remove) {
            bytes += BYTES_BESIDE_NAME + name.length();
        }
        return bytes;
    }

    static ChangeDevice readFrom(ByteReader in) throws DamagedFormException {
        return new ChangeDevice(in.device(), in.texts(), in.texts(), in.integer(), in.integer());
    }

    @Override
    public void writeTo(ByteWriter out) {
        out.octet(KIND);
        out.device(device);
        out.texts(add);
        out.texts(remove);
        out.integer(mostChannels);
        out.integer(mostDevices);
    }
}
