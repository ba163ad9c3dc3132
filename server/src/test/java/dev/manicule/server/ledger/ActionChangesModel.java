package dev.manicule.server.ledger;

import dev.manicule.server.command.ActionChange.AddAmount;
import dev.manicule.server.command.ActionChange.Put;
import dev.manicule.server.command.ActionChange.Replace;
import dev.manicule.server.command.ActionChange.TakeOff;
import dev.manicule.server.command.ActionChange;
import dev.manicule.server.command.ActionTerms;
import dev.manicule.server.command.ChangeActions.Changed;
import dev.manicule.server.command.ChangeActions.Refusal;
import dev.manicule.server.command.ChangeActions.Refused;
import dev.manicule.server.command.ChangeActions.Result;
import dev.manicule.server.command.ChangeActions;
import dev.manicule.server.model.ActionRule;
import dev.manicule.server.model.MessageAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What {@link ActionChanges} must decide, over the plain list of the actions on a channel. */
final class ActionChangesModel {
    private TreeMap<Long, MessageAction> actions;
    private TreeMap<Long, Emitted> events = new TreeMap<>();
    private final Set<Long> stored;
    private long next;

    /** An event of a change. */
    record Emitted(String what, long message) {}

    ActionChangesModel(Map<Long, MessageAction> actions, Set<Long> stored, long timetoken) {
        this.actions = new TreeMap<>(actions);
        this.stored = stored;
        next = timetoken;
    }

    Map<Long, MessageAction> actions() {
        return actions;
    }

    Map<Long, Emitted> events() {
        return events;
    }

    ChangeActions.Outcome decide(ChangeActions command) {
        TreeMap<Long, MessageAction> before = new TreeMap<>(actions);
        List<Result> results = new ArrayList<>();
        for (ActionChange change : command.changes()) {
            results.add(decide(change));
            if (command.isAllOrNone() && results.getLast() instanceof Refused refused) {
                actions = before;
                events.clear();
                return new ChangeActions.NoActionsChanged(results.size() - 1, refused);
            }
        }
        return new ChangeActions.ActionsChanged(results);
    }

    private Result decide(ActionChange change) {
        TreeMap<Long, MessageAction> actionsBefore = new TreeMap<>(actions);
        TreeMap<Long, Emitted> eventsBefore = new TreeMap<>(events);
        long nextBefore = next;
        Result result = switch (change) {
            case Put put -> put(put);
            case AddAmount more -> addAmount(more);
            case TakeOff takeOff -> takeOff(takeOff);
            case Replace replace -> replace(replace);
        };
        if (result instanceof Refused) {
            actions = actionsBefore;
            events = eventsBefore;
            next = nextBefore;
        }
        return result;
    }

    private Result put(Put put) {
        List<MessageAction> own = of(put.messageTimetoken(), put.type(), null, put.uuid());
        MessageAction same = own.stream().filter(each -> each.value().equals(put.value())).findFirst().orElse(null);
        if (same != null && put.toggles()) {
            remove(same);
            return new Changed(List.of(same), List.of());
        }
        if (put.terms().strictParent() && !stored.contains(put.messageTimetoken())) {
            return new Refused(Refusal.NO_SUCH_MESSAGE);
        }
        if (same != null && same.isExpiring() && put.ttl() > 0) {
            return new Changed(List.of(), List.of(), List.of(renew(same, put.ttl())), false);
        }
        if (same != null) {
            return new Refused(Refusal.EXISTS, same);
        }
        if (put.terms().kind() == ActionRule.Kind.ONCE && !own.isEmpty()) {
            return new Refused(Refusal.EXISTS, own.getFirst());
        }
        List<MessageAction> removed = put.terms().kind() == ActionRule.Kind.ONE ? own : List.of();
        removed.forEach(this::remove);
        List<MessageAction> added = new ArrayList<>();
        Refused refused = add(new MessageAction(put.messageTimetoken(), put.type(), put.value(), put.uuid(), 0),
                put.terms(), added, put.ttl());
        return refused == null ? new Changed(removed, added) : refused;
    }

    private Result addAmount(AddAmount more) {
        List<MessageAction> own = of(more.messageTimetoken(), more.type(), more.value(), more.uuid());
        if (more.terms().strictParent() && !stored.contains(more.messageTimetoken())) {
            return new Refused(Refusal.NO_SUCH_MESSAGE);
        }
        long sum = own.stream().mapToLong(MessageAction::amount).sum() + more.amount();
        MessageAction there = own.isEmpty() ? null : own.getFirst();
        if (sum < 0) {
            return new Refused(Refusal.AMOUNT_TOO_LOW, there);
        }
        if (more.amount() > 0 && (sum > more.terms().mostByUser() || sum > MessageAction.MOST_AMOUNT)) {
            return new Refused(Refusal.AMOUNT_TOO_HIGH, there);
        }
        own.forEach(this::remove);
        List<MessageAction> added = new ArrayList<>();
        Refused refused = sum == 0
                ? null
                : add(new MessageAction(more.messageTimetoken(), more.type(), more.value(), more.uuid(), 0)
                        .times((int) sum), more.terms(), added, more.ttl());
        return refused == null ? new Changed(own, added) : refused;
    }

