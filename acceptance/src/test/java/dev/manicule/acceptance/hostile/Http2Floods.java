package dev.manicule.acceptance.hostile;

import java.util.List;

/** Attacks by frames of HTTP/2, from strangers without a key. */
final class Http2Floods {
    private Http2Floods() {}

    /** Adds some frames of one kind. */
    @FunctionalInterface
    private interface Kind {
        void add(Http2 http);
    }

    /** Errors that concern one stream, each for another reason. */
    private static final List<Kind> STREAM_ERRORS = List.of(http -> {
        int stream = http.request("POST", "/time/0", Http2.END_HEADERS);
        http.frame(Http2.WINDOW_UPDATE, 0, stream, 0, 0, 0, 0);
    }, http -> {
        int stream = http.request("POST", "/time/0", Http2.END_HEADERS);
        http.frame(Http2.WINDOW_UPDATE, 0, stream, 127, 255, 255, 255);
        http.frame(Http2.WINDOW_UPDATE, 0, stream, 127, 255, 255, 255);
    }, http -> http.fields(Http2.END_HEADERS | Http2.END_STREAM, ":method", "GET", "UPPER", "case", ":path", "/time/0"),
            http -> {
                int stream = http.request("POST", "/time/0", Http2.END_HEADERS);
                http.frame(Http2.PRIORITY, 0, stream, stream >>> 24, stream >>> 16, stream >>> 8, stream, 1);
            });

    /** Frames that mean little each. */
    private static final List<Kind> SMALL_FRAMES = List.of(http -> {
        for (int i = 0; i < 200; i++) {
            http.frame(Http2.PING, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8);
        }
    }, http -> {
        for (int i = 0; i < 200; i++) {
            http.frame(Http2.SETTINGS, 0, 0);
        }
    }, http -> {
        int stream = http.request("POST", "/publish/demo/demo/0/c/0", Http2.END_HEADERS);
        for (int i = 0; i < 200; i++) {
            http.frame(Http2.DATA, 0, stream);
        }
        http.frame(Http2.DATA, Http2.END_STREAM, stream, '1');
    }, http -> {
        for (int i = 0; i < 20; i++) {
            http.frame(Http2.RST_STREAM, 0, http.get("/v2/subscribe/demo/c/0?tt=99999999999999999"), 0, 0, 0, 8);
        }
    }, http -> {
        int stream = http.request("POST", "/time/0", Http2.END_STREAM);
        for (int i = 0; i < 200; i++) {
            http.frame(Http2.CONTINUATION, 0, stream);
        }
        http.frame(Http2.CONTINUATION, Http2.END_HEADERS, stream);
    }, http -> {
        for (int i = 0; i < 200; i++) {
            http.frame(Http2.PRIORITY, 0, 2 * i + 1, 0, 0, 0, 0, 1);
        }
    }, http -> {
        for (int i = 0; i < 200; i++) {
            http.frame(0xee, 0, 0, 1);
        }
    });

    static void streamErrors(Target target) throws Exception {
        flood(target, 4, STREAM_ERRORS);
    }

    static void smallFrames(Target target) throws Exception {
        flood(target, 7, SMALL_FRAMES);
    }

    private static void flood(Target target, int connections, List<Kind> kinds) throws InterruptedException {
        target.crowd(connections, number -> {
            try (Http2 http = new Http2(target, 65_535)) {
                Kind kind = kinds.get(number % kinds.size());
                while (target.goesOn()) {
                    while (!http.isFull()) {
                        kind.add(http);
                    }
                    http.flush();
                    target.pause(10);
                }
            }
        });
    }
}
