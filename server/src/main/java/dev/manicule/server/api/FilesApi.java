package dev.manicule.server.api;

import dev.manicule.server.access.FileKey.Use;
import dev.manicule.server.access.Permission;
import dev.manicule.server.command.DeleteFile;
import dev.manicule.server.command.Unavailable;
import dev.manicule.server.http.Response;
import dev.manicule.server.journal.Journal;
import dev.manicule.server.json.JsonReader;
import dev.manicule.server.json.JsonWriter;
import dev.manicule.server.ledger.LedgerReader.FilePage;
import dev.manicule.server.ledger.LedgerReader;
import dev.manicule.server.limits.Limit;
import dev.manicule.server.limits.Limits;
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
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Files on channels: where to upload one, which there are, where to download one, deletion. */
public final class FilesApi implements EndpointFamily {
    static final String NAME = "files";
    static final String FAMILY = "/v1/files/";
    private static final long STEPS_IN_A_MILLI = 10_000;
    private static final ErrorFormat ERRORS = ActionInput.errors(NAME);
    /** Until when an upload may begin, and until when a link leads to the bytes. */
    private static final Duration VALID = Duration.ofHours(1);
    private static final int MOST_FILES = 100;
    private static final Response DELETED = Response.json(200,
            new JsonWriter().object().member("status", 200).end().toBytes());

    private final Journal journal;
    private final LedgerReader ledger;
    private final @Nullable FileTransfers transfers;
    private final Limits limits;
    private final RandomGenerator random;

