package dev.manicule.server.ledger;

import dev.manicule.server.model.Channel;
import dev.manicule.server.model.ChannelGroup;
import dev.manicule.server.model.ChannelGroup.Former;
import dev.manicule.server.model.ChannelGroup.Members;
import dev.manicule.server.model.Event;
import dev.manicule.server.model.Message;
import dev.manicule.server.model.Message.ActionGroup;
import dev.manicule.server.model.Message.Actor;
import dev.manicule.server.model.MessageAction;
import dev.manicule.server.model.Range;
import dev.manicule.server.model.Revocation;
import dev.manicule.server.model.Timetoken;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;

/**
 * What can be read out of the tables. Any thread may read; a read waits for the disk, so no event loop should.
 *
 * <p>A page is bounded in bytes as well as in entries, since one entry may be large; what did not fit is said.
 */
public final class LedgerReads {
    /** Of the actions on one message, a page has no more bytes, whatever is stored. */
    static final int MOST_ACTION_BYTES = 4 << 20;

    private final OpenTables tables;
    private final Versions versions;

    LedgerReads(OpenTables tables, Versions versions) {
        this.tables = tables;
        this.versions = versions;
    }

    /**
     * A number that changes whenever something stored on a channel does: what is read after it was asked for holds as
     * long as it is the same. Odd numbers are those of moments in which nothing holds. Does not wait for a disk.
     */
    public long version(Channel channel) {
        return versions.of(Keys.channel(channel));
    }

    static long lastTimetoken(Tables open) throws RocksDBException {
        byte[] row = open.db.get(open.meta, Keys.LAST_TIMETOKEN);
        return row == null ? 0L : Keys.number(row);
    }

    /**
     * Events of a channel, for catch-up, ascending. Transient ones that are too old are left out.
     *
     * @param after the cursor: only events with a higher timetoken
     * @param upTo only events up to this timetoken
     * @param now the present time, by which transient events are too old
     * @param limit the most events
     */
    public List<Event> events(Channel channel, long after, long upTo, long now, int limit) {
        return events(channel, after, upTo, now, limit, Long.MAX_VALUE);
    }

    /**
     * The same.
     *
     * @param bytes no more events once they are so many bytes together
     */
    public List<Event> events(Channel channel, long after, long upTo, long now, int limit, long bytes) {
        if (after >= upTo) {
            return List.of();
        }
        Range range = new Range(after + 1, upTo, false);
        byte[] key = Keys.channel(channel);
        List<Event> events = new ArrayList<>();
        return tables.use("Reading the feed", open -> {
            byte[] last = open.db.get(open.channels, key);
            if (last == null || Keys.number(last) <= after) { // as of most channels of a long list: no walk is begun
                return events;
            }
            Visible visible = open.state().visible(channel);
            addEvents(open, open.feed, key, visible.keptOf(range), channel, limit, bytes, events, visible::isEvent);
            int kept = events.size();
            for (long period = Math.max(Keys.period(now) - 1, 0); period <= Keys.period(now); period++) {
                addEvents(open, open.recent, Keys.recentEvents(period, key),
                        range.notBefore(now - Timetoken.SHORTLY + 1), channel, limit, bytes, events, event -> true);
            }
            if (events.size() > kept) {
                events.sort(Comparator.comparingLong(Event::timetoken));
            }
            return events.subList(0, fitting(events, limit, bytes));
        });
    }

    /**
     * Events of all channels, in the order of their timetokens, from an offset on.
     *
     * @param after the offset: only events with a higher timetoken
     * @param scope which events
     * @param most the most events, at least 1
     * @param mostBytes no more events once they are so many bytes together, at least 1
     * @return a page, or a gap where some that followed the offset are forgotten
     */
    public GlobalFeed.Answer eventsAfter(long after, GlobalFeed.Scope scope, int most, long mostBytes) {
        return tables.use("Reading the feed of all channels",
                open -> GlobalFeed.read(open, after, scope, most, mostBytes));
    }

