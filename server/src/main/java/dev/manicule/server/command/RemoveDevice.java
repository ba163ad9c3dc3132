package dev.manicule.server.command;

import dev.manicule.server.model.PushDevice;

/**
 * Take a device out of all channels, unless it was registered again since.
 *
 * @param upTo a device stays that was registered at a later timetoken
 */
public record RemoveDevice(PushDevice device, long upTo) implements Command<RemoveDevice.Outcome> {
    static final int KIND = 28;

    /** The outcome. */
    public sealed interface Outcome extends dev.manicule.server.command.Outcome
            permits DeviceRemoved, Unavailable {}

    /**
     * The device was registered later, or has no channels now.
     *
     * @param channels how many channels it had; 0 when it stays
     */
    public record DeviceRemoved(int channels) implements Outcome {
        static final int KIND = 0xA4;

        static DeviceRemoved readFrom(ByteReader in) throws DamagedFormException {
            return new DeviceRemoved(in.integer());
        }

        @Override
        public void writeTo(ByteWriter out) {
            out.octet(KIND);
            out.integer(channels);
        }
    }

    @Override
    public int leastRules() {
        return ChangeDevice.RULES;
    }

    @Override
    public long weight() {
        return BYTES_BESIDE_TEXTS + device.topic().length() + device.token().length();
    }

    static RemoveDevice readFrom(ByteReader in) throws DamagedFormException {
        return new RemoveDevice(in.device(), in.number());
    }

    @Override
    public void writeTo(ByteWriter out) {
        out.octet(KIND);
        out.device(device);
        out.number(upTo);
    }
}
