package dev.manicule.server.api;

import dev.manicule.server.command.AddFile;
import dev.manicule.server.command.Unavailable;
import dev.manicule.server.files.FileStore.Draft;
import dev.manicule.server.http.FormDecoder.FormException;
import dev.manicule.server.http.FormDecoder;
import dev.manicule.server.http.FormReceiver;
import dev.manicule.server.http.IncomingBody;
import dev.manicule.server.http.Response;
import dev.manicule.server.journal.Journal;
import dev.manicule.server.limits.Limit;
import dev.manicule.server.model.StoredFile;
import dev.manicule.server.model.Timetoken;
import dev.manicule.server.routing.ApiRequest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One upload. The event loop takes what has come of the body, and a worker decodes it and writes it to the store; the
 * connection reads on when that is done. The file is there by a command, once all its bytes are on the disk.
 */
final class Upload implements FormReceiver {
    static final String CONTENT_TYPE = "Content-Type";
    /** The type of a file of which no type is known. */
    static final String UNKNOWN_TYPE = "application/octet-stream";
    static final String TOO_LARGE = "Your proposed upload exceeds the maximum allowed size";
    private static final String FILE = "file";
    /** So much of the disk is left to the log and the tables. */
    private static final long RESERVE_BYTES = 64 << 20;
    /** About how many bytes a worker takes at once. */
    private static final int AT_ONCE = 64 << 10;
    private static final int MOST_TYPE_CHARACTERS = 255;
    private static final long RETRY_MILLIS = 100;

    private final ApiRequest request;
    private final IncomingBody body;
    private final FileTransfers transfers;
    private final Journal journal;
    private final String placeName;
    /** Whether a worker is at it, or all is over. On the event loop. */
    private boolean isBusy;
    // what follows belongs to the worker that is at it
    private @Nullable FormDecoder decoder;
    private final Map<String, String> fields = new HashMap<>();
    private final MessageDigest sha;
    private @Nullable FilePolicy policy;
    private @Nullable Draft draft;
    private @Nullable String typeOfPart;
    private long size;
    private boolean isComplete;
    private @Nullable Response refusal;

