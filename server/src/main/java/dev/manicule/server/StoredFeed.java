package dev.manicule.server;

import dev.manicule.server.hub.FeedReader;
import dev.manicule.server.ledger.LedgerReader;
import dev.manicule.server.model.Channel;
import dev.manicule.server.model.Event;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The events that subscribers catch up with, from a ledger. The hub knows no ledger, and the ledger no hub.
 *
 * @param reads of the ledger
 */
public record StoredFeed(LedgerReader reads) implements FeedReader {
    @Override
    public List<Event> events(Channel channel, long after, long upTo, long now, int limit, long bytes) {
        return reads.events(channel, after, upTo, now, limit, bytes);
    }

    @Override
    public Page channels(String keyset, String beginning, long after, @Nullable Channel from, int rows) {
        LedgerReader.ChannelPage page = reads.channels(keyset, beginning, after, from, rows);
        return new Page(page.channels(), page.next());
    }
}
