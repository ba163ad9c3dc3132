package dev.manicule.server.api;

import dev.manicule.server.access.FileKey;
import dev.manicule.server.files.FileStore;
import dev.manicule.server.limits.AddressRange;
import dev.manicule.server.limits.Limit;
import dev.manicule.server.limits.Limits;
import java.io.IOException;
import java.net.InetAddress;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the endpoints of files share: where the bytes are, the key that signs uploads and downloads, and how many uploads are
 * under way. Any thread may use it.
 */
public final class FileTransfers {
    private static final Logger LOG = LoggerFactory.getLogger(FileTransfers.class);

    private final FileStore store;
    private final FileKey key;
    private final Limits limits;
    private final Predicate<InetAddress> isTrusted;
    private final boolean deletes;
    private final Map<Object, Integer> underWay = new ConcurrentHashMap<>();
    /** Places whose bytes are there, or are about to be, while it is not decided yet whether a file has them. */
    private final Set<String> undecided = ConcurrentHashMap.newKeySet();

    /**
     * Transfers to and from a store.
     *
     * @param isTrusted whether an address is a proxy's, that is, of no particular client
     * @param deletes whether bytes are deleted with their files; not in servers for tests, which may return to a state in
     *        which the files are there
     */
    public FileTransfers(FileStore store, FileKey key, Limits limits, Predicate<InetAddress> isTrusted,
            boolean deletes) {
        this.store = store;
        this.key = key;
        this.limits = limits;
        this.isTrusted = isTrusted;
        this.deletes = deletes;
    }

    FileStore store() {
        return store;
    }

    FileKey key() {
        return key;
    }

    Limits limits() {
        return limits;
    }

    /** Counts an upload that begins; false when there are too many. Each is {@linkplain #ended counted out} again. */
    boolean begins(String keyset, InetAddress address) {
        if (limits.isOver(Limit.UPLOADS_BY_KEYSET, underWay.merge(keyset, 1, Integer::sum))) {
            less(keyset);
            return false;
        }
        AddressRange from = AddressRange.one(address);
        if (!isTrusted.test(address)
                && limits.isOver(Limit.UPLOADS_BY_ADDRESS, underWay.merge(from, 1, Integer::sum))) {
            less(from);
            less(keyset);
            return false;
        }
        return true;
    }

    /** An upload has ended. */
    void ended(String keyset, InetAddress address) {
        less(keyset);
        if (!isTrusted.test(address)) {
            less(AddressRange.one(address));
        }
    }

    private void less(Object key) {
        underWay.computeIfPresent(key, (each, count) -> count == 1 ? null : (Integer) (count - 1));
    }

    /** Bytes are about to be at a place, and it is decided later whether a file has them. */
    void undecided(String place) {
        undecided.add(place);
    }

    /** It is decided whether a file has the bytes at a place. */
    void decided(String place) {
        undecided.remove(place);
    }

    /** Whether bytes that no file has may be deleted. */
    public boolean mayDelete(String place) {
        return deletes && !undecided.contains(place);
    }

    /** Deletes bytes that no file has any more. May wait for the disk. */
    public void delete(String place) {
        if (!deletes) {
            return;
        }
        try {
            store.delete(place);
        } catch (IOException e) {
            LOG.warn("The bytes of a deleted file are still there; the next sweep deletes them: {}", e.getMessage());
        }
    }

    /** The same, on a thread of its own, of which there are as many as requests that end so. */
    void deleteSoon(String place) {
        Thread.ofVirtual().name("manicule-files").start(() -> delete(place));
    }

}