    /**
     * An upload that was counted.
     *
     * @param placeName makes the place of the bytes a new one
     */
    Upload(ApiRequest request, IncomingBody body, FileTransfers transfers, Journal journal, String placeName) {
        this.request = request;
        this.body = body;
        this.transfers = transfers;
        this.journal = journal;
        this.placeName = placeName;
        try {
            sha = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** Begins. On the event loop. */
    void begin() {
        body.onProgress(this::progress);
    }

    /** More has come, or a worker has done what it had. On the event loop. */
    private void progress() {
        if (isBusy) {
            return;
        }
        if (body.isBroken()) {
            isBusy = true;
            Thread.ofVirtual().name("manicule-files").start(this::abandon); // workers may be too busy for that
            return;
        }
        isBusy = true; // a stream of HTTP/2 may bring more while something is taken
        List<byte[]> pieces = new ArrayList<>();
        int taken = 0;
        for (byte[] piece = body.take(); piece != null; piece = taken < AT_ONCE ? body.take() : null) {
            pieces.add(piece);
            taken += piece.length;
        }
        if (!pieces.isEmpty() || body.isTaken()) {
            work(pieces, body.isTaken());
            return;
        }
        isBusy = false;
        if (body.isBroken()) {
            progress();
        }
    }

    private void work(List<byte[]> pieces, boolean isLast) {
        request.inSlices(() -> {
            try {
                decode(pieces, isLast);
            } catch (RuntimeException | Error e) {
                abandon();
                throw e;
            }
            return false;
        }, () -> {
            if (body.isBroken()) {
                isBusy = false;
                progress();
            } else {
                // also for a client that has gone: what there is of its file has to go
                CompletableFuture.delayedExecutor(RETRY_MILLIS, TimeUnit.MILLISECONDS, request.exchange().loop())
                        .execute(() -> work(pieces, isLast));
            }
        });
    }

    /** On a worker. */
    private void decode(List<byte[]> pieces, boolean isLast) {
        try {
            if (decoder == null) {
                decoder = new FormDecoder(body.contentType(), FILE, this);
            }
            for (int i = 0; i < pieces.size() && refusal == null; i++) {
                decoder.decode(pieces.get(i), isLast && i == pieces.size() - 1);
            }
            if (isLast && pieces.isEmpty() && refusal == null) {
                decoder.decode(new byte[0], true);
            }
        } catch (FormException e) {
            refuse(400, e.getMessage());
        }
        if (isLast && refusal == null && !isComplete) {
            refuse(400, draft == null
                    ? "The form has no file: its bytes are in a part named " + FILE
                    : "The form ends before its file does");
        }
        if (refusal != null) {
            Response response = refusal;
            abandon();
            request.respond(response);
        } else if (isLast) {
            keep();
        } else {
            request.exchange().loop().execute(() -> {
                isBusy = false;
                progress();
            });
        }
    }

    private void refuse(int status, @Nullable String message) {
        if (refusal == null) {
            refusal = FileBytesApi.ERRORS.response(status, String.valueOf(message), request.now());
        }
    }

    @Override
    public void field(String name, String value) {
        fields.put(name, value);
    }

    @Override
    public void fileBegins(String field, @Nullable String type) {
        if (refusal != null) {
            return;
        }
        FilePolicy allowed = FilePolicy.of(fields, transfers.key());
        if (policy != null || !field.equals(FILE)) {
            refuse(400, "The form has one file, in a part named " + FILE);
        } else if (allowed == null || !allowed.channel().keyset().equals(request.subscribeKey())) {
            refuse(403, "The fields before the file have no policy that this server has signed for this keyset:"
                    + " send the form_fields of generate-upload-url, and then the file");
        } else if (allowed.expires() < Timetoken.instant(request.now()).getEpochSecond()) {
            refuse(403, "Invalid according to Policy: Policy expired.");
        } else {
            policy = allowed;
            typeOfPart = type;
            open(allowed.mostBytes());
        }
    }

    private void open(long mostBytes) {
        try {
            if (transfers.store().freeBytes() < mostBytes + RESERVE_BYTES) {
                refuse(503, "The disk of the server is nearly full");
            } else {
                draft = transfers.store().begin();
            }
        } catch (IOException e) {
            refuse(503, "The file can't be stored: " + e.getMessage());
        }
    }

    @Override
    public void fileBytes(ByteBuffer bytes) {
        if (refusal != null || draft == null || policy == null) {
            return;
        }
        size += bytes.remaining();
        if (size > policy.mostBytes()) {
            transfers.limits().reached(Limit.FILE_BYTES);
            refuse(413, TOO_LARGE);
            return;
        }
        try {
            sha.update(bytes.duplicate());
            draft.write(bytes);
        } catch (IOException e) {
            refuse(503, "The file can't be stored: " + e.getMessage());
        }
    }

    @Override
    public void fileEnds() {
        isComplete = draft != null;
    }

    /** Nothing is left of it. On a worker, or on a thread of its own. */
    private void abandon() {
        release();
        transfers.ended(request.subscribeKey(), request.request().client());
    }

    private void release() {
        if (decoder != null) {
            decoder.close();
        }
        if (draft != null) {
            draft.close();
        }
    }

    private String type() {
        String ofField = fields.get(CONTENT_TYPE);
        String type = ofField == null || ofField.isBlank() || ofField.equals(UNKNOWN_TYPE) ? typeOfPart : ofField;
        return type == null || type.isBlank() || type.length() > MOST_TYPE_CHARACTERS
                || !type.chars().allMatch(c -> c >= ' ' && c < 0x7F) ? UNKNOWN_TYPE : type.strip();
    }

    private void keep() {
        FilePolicy of = policy;
        Draft kept = draft;
        if (of == null || kept == null) {
            throw new IllegalStateException("a complete file has both");
        }
        String place;
        transfers.undecided(of.id() + "." + placeName);
        try {
            place = kept.keep(of.id(), placeName);
        } catch (IOException e) {
            transfers.decided(of.id() + "." + placeName);
            abandon();
            request.refuse(503, "The file can't be stored: " + e.getMessage());
            return;
        }
        abandon();
        StoredFile.Content content = new StoredFile.Content(size, type(), HexFormat.of().formatHex(sha.digest()),
                place);
        journal.submit(request.client(), new AddFile(of.channel(), of.id(), of.name(), content,
                transfers.limits().of(Limit.FILE_BYTES_BY_KEYSET)), outcome -> decided(outcome, place));
    }

    private void decided(AddFile.Outcome outcome, String place) {
        boolean isKept = outcome instanceof AddFile.FileAdded
                || (outcome instanceof Unavailable unavailable && unavailable.mayHaveHappened());
        if (!isKept) {
            transfers.deleteSoon(place);
        }
        if (!(outcome instanceof Unavailable)) {
            transfers.decided(place);
        }
        switch (outcome) {
            case AddFile.FileAdded _,AddFile.SameFile _ -> request.respond(Response.noContent());
            case AddFile.OtherFile _ -> request.refuse(409, "Another file was uploaded with this policy");
            case AddFile.TooManyFileBytes _ -> {
                transfers.limits().reached(Limit.FILE_BYTES_BY_KEYSET);
                request.refuse(403,
                        FilesApi.tooManyBytes(transfers.limits().of(Limit.FILE_BYTES_BY_KEYSET)));
            }
            case Unavailable unavailable -> request.refuse(unavailable);
        }
    }
}
