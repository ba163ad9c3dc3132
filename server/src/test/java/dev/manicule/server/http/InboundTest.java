package dev.manicule.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.manicule.server.limits.Budget;
import dev.manicule.server.limits.Client;
import dev.manicule.server.limits.Limit;
import dev.manicule.server.limits.Limits;
import dev.manicule.server.limits.Resource;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class InboundTest {
    private static final int REQUEST_BYTES = 40;
    private static final long REQUEST_NANOS = 20_000;

    private final Map<Limit, Long> limits = new EnumMap<>(Limit.class);
    private final Budget budget = new Budget(new Limits(limits));
    private final EmbeddedChannel loop = new EmbeddedChannel();
    private final List<String> done = new ArrayList<>();
    private long now;
    private final LoopShares shares = new LoopShares(loop.eventLoop(), () -> now);

    /** A connection on the loop, whose decoder makes a request of so many bytes and takes its time for each. */
    private final class Peer {
        private final Inbound inbound;
        private final EmbeddedChannel channel;
        private int bytes;
        private int closesAt = Integer.MAX_VALUE;
        private int completedWhenClosed;

        Peer(String name, Client client) {
            inbound = new Inbound(shares, client);
            channel = new EmbeddedChannel(inbound, new ChannelInboundHandlerAdapter() {
                @Override
                public void channelRead(ChannelHandlerContext ctx, Object message) {
                    ByteBuf read = (ByteBuf) message;
                    bytes += read.readableBytes();
                    read.release();
                    for (; bytes >= REQUEST_BYTES; bytes -= REQUEST_BYTES) {
                        done.add(name);
                        now += REQUEST_NANOS;
                        if (done.size() == closesAt) {
                            var _ = ctx.close();
                        }
                    }
                }

                @Override
                public void channelReadComplete(ChannelHandlerContext ctx) {
                    completedWhenClosed += ctx.channel().isOpen() ? 0 : 1;
                }

                @Override
                public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
                    done.add(name + " ends");
                }
            });
        }

        void sends(int requests) {
            channel.pipeline().fireChannelRead(Unpooled.wrappedBuffer(new byte[requests * REQUEST_BYTES]));
        }

        boolean isRead() {
            return channel.config().isAutoRead();
        }
    }

    private Client from(String address) throws Exception {
        return budget.connection(InetAddress.getByName(address));
    }

    private long of(String name) {
        return done.stream().filter(name::equals).count();
    }

    private void round() {
        loop.runScheduledPendingTasks();
    }

    @Test
    void requestDoesNotWaitForPipelinesOfOthers() throws Exception {
        Peer attacker = new Peer("attacker", from("192.0.2.1"));
        Peer innocent = new Peer("innocent", from("192.0.2.2"));
        attacker.sends(800);
        assertThat(of("attacker")).as("a turn").isBetween(1L, 15L);
        assertThat(attacker.isRead()).as("no more is read meanwhile").isFalse();
        innocent.sends(1);
        assertThat(of("innocent")).as("at once").isEqualTo(1);
        for (int i = 0; i < 100; i++) {
            round();
        }
        assertThat(of("attacker")).as("all, in the end").isEqualTo(800);
        assertThat(attacker.isRead()).isTrue();
        assertThat(budget.used(Resource.MEMORY)).isZero();
    }

    @Test
    void addressesShareEquallyDespiteManyConnections() throws Exception {
        for (int i = 0; i < 30; i++) {
            new Peer("attacker", from("192.0.2.1")).sends(800);
        }
        long before = of("attacker");
        new Peer("innocent", from("192.0.2.2")).sends(400);
        for (int i = 0; of("innocent") < 400 && i < 1_000; i++) {
            round();
        }
        assertThat(of("innocent")).isEqualTo(400);
        assertThat(of("attacker") - before).as("meanwhile").isBetween(300L, 500L);
    }

    @Test
    void aRoundOfTheLoopIsShort() throws Exception {
        for (int i = 0; i < 100; i++) {
            new Peer("attacker", from("192.0.2.1")).sends(800);
        }
        long begin = now;
        round();
        assertThat(now - begin).isLessThan(2_000_000);
    }

    @Test
    void aSmallRequestThatWaitsKeepsNoLargeBuffer() throws Exception {
        shares.spent(1_000_000_000);
        ByteBuf large = Unpooled.buffer(2048).writeZero(REQUEST_BYTES);
        Peer peer = new Peer("peer", from("192.0.2.1"));
        peer.channel.pipeline().fireChannelRead(large);
        assertThat(done).isEmpty();
        assertThat(large.refCnt()).as("let go of").isZero();
        ByteBuf full = Unpooled.buffer(REQUEST_BYTES).writeZero(REQUEST_BYTES);
        peer.channel.pipeline().fireChannelRead(full);
        assertThat(full.refCnt()).as("kept as it is").isEqualTo(1);
        round();
        round();
        assertThat(done).containsExactly("peer", "peer");
        assertThat(full.refCnt()).isZero();
        assertThat(budget.used(Resource.MEMORY)).isZero();
    }

    @Test
    void smallReadsTakeTurns() throws Exception {
        for (int i = 0; i < 10_000; i++) {
            new Peer("attacker", from("192.0.2.1")).sends(1);
        }
        assertThat(now).isLessThan(21_000_000);
        new Peer("innocent", from("192.0.2.2")).sends(1);
        round();
        assertThat(of("innocent")).isEqualTo(1);
    }

    @Test
    void largeBodyPassesInOneTurn() throws Exception {
        Peer peer = new Peer("peer", from("192.0.2.1"));
        peer.bytes = Integer.MIN_VALUE; // takes no time
        peer.sends(800);
        assertThat(peer.bytes).isEqualTo(Integer.MIN_VALUE + 800 * REQUEST_BYTES);
        assertThat(peer.isRead()).isTrue();
    }

    @Test
    void pausedInputIsHeldAndEndComesLast() throws Exception {
        Peer peer = new Peer("peer", from("192.0.2.1"));
        peer.sends(60);
        peer.inbound.goOn(false);
        long before = of("peer");
        peer.channel.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
        round();
        assertThat(of("peer")).isEqualTo(before).isLessThan(60);
        peer.inbound.goOn(true);
        for (int i = 0; i < 20; i++) {
            round();
        }
        assertThat(of("peer")).isEqualTo(60);
        assertThat(done).endsWith("peer ends");
        assertThat(of("peer ends")).isEqualTo(1);
    }

    @Test
    void closedConnectionGetsNoMoreInput() throws Exception {
        Peer peer = new Peer("peer", from("192.0.2.1"));
        peer.closesAt = 30;
        peer.sends(800);
        for (int i = 0; i < 100; i++) {
            round();
        }
        assertThat(of("peer")).isBetween(30L, 45L);
        assertThat(peer.completedWhenClosed).isZero();
        assertThat(budget.used(Resource.MEMORY)).isZero();
    }

    @Test
    void waitingInputIsChargedAndExcessPassesOn() throws Exception {
        limits.put(Limit.HELD_BYTES, 1L << 20);
        limits.put(Limit.HELD_BYTES_BY_CONNECTION, 1L << 18);
        Client client = new Budget(new Limits(limits)).connection(InetAddress.getByName("192.0.2.1"));
        Peer peer = new Peer("peer", client);
        peer.sends(100_000);
        assertThat(of("peer")).as("not held").isEqualTo(100_000);
        peer = new Peer("other", client);
        peer.sends(2_000);
        assertThat(of("other")).as("held").isLessThan(200);
        var _ = peer.channel.close();
        round();
        assertThat(of("other")).isLessThan(200);
    }
}