    private static void addEvents(Tables open, ColumnFamilyHandle table, byte[] key, Range range, Channel channel,
            int limit, long bytes, List<Event> events, Predicate<Event> isVisible) throws RocksDBException {
        if (range.isEmpty()) {
            return;
        }
        try (Scan scan = new Scan(open.db, table, key, range)) {
            int most = events.size() + limit;
            long left = bytes;
            for (scan.first(); scan.isValid() && events.size() < most && left > 0; scan.next()) {
                Event event = FeedRow.read(channel, scan.timetoken(), scan.row());
                if (isVisible.test(event)) {
                    left -= event.envelope().length;
                    events.add(event);
                }
            }
            scan.check();
        }
    }

    /** How many of the first events are at most {@code limit}, and no more than it takes to be {@code bytes} together. */
    private static int fitting(List<Event> events, int limit, long bytes) {
        long left = bytes;
        int count = 0;
        while (count < Math.min(events.size(), limit) && left > 0) {
            left -= events.get(count).envelope().length;
            count++;
        }
        return count;
    }

    /**
     * Some of the channels of a keyset whose name begins so and on which something has happened lately. Names sort by their
     * length first, so the beginning is looked for at one length after the other; lengths that no name has are skipped.
     *
     * @param after only channels with an event of a higher timetoken
     * @param from where an earlier page said to go on, null for the first
     * @param most how many rows to look at
     */
    public ChannelPage channels(String keyset, String beginning, long after, @Nullable Channel from, int most) {
        byte[] prefix = beginning.getBytes(StandardCharsets.UTF_8);
        byte[] all = Keys.channels(keyset, 0, new byte[0]);
        int keysetEnd = all.length - Short.BYTES;
        int nameAt = all.length;
        return tables.use("Reading channels", open -> {
            long oldest = Math.max(after, open.state().horizon(keyset) - 1);
            List<Channel> channels = new ArrayList<>();
            try (RocksIterator rows = open.db.newIterator(open.channels)) {
                rows.seek(from == null ? Keys.channels(keyset, prefix.length, prefix) : Keys.channel(from));
                int left = most;
                while (rows.isValid() && Arrays.equals(rows.key(), 0, keysetEnd, all, 0, keysetEnd)) {
                    byte[] key = rows.key();
                    if (left == 0) {
                        return new ChannelPage(channels, Keys.parseChannel(key));
                    }
                    left--;
                    int length = key.length - nameAt;
                    int order = Arrays.compareUnsigned(key, nameAt, nameAt + Math.min(length, prefix.length), prefix,
                            0, prefix.length);
                    if (order < 0) {
                        rows.seek(Keys.channels(keyset, length, prefix));
                    } else if (order > 0) {
                        rows.seek(Keys.channels(keyset, length + 1, prefix));
                    } else {
                        if (Keys.number(rows.value()) > oldest) {
                            channels.add(Keys.parseChannel(key));
                        }
                        rows.next();
                    }
                }
                rows.status();
                return new ChannelPage(channels, null);
            }
        });
    }

    /**
     * Some channels.
     *
     * @param next where to go on, null when these were the last
     */
    public record ChannelPage(List<Channel> channels, @Nullable Channel next) {}

    /** All groups there are, with their channels; those too that have none any more, and had some. */
    public List<Members> groups() {
        Map<ChannelGroup, List<Former>> former = new TreeMap<>();
        meta(Keys.FORMER, (key, row) -> Map.entry(Keys.parseFormer(key), GroupRow.readFormer(row)))
                .forEach(each -> former.put(each.getKey(), each.getValue()));
        List<Members> groups = new ArrayList<>();
        meta(Keys.GROUPS, (key, row) -> Map.entry(Keys.parseGroup(key), GroupRow.read(row)))
                .forEach(each -> groups.add(new Members(each.getKey(), each.getValue(),
                        Objects.requireNonNullElse(former.remove(each.getKey()), List.of()))));
        former.forEach((group, channels) -> groups.add(new Members(group, Map.of(), channels)));
        return groups;
    }

    /** All revoked tokens that are remembered. */
    public List<Revocation> revocations() {
        return meta(Keys.REVOKED, Keys::parseRevoked);
    }

    private <T> List<T> meta(byte[] beginning, BiFunction<byte[], byte[], T> reading) {
        return tables.use("Reading what is known by name", open -> {
            List<T> found = new ArrayList<>();
            open.walk(open.meta, beginning, (key, row) -> found.add(reading.apply(key, row)));
            return found;
        });
    }

