package dev.manicule.bench.sizing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import javax.net.ssl.SSLContext;

/** Many connections, each with one request that is not answered yet, or whose response does not end. */
final class OpenRequests implements AutoCloseable {
    private final MeasuredServer server;
    private final List<Socket> sockets = new ArrayList<>();

    OpenRequests(MeasuredServer server) {
        this.server = server;
    }

    /** Opens more of them, until there are so many. Returns once the server has parked the requests of all. */
    void open(int all, IntFunction<String> request) throws IOException, InterruptedException {
        SSLContext context = server.context();
        while (sockets.size() < all) {
            Socket socket = context == null
                    ? new Socket(InetAddress.getLoopbackAddress(), server.port())
                    : context.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), server.port());
            sockets.add(socket);
            socket.getOutputStream().write(request.apply(sockets.size()).getBytes(StandardCharsets.US_ASCII));
        }
        long parked = 0;
        for (int attempt = 0; attempt < 600; attempt++) {
            parked = server.metric("manicule_polls_parked");
            if (parked == all) {
                return;
            }
            Thread.sleep(100);
        }
        throw new IOException("The server has parked " + parked + " of " + all);
    }

    @Override
    public void close() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
