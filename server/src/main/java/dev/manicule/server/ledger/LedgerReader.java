package dev.manicule.server.ledger;

import dev.manicule.server.command.PresenceChange;
import dev.manicule.server.json.Json;
import dev.manicule.server.model.ActionSummary;
import dev.manicule.server.model.Channel;
import dev.manicule.server.model.ChannelGroup.Members;
import dev.manicule.server.model.Entity;
import dev.manicule.server.model.EntityId;
import dev.manicule.server.model.EntityOrder;
import dev.manicule.server.model.Event;
import dev.manicule.server.model.Membership;
import dev.manicule.server.model.Message;
import dev.manicule.server.model.MessageAction;
import dev.manicule.server.model.Metadata;
import dev.manicule.server.model.PushDevice.Gateway;
import dev.manicule.server.model.PushDevice;
import dev.manicule.server.model.Range;
import dev.manicule.server.model.ReadMark;
import dev.manicule.server.model.Revision;
import dev.manicule.server.model.KeyGrant;
import dev.manicule.server.model.Revocation;
import dev.manicule.server.model.StoredFile;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The reads of the tables. Any thread may read; a read waits for the disk, so an event loop must not.
 *
 * <p>A page is bounded in bytes as well as in entries, since one entry may be large; the page says what did not fit.
 */
public final class LedgerReader {
    /** The most bytes of actions on one message that a page has, whatever is stored. */
    static final int MOST_ACTION_BYTES = 4 << 20;

    /** The most files that a page of a channel looks at: those that are too old are passed. */
    static final int MOST_FILES_PASSED = 10_000;

    private final ReopenableTables tables;
    private final ChannelVersions versions;

    LedgerReader(ReopenableTables tables, ChannelVersions versions) {
        this.tables = tables;
        this.versions = versions;
    }

    /**
     * A number that changes whenever something stored on a channel changes: a read made after this call is valid as
     * long as the number is the same. While the number is odd, no read is valid. Does not wait for a disk.
     */
    public long version(Channel channel) {
        return versions.of(Keys.channel(channel));
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
        return after >= upTo
                ? List.of()
                : tables.use("Reading the feed", open -> Feed.after(open, channel, after, upTo, now, limit, bytes));
    }

    /**
     * Events of all channels, in the order of their timetokens, from an offset on.
     *
     * @param after the offset: only events with a higher timetoken
     * @param scope which events
     * @param most the most events, at least 1
     * @param mostBytes no more events once they are so many bytes together, at least 1
     * @return a page, or a gap when some events after the offset are forgotten
     */
    public GlobalFeed.ReadResult eventsAfter(long after, GlobalFeed.Scope scope, int most, long mostBytes) {
        return tables.use("Reading the feed of all channels",
                open -> GlobalFeed.read(open, after, scope, most, mostBytes));
    }

    /**
     * Some of the channels of a keyset whose name begins so and on which something has happened lately. Names sort by their
     * length first, so the beginning is looked for at one length after the other; lengths that no name has are skipped.
     *
     * @param after only channels with an event of a higher timetoken
     * @param from the {@code next} of an earlier page, null for the first
     * @param most how many rows to look at
     */
    public ChannelPage channels(String keyset, String beginning, long after, @Nullable Channel from, int most) {
        return tables.use("Reading channels",
                open -> Channels.page(open, keyset, beginning, after, from, most));
    }

    /**
     * Some channels.
     *
     * @param next where to go on, null when these were the last
     */
    public record ChannelPage(List<Channel> channels, @Nullable Channel next) {}

    /** All groups, with their channels; also groups that have no channels any more. */
    public List<Members> groups() {
        return tables.use("Reading groups", Groups::all);
    }

    /**
     * The leases of a node: which users are where, as it has reported.
     *
     * @param each gets the leases one after the other, on this thread, as joins; those of a channel together
     */
    public void leases(long node, Consumer<PresenceChange.Join> each) {
        tables.use("Reading presence", open -> {
            Leases.ofNode(node, open, each);
            return node;
        });
    }

    /** How many users are on a channel, by the leases of all nodes. */
    public long occupancy(Channel channel) {
        return tables.use("Reading presence", open -> Leases.occupancy(channel, open));
    }

    /** A user on a channel, by the leases of all nodes; null when it is not there. */
    public @Nullable ChannelUser user(Channel channel, String uuid) {
        return tables.use("Reading presence", open -> Optional.ofNullable(Leases.user(channel, uuid, open)))
                .orElse(null);
    }

