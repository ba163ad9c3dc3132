package dev.manicule.bench.load;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/** Many connections that wait for one event; measures how long it takes until the last of them has it. */
public final class SubscriberPool implements AutoCloseable {
    private static final int BUFFER = 64 << 10;
    private static final long PATIENCE = 20_000_000_000L;

    private static final class Member {
        final SocketChannel channel;
        /** The end of what came in, when the event was not in it. */
        byte[] rest = new byte[0];
        boolean hasIt;

        Member(SocketChannel channel) {
            this.channel = channel;
        }
    }

    private final int port;
    private final Selector selector;
    private final List<Member> members = new ArrayList<>();
    private final ByteBuffer in = ByteBuffer.allocateDirect(BUFFER);

    /** An empty pool. */
    public SubscriberPool(int port) throws IOException {
        this.port = port;
        selector = Selector.open();
    }

    /** So many more connect. */
    public void join(int count) throws IOException {
        join(count, port);
    }

    /** So many more connect, to another server that has the same events. */
    public void join(int count, int otherPort) throws IOException {
        for (int i = 0; i < count; i++) {
            SocketChannel channel = SocketChannel
                    .open(new InetSocketAddress(InetAddress.getLoopbackAddress(), otherPort));
            channel.configureBlocking(false);
            Member member = new Member(channel);
            members.add(member);
            SelectionKey _ = channel.register(selector, SelectionKey.OP_READ, member);
        }
    }

    /**
     * Each sends a request.
     *
     * @param request the text of each, by its number in the pool
     */
    public void ask(IntFunction<String> request) throws IOException {
        for (int i = 0; i < members.size(); i++) {
            ByteBuffer out = ByteBuffer.wrap(request.apply(i).getBytes(StandardCharsets.US_ASCII));
            while (out.hasRemaining()) {
                if (members.get(i).channel.write(out) == 0) {
                    Thread.onSpinWait();
                }
            }
            if (i % 64 == 0) { // data that comes meanwhile (a stream begins with a word) must not pile up
                drain();
            }
        }
    }

    /** Reads and drops the data that has come so far. */
    public void drain() throws IOException {
        while (selector.selectNow() > 0) {
            for (SelectionKey key : selector.selectedKeys()) {
                if (((Member) key.attachment()).channel.read(in.clear()) < 0) {
                    throw new IOException("the server closed a connection");
                }
            }
            selector.selectedKeys().clear();
        }
    }

    /**
     * Sends a request on a connection of its own, and waits until all subscribers have received the event.
     *
     * @param marker a text in the event, and in nothing that was sent before
     * @return nanoseconds from the request to the last arrival
     */
    public long deliver(String request, String marker) throws IOException {
        byte[] wanted = marker.getBytes(StandardCharsets.US_ASCII);
        for (Member member : members) {
            member.hasIt = false;
            member.rest = new byte[0];
        }
        try (SocketChannel teller = SocketChannel
                .open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))) {
            long begin = System.nanoTime();
            ByteBuffer out = ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII));
            while (out.hasRemaining()) {
                int _ = teller.write(out);
            }
            int waiting = members.size();
            while (waiting > 0) {
                if (System.nanoTime() - begin > PATIENCE) {
                    throw new IOException(waiting + " of " + members.size() + " have not got the event");
                }
                int _ = selector.select(1000);
                for (SelectionKey key : selector.selectedKeys()) {
                    if (receive((Member) key.attachment(), wanted)) {
                        waiting--;
                    }
                }
                selector.selectedKeys().clear();
            }
            return System.nanoTime() - begin;
        }
    }

    private boolean receive(Member member, byte[] wanted) throws IOException {
        in.clear().put(member.rest);
        if (member.channel.read(in) < 0) {
            throw new IOException("the server closed a connection");
        }
        in.flip();
        if (member.hasIt) {
            return false;
        }
        if (find(wanted)) {
            member.hasIt = true;
            member.rest = new byte[0];
            return true;
        }
        int kept = Math.min(in.limit(), wanted.length - 1);
        member.rest = new byte[kept];
        in.get(in.limit() - kept, member.rest);
        return false;
    }

    private boolean find(byte[] wanted) {
        for (int at = 0; at + wanted.length <= in.limit(); at++) {
            int length = 0;
            while (length < wanted.length && in.get(at + length) == wanted[length]) {
                length++;
            }
            if (length == wanted.length) {
                return true;
            }
        }
        return false;
    }

    @Override
    public void close() throws IOException {
        for (Member member : members) {
            member.channel.close();
        }
        members.clear();
        selector.close();
    }
}
