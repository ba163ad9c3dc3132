package dev.manicule.server.simulation;

import dev.manicule.server.ledger.LedgerReader;
import dev.manicule.server.model.ActionSummary;
import dev.manicule.server.model.Channel;
import dev.manicule.server.model.Event;
import dev.manicule.server.model.Message;
import dev.manicule.server.model.Message.ActionGroup;
import dev.manicule.server.model.Message.Actor;
import dev.manicule.server.model.MessageAction;
import dev.manicule.server.model.Range;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;

/** A client that looks at what is stored. */
final class Reader extends ThinkingClient {
    private static final int THINKING_NANOS = 600_000_000;
    private static final int MOST = 10_000;
    private static final int BYTES = 1 << 24;

    Reader(World world, String name) {
        super(world, name, THINKING_NANOS);
    }

    @Override
    void act() {
        SimulatedServer server = world.anyServer();
        Channel channel = world.channel();
        if (server != null && !server.isDead()) {
            int since = world.history.steps();
            server.read(reads -> world.history.read(server.start(), name, channel, stored(reads, channel), since));
        }
        if (!world.isQuiet) {
            think();
        }
    }

    /** All that is stored on a channel, in words: {@link Replay#stored} has the same for what should be. */
    static List<String> stored(LedgerReader reads, Channel channel) {
        List<String> found = new ArrayList<>();
        LedgerReader.WithActions with = new LedgerReader.WithActions(true, true, null, null);
        for (Message message : reads.messages(channel, Range.ALL, MOST, with, BYTES).messages()) {
            found.add(message.timetoken() + " " + new String(message.payload().utf8(), StandardCharsets.UTF_8));
            List<String> on = new ArrayList<>();
            for (ActionGroup group : message.on().groups()) {
                for (Actor each : group.actors()) {
                    on.add(on(new MessageAction(message.timetoken(), group.type(), group.value(), each.uuid(),
                            each.actionTimetoken(), each.expires(), each.amount())));
                }
            }
            if (!isSummedUp(message.on())) {
                on.add("  not what the summary says: " + message.on());
            }
            on.sort(Comparator.naturalOrder());
            found.addAll(on);
        }
        for (byte[] row : reads.actions(channel, Range.ALL, MOST, BYTES).rows()) {
            found.add(new String(row, StandardCharsets.UTF_8));
        }
        for (Event event : reads.events(channel, 0, Long.MAX_VALUE, Long.MAX_VALUE, MOST)) {
            found.add("told " + event.timetoken());
        }
        return found;
    }

    /** Whether the summary of a message counts the actions that are on it. */
    private static boolean isSummedUp(Message.Actions on) {
        ActionSummary summary = Objects.requireNonNull(on.summary());
        return summary.hasMore() || summary.tallies()
                .stream()
                .map(tally -> tally.type() + " " + tally.value() + " " + tally.count() + " "
                        + tally.first().getFirst())
                .toList()
                .equals(on.groups()
                        .stream()
                        .map(group -> group.type() + " " + group.value() + " " + group.actors()
                                .stream()
                                .mapToLong(Actor::amount)
                                .sum() + " "
                                + new Actor(group.actors().getFirst().uuid(),
                                        group.actors().getFirst().actionTimetoken()))
                        .toList());
    }

    /** An action as it is found on its message. */
    static String on(MessageAction action) {
        return "  " + action.type() + " " + action.value() + " " + action.uuid() + " " + action.actionTimetoken();
    }
}