    /**
     * The newest actions of a channel, ascending by action timetoken.
     *
     * @param range which action timetokens
     * @param limit the most actions
     * @param bytes about how large the page may grow
     */
    public ActionPage actions(Channel channel, Range range, int limit, int bytes) {
        return tables.use("Reading actions", open -> {
            List<byte[]> rows = new ArrayList<>();
            Visible visible = open.state().visible(channel);
            Range kept = visible.keptOf(range);
            if (kept.isEmpty()) {
                return new ActionPage(rows, 0, false);
            }
            long size = 0;
            try (Scan scan = Scan.newestFirst(open.db, open.actions, Keys.channel(channel), kept)) {
                scan.first();
                skipDeleted(scan, visible);
                while (scan.isValid() && rows.size() < limit && size < bytes) {
                    byte[] row = scan.row();
                    rows.add(row);
                    size += row.length;
                    scan.next();
                    skipDeleted(scan, visible);
                }
                scan.check();
                Collections.reverse(rows);
                long oldest = rows.isEmpty() ? 0 : ActionRow.read(rows.getFirst()).actionTimetoken();
                return new ActionPage(rows, oldest, scan.isValid());
            }
        });
    }

    private static void skipDeleted(Scan actions, Visible visible) {
        if (visible.deleted().isEmpty()) {
            return;
        }
        for (; actions.isValid(); actions.next()) {
            MessageAction action = ActionRow.read(actions.row());
            if (visible.isAction(action.messageTimetoken(), action.actionTimetoken())) {
                return;
            }
        }
    }

    /**
     * A page of actions.
     *
     * @param rows each the JSON of an action, ascending by action timetoken
     * @param oldest the lowest action timetoken of the page, 0 when it is empty
     * @param more whether older ones are left in the range
     */
    public record ActionPage(List<byte[]> rows, long oldest, boolean more) {}

    /**
     * A page of messages, ascending.
     *
     * @param range which timetokens, and from which end the page is taken
     * @param limit the most messages
     * @param withActions whether to bring the actions on them, of each message {@value #MOST_ACTION_BYTES} bytes at most
     * @param bytes about how large the page may grow; the first message always fits
     */
    public MessagePage messages(Channel channel, Range range, int limit, boolean withActions, int bytes) {
        List<Message> messages = new ArrayList<>();
        long[] bytesRead = new long[1];
        Rest rest = walk(channel, range, limit, withActions, bytes, (scan, timetoken, actions) -> {
            messages.add(MessageRow.read(scan.row(), timetoken, actions.groups, actions.hasMore));
            bytesRead[0] += scan.rowLength() + actions.bytes;
        });
        if (range.newest()) {
            Collections.reverse(messages);
        }
        return new MessagePage(messages, bytesRead[0], rest);
    }

    /** What a page of {@link #messages} would hold, found out without holding it. */
    public MessageExtent extent(Channel channel, Range range, int limit, boolean withActions, int bytes) {
        long[] found = {Long.MAX_VALUE, 0, 0};
        Rest rest = walk(channel, range, limit, withActions, bytes, (scan, timetoken, actions) -> {
            found[0] = Math.min(found[0], timetoken);
            found[1] = Math.max(found[1], timetoken);
            found[2] += scan.rowLength() + actions.bytes;
        });
        return new MessageExtent(found[0], found[1], found[2], rest);
    }

    /**
     * Where the messages of a page begin and end.
     *
     * @param lowest the lowest timetoken, higher than {@code highest} when there is no message
     * @param bytes about how large the page is
     * @param rest what was left out of the range
     */
    public record MessageExtent(long lowest, long highest, long bytes, Rest rest) {
        /** Whether there is no message. */
        public boolean isEmpty() {
            return lowest > highest;
        }
    }

    /** Takes the messages of a page, one after the other from the end from which the page is taken. */
    private interface MessageVisitor {
        void message(Scan row, long timetoken, Actions actions);
    }

