package dev.manicule.server.access;

import dev.manicule.server.json.JsonReader;
import dev.manicule.server.model.Channel;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The keysets that this server serves: those that its configuration names, or, where it names none, any. Any thread may
 * use it.
 */
public final class Keysets {
    /** Empty when every key is accepted. */
    private volatile Map<String, Keyset> named;

    /** These and no others; none of them for any. Their subscribe keys differ. */
    public Keysets(Collection<Keyset> keysets) {
        named = index(keysets);
    }

    /** Serves these from now on. */
    public void replace(Collection<Keyset> keysets) {
        named = index(keysets);
    }

    /** Those that the configuration names. */
    public Collection<Keyset> all() {
        return named.values();
    }

    /** The keyset of a subscribe key, null when it is not served. */
    public @Nullable Keyset find(String subscribeKey) {
        Map<String, Keyset> now = named;
        if (!now.isEmpty()) {
            return now.get(subscribeKey);
        }
        return isName(subscribeKey) ? Keyset.open(subscribeKey) : null;
    }

    /** A keyset that was found before, as it is now; null when it is not served any more. Called at every delivery. */
    @Nullable
    Keyset now(Keyset found) {
        boolean isStillOpen = named.isEmpty() && found.publishKey() == null;
        return isStillOpen ? found : find(found.subscribeKey());
    }

    /** Whether this can be a subscribe key. A configuration can name half of a surrogate pair, a request can't. */
    public static boolean isName(String subscribeKey) {
        return !subscribeKey.isEmpty() && JsonReader.isUnicode(subscribeKey)
                && subscribeKey.getBytes(StandardCharsets.UTF_8).length <= Channel.MAX_KEYSET_BYTES;
    }

    private static Map<String, Keyset> index(Collection<Keyset> keysets) {
        return keysets.stream().collect(Collectors.toUnmodifiableMap(Keyset::subscribeKey, Function.identity()));
    }
}
