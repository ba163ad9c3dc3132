package dev.manicule.server.access;

import dev.manicule.server.model.Channel;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The keysets that this server serves: those that its configuration names, or, where it names none, any. */
public final class Keysets {
    /** Null when every key is welcome. */
    private final @Nullable Map<String, Keyset> named;

    private Keysets(@Nullable Map<String, Keyset> named) {
        this.named = named;
    }

    /** Every key works, each subscribe key a keyset of its own. */
    public static Keysets open() {
        return new Keysets(null);
    }

    /** These and no others. Their subscribe keys differ. */
    public static Keysets of(Collection<Keyset> keysets) {
        return new Keysets(keysets.stream()
                .collect(Collectors.toUnmodifiableMap(Keyset::subscribeKey,
                        Function.identity())));
    }

    /** Whether a request with this subscribe key is served. */
    public boolean serve(String subscribeKey) {
        if (named != null) {
            return named.containsKey(subscribeKey);
        }
        return !subscribeKey.isEmpty()
                && subscribeKey.getBytes(StandardCharsets.UTF_8).length <= Channel.MAX_KEYSET_BYTES;
    }

    /** Whether who knows this publish key may publish with this subscribe key, which is served. */
    public boolean mayPublish(String subscribeKey, String publishKey) {
        if (named == null) {
            return true;
        }
        Keyset keyset = named.get(subscribeKey);
        return keyset != null && keyset.publishKey().equals(publishKey);
    }
}
