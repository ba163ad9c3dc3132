package dev.manicule.server.api;

import dev.manicule.server.access.FileKey.Use;
import dev.manicule.server.http.BodySource;
import dev.manicule.server.http.Header;
import dev.manicule.server.http.IncomingBody;
import dev.manicule.server.http.Response;
import dev.manicule.server.journal.Journal;
import dev.manicule.server.ledger.LedgerReader;
import dev.manicule.server.model.Channel;
import dev.manicule.server.model.StoredFile;
import dev.manicule.server.model.Timetoken;
import dev.manicule.server.routing.ApiRequest;
import dev.manicule.server.routing.EndpointFamily;
import dev.manicule.server.routing.ErrorFormat;
import dev.manicule.server.routing.PercentEncoding;
import dev.manicule.server.routing.RequiredPermission;
import dev.manicule.server.routing.Route.Trait;
import dev.manicule.server.routing.Route;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of files: upload and download, each allowed by a signature of this server and by no other permission. The
 * protocol has these at a store of objects, whose errors are XML.
 */
public final class FileBytesApi implements EndpointFamily {
    /** {@code <Error><Code>EntityTooLarge</Code><Message>…</Message></Error>}. */
    static final ErrorFormat ERRORS = new ErrorFormat() {
        @Override
        public Response response(int status, String message, long now) {
            return error(status, code(status), message);
        }

        @Override
        public Response tooLarge(long now) {
            return response(413, Upload.TOO_LARGE, now);
        }

        @Override
        public Response unknownKeyset(long now) {
            return response(400, "Invalid Subscribe Key", now);
        }
    };
    /** The parameter of a link that has its signature: {@code signature} would be that of a request. */
    static final String LINK_SIGNATURE = "link-signature";
    private static final int PART = 64 << 10;
    private static final Pattern ONE_RANGE = Pattern.compile("bytes=([0-9]{1,18})?-([0-9]{1,18})?");
    private static final int MOST_SECONDS = 18;

    private final Journal journal;
    private final LedgerReader ledger;
    private final FileTransfers transfers;
    private final RandomGenerator random;

    /**
     * The family over a journal, the ledger that it writes, and a store.
     *
     * @param random makes the names of places
     */
    public FileBytesApi(Journal journal, LedgerReader ledger, FileTransfers transfers, RandomGenerator random) {
        this.journal = journal;
        this.ledger = ledger;
        this.transfers = transfers;
        this.random = random;
    }

    @Override
    public String name() {
        return "file-bytes";
    }

    @Override
    public List<Route> routes() {
        String keyset = FilesApi.FAMILY + "{subscribeKey}/";
        return List.of(
                Route.of("POST", keyset + "upload", ERRORS, RequiredPermission.NOTHING, this::upload)
                        .with(Trait.STREAMED_BODY),
                Route.of("GET", keyset + "download/{channel}/{id}/{name}", ERRORS, RequiredPermission.NOTHING,
                        this::download).with(Trait.LINEARIZABLE));
    }

    private static String code(int status) {
        return switch (status) {
            case 400, 415 -> "InvalidRequest";
            case 403 -> "AccessDenied";
            case 404 -> "NoSuchKey";
            case 409 -> "OperationAborted";
            case 413 -> "EntityTooLarge";
            case 416 -> "InvalidRange";
            case 429, 503 -> "SlowDown";
            default -> "InternalError";
        };
    }

    private static Response error(int status, String code, String message) {
        String escaped = message.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
        return Response.of(status, "application/xml",
                ("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>" + code
                        + "</Code><Message>" + escaped + "</Message></Error>").getBytes(StandardCharsets.UTF_8));
    }

    private void upload(ApiRequest request) {
        IncomingBody body = request.incomingBody();
        if (body == null) {
            request.refuse(400, "The upload has no body");
        } else if (body.isEncoded()) {
            request.refuse(415, "The body of an upload has no Content-Encoding");
        } else if (!transfers.begins(request.subscribeKey(), request.request().client())) {
            request.respond(ERRORS.unavailable("Too many uploads are under way.", request.now()));
        } else {
            new Upload(request, body, transfers, journal, Long.toString(random.nextLong() & Long.MAX_VALUE, 36))
                    .begin();
        }
    }

    /** The text that the signature of a link to a file signs. */
    static String signed(StoredFile file, long expires) {
        return signed(file.channel().keyset(), file.channel().name(), file.id(), file.name(), String.valueOf(expires));
    }

