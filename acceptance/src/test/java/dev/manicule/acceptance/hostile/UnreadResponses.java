package dev.manicule.acceptance.hostile;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** Attacks that ask for much and read nothing of it. */
final class UnreadResponses {
    private static final int CONNECTIONS = 120;
    private static final int STREAMS = 250;
    private static final int FRAMES = 2_000;

    private UnreadResponses() {}

    static void pings(Target target) throws Exception {
        byte[] ping = new byte[6 + 10]; // so that the buffers of the two systems are soon full of pongs
        ping[0] = (byte) 0x89;
        ping[1] = (byte) (0x80 | 10);
        frames(target, ping);
    }

    /** Pings with a body, on a channel whose events are not read either. */
    static void largePings(Target target) throws Exception {
        byte[] ping = new byte[6 + 125];
        ping[0] = (byte) 0x89;
        ping[1] = (byte) (0x80 | 125);
        frames(target, ping);
    }

    private static void frames(Target target, byte[] frame) throws InterruptedException {
        byte[] many = new byte[frame.length * FRAMES];
        for (int i = 0; i < FRAMES; i++) {
            System.arraycopy(frame, 0, many, i * frame.length, frame.length);
        }
        target.crowd(2, number -> {
            try (Socket socket = target.openNarrow()) {
                socket.getOutputStream()
                        .write(Http1.request("GET", "/v2/stream/" + Target.KEYSET + "/c", null,
                                "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13",
                                "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA=="));
                while (target.goesOn()) {
                    socket.getOutputStream().write(many);
                    target.sent(many.length, FRAMES);
                    target.pause(10);
                }
            }
        });
    }

    static void history(Target target) throws Exception {
        asked(target, Stores::largePage);
    }

    static void compressedHistory(Target target) throws Exception {
        asked(target, Stores::largePage, "Accept-Encoding: gzip");
    }

    /** Several such pages asked for at once on each of many connections. */
    static void pipelines(Target target) throws Exception {
        target.crowd(600, number -> {
            try (Socket socket = target.openNarrow()) {
                for (int i = 0; i < 4; i++) {
                    byte[] request = Http1.request("GET", Stores.largePage(4 * number + i), null,
                            i % 2 == 0 ? "Accept-Encoding: gzip" : "Accept-Encoding: identity");
                    socket.getOutputStream().write(request);
                    target.sent(request.length, 1);
                }
                awaitEnd(target, socket);
            }
        });
    }

    static void storeActions(Target target) throws IOException {
        Stores.largeActions(target, "acted", 260, Stores.LARGE, 0);
        Stores.largeActions(target, "acted", 260, 15_000, 0); // where values are shorter
    }

    static void actions(Target target) throws Exception {
        asked(target, number -> "/v1/message-actions/" + Target.KEYSET + "/channel/acted?limit=1000&start="
                + (99_999_999_999_999_999L - number));
    }

    static void fillRoom(Target target) throws IOException {
        String uuid = "u".repeat(Stores.LARGE);
        Stores.send(target, 250, i -> heartbeat("room", i + uuid));
        Stores.send(target, 6_000, i -> heartbeat("room", "u".repeat(80) + i)); // where only short ones may be
    }

    private static byte[] heartbeat(String channel, String uuid) {
        return Http1.request("GET",
                "/v2/presence/sub-key/" + Target.KEYSET + "/channel/" + channel + "/heartbeat?uuid=" + uuid, null);
    }

    static void hereNow(Target target) throws Exception {
        asked(target,
                number -> "/v2/presence/sub-key/" + Target.KEYSET + "/channel/room?limit=" + (1_000_000 - number));
    }

    /** The target of a request by its number. */
    @FunctionalInterface
    private interface Targets {
        String of(int number);
    }

    private static void asked(Target target, Targets targets, String... headers) throws InterruptedException {
        target.crowd(CONNECTIONS, number -> {
            try (Socket socket = target.openNarrow()) {
                byte[] request = Http1.request("GET", targets.of(number), null, headers);
                socket.getOutputStream().write(request);
                target.sent(request.length, 1);
                awaitEnd(target, socket);
            }
        });
    }

    /** Notices that the server has closed the connection, without reading: it refuses what is written then. */
    private static void awaitEnd(Target target, Socket socket) throws IOException, InterruptedException {
        while (target.goesOn()) {
            target.pause(500);
            socket.getOutputStream().write("\r\n".getBytes(StandardCharsets.US_ASCII));
        }
    }

    static void historyOverHttp2(Target target) throws Exception {
        target.crowd(1, connection -> {
            try (Http2 http = new Http2(target, 0)) {
                for (int i = 0; i < STREAMS; i++) {
                    http.get(Stores.largePage(i));
                }
                http.flush();
                target.pause(60_000);
            }
        });
    }
}
