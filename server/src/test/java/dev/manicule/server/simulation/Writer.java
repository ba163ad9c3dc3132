package dev.manicule.server.simulation;

import dev.manicule.server.command.ActionChange;
import dev.manicule.server.command.ActionTerms;
import dev.manicule.server.command.AddAction;
import dev.manicule.server.command.ChangeActions;
import dev.manicule.server.command.ChangeGroup;
import dev.manicule.server.command.ChangeMemberships;
import dev.manicule.server.command.Command;
import dev.manicule.server.command.DeleteGroup;
import dev.manicule.server.command.DeleteMessages;
import dev.manicule.server.command.IdempotencyKey;
import dev.manicule.server.command.Idempotent;
import dev.manicule.server.command.MarkRead;
import dev.manicule.server.command.Outcome;
import dev.manicule.server.command.Publish;
import dev.manicule.server.command.Publish.Delivery;
import dev.manicule.server.command.RemoveAction;
import dev.manicule.server.command.Retryable;
import dev.manicule.server.command.SetEntity;
import dev.manicule.server.json.Json;
import dev.manicule.server.limits.Client;
import dev.manicule.server.model.ActionRule;
import dev.manicule.server.model.Channel;
import dev.manicule.server.model.ChannelGroup;
import dev.manicule.server.model.MessageAction;
import dev.manicule.server.model.Range;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A client that writes, one thing after the other, and now and then sends again what it got no answer to. */
final class Writer extends ThinkingClient {
    private static final List<String> VALUES = List.of("+1", "heart");
    private static final long TIMEOUT_NANOS = 2_000_000_000L;
    private static final int THINKING_NANOS = 500_000_000;
    private static final int RECENT = 6;
    private static final long SECOND = 10_000_000;
    private static final long NANOS_BY_STEP = 100;

    private @Nullable SimulatedServer connectedTo;
    private @Nullable Client connection;
    private int rounds;
    private int written;

    Writer(World world, String name) {
        super(world, name, THINKING_NANOS);
    }

    @Override
    void act() {
        if (!world.isQuiet) {
            send(command(), world.random.nextInt(4));
        }
    }

    /** Sends a command, and again up to so many times if it may be sent again. */
    private void send(Command<?> command, int repetitions) {
        SimulatedServer server = world.anyServer();
        if (server == null) {
            think();
            return;
        }
        int round = ++rounds;
        Client client = connection;
        if (client == null || server != connectedTo || world.happens(10)) {
            client = server.connect();
            connection = client;
            connectedTo = server;
        }
        server.submit(client, name, command, outcome -> {
            if (!world.happens(8)) { // else the answer is lost
                actor.postAfter(world.latency(), () -> answered(round, command, outcome));
            }
        });
        if (command instanceof Idempotent<?> && world.happens(8)) {
            actor.postAfter(world.latency(), () -> repeat(round, command, repetitions)); // not even waited for
        }
        actor.postAfter(TIMEOUT_NANOS, () -> repeat(round, command, repetitions));
    }

    private void repeat(int round, Command<?> command, int repetitions) {
        if (round != rounds) {
            return;
        }
        if (repetitions > 0 && command instanceof Idempotent<?> once && !world.isQuiet) {
            send(again(once), repetitions - 1);
        } else {
            rounds++;
            think();
        }
    }

    private static <O extends Outcome> Idempotent<O> again(Idempotent<O> once) {
        return new Idempotent<>(once.command(), once.key());
    }

    private void answered(int round, Command<?> command, Outcome outcome) {
        Command<?> asked = command instanceof Idempotent<?> once ? once.command() : command;
        if (outcome instanceof Publish.Published(long timetoken) && asked instanceof Publish publish) {
            world.messages.add(new World.Known(publish.channel(), timetoken));
            if (publish.lifetime() > 0 && world.happens(2)) {
                Range message = new Range(timetoken, timetoken, false);
                actor.postAfter(publish.lifetime() * NANOS_BY_STEP,
                        () -> deleteAtItsEnd(new DeleteMessages(publish.channel(), message)));
            }
        } else if (outcome instanceof AddAction.Added(MessageAction action)) {
            world.actions.add(new World.KnownAction(((AddAction) asked).channel(), action));
        } else if (outcome instanceof ChangeActions.ActionsChanged(List<ChangeActions.Result> results)
                && asked instanceof ChangeActions change) {
            for (ChangeActions.Result result : results) {
                if (result instanceof ChangeActions.Changed changed) {
                    changed.added()
                            .forEach(action -> world.actions.add(new World.KnownAction(change.channel(), action)));
                }
            }
        }
        if (round == rounds) {
            rounds++;
            think();
        }
    }

    /** A message is deleted in the moment in which it expires, whatever this client waits for. */
    private void deleteAtItsEnd(DeleteMessages command) {
        SimulatedServer server = world.anyServer();
        if (server != null && !world.isQuiet) {
            server.submit(server.connect(), name, command, outcome -> {});
        }
    }

    private Command<?> command() {
        int choice = world.random.nextInt(100);
        if (choice < 5) {
            return delete();
        } else if (choice < 11) {
            return group();
        } else if (choice < 14 && !world.messages.isEmpty()) {
            World.Known message = recent(world.messages);
            return new MarkRead(message.channel(), world.any(World.UUIDS), message.timetoken(), 2);
        }
        Retryable<?> command = retryable(choice);
        return world.random.nextBoolean() ? command : once(command);
    }