    /**
     * The family over a journal and the ledger that it writes.
     *
     * @param transfers the transfers of bytes; null where there is no store for them, and no file can be sent
     * @param random makes ids that can't be guessed
     */
    public FilesApi(Journal journal, LedgerReader ledger, @Nullable FileTransfers transfers, Limits limits,
            RandomGenerator random) {
        this.journal = journal;
        this.ledger = ledger;
        this.transfers = transfers;
        this.limits = limits;
        this.random = random;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public List<Route> routes() {
        String channel = FAMILY + "{subscribeKey}/channels/{channel}/";
        String file = channel + "files/{id}/{name}";
        return List.of(
                Route.of("POST", channel + "generate-upload-url", ERRORS, RequiredPermission.on(Permission.WRITE),
                        this::generateUploadUrl),
                Route.of("GET", channel + "files", ERRORS, RequiredPermission.on(Permission.READ), this::list)
                        .with(Trait.LINEARIZABLE),
                Route.of("GET", file, ERRORS, RequiredPermission.on(Permission.READ), this::link)
                        .with(Trait.LINEARIZABLE),
                Route.of("DELETE", file, ERRORS, RequiredPermission.on(Permission.DELETE), this::delete));
    }

    private static long seconds(ApiRequest request) {
        return Timetoken.instant(request.now()).getEpochSecond();
    }

    private void generateUploadUrl(ApiRequest request) {
        Channel channel = request.messageChannel();
        Map<String, Object> body = JsonReader.members(request.body());
        if (transfers == null) {
            refuseWithoutStore(request);
        } else if (channel == null) {
            request.refuse(400, "Invalid channel");
        } else if (body == null || !(body.get("name") instanceof String name) || !JsonReader.isUnicode(name)
                || !StoredFile.isName(name)) {
            request.refuse(400, "Invalid name: the body is a JSON object with a \"name\" of 1 to "
                    + StoredFile.MOST_NAME_CHARACTERS + " characters, without slashes and control characters");
        } else {
            FileTransfers to = transfers;
            request.respondInSlices(() -> {
                long most = limits.of(Limit.FILE_BYTES_BY_KEYSET);
                if (ledger.fileBytes(channel.keyset()) >= most) {
                    limits.reached(Limit.FILE_BYTES_BY_KEYSET);
                    return ERRORS.response(403, tooManyBytes(most), request.now());
                }
                long now = seconds(request);
                FilePolicy policy = new FilePolicy(channel, newId(request.now()), name, limits.of(Limit.FILE_BYTES),
                        now + VALID.toSeconds());
                return upload(request, policy, to);
            });
        }
    }

    /** The refusal of a file that would be too much for its keyset. */
    static String tooManyBytes(long most) {
        return "The files of this keyset have the most bytes that they may have together (" + most
                + "): delete some, or raise fileBytesByKeyset";
    }

    private static Response upload(ApiRequest request, FilePolicy policy, FileTransfers to) {
        String text = policy.text();
        JsonWriter json = new JsonWriter(1024).object()
                .member("status", 200)
                .object("data")
                .member("id", policy.id())
                .member("name", policy.name())
                .end()
                .object("file_upload_request")
                .member("url", request.exchange().origin() + FAMILY
                        + PercentEncoding.encode(policy.channel().keyset()) + "/upload")
                .member("method", "POST")
                .member("expiration_date", Instant.ofEpochSecond(policy.expires()).toString())
                .array("form_fields");
        field("key", policy.id() + "/" + policy.name(), json); // the SDK for Java wants one first
        field(FilePolicy.FIELD, text, json);
        field(FilePolicy.SIGNATURE, to.key().sign(Use.UPLOAD, text), json);
        field(Upload.CONTENT_TYPE, Upload.UNKNOWN_TYPE, json);
        return Response.json(200, json.end().end().end().toBytes());
    }

    private static void field(String key, String value, JsonWriter json) {
        json.object().member("key", key).member("value", value).end();
    }

    /**
     * A uuid of version 7: those of later files are higher, and the rest is random. The place after the milliseconds has
     * a fraction of one, as RFC 9562 lets it.
     */
    private String newId(long now) {
        long milliseconds = now / STEPS_IN_A_MILLI;
        long fraction = now % STEPS_IN_A_MILLI * 4096 / STEPS_IN_A_MILLI;
        long high = (milliseconds << 16) | 0x7000 | fraction;
        long low = (random.nextLong() & 0x3FFFFFFFFFFFFFFFL) | Long.MIN_VALUE;
        return new UUID(high, low).toString();
    }

    private static void refuseWithoutStore(ApiRequest request) {
        request.refuse(501,
                "This server takes no files: it is a node of a cluster, of which no other one would have their bytes,"
                        + " or its folder of files can't be used, and its log says why");
    }

    private void list(ApiRequest request) {
        ActionInput input = new ActionInput(request, NAME);
        Channel channel = input.channel();
        int limit = request.query().count("limit", MOST_FILES, MOST_FILES);
        String next = request.query().text("next");
        if (limit < 0) {
            input.fault("Invalid limit: from 1 to " + MOST_FILES, "limit", "query");
        }
        if (next != null && !StoredFile.isId(next)) {
            input.fault("Invalid next: it is that of a page of files", "next", "query");
        }
        if (channel == null || input.isRefused()) {
            input.refuse();
            return;
        }
        long horizon = request.horizon();
        request.respondInSlices(() -> {
            FilePage page = ledger.files(channel, next, horizon, limit);
            JsonWriter json = new JsonWriter(4096).object().member("status", 200).array("data");
            for (StoredFile file : page.files()) {
                json.object()
                        .member("name", file.name())
                        .member("id", file.id())
                        .member("size", file.content().size())
                        .member("created",
                                Timetoken.instant(file.created()).truncatedTo(ChronoUnit.SECONDS).toString())
                        .end();
            }
            json.end();
            if (page.next() != null) {
                json.member("next", page.next());
            }
            return Response.json(200, json.member("count", page.files().size()).end().toBytes());
        });
    }

    private void link(ApiRequest request) {
        FileTransfers to = transfers;
        Channel channel = request.channel();
        if (to == null) {
            refuseWithoutStore(request);
            return;
        }
        long horizon = request.horizon();
        request.respondInSlices(() -> {
            StoredFile file = channel == null ? null : find(ledger, request, channel, horizon);
            if (channel == null || file == null) {
                return ERRORS.response(404, "File not found", request.now());
            }
            long expires = seconds(request) + VALID.toSeconds();
            String url = request.exchange().origin() + FAMILY + PercentEncoding.encode(channel.keyset())
                    + "/download/" + PercentEncoding.encode(channel.name()) + "/" + file.id() + "/"
                    + PercentEncoding.encode(file.name()) + "?expires=" + expires + "&" + FileBytesApi.LINK_SIGNATURE
                    + "="
                    + to.key().sign(Use.DOWNLOAD, FileBytesApi.signed(file, expires));
            return Response.redirect(url);
        });
    }

    /** The file that a path names; null when there is none. */
    static @Nullable StoredFile find(LedgerReader ledger, ApiRequest request, Channel channel, long horizon) {
        String id = request.segment("id");
        StoredFile file = StoredFile.isId(id) ? ledger.file(id) : null;
        return file == null || !file.channel().equals(channel) || !file.name().equals(request.segment("name"))
                || file.created() < horizon ? null : file;
    }

    private void delete(ApiRequest request) {
        Channel channel = request.channel();
        if (channel == null) {
            request.refuse(400, "Invalid channel");
            return;
        }
        DeleteFile command = new DeleteFile(channel, request.segment("id"), request.segment("name"));
        journal.submit(request.client(), command, outcome -> {
            switch (outcome) {
                case DeleteFile.FileDeleted(String place) -> {
                    if (transfers == null) {
                        request.respond(DELETED);
                    } else {
                        FileTransfers of = transfers;
                        Thread.ofVirtual().name("manicule-files").start(() -> {
                            of.delete(place);
                            request.respond(DELETED);
                        });
                    }
                }
                case DeleteFile.NoSuchFile _ -> request.refuse(404, "File not found");
                case Unavailable unavailable -> request.refuse(unavailable);
            }
        });
    }
}