    /**
     * A user on a channel.
     *
     * @param state null for none, and when it was not requested
     */
    public record ChannelUser(String uuid, @Nullable Json state) {}

    /**
     * Some of the users of a channel, by the leases of all nodes, in the order of their uuids. Looks at a thousand users at most, also
     * when it skips them, and at about a megabyte of states.
     *
     * @param from where to begin
     * @param most the most users
     */
    public UserPage users(Channel channel, UserPlace from, int most, boolean withStates) {
        return tables.use("Reading presence", open -> Leases.users(channel, from, most, withStates, open));
    }

    /**
     * A place among the users of a channel.
     *
     * @param after the uuid of the last user before it; null for none
     * @param skip how many users to skip from there on
     */
    public record UserPlace(@Nullable String after, int skip) {}

    /**
     * Some users.
     *
     * @param occupancy how many users are on the channel at the same moment; only of a page that begins with the first one
     * @param next where the rest of the requested users begins; null when the page has all
     */
    public record UserPage(long occupancy, List<ChannelUser> users, @Nullable UserPlace next) {}

    /**
     * Some of the channels of a keyset with users on them, by the leases of all nodes. A channel that is there all the time is in one page.
     *
     * @param from the {@code next} of an earlier page, null for the first
     * @param most the most channels
     */
    public ChannelPage occupiedChannels(String keyset, @Nullable Channel from, int most) {
        return tables.use("Reading presence", open -> Leases.occupied(keyset, from, most, open));
    }

    /** The names of channels that a user is on, by the leases of all nodes; so many at most. */
    public List<String> channelsOf(String keyset, String uuid, int most) {
        return tables.use("Reading presence", open -> Whereabouts.of(keyset, uuid, most, open));
    }

    /** The nodes of the cluster that were seen and not removed; none where the log belongs to one process. */
    public List<Node> nodes() {
        return tables.use("Reading the nodes", Nodes::all);
    }

    /**
     * A node of a cluster.
     *
     * @param name its name; empty when it has reported presence only
     * @param address where other nodes reach it; empty when that is not known
     * @param incarnation which start of its process reports; 0 when that is not known
     * @param seen the timetoken of its last report
     * @param rules the highest version of the rules that it knows; 0 when that is not known
     * @param applied below which offset it had applied all entries of the log, by its last report
     */
    public record Node(long number, String name, String address, long incarnation, long seen, int rules,
            long applied) {}

    /** All revoked tokens that are remembered. */
    public List<Revocation> revocations() {
        return tables.use("Reading revoked tokens", Revocations::all);
    }

    /** All permissions of auth keys, also those that have ended. */
    public List<KeyGrant> keyGrants() {
        return tables.use("Reading permissions of auth keys", KeyGrants::all);
    }