    private static String signed(String keyset, String channel, String id, String name, String expires) {
        return String.join("\n", keyset, PercentEncoding.encode(channel), id, PercentEncoding.encode(name), expires);
    }

    private void download(ApiRequest request) {
        Channel channel = request.channel();
        String expires = request.query().text("expires");
        String signature = request.query().text(LINK_SIGNATURE);
        if (channel == null || expires == null || signature == null || expires.length() > MOST_SECONDS
                || !transfers.key()
                        .isSignedBy(Use.DOWNLOAD, signed(request.subscribeKey(), channel.name(), request.segment("id"),
                                request.segment("name"), expires), signature)) {
            request.refuse(403, "The signature is not the one of this file");
            return;
        }
        if (Long.parseLong(expires) < Timetoken.instant(request.now()).getEpochSecond()) {
            request.refuse(403, "Request has expired");
            return;
        }
        long horizon = request.horizon();
        request.respondInSlices(() -> {
            StoredFile file = FilesApi.find(ledger, request, channel, horizon);
            try {
                return file == null || !transfers.store().has(file.content().place())
                        ? ERRORS.response(404, "File not found", request.now())
                        : bytes(request, file);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    /**
     * Some bytes of a file.
     *
     * @param from the first one
     * @param to the last one
     */
    private record Part(long from, long to) {
        /** The part that a request wants; null when it wants all, or something that is served as all. */
        static @Nullable Part of(ApiRequest request, String tag, long size) {
            String range = request.header(Header.RANGE);
            String unless = request.header(Header.IF_RANGE);
            Matcher one = range == null || (unless != null && !unless.equals(tag)) ? null : ONE_RANGE.matcher(range);
            if (one == null || !one.matches()) {
                return null;
            }
            String from = one.group(1);
            String to = one.group(2);
            if (from == null) {
                return to == null ? null : new Part(Math.max(size - Long.parseLong(to), 0), size - 1);
            }
            long first = Long.parseLong(from);
            long last = to == null ? size - 1 : Long.parseLong(to);
            return last < first && to != null ? null : new Part(first, Math.min(last, size - 1));
        }

        boolean isIn(long size) {
            return from < size && from <= to;
        }

        long length() {
            return to - from + 1;
        }
    }

    private Response bytes(ApiRequest request, StoredFile file) {
        long size = file.content().size();
        String tag = "\"" + file.content().sha256() + "\"";
        if (tag.equals(request.header(Header.IF_NONE_MATCH))) {
            return Response.notModified(tag, false);
        }
        Part part = Part.of(request, tag, size);
        if (part != null && !part.isIn(size)) {
            return ERRORS.response(416, "The range is not in the file", request.now())
                    .with("Content-Range", "bytes */" + size);
        }
        Part sent = part == null ? new Part(0, size - 1) : part;
        String type = file.content().type();
        Response response = size == 0
                ? Response.of(200, type, new byte[0])
                : Response.streamed(part == null ? 200 : 206, type, sent.length(), source(request, file, sent));
        if (part != null) {
            response = response.with("Content-Range", "bytes " + part.from + "-" + part.to + "/" + size);
        }
        return response.with("Accept-Ranges", "bytes")
                .with("ETag", tag)
                .with("Cache-Control", "private, max-age=3600")
                .with("Content-Disposition", "attachment; filename*=UTF-8''" + PercentEncoding.encode(file.name()))
                .with("X-Content-Type-Options", "nosniff")
                .with("Content-Security-Policy", "default-src 'none'; sandbox");
    }

    /** The bytes of a part, which workers read piece by piece as the client reads them. */
    private BodySource source(ApiRequest request, StoredFile file, Part part) {
        long[] next = {part.from};
        return (Consumer<byte @Nullable []> then) -> request.workers().execute(request.client(), () -> {
            byte[] bytes;
            try {
                int most = (int) Math.min(PART, part.to + 1 - next[0]);
                bytes = most == 0 ? null : transfers.store().read(file.content().place(), next[0], most);
                if (bytes != null && bytes.length < most) {
                    throw new IOException("The bytes of a file end early");
                }
            } catch (IOException | RuntimeException | Error e) {
                request.failInTheMiddle("A download", e); // the file may have been deleted meanwhile
                return;
            }
            next[0] += bytes == null ? 0 : bytes.length;
            then.accept(bytes);
        });
    }
}
