package dev.manicule.server.routing;

import dev.manicule.server.access.Access;
import dev.manicule.server.access.Caller;
import dev.manicule.server.access.Denial;
import dev.manicule.server.access.SignedRequest;
import dev.manicule.server.limits.Limit;
import dev.manicule.server.limits.Limits;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Finds the caller of a request: by its signature or its token, in the order in which a rejection costs least: the
 * signature's form and time, the signature, the token. A worker hashes what is large. That is charged to the address of
 * the request: a client that only claims a keyset must not use up the limits of that keyset.
 */
final class Authentication implements Step {
    /** So many bytes are hashed in some microseconds, for each way in which a client may have signed them. */
    private static final int SHORT = 8 << 10;

    private final Access access;
    private final Limits limits;
    private final BodyCheck bodies;

    Authentication(Access access, Limits limits, BodyCheck bodies) {
        this.access = access;
        this.limits = limits;
        this.bodies = bodies;
    }

    @Override
    public void take(ApiRequest request) {
        if (isTooLong(request.uuid()) || isTooLong(request.path().get("uuid"))) {
            limits.reached(Limit.UUID_CHARACTERS);
            request.refuse(400, "Invalid uuid: it has up to " + limits.of(Limit.UUID_CHARACTERS) + " characters");
            return;
        }
        SignedRequest signed = request.query().signed(request.request());
        if (signed == null || !access.needsHash(request.keyset(), signed)) {
            enter(request, authenticate(request, signed));
            return;
        }
        AtomicReference<Access.@Nullable Entry> entry = new AtomicReference<>();
        Runnable verify = () -> entry
                .set(BodyCheck.fault(request) == null ? authenticate(request, signed) : null);
        Runnable verified = () -> enter(request, entry.get());
        if (BodyCheck.isCompressed(request) || signed.bytes() > SHORT) {
            request.work(ApiRequest.once(verify), verified);
        } else {
            verify.run();
            verified.run();
        }
    }

    /** Checked here for all endpoints: a uuid is stored with all that its client makes. */
    private boolean isTooLong(@Nullable String uuid) {
        long most = limits.of(Limit.UUID_CHARACTERS);
        return uuid != null && uuid.length() > most && uuid.codePointCount(0, uuid.length()) > most;
    }

    private Access.Entry authenticate(ApiRequest request, @Nullable SignedRequest signed) {
        return access.authenticate(request.keyset(), signed, request.query().text("auth"), request.uuid());
    }

    /** Continues with the result; null when there is no body that could have been signed. */
    private void enter(ApiRequest request, Access.@Nullable Entry entry) {
        switch (entry) {
            case null -> bodies.refuse(request);
            case Denial denial -> request.respond(ErrorFormat.denied(denial));
            case Caller caller -> {
                request.isFrom(caller);
                request.proceed();
            }
        }
    }
}
