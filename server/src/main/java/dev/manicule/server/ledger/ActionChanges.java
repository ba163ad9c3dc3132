package dev.manicule.server.ledger;

import dev.manicule.server.command.ActionChange.AddAmount;
import dev.manicule.server.command.ActionChange.Put;
import dev.manicule.server.command.ActionChange.Replace;
import dev.manicule.server.command.ActionChange.TakeOff;
import dev.manicule.server.command.ActionChange;
import dev.manicule.server.command.ActionTerms;
import dev.manicule.server.command.AddAction;
import dev.manicule.server.command.ChangeActions.Changed;
import dev.manicule.server.command.ChangeActions.NoActionsChanged;
import dev.manicule.server.command.ChangeActions.Refusal;
import dev.manicule.server.command.ChangeActions.Refused;
import dev.manicule.server.command.ChangeActions.Result;
import dev.manicule.server.command.ChangeActions;
import dev.manicule.server.command.Idempotent;
import dev.manicule.server.command.Unavailable;
import dev.manicule.server.model.ActionRule;
import dev.manicule.server.model.Channel;
import dev.manicule.server.model.Event;
import dev.manicule.server.model.MessageAction;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;

/** Decides the changes of one {@link ChangeActions}, in a transaction. */
final class ActionChanges {
    private final Transaction transaction;
    private final Rules rules;
    private final Channel channel;
    private final byte[] key;
    private final Visible visible;
    private final List<Event> events = new ArrayList<>();
    private long next;

    /**
     * Those of a channel.
     *
     * @param visible which rows are visible to all changes
     * @param timetoken the first one of the command
     */
    ActionChanges(Channel channel, Visible visible, long timetoken, Rules rules, Transaction transaction) {
        this.channel = channel;
        key = Keys.channel(channel);
        this.visible = visible;
        next = timetoken;
        this.rules = rules;
        this.transaction = transaction;
    }

    /** The events of the changes that are in force, in the order of their timetokens. */
    List<Event> events() {
        return events;
    }

    /** Decides a command; its rows are in the transaction then, its events are not. */
    ChangeActions.Outcome decide(ChangeActions command) throws RocksDBException {
        List<Result> results = new ArrayList<>();
        boolean isEachInForce = transaction.attempt(() -> {
            for (ActionChange change : command.changes()) {
                results.add(decide(change));
                if (command.isAllOrNone() && results.getLast() instanceof Refused) {
                    return false;
                }
            }
            return true;
        });
        if (!isEachInForce && results.getLast() instanceof Refused refused) {
            events.clear();
            return new NoActionsChanged(results.size() - 1, refused);
        }
        return new ChangeActions.ActionsChanged(results);
    }

    private Result decide(ActionChange change) throws RocksDBException {
        int eventsBefore = events.size();
        long nextBefore = next;
        List<Result> result = new ArrayList<>(1);
        boolean isInForce = transaction.attempt(() -> {
            result.add(switch (change) {
                case Put put -> put(put);
                case AddAmount more -> addAmount(more);
                case TakeOff takeOff -> takeOff(takeOff);
                case Replace replace -> replace(replace);
            });
            return result.getFirst() instanceof Changed;
        });
        if (!isInForce) {
            events.subList(eventsBefore, events.size()).clear();
            next = nextBefore;
        }
        return result.getFirst();
    }

    private Result put(Put put) throws RocksDBException {
        MessageAction action = new MessageAction(put.messageTimetoken(), put.type(), put.value(), put.uuid(), 0);
        MessageAction same = rules.find(action, key, visible);
        if (same != null && put.toggles()) {
            return taken(List.of(same), put.uuid(), false);
        }
        ActionTerms terms = put.terms();
        if (lacksMessage(put.messageTimetoken(), terms)) {
            return new Refused(Refusal.NO_SUCH_MESSAGE);
        }
        if (same != null) {
            MessageAction renewed = renew(same, put.ttl());
            return renewed == null
                    ? new Refused(Refusal.EXISTS, same)
                    : new Changed(List.of(), List.of(), List.of(renewed), false);
        }
        List<MessageAction> own = terms.isPlain()
                ? List.of()
                : ofUser(put.messageTimetoken(), put.type(), null, put.uuid(), ActionChange.MOST_REPLACED + 1);
        return switch (terms.kind()) {
            case MANY, COUNTER -> inPlaceOf(List.of(), action, put.ttl(), own.size(), terms);
            case ONCE -> own.isEmpty()
                    ? inPlaceOf(List.of(), action, put.ttl(), 0, terms)
                    : new Refused(Refusal.EXISTS, own.getFirst());
            case ONE -> own.size() > ActionChange.MOST_REPLACED
                    ? new Refused(Refusal.TOO_MANY_TO_REPLACE)
                    : inPlaceOf(own, action, put.ttl(), 0, terms);
        };
    }

