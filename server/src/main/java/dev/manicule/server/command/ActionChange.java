package dev.manicule.server.command;

import dev.manicule.server.model.ActionRule;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A change of the actions on one message: a part of {@link ChangeActions}. */
public sealed interface ActionChange {
    /** How many actions of a user a new one may replace, and a whole set may. */
    int MOST_REPLACED = 100;
    /** How many actions a removal may take off; a larger one goes on with another command. */
    int MOST_TAKEN_OFF = 100;

    /** The time to live of actions that stay until they are removed. */
    long FOREVER = 0;

    /** The message, which need not be stored unless the terms say so. */
    long messageTimetoken();

    /** How many events it has at most, at least 1. */
    int timetokens();

    /** About how many bytes of memory its texts take. */
    long weight();

    /** Adds what makes two requests the same one. */
    void addTo(RequestDigest digest);

    /** Appends the byte form: a byte for the kind, then the fields in their order. */
    void writeTo(ByteWriter out);

    /**
     * Put an action on the message. When the same one is there and leaves by itself, it stays for the time to live from
     * now on.
     *
     * @param ttl for how long the action stays, in 100 ns; {@link #FOREVER}
     * @param toggles whether the action is taken off when the same one is there
     */
    record Put(long messageTimetoken, String type, String value, String uuid, long ttl, boolean toggles,
            ActionTerms terms) implements ActionChange {
        private static final int KIND = 0;

        /** Put an action on the message that stays. */
        public Put(long messageTimetoken, String type, String value, String uuid, boolean toggles, ActionTerms terms) {
            this(messageTimetoken, type, value, uuid, FOREVER, toggles, terms);
        }

        @Override
        public int timetokens() {
            return terms.kind() == ActionRule.Kind.ONE ? 1 + MOST_REPLACED : 1;
        }

        @Override
        public long weight() {
            return (long) type.length() + value.length() + uuid.length();
        }

        @Override
        public void addTo(RequestDigest digest) {
            digest.add(KIND).add(messageTimetoken).add(type).add(value).add(uuid).add(ttl).add(toggles ? 1 : 0);
        }

        @Override
        public void writeTo(ByteWriter out) {
            out.octet(KIND);
            out.number(messageTimetoken);
            out.text(type);
            out.text(value);
            out.text(uuid);
            out.number(ttl);
            out.flag(toggles);
            terms.writeTo(out);
        }
    }

    /**
     * Add to the amount of a user's action: another action, with the sum, takes the place of the one that is there. With an
     * amount of zero it is gone.
     *
     * @param amount what to add, which may be negative; not zero
     * @param ttl for how long the action stays, in 100 ns; {@link #FOREVER}
     */
    record AddAmount(long messageTimetoken, String type, String value, String uuid, int amount, long ttl,
            ActionTerms terms) implements ActionChange {
        private static final int KIND = 3;

        /** One for each of two actions, of which one is in the other's place. */
        @Override
        public int timetokens() {
            return 2;
        }

        @Override
        public long weight() {
            return (long) type.length() + value.length() + uuid.length();
        }

        @Override
        public void addTo(RequestDigest digest) {
            digest.add(KIND).add(messageTimetoken).add(type).add(value).add(uuid).add(amount).add(ttl);
        }

        @Override
        public void writeTo(ByteWriter out) {
            out.octet(KIND);
            out.number(messageTimetoken);
            out.text(type);
            out.text(value);
            out.text(uuid);
            out.integer(amount);
            out.number(ttl);
            terms.writeTo(out);
        }
    }

