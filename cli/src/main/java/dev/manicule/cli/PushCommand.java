package dev.manicule.cli;

import dev.manicule.client.ChangePushChannels;
import dev.manicule.client.ManiculeClient;
import dev.manicule.client.PushDevice;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Registration of devices for push notifications. */
@Command(name = "push", description = "Register devices for push notifications of channels.",
        subcommands = {PushCommand.Add.class, PushCommand.Remove.class, PushCommand.Listing.class,
                PushCommand.Delete.class})
final class PushCommand extends CommandGroup {
    PushCommand() {
        super("add, remove, list or delete");
    }

    /** A command about a device. */
    abstract static class OfDevice extends ClientCommand {
        @Mixin
        private final DeviceOptions options = new DeviceOptions();

        @Override
        final void check() {
            options.check();
        }

        final PushDevice device() {
            return options.device();
        }
    }

    /** Changes the channels of a device. */
    abstract static class Change extends OfDevice {
        @Parameters(index = "0..*", arity = "1..*", paramLabel = "CHANNEL", description = "The channels.")
        private String[] channels = {};

        @Override
        final void run(ManiculeClient client, Output out) {
            change(client, channels).sync().orThrow();
            out.print("done", Output.object().put("changed", channels.length));
        }

        abstract ChangePushChannels change(ManiculeClient client, String... channels);
    }

    /** Registers a device for channels. */
    @Command(name = "add", description = "Register a device for notifications of channels.")
    static final class Add extends Change {
        @Override
        ChangePushChannels change(ManiculeClient client, String... channels) {
            return client.addPushChannels(device(), channels);
        }
    }

    /** Ends notifications of channels. */
    @Command(name = "remove", description = "End notifications of channels on a device.")
    static final class Remove extends Change {
        @Override
        ChangePushChannels change(ManiculeClient client, String... channels) {
            return client.removePushChannels(device(), channels);
        }
    }

    /** Lists the channels of a device. */
    @Command(name = "list", description = "Print the channels that a device is registered for.")
    static final class Listing extends OfDevice {
        @Override
        void run(ManiculeClient client, Output out) {
            client.listPushChannels(device())
                    .sync()
                    .orThrow()
                    .forEach(channel -> out.print(channel, Output.object().put("channel", channel)));
        }
    }

    /** Ends all notifications of a device. */
    @Command(name = "delete", description = "End all notifications of a device.")
    static final class Delete extends OfDevice {
        @Override
        void run(ManiculeClient client, Output out) {
            client.removePushDevice(device()).sync().orThrow();
            out.print("done", Output.object().put("deleted", true));
        }
    }
}
