package dev.manicule.acceptance.hostile;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/** The server as an attack sees it: a port on loopback, and the time at which the attack ends. For any thread. */
final class Target {
    /** The property of the attacking process that names its keyset, where that is not its own. */
    static final String KEYSET_PROPERTY = "hostile.keyset";
    /** The keyset of the attack. */
    static final String KEYSET = System.getProperty(KEYSET_PROPERTY, "hostile");
    private static final int PATIENCE_MILLIS = 30_000;
    private static final int SMALL_BUFFER = 4096;
    private static final int REOPEN_MILLIS = 50;

    private final int port;
    private final boolean tls;
    private final String token;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final LongAdder bytes = new LongAdder();
    private final LongAdder requests = new LongAdder();
    private volatile long end = Long.MAX_VALUE;

    /**
     * A target.
     *
     * @param token for requests to {@link #KEYSET}, empty where it takes none
     */
    Target(int port, boolean tls, String token) {
        this.port = port;
        this.tls = tls;
        this.token = token;
    }

    /** Something that one connection does, again and again. */
    @FunctionalInterface
    interface Play {
        void run(int number) throws Exception;
    }

    String token() {
        return token;
    }

    /** Bytes that were sent, without those of TLS and TCP. */
    long bytes() {
        return bytes.sum();
    }

    /** Requests, or frames where an attack sends no requests. */
    long requests() {
        return requests.sum();
    }

    /** Counts what was sent past {@link #client}. */
    void sent(long moreBytes, long moreRequests) {
        bytes.add(moreBytes);
        requests.add(moreRequests);
    }

    void endAfter(long seconds) {
        end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    }

    boolean goesOn() {
        return end == Long.MAX_VALUE || end - System.nanoTime() > 0;
    }

    /** Waits so long, or until the attack ends. */
    void pause(long millis) throws InterruptedException {
        long left = end == Long.MAX_VALUE ? millis : TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
        if (left > 0) {
            TimeUnit.MILLISECONDS.sleep(Math.min(millis, left));
        }
    }

    /** Waits until the attack ends. */
    void hold() throws InterruptedException {
        while (goesOn()) {
            pause(100);
        }
    }

    /** Opens a connection. */
    Socket open() throws IOException {
        return open(0);
    }

    /** Opens a connection that takes in little of what is not read. */
    Socket openNarrow() throws IOException {
        return open(SMALL_BUFFER);
    }

    private Socket open(int receiveBuffer, String... protocols) throws IOException {
        Socket plain = new Socket();
        if (receiveBuffer > 0) {
            plain.setReceiveBufferSize(receiveBuffer);
        }
        plain.setTcpNoDelay(true);
        plain.setSoTimeout(PATIENCE_MILLIS);
        plain.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), PATIENCE_MILLIS);
        Socket socket = tls ? secured(plain, port, protocols) : plain;
        sockets.add(socket);
        return socket;
    }

    /** Opens a connection of HTTP/2. */
    Socket openHttp2() throws IOException {
        return open(0, "h2");
    }

    /** TLS over a socket, with any certificate. */
    static SSLSocket secured(Socket plain, int port, String... protocols) throws IOException {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[]{new Trusting()}, new SecureRandom());
            SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(plain, "localhost", port, true);
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setApplicationProtocols(protocols);
            socket.setSSLParameters(parameters);
            socket.startHandshake();
            return socket;
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
    }

    /** A connection whose requests are counted. */
    Client client() throws IOException {
        return new Client(new Http1(open()));
    }

    /** A connection of HTTP/1.1 whose requests are counted. */
    final class Client implements AutoCloseable {
        private final Http1 http;

        private Client(Http1 http) {
            this.http = http;
        }

        Http1.Reply get(String path, String... headers) throws IOException {
            write(Http1.request("GET", path, null, headers), 1);
            return http.read();
        }

        Http1.Reply post(String path, String body, String... headers) throws IOException {
            write(Http1.request("POST", path, body, headers), 1);
            return http.read();
        }

        void write(byte[] all, int count) throws IOException {
            http.write(all);
            sent(all.length, count);
        }

        Http1.Reply read() throws IOException {
            return http.read();
        }

        Http1 http() {
            return http;
        }

        @Override
        public void close() throws IOException {
            http.close();
        }
    }

    /** Plays with so many threads, each again as soon as it is through or its connection has failed, until the attack ends. */
    void crowd(int size, Play play) throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            int number = i;
            threads.add(Thread.ofPlatform().daemon().stackSize(256 << 10).start(() -> again(play, number)));
        }
        for (Thread thread : threads) {
            thread.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime())));
        }
    }

    private void again(Play play, int number) {
        while (goesOn()) {
            try {
                play.run(number);
            } catch (IOException e) {
                try {
                    pause(REOPEN_MILLIS); // refused or cut off: the attack goes on from the start
                } catch (InterruptedException interrupted) {
                    return;
                }
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /** Closes all connections. */
    void closeAll() {
        for (Socket socket : sockets) {
            try {
                socket.close();
            } catch (IOException e) {
                // closed already
            }
        }
    }

    private static final class Trusting implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {
            // any
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {
            // any
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