    private @Nullable Refused add(MessageAction wanted, ActionTerms terms, List<MessageAction> added, long ttl) {
        long message = wanted.messageTimetoken();
        String type = wanted.type();
        String value = wanted.value();
        if (terms.kind() != ActionRule.Kind.COUNTER
                && of(message, type, null, wanted.uuid()).size() >= terms.mostByUser()) {
            return new Refused(Refusal.TOO_MANY_BY_USER);
        }
        Set<String> values = new HashSet<>();
        of(message, type, null, null).forEach(each -> values.add(each.value()));
        if (!values.contains(value) && values.size() >= terms.mostValues()) {
            return new Refused(Refusal.TOO_MANY_VALUES);
        }
        MessageAction action = wanted.at(next).until(ttl == 0 ? 0 : next + ttl);
        long bytes = of(message, null, null, null).stream().mapToLong(LedgerModel::bytes).sum();
        if (bytes + LedgerModel.bytes(action) > terms.mostBytes()) {
            return new Refused(Refusal.TOO_MANY_BYTES);
        }
        actions.put(next, action);
        events.put(next++, new Emitted("added", message));
        added.add(action);
        return null;
    }

    private Result replace(Replace replace) {
        long message = replace.messageTimetoken();
        if (replace.terms().strictParent() && !replace.values().isEmpty() && !stored.contains(message)) {
            return new Refused(Refusal.NO_SUCH_MESSAGE);
        }
        List<String> missing = new ArrayList<>(replace.values());
        List<MessageAction> removed = new ArrayList<>();
        List<MessageAction> own = of(message, replace.type(), null, replace.uuid());
        List<MessageAction> renewed = new ArrayList<>();
        for (MessageAction each : own) {
            if (!missing.remove(each.value())) {
                remove(each);
                removed.add(each);
            } else if (each.isExpiring() && replace.ttl() > 0) {
                renewed.add(renew(each, replace.ttl()));
            }
        }
        int present = own.size() - removed.size();
        List<MessageAction> added = new ArrayList<>();
        for (String value : missing) {
            if (Set.of(ActionRule.Kind.ONE, ActionRule.Kind.ONCE).contains(replace.terms().kind())
                    && present + added.size() > 0) {
                return new Refused(Refusal.TOO_MANY_BY_USER);
            }
            Refused refused = add(new MessageAction(message, replace.type(), value, replace.uuid(), 0),
                    replace.terms(), added, replace.ttl());
            if (refused != null) {
                return refused;
            }
        }
        return new Changed(removed, added, renewed, false);
    }

    private Result takeOff(TakeOff takeOff) {
        List<MessageAction> some = of(takeOff.messageTimetoken(), takeOff.type(), takeOff.value(), takeOff.uuid());
        if (takeOff.isOne() && some.isEmpty()) {
            return new Refused(Refusal.NO_SUCH_ACTION);
        }
        List<MessageAction> gone = some.subList(0, Math.min(some.size(), takeOff.most()));
        gone.forEach(this::remove);
        return new Changed(gone, List.of(), List.of(), some.size() > gone.size());
    }

    private MessageAction renew(MessageAction there, long ttl) {
        MessageAction renewed = there.until(next + ttl);
        actions.put(there.actionTimetoken(), renewed);
        return renewed;
    }

    private void remove(MessageAction action) {
        actions.remove(action.actionTimetoken());
        events.put(next++, new Emitted("removed", action.messageTimetoken()));
    }

    /** In the order of the table that has them: type and value say their lengths, but for the value of a user's. */
    private List<MessageAction> of(long message, @Nullable String type, @Nullable String value,
            @Nullable String uuid) {
        Comparator<MessageAction> order = Comparator.comparing((MessageAction each) -> sized(each.type()),
                Arrays::compareUnsigned);
        order = uuid == null
                ? order.thenComparing(each -> sized(each.value()), Arrays::compareUnsigned)
                : order.thenComparing(each -> bytes(each.value()), Arrays::compareUnsigned);
        return actions.values()
                .stream()
                .filter(each -> each.messageTimetoken() == message && (type == null || type.equals(each.type()))
                        && (value == null || value.equals(each.value())) && (uuid == null || uuid.equals(each.uuid())))
                .sorted(order.thenComparingLong(MessageAction::actionTimetoken))
                .toList();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] sized(String text) {
        byte[] bytes = bytes(text);
        byte[] sized = new byte[bytes.length + 1];
        sized[0] = (byte) bytes.length;
        System.arraycopy(bytes, 0, sized, 1, bytes.length);
        return sized;
    }
}
