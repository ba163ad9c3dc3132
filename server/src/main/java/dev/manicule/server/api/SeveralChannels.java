package dev.manicule.server.api;

import dev.manicule.server.api.HistoryBody.Section;
import dev.manicule.server.http.Response;
import dev.manicule.server.json.JsonWriter;
import dev.manicule.server.ledger.LedgerReader.MessageExtent;
import dev.manicule.server.ledger.LedgerReader.MessagePage;
import dev.manicule.server.ledger.LedgerReader.Rest;
import dev.manicule.server.ledger.LedgerReader.WithActions;
import dev.manicule.server.ledger.LedgerReader;
import dev.manicule.server.model.Channel;
import dev.manicule.server.model.Range;
import dev.manicule.server.routing.ApiRequest;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * History v3 of several channels, some of them in each slice: built as a whole if it is small, else, from the beginning
 * again, measured and then sent while it is read. For one thread at a time.
 */
final class SeveralChannels implements ApiRequest.SlicedRead {
    private static final int CHANNELS_OF_A_SLICE = 10;

    private final ApiRequest request;
    private final LedgerReader ledger;
    private final PageOfEach page;
    private final List<Channel> channels;
    private int at;
    private final JsonWriter json = new JsonWriter(4096);
    /** Null as long as all of it may be small. */
    private @Nullable Measured measured;

    /** The requested page of each channel. */
    record PageOfEach(Range range, int max, WithActions with, HistoryV3Entry entry) {}

    /** The pages that have been measured so far. */
    private static final class Measured {
        final List<Section> sections = new ArrayList<>();
        long bytes;
    }

    SeveralChannels(ApiRequest request, LedgerReader ledger, PageOfEach page, List<Channel> channels) {
        this.request = request;
        this.ledger = ledger;
        this.page = page;
        this.channels = channels;
        page.entry.begin(json);
    }

    @Override
    public @Nullable Response next() {
        for (int i = 0; i < CHANNELS_OF_A_SLICE && at < channels.size(); i++) {
            Measured so = measured;
            if (so == null && !isBuilt(channels.get(at))) {
                measured = new Measured();
                at = 0;
            } else if (so != null && !isMeasured(channels.get(at), so)) {
                // a page of several channels can't say where to go on
                return HistoryApi.ERRORS.response(400,
                        "Too much for one answer: ask for fewer channels or a lower max",
                        0);
            } else {
                at++;
            }
        }
        return at < channels.size() ? null : whole();
    }

    private boolean isBuilt(Channel channel) {
        MessagePage read = ledger.messages(channel, page.range, page.max, page.with,
                Math.max(HistoryApi.HELD_BYTES - json.length(), 1));
        if (read.rest() == Rest.TOO_LARGE || read.bytes() > HistoryApi.HELD_BYTES
                || json.length() > HistoryApi.HELD_BYTES) {
            return false;
        }
        if (!read.messages().isEmpty()) {
            page.entry.writeChannel(channel, read.messages(), json);
        }
        return true;
    }

    private boolean isMeasured(Channel channel, Measured so) {
        MessageExtent extent = ledger.extent(channel, page.range, page.max, page.with, HistoryApi.PAGE_BYTES);
        so.bytes += extent.bytes();
        if (extent.rest() == Rest.TOO_LARGE || so.bytes > HistoryApi.PAGE_BYTES) {
            return false;
        }
        if (!extent.isEmpty()) {
            so.sections.add(new Section(channel, extent));
        }
        return true;
    }

    private Response whole() {
        Measured so = measured;
        return so == null
                ? Response.json(200, json.end().end().toBytes())
                : StreamedBody.response(request, new HistoryBody(ledger, page.with, page.entry, so.sections,
                        end -> end.end().end()));
    }
}