    private Rest walk(Channel channel, Range range, int limit, boolean withActions, int bytes, MessageVisitor visitor) {
        if (range.isEmpty()) {
            return Rest.NONE;
        }
        byte[] key = Keys.channel(channel);
        return tables.use("Reading messages", open -> {
            int count = 0;
            long size = 0;
            Visible visible = open.state().visible(channel);
            Range kept = visible.keptOf(range);
            if (kept.isEmpty()) {
                return Rest.NONE;
            }
            try (Scan scan = new Scan(open.db, open.messages, key, kept);
                    Scan actionRows = new Scan(open.db, open.actionsByMessage, key, kept)) {
                for (start(scan, range); scan.isValid(); step(scan, range)) {
                    long timetoken = scan.timetoken();
                    if (!visible.isMessage(timetoken)) {
                        continue;
                    }
                    if (count == limit) {
                        return Rest.OVER_LIMIT;
                    }
                    int length = scan.rowLength();
                    long room = count == 0 ? Integer.MAX_VALUE : bytes - size;
                    Actions actions = withActions
                            ? actionsOn(actionRows, key, timetoken, Math.min(room - length, MOST_ACTION_BYTES))
                            : Actions.NONE;
                    if (length + actions.bytes > room) {
                        return Rest.TOO_LARGE;
                    }
                    size += length + actions.bytes;
                    count++;
                    visitor.message(scan, timetoken, actions);
                }
                scan.check();
                return Rest.NONE;
            }
        });
    }

    /**
     * A page of messages.
     *
     * @param bytes about how large they are
     * @param rest what was left out of the range
     */
    public record MessagePage(List<Message> messages, long bytes, Rest rest) {}

    /** Whether and why a page holds less than the range. */
    public enum Rest {
        /** It holds all. */
        NONE,
        /** There are more messages than asked for. */
        OVER_LIMIT,
        /** There are more messages than an answer can hold. */
        TOO_LARGE
    }

    /** How many messages of a channel are newer than a timetoken, counted up to {@code most}. */
    public int countMessages(Channel channel, long after, int most) {
        if (after == Long.MAX_VALUE) {
            return 0;
        }
        return tables.use("Counting messages", open -> {
            Visible visible = open.state().visible(channel);
            Range range = visible.keptOf(new Range(after + 1, Long.MAX_VALUE, false));
            try (Scan scan = new Scan(open.db, open.messages, Keys.channel(channel), range)) {
                int count = 0;
                for (scan.first(); scan.isValid() && count < most; scan.next()) {
                    count += visible.deleted().isEmpty() || visible.isMessage(scan.timetoken()) ? 1 : 0;
                }
                scan.check();
                return count;
            }
        });
    }

    private static void start(Scan scan, Range range) {
        if (range.newest()) {
            scan.last();
        } else {
            scan.first();
        }
    }

    private static void step(Scan scan, Range range) {
        if (range.newest()) {
            scan.previous();
        } else {
            scan.next();
        }
    }

    /**
     * The actions on a message, read until they are more than {@code room} bytes. Those of one type and value adjoin; the
     * oldest of a group come first, as far as the group was read.
     */
    private static Actions actionsOn(Scan rows, byte[] channel, long messageTimetoken, long room)
            throws RocksDBException {
        byte[] beginning = Keys.actions(channel, messageTimetoken);
        List<ActionGroup> groups = new ArrayList<>();
        long bytes = 0;
        @Nullable ActionGroup group = null;
        byte[] key = beginning;
        int uuidAt = key.length;
        for (rows.seek(beginning); rows.isValid() && bytes <= room; rows.next()) {
            byte[] next = rows.key();
            if (!Keys.startsWith(next, beginning)) {
                break;
            }
            if (group == null || !Keys.isOfSameGroup(key, next, uuidAt)) {
                Keys.ActionKey action = Keys.parseAction(next, channel.length);
                group = new ActionGroup(action.type(), action.value(), new ArrayList<>());
                groups.add(group);
                bytes += action.type().length() + action.value().length();
                uuidAt = Keys.uuidAt(next, beginning.length);
                key = next;
            }
            String uuid = new String(next, uuidAt, next.length - uuidAt, StandardCharsets.UTF_8);
            group.actors().add(new Actor(uuid, Keys.number(rows.row())));
            bytes += uuid.length() + 50;
        }
        rows.check();
        boolean hasMore = bytes > room && rows.isValid() && Keys.startsWith(rows.key(), beginning);
        for (ActionGroup each : groups) {
            each.actors().sort(Comparator.comparingLong(Actor::actionTimetoken));
        }
        return new Actions(groups, bytes, hasMore);
    }

    private record Actions(List<ActionGroup> groups, long bytes, boolean hasMore) {
        static final Actions NONE = new Actions(List.of(), 0, false);
    }
}
