package dev.manicule.acceptance.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Ten thousand subscribers whose server is killed, and who come back all at once: each is told everything, once. */
@Timeout(value = 60, unit = TimeUnit.MINUTES)
class CrowdTest {
    private static final int SUBSCRIBERS = Integer.getInteger("faults.crowd", 10_000);
    private static final int ROUNDS = Integer.getInteger("faults.rounds", 1);
    private static final Pattern EVENT = Pattern.compile("\"p\":\\{\"t\":\"(\\d+)\"");
    private static final Pattern CURSOR = Pattern.compile("\\{\"t\":\\{\"t\":\"(\\d+)\"");
    private static final Pattern LENGTH = Pattern.compile("(?i)content-length: (\\d+)");
    private static final long PATIENCE_NANOS = 60_000_000_000L;

    /** One of them. */
    private static final class Subscriber {
        final String channel;
        final List<Long> told = new ArrayList<>();
        private final ByteBuffer in = ByteBuffer.allocate(8192);
        long cursor;
        @Nullable
        SocketChannel connection;

        Subscriber(String channel) {
            this.channel = channel;
        }

        void connect(Selector selector, int port) throws IOException {
            SocketChannel opening = SocketChannel.open();
            opening.configureBlocking(false);
            opening.setOption(StandardSocketOptions.TCP_NODELAY, true);
            opening.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            opening.register(selector, SelectionKey.OP_CONNECT, this);
            connection = opening;
            in.clear();
        }

        void poll(SocketChannel open) throws IOException {
            ByteBuffer request = ByteBuffer.wrap(("GET /v2/subscribe/demo/" + channel + "/0?tt=" + cursor
                    + " HTTP/1.1\r\nHost: test\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
            while (request.hasRemaining()) {
                if (open.write(request) == 0) {
                    throw new IOException("a request that does not fit");
                }
            }
        }

        /** Reads what there is; true when an answer was whole. */
        boolean read(SocketChannel open) throws IOException {
            if (open.read(in) < 0) {
                throw new IOException("ended");
            }
            String text = new String(in.array(), 0, in.position(), StandardCharsets.US_ASCII);
            int body = text.indexOf("\r\n\r\n") + 4;
            Matcher length = LENGTH.matcher(text);
            if (body < 4 || !length.find() || text.length() < body + Integer.parseInt(length.group(1))) {
                return false;
            }
            in.clear();
            Matcher next = CURSOR.matcher(text);
            if (!next.find(body)) {
                throw new AssertionError("not an answer: " + text);
            }
            cursor = Long.parseLong(next.group(1));
            Matcher event = EVENT.matcher(text);
            event.region(next.end(), text.length());
            while (event.find()) {
                told.add(Long.valueOf(event.group(1)));
            }
            return true;
        }
    }

    @Test
    void allSubscribersReconnectAndMissNothing() throws Exception {
        List<Subscriber> crowd = new ArrayList<>();
        for (int i = 0; i < SUBSCRIBERS; i++) {
            crowd.add(new Subscriber("crowd" + i % 20));
        }
        List<List<Long>> published = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            published.add(new ArrayList<>());
        }
        try (FaultHarness harness = new FaultHarness(7); Selector selector = Selector.open()) {
            harness.start();
            connect(crowd, selector, harness.port());
            drive(crowd, selector, harness, () -> crowd.stream().allMatch(each -> each.cursor > 0));
            for (int round = 0; round < ROUNDS; round++) {
                publish(harness, published);
                drive(crowd, selector, harness, () -> haveAll(crowd, published));
                harness.server().kill();
                harness.start();
                publish(harness, published); // while they are away
                long begin = System.nanoTime();
                connect(crowd, selector, harness.port());
                publish(harness, published); // while they come back
                drive(crowd, selector, harness, () -> haveAll(crowd, published));
                System.out.printf("| Crowd of %,d | back and told after %d ms |%n", SUBSCRIBERS,
                        (System.nanoTime() - begin) / 1_000_000);
            }
            for (int i = 0; i < SUBSCRIBERS; i++) {
                assertThat(crowd.get(i).told).isEqualTo(published.get(i % 20));
            }
        }
    }

    private static boolean haveAll(List<Subscriber> crowd, List<List<Long>> published) {
        for (int i = 0; i < crowd.size(); i++) {
            if (crowd.get(i).told.size() < published.get(i % 20).size()) {
                return false;
            }
        }
        return true;
    }

    private static void publish(FaultHarness harness, List<List<Long>> published) {
        for (int i = 0; i < 20; i++) {
            published.get(i).add(harness.wire().publish("crowd" + i, "1"));
        }
    }

    private static void connect(List<Subscriber> crowd, Selector selector, int port) throws IOException {
        for (Subscriber subscriber : crowd) {
            if (subscriber.connection != null) {
                subscriber.connection.close();
            }
        }
        selector.selectNow(); // frees what is closed
        for (Subscriber subscriber : crowd) {
            subscriber.connect(selector, port);
        }
    }

    private static void drive(List<Subscriber> crowd, Selector selector, FaultHarness harness, BooleanSupplier until)
            throws IOException {
        long patience = System.nanoTime() + PATIENCE_NANOS;
        while (!until.getAsBoolean()) {
            if (System.nanoTime() > patience) {
                long parked = crowd.stream().filter(each -> each.connection != null).count();
                throw new AssertionError("they wait for ever; connected: " + parked);
            }
            selector.select(50);
            for (SelectionKey key : selector.selectedKeys()) {
                Subscriber subscriber = (Subscriber) key.attachment();
                SocketChannel open = (SocketChannel) key.channel();
                try {
                    if (key.isValid() && key.isConnectable() && open.finishConnect()) {
                        key.interestOps(SelectionKey.OP_READ);
                        subscriber.poll(open);
                    } else if (key.isValid() && key.isReadable() && subscriber.read(open)) {
                        subscriber.poll(open);
                    }
                } catch (IOException e) {
                    open.close();
                    subscriber.connect(selector, harness.port());
                }
            }
            selector.selectedKeys().clear();
        }
    }
}
