package dev.manicule.server.api;

import dev.manicule.server.http.Response;
import dev.manicule.server.model.Channel;
import dev.manicule.server.routing.ApiRequest;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Pages that were read from storage lately. A client that opens a channel requests its newest messages and actions, and
 * receives the page of the client before it as long as nothing there has changed: the page is neither read nor encoded
 * as JSON again, and the request waits for no other thread. A page is valid as long as the channel has the version that
 * it had before the page was read.
 *
 * <p>Any thread may use it.
 */
public final class PageCache {
    private static final int PLACES = 1 << 10;
    private static final int LARGEST = 256 << 10;
    private static final long MOST_BYTES = 32 << 20;
    /** The part of the heap that pages may take. */
    private static final int PART_OF_THE_HEAP = 16;
    /** About what a page takes besides its answer's bytes. */
    private static final int OVERHEAD = 512;
    /** About which part of an answer its compressed form comes to, which is kept with it. */
    private static final int PART_COMPRESSED = 4;

    private final ToLongFunction<Channel> versions;
    private final long room;
    private final AtomicReferenceArray<@Nullable CachedPage> places = new AtomicReferenceArray<>(PLACES);
    /**
     * By place: the hash of the last key that was requested. A page that is requested only once is not worth keeping,
     * and would be garbage.
     */
    private final AtomicIntegerArray askedBefore = new AtomicIntegerArray(PLACES);
    /** The size of all pages. Guarded by this. */
    private long bytes;
    /** The place that is emptied next. Guarded by this. */
    private int next;

    private final LongAdder fromMemory = new LongAdder();
    private final LongAdder fromStorage = new LongAdder();

    /**
     * Keeps none yet.
     *
     * @param versions a number for each channel that changes whenever its stored data does, odd while the stored data
     *        is not known
     */
    public PageCache(ToLongFunction<Channel> versions) {
        this(versions, Math.min(MOST_BYTES, Runtime.getRuntime().maxMemory() / PART_OF_THE_HEAP));
    }

    /** With room for so many bytes. */
    PageCache(ToLongFunction<Channel> versions, long room) {
        this.versions = versions;
        this.room = room;
    }

    /** A request to one channel: all that the response depends on besides the data stored there, and its retention. */
    interface PageKey {
        Channel channel();
    }

    /**
     * A page.
     *
     * @param oldest the lowest timetoken on it; the page stays valid as long as the retention horizon is not above it;
     *        {@code Long.MAX_VALUE} of an empty one
     */
    record Page(Response response, long oldest) {}

    private record CachedPage(PageKey asked, long version, long horizon, Page page) {
        int bytes() {
            int size = page.response().size();
            return size + size / PART_COMPRESSED + OVERHEAD;
        }
    }

    /**
     * Responds with a page: with the one of an earlier request if it is still valid, else with one that is read now.
     *
     * @param read reads it, knowing the request's {@link ApiRequest#horizon()}; on a thread that may wait for the disk
     */
    void respond(ApiRequest request, PageKey asked, Supplier<Page> read) {
        long version = versions.applyAsLong(asked.channel());
        long horizon = request.horizon();
        Page kept = kept(asked, version, horizon);
        if (kept != null) {
            fromMemory.increment();
            request.respond(kept.response());
            return;
        }
        boolean isWorthKeeping = isAskedAgain(asked);
        request.answerFromStorage(() -> {
            fromStorage.increment();
            Page page = read.get();
            if (isWorthKeeping) {
                keep(asked, version, horizon, page);
            }
            return page.response();
        });
    }

    /** Whether the same key was requested before, and no other key with the same place since. */
    boolean isAskedAgain(PageKey asked) {
        return askedBefore.getAndSet(place(asked), asked.hashCode()) == asked.hashCode();
    }

    /** How many pages were answered from memory. */
    public long fromMemory() {
        return fromMemory.sum();
    }

    /** How many pages were read from storage. */
    public long fromStorage() {
        return fromStorage.sum();
    }

    /** A page that was kept when the channel had this version, and is not too old. */
    @Nullable
    Page kept(PageKey asked, long version, long horizon) {
        CachedPage kept = places.get(place(asked));
        // a horizon goes back when the retention of a keyset grows: then more can be read than the page has
        return kept != null && kept.version == version && kept.horizon <= horizon && horizon <= kept.page.oldest
                && kept.asked.equals(asked)
                        ? kept.page
                        : null;
    }

    /** Keeps a page, and drops others for it. */
    void keep(PageKey asked, long version, long horizon, Page page) {
        CachedPage kept = new CachedPage(asked, version, horizon, page);
        boolean isChanging = (version & 1) == 1;
        if (isChanging || page.response().isStreamed() || kept.bytes() > Math.min(LARGEST, room)) {
            return;
        }
        synchronized (this) {
            bytes += kept.bytes() - bytesOf(places.getAndSet(place(asked), kept));
            while (bytes > room) {
                bytes -= bytesOf(places.getAndSet(next, null));
                next = (next + 1) % PLACES;
            }
        }
    }

    private static int bytesOf(@Nullable CachedPage page) {
        return page == null ? 0 : page.bytes();
    }

    private static int place(PageKey asked) {
        int hash = asked.hashCode();
        return (hash ^ hash >>> 16) & PLACES - 1;
    }
}
