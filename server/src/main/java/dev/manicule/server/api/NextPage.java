package dev.manicule.server.api;

import dev.manicule.server.json.JsonWriter;
import dev.manicule.server.model.Channel;
import dev.manicule.server.routing.PercentEncoding;
import org.jspecify.annotations.Nullable;

/**
 * The continuation of a page that does not have all entries.
 *
 * @param start the next request's bound that is excluded
 * @param end the request's bound that is included, null when it had none
 * @param reverse whether the next request has to request the oldest explicitly
 * @param more what else the next request is to name, each with a {@code &} before it
 * @param limitName the family's parameter for the most entries of a page
 */
record NextPage(long start, @Nullable Long end, boolean reverse, String more, String limitName, int limit) {
    /** Appends the member {@code more}. */
    void write(String family, Channel channel, JsonWriter json) {
        String url = url(family, channel) + "?start="
                + start + (end == null ? "" : "&end=" + end) + (reverse ? "&reverse=true" : "") + "&" + limitName + "="
                + limit + more;
        json.object("more").member("url", url).quoted("start", start);
        if (end != null) {
            json.quoted("end", end);
        }
        json.member(limitName, limit).end();
    }

    /** The path of a channel in a family, which ends with a slash. */
    static String url(String family, Channel channel) {
        return family + PercentEncoding.encode(channel.keyset()) + "/channel/"
                + PercentEncoding.encode(channel.name());
    }
}