    private Retryable<?> retryable(int choice) {
        if (choice < 45 || world.messages.isEmpty()) {
            return publish();
        } else if (choice < 80 || world.actions.isEmpty()) {
            World.Known message = recent(world.messages);
            AddAction add = new AddAction(message.channel(), message.timetoken(), "reaction", world.any(VALUES),
                    world.any(World.UUIDS), world.happens(3), Long.MAX_VALUE);
            return world.happens(4) ? change(add) : add;
        }
        World.KnownAction known = recent(world.actions);
        MessageAction action = known.action();
        if (world.happens(4)) {
            boolean isOfAll = world.happens(6);
            return new ChangeActions(known.channel(),
                    new ActionChange.TakeOff(action.messageTimetoken(), action.type(), action.value(),
                            isOfAll ? null : action.uuid(), world.happens(8) ? "boss" : action.uuid(),
                            isOfAll ? 2 : 1));
        }
        return new RemoveAction(known.channel(), action.messageTimetoken(), action.actionTimetoken(),
                world.happens(8) ? world.any(World.UUIDS) : action.uuid());
    }

    /** A toggle, a value in place of another one, a whole set, or several of them. */
    private ChangeActions change(AddAction add) {
        ActionRule.Kind[] kinds = ActionRule.Kind.values();
        ActionTerms terms = new ActionTerms(add.strictParent(), add.mostBytes(),
                kinds[world.random.nextInt(kinds.length)], world.happens(3) ? 2 : ActionRule.ANY_NUMBER,
                world.happens(4) ? 2 : ActionRule.ANY_NUMBER);
        List<ActionChange> changes = new ArrayList<>();
        for (int i = 0; i == 0 || (i < 4 && world.happens(2)); i++) {
            changes.add(terms.kind() == ActionRule.Kind.COUNTER && world.random.nextBoolean()
                    ? new ActionChange.AddAmount(add.messageTimetoken(), add.type(), add.value(), add.uuid(),
                            world.happens(3) ? -1 : 1 + world.random.nextInt(4), ttl(), terms)
                    : world.happens(5)
                            ? new ActionChange.Replace(add.messageTimetoken(), add.type(), List.of(world.any(VALUES)),
                                    add.uuid(), ttl(), terms)
                            : new ActionChange.Put(add.messageTimetoken(), add.type(),
                                    i == 0 ? add.value() : world.any(VALUES),
                                    add.uuid(), ttl(), world.happens(2), terms));
        }
        return new ChangeActions(add.channel(), changes, world.random.nextBoolean());
    }

    private long ttl() {
        return world.happens(3) ? (1 + world.random.nextInt(5)) * SECOND : ActionChange.FOREVER;
    }

    private Publish publish() {
        Json payload = new Json(("\"" + name + "-" + ++written + "\"").getBytes(StandardCharsets.UTF_8));
        Delivery delivery = world.happens(8) ? Delivery.TRANSIENT : Delivery.STORED;
        long lifetime = delivery == Delivery.STORED && world.happens(12) ? (1 + world.random.nextInt(5)) * SECOND : 0;
        return new Publish(world.channel(), payload, null, null, new Publish.Publisher(name, null, null), delivery,
                lifetime);
    }

    /** Now and then a name is used again for something else. */
    private <O extends Outcome> Idempotent<O> once(Retryable<O> command) {
        String uuid = switch (command) {
            case Publish publish -> publish.uuid();
            case AddAction add -> add.uuid();
            case RemoveAction remove -> remove.uuid();
            case ChangeActions _,SetEntity _,ChangeMemberships _ -> name;
        };
        String request = world.happens(20) ? "the same" : name + "-" + ++written;
        return new Idempotent<>(command,
                IdempotencyKey.of(World.KEYSET, uuid, request, command, world.random.nextBoolean()));
    }

    private DeleteMessages delete() {
        if (world.messages.isEmpty()) {
            return new DeleteMessages(world.channel(), Range.ALL);
        }
        World.Known from = recent(world.messages);
        World.Known to = recent(world.messages);
        Channel channel = from.channel();
        return new DeleteMessages(channel, switch (world.random.nextInt(5)) {
            case 0 -> new Range(0, from.timetoken(), false);
            case 1 -> new Range(from.timetoken(), Long.MAX_VALUE, false);
            case 2 -> Range.ofHistory(Math.min(from.timetoken(), to.timetoken()),
                    Math.max(from.timetoken(), to.timetoken()), false);
            default -> new Range(from.timetoken(), from.timetoken(), false);
        });
    }

    private Command<?> group() {
        ChannelGroup group = new ChannelGroup(World.KEYSET, world.any(World.GROUPS));
        return world.happens(6)
                ? new DeleteGroup(group)
                : new ChangeGroup(group, world.happens(4) ? List.of() : List.of(world.any(World.CHANNELS)),
                        world.happens(3) ? List.of(world.any(World.CHANNELS)) : List.of());
    }

    /** One of the last: so that clients get into each other's way. */
    private <T> T recent(List<T> all) {
        return all.get(Math.max(0, all.size() - 1 - world.random.nextInt(RECENT)));
    }
}
