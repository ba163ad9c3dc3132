package dev.manicule.server.api;

import dev.manicule.server.http.Response;
import dev.manicule.server.json.JsonWriter;
import dev.manicule.server.ledger.LedgerReader.ChannelUser;
import dev.manicule.server.ledger.LedgerReader.UserPage;
import dev.manicule.server.ledger.LedgerReader.UserPlace;
import dev.manicule.server.ledger.LedgerReader;
import dev.manicule.server.model.Channel;
import dev.manicule.server.model.Timetoken;
import dev.manicule.server.routing.ApiRequest;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A here-now in the making, from the tables, which know the users of all nodes: workers read channels in slices, then
 * it is written. It always has a bounded number of uuids and of bytes; the occupancy of each channel is always exact.
 * The users of a channel are in the order of their uuids.
 */
final class HereNow {
    /** The protocol's most uuids of a channel, and the default. */
    private static final int MOST_BY_CHANNEL = 1_000;
    private static final int MOST_UUIDS = 10_000;
    /** When the text is longer, the rest has no uuids. */
    private static final int MOST_BYTES = 1 << 20;
    /** Channels and users that are read in one slice. */
    private static final int LOOKS = 200;

    private final LedgerReader reads;
    private final String keyset;
    private final boolean hasUuids;
    private final boolean hasStates;
    private final int offset;
    private final int limit;
    private final List<Shown> channels = new ArrayList<>();
    private Iterator<String> names = Collections.emptyIterator();
    /** The channel of which a part was read. */
    private @Nullable Shown part;
    private UserPlace next;
    private int uuids;
    private long bytes;

    private record Shown(String channel, long occupancy, List<ChannelUser> users) {}

    private HereNow(ApiRequest request, LedgerReader reads, int offset, int limit) {
        this.reads = reads;
        next = new UserPlace(null, offset);
        keyset = request.subscribeKey();
        hasUuids = !request.query().flag("disable_uuids");
        hasStates = request.query().flag("state");
        this.offset = offset;
        this.limit = limit;
    }

    /** One without channels, as a request wants it; null when its limit or its offset is no number. */
    static @Nullable HereNow of(ApiRequest request, LedgerReader reads) {
        Long offset = request.query().timetoken("offset");
        Long limit = request.query().timetoken("limit");
        if ((offset != null && offset == Timetoken.INVALID) || (limit != null && limit == Timetoken.INVALID)) {
            return null;
        }
        return new HereNow(request, reads, offset == null ? 0 : (int) Math.min(offset, Integer.MAX_VALUE),
                limit == null ? MOST_BY_CHANNEL : (int) Math.min(limit, MOST_BY_CHANNEL));
    }

    /** Sets the channels that {@link #readSome} reads. */
    void begin(Collection<String> channelNames) {
        names = channelNames.iterator();
    }

    /** Reads some of the channels, as they are now; true when more of them are to be read. On a worker. */
    boolean readSome() {
        for (int left = LOOKS; left > 0 && (part != null || names.hasNext());) {
            Shown shown = part == null ? new Shown(names.next(), 0, new ArrayList<>()) : part;
            int before = shown.users.size();
            boolean isFirst = part == null;
            int most = hasUuids && bytes < MOST_BYTES ? Math.min(limit - before, MOST_UUIDS - uuids) : 0;
            UserPage page = reads.users(new Channel(keyset, shown.channel), next, most, hasStates);
            if (isFirst) {
                shown = new Shown(shown.channel, page.occupancy(), shown.users);
            }
            shown.users.addAll(page.users());
            uuids += page.users().size();
            page.users().forEach(user -> bytes += user.state() == null ? 0 : user.state().utf8().length);
            UserPlace following = page.next();
            left -= following == null ? 1 + page.users().size() : LOOKS;
            next = following == null ? new UserPlace(null, offset) : following;
            part = following == null ? null : shown;
            if (following == null) {
                channels.add(shown);
            }
        }
        return part != null || names.hasNext();
    }

    /** Of the one channel that was added. */
    Response ofOne() {
        JsonWriter json = PresenceApi.ok().member("service", "Presence");
        write(channels.getFirst(), json);
        return Response.json(200, json.end().toBytes());
    }

    /** Of all channels that were added, without those that are empty. */
    Response ofAll() {
        JsonWriter json = PresenceApi.ok().object("payload").object("channels");
        int occupied = 0;
        long total = 0;
        for (Shown shown : channels) {
            if (shown.occupancy() > 0) {
                write(shown, json.nameOf(shown.channel()).object());
                json.end();
                occupied++;
                total += shown.occupancy();
            }
        }
        json.end().member("total_channels", occupied).member("total_occupancy", total).end();
        return Response.json(200, json.member("service", "Presence").end().toBytes());
    }

    /** Writes the members of a channel. */
    private void write(Shown shown, JsonWriter json) {
        json.member("occupancy", shown.occupancy());
        if (!hasUuids) {
            return;
        }
        json.array("uuids");
        for (ChannelUser user : shown.users()) {
            if (json.length() > MOST_BYTES) {
                break;
            }
            write(user, json);
        }
        json.end();
    }

    private void write(ChannelUser user, JsonWriter json) {
        if (!hasStates) {
            json.value(user.uuid());
            return;
        }
        json.object().member("uuid", user.uuid());
        if (user.state() != null) {
            json.member("state", user.state());
        }
        json.end();
    }
}
