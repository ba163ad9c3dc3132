package dev.manicule.brokers;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ports of loopback that nobody listens on. They lie below those that systems give to outgoing connections (32768 and up on Linux),
 * because a broker that is down needs its port again: a client that tries to reach it could be given that very port for its own end.
 */
final class Ports {
    private static final int FIRST = 20_000;
    private static final int COUNT = 12_000;
    private static final int TRIALS = 1_000;

    private Ports() {}

    /**
     * Finds some, each another one.
     *
     * @throws IOException when so many are not to be had
     */
    static List<Integer> free(int count) throws IOException {
        List<ServerSocket> held = new ArrayList<>(); // all at once, or the same could be found twice
        try {
            for (int trial = 0; held.size() < count && trial < TRIALS; trial++) {
                ServerSocket socket = new ServerSocket();
                try {
                    socket.bind(new InetSocketAddress(loopback(), FIRST + ThreadLocalRandom.current().nextInt(COUNT)));
                    held.add(socket);
                } catch (IOException e) {
                    socket.close(); // somebody has it
                }
            }
            if (held.size() < count) {
                throw new IOException("%d ports from %d on are not to be had".formatted(count, FIRST));
            }
            return held.stream().map(ServerSocket::getLocalPort).toList();
        } finally {
            for (ServerSocket socket : held) {
                socket.close();
            }
        }
    }

    private static InetAddress loopback() throws IOException {
        return InetAddress.getByAddress(new byte[]{127, 0, 0, 1});
    }
}