    private boolean lacksMessage(long message, ActionTerms terms) throws RocksDBException {
        return terms.strictParent() && !Messages.isStored(message, key, visible, transaction);
    }

    /** Has an action that leaves by itself do so later; null when it stays until it is removed, or shall stay. */
    private @Nullable MessageAction renew(MessageAction there, long ttl) {
        return there.isExpiring() && ttl != ActionChange.FOREVER
                ? Actions.renew(there, next + ttl, key, transaction)
                : null;
    }

    /** Puts an action on its message in place of some that are there. */
    private Result inPlaceOf(List<MessageAction> replaced, MessageAction action, long ttl, int own,
            ActionTerms terms) throws RocksDBException {
        for (MessageAction each : replaced) {
            takeOff(each, action.uuid());
        }
        List<MessageAction> added = new ArrayList<>(1);
        Refused refused = add(action, ttl, own, terms, added);
        return refused == null ? new Changed(replaced, added) : refused;
    }

    /**
     * Puts an action on its message.
     *
     * @param ttl for how long, in 100 ns; {@link ActionChange#FOREVER}
     * @param own how many of its type the user has there
     * @param added gets the action
     * @return why it may not be there; null when it is there now
     */
    private @Nullable Refused add(MessageAction action, long ttl, int own, ActionTerms terms,
            List<MessageAction> added) throws RocksDBException {
        long message = action.messageTimetoken();
        if (own >= terms.mostActions()) {
            return new Refused(Refusal.TOO_MANY_BY_USER);
        }
        if (terms.mostValues() != ActionRule.ANY_NUMBER
                && ActionsByMessage.tallyOn(message, key, new ActionKeys(key, action), visible, transaction)
                        .count() == 0
                && ActionsByMessage.hasValues(message, action.type(), terms.mostValues(), key, visible,
                        transaction)) {
            return new Refused(Refusal.TOO_MANY_VALUES);
        }
        MessageAction now = action.at(next).until(ttl == ActionChange.FOREVER ? MessageAction.NEVER : next + ttl);
        Rules.Put put = rules.put(now, key, visible, terms.mostBytes());
        if (put.refusal() != null) {
            return refused(put.refusal());
        }
        events.add(Envelopes.added(channel, now, put.count()));
        added.add(now);
        next++;
        return null;
    }

    private static Refused refused(AddAction.Outcome refusal) {
        return switch (refusal) {
            case AddAction.TooManyActions _ -> new Refused(Refusal.TOO_MANY_ACTIONS);
            case AddAction.TooManyBytes _ -> new Refused(Refusal.TOO_MANY_BYTES);
            case AddAction.Exists(MessageAction there) -> new Refused(Refusal.EXISTS, there);
            case AddAction.AlreadyAdded _ -> new Refused(Refusal.EXISTS);
            case AddAction.NoSuchMessage _ -> new Refused(Refusal.NO_SUCH_MESSAGE);
            case AddAction.Added _,Idempotent.KeyReused _,Unavailable _ ->
                throw new IllegalStateException("no refusal of an action: " + refusal);
        };
    }

    /** So that clients that know nothing of amounts understand it, an action takes the place of another. */
    private Result addAmount(AddAmount more) throws RocksDBException {
        MessageAction action = new MessageAction(more.messageTimetoken(), more.type(), more.value(), more.uuid(), 0);
        if (lacksMessage(more.messageTimetoken(), more.terms())) {
            return new Refused(Refusal.NO_SUCH_MESSAGE);
        }
        MessageAction before = rules.find(action, key, visible);
        long amount = (long) (before == null ? 0 : before.amount()) + more.amount();
        if (amount < 0) {
            return new Refused(Refusal.AMOUNT_TOO_LOW, before);
        }
        if (more.amount() > 0 && amount > more.terms().mostAmount()) {
            return new Refused(Refusal.AMOUNT_TOO_HIGH, before);
        }
        List<MessageAction> replaced = before == null ? List.of() : List.of(before);
        return amount == 0
                ? taken(replaced, more.uuid(), false)
                : inPlaceOf(replaced, action.times((int) amount), more.ttl(), 0, more.terms());
    }