    /**
     * Take actions off the message.
     *
     * @param type of this type; null for any
     * @param value of this value; null for any; without a type it is null
     * @param uuid of this user; null for any
     * @param by the user that removes them
     * @param most how many at most, 1 to {@link #MOST_TAKEN_OFF}: the oldest of their type and value first
     */
    record TakeOff(long messageTimetoken, @Nullable String type, @Nullable String value, @Nullable String uuid,
            String by, int most) implements ActionChange {
        private static final int KIND = 1;

        /** Take off the one action of a type, a value and a user. */
        public static TakeOff one(long messageTimetoken, String type, String value, String uuid, String by) {
            return new TakeOff(messageTimetoken, type, value, uuid, by, 1);
        }

        /** Whether it is about the one action that a type, a value and a user make. */
        public boolean isOne() {
            return type != null && value != null && uuid != null;
        }

        @Override
        public int timetokens() {
            return most;
        }

        @Override
        public long weight() {
            return (long) length(type) + length(value) + length(uuid) + by.length();
        }

        private static int length(@Nullable String text) {
            return text == null ? 0 : text.length();
        }

        @Override
        public void addTo(RequestDigest digest) {
            digest.add(KIND).add(messageTimetoken).add(type).add(value).add(uuid);
        }

        @Override
        public void writeTo(ByteWriter out) {
            out.octet(KIND);
            out.number(messageTimetoken);
            write(type, out);
            write(value, out);
            write(uuid, out);
            out.text(by);
            out.integer(most);
        }

        private static void write(@Nullable String text, ByteWriter out) {
            out.flag(text != null);
            if (text != null) {
                out.text(text);
            }
        }

        private static @Nullable String read(ByteReader in) throws DamagedFormException {
            return in.flag() ? in.text() : null;
        }
    }

    /**
     * Make these values the ones that a user has of a type on the message: put on those that are missing, take off all
     * others.
     *
     * @param values none for an empty set; no value twice
     * @param ttl for how long the actions stay, in 100 ns; {@link #FOREVER}
     */
    record Replace(long messageTimetoken, String type, List<String> values, String uuid, long ttl,
            ActionTerms terms) implements ActionChange {
        private static final int KIND = 2;

        /** Copies the list. */
        public Replace {
            values = List.copyOf(values);
        }

        @Override
        public int timetokens() {
            return MOST_REPLACED + values.size();
        }

        @Override
        public long weight() {
            long bytes = (long) type.length() + uuid.length();
            for (String value : values) {
                bytes += value.length();
            }
            return bytes;
        }

        @Override
        public void addTo(RequestDigest digest) {
            digest.add(KIND).add(messageTimetoken).add(type).add(uuid).add(ttl).add(values.size());
            values.forEach(digest::add);
        }

        @Override
        public void writeTo(ByteWriter out) {
            out.octet(KIND);
            out.number(messageTimetoken);
            out.text(type);
            out.texts(values);
            out.text(uuid);
            out.number(ttl);
            terms.writeTo(out);
        }
    }

    /**
     * Reads a change, and nothing that follows it.
     *
     * @throws DamagedFormException if that is none
     */
    static ActionChange readFrom(ByteReader in) throws DamagedFormException {
        int kind = in.octet();
        long message = in.number();
        return switch (kind) {
            case Put.KIND -> new Put(message, in.text(), in.text(), in.text(), in.number(), in.flag(),
                    ActionTerms.readFrom(in));
            case TakeOff.KIND -> new TakeOff(message, TakeOff.read(in), TakeOff.read(in), TakeOff.read(in), in.text(),
                    in.integer());
            case AddAmount.KIND -> new AddAmount(message, in.text(), in.text(), in.text(), in.integer(), in.number(),
                    ActionTerms.readFrom(in));
            case Replace.KIND -> new Replace(message, in.text(), in.texts(), in.text(), in.number(),
                    ActionTerms.readFrom(in));
            default -> throw in.damaged("no change of actions is of kind " + kind);
        };
    }

    /** Reads a list of changes with its size. */
    static List<ActionChange> all(ByteReader in) throws DamagedFormException {
        int size = in.size();
        List<ActionChange> changes = new ArrayList<>(size);
        for (int i = 0; i < size; i++) {
            changes.add(readFrom(in));
        }
        return changes;
    }
}
