package dev.manicule.server.api;

import dev.manicule.server.access.Access;
import dev.manicule.server.access.Grant.Kind;
import dev.manicule.server.http.Response;
import dev.manicule.server.ledger.LedgerReader.ChannelPage;
import dev.manicule.server.ledger.LedgerReader;
import dev.manicule.server.model.Channel;
import dev.manicule.server.routing.ApiRequest;
import java.util.Collections;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * A here-now of all channels that its caller could have named, in slices of a worker's time: the names come from the
 * tables a page at a time; the check which of them the caller may read takes time too, by a token's patterns; then the
 * channels are read.
 */
final class HereNowEverywhere implements ApiRequest.SlicedRead {
    private static final int CHANNELS_AT_ONCE = 100;

    private final String keyset;
    private final HereNow hereNow;
    private final LedgerReader reads;
    private final ReadableNames readable;
    private Iterator<String> names = Collections.emptyIterator();
    private @Nullable Channel from;
    private boolean isListed;
    private boolean isBegun;

    HereNowEverywhere(ApiRequest request, HereNow hereNow, LedgerReader reads, Access access) {
        keyset = request.subscribeKey();
        this.hereNow = hereNow;
        this.reads = reads;
        readable = new ReadableNames(access, request.caller(), Kind.CHANNEL);
    }

    @Override
    public @Nullable Response next() {
        if (!isListed) {
            isListed = !list();
            return null;
        }
        if (!isBegun) {
            isBegun = true;
            hereNow.begin(readable.names());
        }
        return hereNow.readSome() ? null : hereNow.ofAll();
    }

    /** Finds some of the channels; true when there may be more. */
    private boolean list() {
        if (!names.hasNext()) {
            ChannelPage page = reads.occupiedChannels(keyset, from, CHANNELS_AT_ONCE);
            names = page.channels().stream().map(Channel::name).iterator();
            from = page.next();
        }
        boolean isMoreOfPage = readable.addSome(names);
        return isMoreOfPage || (from != null && !readable.isFull());
    }
}