    private Result replace(Replace replace) throws RocksDBException {
        List<MessageAction> own = ofUser(replace.messageTimetoken(), replace.type(), null, replace.uuid(),
                ActionChange.MOST_REPLACED + 1);
        if (own.size() > ActionChange.MOST_REPLACED) {
            return new Refused(Refusal.TOO_MANY_TO_REPLACE);
        }
        if (!replace.values().isEmpty() && lacksMessage(replace.messageTimetoken(), replace.terms())) {
            return new Refused(Refusal.NO_SUCH_MESSAGE);
        }
        List<String> missing = new ArrayList<>(replace.values());
        List<MessageAction> removed = new ArrayList<>();
        List<MessageAction> renewed = new ArrayList<>();
        for (MessageAction each : own) {
            if (missing.remove(each.value())) {
                MessageAction longer = renew(each, replace.ttl());
                renewed.addAll(longer == null ? List.of() : List.of(longer));
            } else {
                takeOff(each, replace.uuid());
                removed.add(each);
            }
        }
        List<MessageAction> added = new ArrayList<>();
        int present = own.size() - removed.size();
        int most = switch (replace.terms().kind()) {
            case MANY, COUNTER -> ActionRule.ANY_NUMBER;
            case ONE, ONCE -> 1;
        };
        for (String value : missing) {
            if (present >= most) {
                return new Refused(Refusal.TOO_MANY_BY_USER);
            }
            Refused refused = add(new MessageAction(replace.messageTimetoken(), replace.type(), value,
                    replace.uuid(), 0), replace.ttl(), present, replace.terms(), added);
            if (refused != null) {
                return refused;
            }
            present++;
        }
        return new Changed(removed, added, renewed, false);
    }

    private Result takeOff(TakeOff takeOff) throws RocksDBException {
        String type = takeOff.type();
        String value = takeOff.value();
        String uuid = takeOff.uuid();
        if (type != null && value != null && uuid != null) {
            MessageAction there = rules.find(new MessageAction(takeOff.messageTimetoken(), type, value, uuid, 0),
                    key, visible);
            return there == null
                    ? new Refused(Refusal.NO_SUCH_ACTION)
                    : taken(List.of(there), takeOff.by(), false);
        }
        List<MessageAction> some = uuid == null
                ? ofAll(takeOff.messageTimetoken(), type, value, takeOff.most() + 1)
                : ofUser(takeOff.messageTimetoken(), type, value, uuid, takeOff.most() + 1);
        boolean hasMore = some.size() > takeOff.most();
        return taken(hasMore ? some.subList(0, takeOff.most()) : some, takeOff.by(), hasMore);
    }

    private Changed taken(List<MessageAction> actions, String by, boolean hasMore) throws RocksDBException {
        for (MessageAction each : actions) {
            takeOff(each, by);
        }
        return new Changed(actions, List.of(), List.of(), hasMore);
    }

    private void takeOff(MessageAction action, String by) throws RocksDBException {
        long left = Actions.takeOff(action, key, visible, next, transaction);
        events.add(Envelopes.removed(channel, action, by, next, left));
        next++;
    }

    /** The actions of a user on a message, at most so many. */
    private List<MessageAction> ofUser(long message, @Nullable String type, @Nullable String value, String uuid,
            int most) throws RocksDBException {
        List<MessageAction> found = new ArrayList<>();
        transaction.rows(transaction.tables().of(ActionsByUser.TABLE),
                ActionsByUser.prefix(key, uuid, message, type), (place, row) -> {
                    MessageAction action = ActionsByUser.read(place, row, key.length);
                    return (value == null || value.equals(action.value()))
                            && visible.isAction(message, action.actionTimetoken());
                }, most).forEach((place, row) -> found.add(ActionsByUser.read(place.bytes, row, key.length)));
        return found;
    }

    /** The actions on a message, at most so many. */
    private List<MessageAction> ofAll(long message, @Nullable String type, @Nullable String value, int most)
            throws RocksDBException {
        List<MessageAction> found = new ArrayList<>();
        transaction.rows(transaction.tables().of(ActionsByMessage.TABLE),
                ActionsByMessage.prefix(key, message, type, value),
                (place, row) -> visible.isAction(message, Keys.timetoken(place, place.length - Long.BYTES)), most)
                .forEach((place, row) -> found.add(ActionsByMessage.Place.of(place.bytes, key.length).action(row)));
        return found;
    }
}