    /**
     * The newest actions on a channel, ascending by action timetoken.
     *
     * @param range which action timetokens
     * @param limit the most actions
     * @param bytes about how large the page may grow
     */
    public ActionPage actions(Channel channel, Range range, int limit, int bytes) {
        return tables.use("Reading actions", open -> Actions.page(open, channel, range, limit, bytes));
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
     * @param with what to bring of the actions on them, of each message {@value #MOST_ACTION_BYTES} bytes at most
     * @param bytes about how large the page may grow; the first message always fits
     */
    public MessagePage messages(Channel channel, Range range, int limit, WithActions with, int bytes) {
        return tables.use("Reading messages",
                open -> Messages.page(open, channel, range, limit, with, bytes));
    }

    /** What a page of {@link #messages} would hold, found out without holding it. */
    public MessageExtent extent(Channel channel, Range range, int limit, WithActions with, int bytes) {
        return tables.use("Reading messages",
                open -> Messages.extent(open, channel, range, limit, with, bytes));
    }

    /**
     * What a page brings of the actions on its messages.
     *
     * @param isAll whether all of them
     * @param isSummed whether their sums
     * @param reader the uuid whose own actions the sums name; null for none
     * @param revisedBy whose edits and deletions count; null where they are not requested
     */
    public record WithActions(boolean isAll, boolean isSummed, @Nullable String reader,
            Revision.@Nullable Authority revisedBy) {
        /** Nothing. */
        public static final WithActions NONE = new WithActions(false, false, null, null);
        /** All of them. */
        public static final WithActions ALL = new WithActions(true, false, null, null);
    }

    /**
     * The sums of the actions on some messages, also on messages that are not stored, all of one moment.
     *
     * @param messages their timetokens, ascending, at least one
     * @param reader the uuid whose own actions the sums name; null for none
     * @param bytes how large the page may grow, about; the first message always fits
     * @return the summaries of the first so many of the messages, at least one
     */
    public SummaryPage summaries(Channel channel, List<Long> messages, @Nullable String reader, int bytes) {
        return tables.use("Reading sums of actions", open -> ActionRows.summaries(open, channel, messages,
                new WithActions(false, true, reader, null), bytes));
    }

    /**
     * Some summaries.
     *
     * @param bytes about how large they are
     */
    public record SummaryPage(List<ActionSummary> summaries, long bytes) {}

    /**
     * Some of the actions on a message, by type and value, those of one type and value by their timetokens.
     *
     * @param type only actions of this type; null for all
     * @param value only actions of this value; null for all, and where {@code type} is null
     * @param limit the most actions
     * @return null when the cursor is none of these actions
     */
    public @Nullable FoundActions actionsOn(Channel channel, long message, @Nullable String type,
            @Nullable String value, ActionsFrom from, int limit) {
        return tables.use("Reading the actions on a message",
                open -> Optional.ofNullable(ActionPages.on(open, channel, message, type, value, from, limit)))
                .orElse(null);
    }

    /**
     * Some of the actions of a user on the messages of a channel, by the timetokens of the messages.
     *
     * @param limit the most actions
     * @return null when the cursor is none of these actions
     */
    public @Nullable FoundActions actionsBy(Channel channel, String uuid, ActionsFrom from, int limit) {
        return tables.use("Reading the actions of a user",
                open -> Optional.ofNullable(ActionPages.by(open, channel, uuid, from, limit))).orElse(null);
    }

    /**
     * Where a page of actions begins.
     *
     * @param cursor the {@code next} of the page before; null for the first page
     * @param isNewestFirst whether the order is turned round
     */
    public record ActionsFrom(@Nullable String cursor, boolean isNewestFirst) {}

    /**
     * A page of actions.
     *
     * @param actions may be fewer than requested, and even none, although there are more: the read looks at some rows at a
     *        time
     * @param next where the next page begins; null when there are no more
     */
    public record FoundActions(List<MessageAction> actions, @Nullable String next) {}

    /**
     * How many messages of each channel are newer than a timetoken, exactly, all of one moment. Takes as long however many
     * they are.
     *
     * @param after the timetokens, as many as channels
     */
    public long[] messagesAfter(List<Channel> channels, long[] after) {
        return tables.use("Counting messages",
                open -> MessageNumbers.count(open, channels, (at, snapshot) -> after[at]));
    }

    /**
     * Channels of which a device gets notifications, in the order of their names.
     *
     * @param after only channels behind this one; null for all
     * @param most the most channels, at least 1
     */
    public List<String> channelsOf(PushDevice device, @Nullable String after, int most) {
        return tables.use("Reading devices", open -> Devices.channels(device, after, most, open));
    }

    /**
     * Some of the devices that get notifications of a channel, in the order of their gateways, topics and tokens.
     *
     * @param from the first of the gateways
     * @param to the last of the gateways
     * @param after the {@code next} of the page before; null for the first page
     * @param most the most devices, at least 1
     */
    public DevicePage devices(Channel channel, Gateway from, Gateway to, @Nullable PushDevice after, int most) {
        return tables.use("Reading devices", open -> DevicesByChannel.page(channel, from, to, after, most, open));
    }

    /**
     * Some devices.
     *
     * @param next where the next page begins; null when there are no more
     */
    public record DevicePage(List<PushDevice> devices, @Nullable PushDevice next) {}

    /**
     * How far a user has read channels, and how many messages are behind that, exactly, all of one moment.
     *
     * @param notBefore messages of earlier timetokens are not counted
     * @return one for each channel, in their order
     */
    public List<Unread> unread(List<Channel> channels, String uuid, long notBefore) {
        return tables.use("Counting unread messages", open -> ReadMarks.unread(open, channels, uuid, notBefore));
    }

    /**
     * What a user has not read on a channel.
     *
     * @param upTo the last timetoken that the user has read, 0 when there is no mark
     * @param count how many visible messages are newer
     */
    public record Unread(Channel channel, long upTo, long count) {}

    /**
     * Some of the read marks of a channel, in the order of their timetokens. Takes as long however many there are.
     *
     * @param since only marks at this timetoken or later
     * @param after the {@code next} of the page before; null for the first page
     * @param isNewestFirst whether the furthest mark comes first, otherwise last
     * @param most the most marks, at least 1
     * @return null when {@code after} is of no page of read marks
     */
    public @Nullable MarkPage marks(Channel channel, long since, @Nullable String after, boolean isNewestFirst,
            int most) {
        return tables.use("Reading read marks",
                open -> Optional.ofNullable(Readers.page(open, channel, since, after, isNewestFirst, most)))
                .orElse(null);
    }

    /**
     * A page of read marks.
     *
     * @param marks as many as requested, unless it is the last page
     * @param next where the next page begins; null when there are no more
     */
    public record MarkPage(List<ReadMark> marks, @Nullable String next) {}

    /** The metadata of a user or a channel; null when there is none. */
    public @Nullable Metadata metadata(EntityId entity) {
        return tables.use("Reading metadata", open -> Optional.ofNullable(Entities.find(entity, open))).orElse(null);
    }

    /**
     * Some of the users or channels of a keyset that have metadata, by one order. Takes as long however many there are.
     *
     * @param most the most of them, at least 1
     */
    public List<Placed<Entity>> entities(String keyset, EntityId.Kind kind, EntityOrder order, ListPlace from,
            int most) {
        return tables.use("Reading a list of metadata",
                open -> EntityLists.page(open, keyset, kind, order, from, most));
    }

    /** How many users or channels of a keyset have metadata. */
    public long countEntities(String keyset, EntityId.Kind kind) {
        return tables.use("Counting metadata", open -> Entities.count(keyset, kind, open));
    }

    /**
     * Some of the memberships of a user, or of a channel, by the names of the others. Takes as long however many there are.
     *
     * @param most the most of them, at least 1
     */
    public List<Placed<Membership>> memberships(EntityId owner, ListPlace from, int most) {
        return tables.use("Reading memberships", open -> Memberships.page(open, owner, from, most));
    }

    /** How many memberships a user, or a channel, has. */
    public long countMemberships(EntityId owner) {
        return tables.use("Counting memberships", open -> Memberships.count(owner, open));
    }

    /**
     * A place in a list.
     *
     * @param after the place of the element before; null for the beginning of the list. Never changed
     * @param isBackwards whether the list is read from its end to its beginning
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    public record ListPlace(byte @Nullable [] after, boolean isBackwards) {}

    /**
     * An element of a list.
     *
     * @param place where it stands; never changed
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    public record Placed<T>(byte[] place, T element) {}

    /** How many messages of a channel are newer than a timetoken, counted up to {@code most}. */
    public int countMessages(Channel channel, long after, int most) {
        return tables.use("Counting messages", open -> Messages.count(open, channel, after, most));
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
        /** There are more messages than requested. */
        OVER_LIMIT,
        /** There are more messages than a response can hold. */
        TOO_LARGE
    }

    /** The file of an id, whatever its age; null when there is none. */
    public @Nullable StoredFile file(String id) {
        return tables.use("Reading a file's row", open -> Optional.ofNullable(StoredFiles.find(id, open))).orElse(null);
    }

    /**
     * Some of the files of a channel, in the order of their ids, which is about that in which they came.
     *
     * @param after only files of a higher id; null for the first
     * @param notBefore only files of this timetoken or a later one
     * @param most the most files, at least 1
     */
    public FilePage files(Channel channel, @Nullable String after, long notBefore, int most) {
        return tables.use("Reading files", open -> FilesByChannel.page(open, channel, after, notBefore, most));
    }

    /**
     * Some of all files, in the order of their ids.
     *
     * @param after only files of a higher id; empty for the first
     * @param most the most files, at least 1
     */
    public FilePage files(String after, int most) {
        return tables.use("Reading files", open -> StoredFiles.page(open, after, most));
    }

    /** How many bytes the files of a keyset have together. */
    public long fileBytes(String keyset) {
        return tables.use("Reading the sum of files", open -> StoredFiles.bytes(keyset, open));
    }

    /**
     * A page of files.
     *
     * @param next after which id the next page begins; null after the last one
     */
    public record FilePage(List<StoredFile> files, @Nullable String next) {
        /** Copies the list. */
        public FilePage {
            files = List.copyOf(files);
        }
    }
}
