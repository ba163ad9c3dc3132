package dev.manicule.server.api;

import dev.manicule.server.http.Response;
import dev.manicule.server.model.Channel;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Pages that were read out of storage lately. Whoever opens a room asks for its newest messages and actions, and gets what
 * the one before got as long as nothing there has changed: it is neither read nor written as JSON again, and no other
 * thread has to be waited for. A page holds as long as the channel's version is what it was before the page was read.
 *
 * <p>Any thread may use it.
 */
public final class PageCache {
    private static final int PLACES = 1 << 10;
    private static final int LARGEST = 256 << 10;
    private static final long MOST_BYTES = 32 << 20;
    /** Of the heap, which part may be pages. */
    private static final int PART_OF_THE_HEAP = 16;
    /** About what a page takes besides its answer's bytes. */
    private static final int OVERHEAD = 512;
    /** About which part of an answer its compressed form comes to, which is kept with it. */
    private static final int PART_COMPRESSED = 4;

    private final ToLongFunction<Channel> versions;
    private final long room;
    private final AtomicReferenceArray<@Nullable CachedPage> places = new AtomicReferenceArray<>(PLACES);
    /** By place: the hash of what was asked last. What is asked once only is not worth keeping, and would be garbage. */
    private final AtomicIntegerArray askedBefore = new AtomicIntegerArray(PLACES);
    /** Of all that are kept. Guarded by this. */
    private long bytes;
    /** Which place is emptied next. Guarded by this. */
    private int next;

    private final LongAdder fromMemory = new LongAdder();
    private final LongAdder fromStorage = new LongAdder();

    /**
     * Keeps none yet.
     *
     * @param versions a number for each channel that changes whenever something stored on it does, odd while it is not
     *        known what is stored
     */
    public PageCache(ToLongFunction<Channel> versions) {
        this(versions, Math.min(MOST_BYTES, Runtime.getRuntime().maxMemory() / PART_OF_THE_HEAP));
    }

    /** With room for so many bytes. */
    PageCache(ToLongFunction<Channel> versions, long room) {
        this.versions = versions;
        this.room = room;
    }

    /** What is asked of one channel: all that the answer depends on besides what is stored there, and what is too old. */
    interface PageKey {
        Channel channel();
    }

    /**
     * A page.
     *
     * @param oldest the lowest timetoken on it, below which the time may rise before which nothing can be read;
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
     * Answers with a page: with the one of an earlier request if it still holds, else with what is read now.
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

    /** Whether the same was asked before, and nothing else that has the same place since. */
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
        // a horizon goes back when a keyset is told to keep things longer: then more can be read than the page knows
        return kept != null && kept.version == version && kept.horizon <= horizon && horizon <= kept.page.oldest
                && kept.asked.equals(asked)
                        ? kept.page
                        : null;
    }

    /** Keeps a page, and forgets others for it. */
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
