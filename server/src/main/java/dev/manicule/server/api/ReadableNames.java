package dev.manicule.server.api;

import dev.manicule.server.access.Access;
import dev.manicule.server.access.Caller;
import dev.manicule.server.access.Grant.Kind;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * The names that a caller may read, among many; workers find them in slices: a token's patterns take time. They are cut
 * when they have too many bytes for a response.
 */
final class ReadableNames {
    private static final int AT_ONCE = 20;
    private static final int MOST_BYTES = 1 << 20;
    private static final int BYTES_BESIDE_NAME = 40;

    private final Access access;
    private final Caller caller;
    private final Kind kind;
    private final Set<String> names = new LinkedHashSet<>();
    private int bytes;

    ReadableNames(Access access, Caller caller, Kind kind) {
        this.access = access;
        this.caller = caller;
        this.kind = kind;
    }

    /** Checks some of these; true when more of them are left, and there is place for them. */
    boolean addSome(Iterator<String> all) {
        for (int i = 0; i < AT_ONCE && all.hasNext() && !isFull(); i++) {
            String name = all.next();
            if (access.mayRead(caller, kind, name) && names.add(name)) {
                bytes += BYTES_BESIDE_NAME + name.length();
            }
        }
        return all.hasNext() && !isFull();
    }

    /** Whether there is no place for more. */
    boolean isFull() {
        return bytes >= MOST_BYTES;
    }

    /** Those found so far, each once. */
    Set<String> names() {
        return names;
    }

    /** About how many bytes they take in a response. */
    int bytes() {
        return bytes;
    }
}
