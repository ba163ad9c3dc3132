package dev.manicule.server.api;

import dev.manicule.server.peers.OfferedCheckpoints.Refused;
import dev.manicule.server.peers.OfferedCheckpoints.Response;
import dev.manicule.server.peers.OfferedCheckpoints.Sealed;
import dev.manicule.server.peers.OfferedCheckpoints;
import dev.manicule.server.routing.ApiRequest;
import dev.manicule.server.routing.EndpointFamily;
import dev.manicule.server.routing.ErrorFormat;
import dev.manicule.server.routing.RequiredPermission;
import dev.manicule.server.routing.Route.Trait;
import dev.manicule.server.routing.Route;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;

/** For the other nodes of a cluster: checkpoints. Requests are signed by the secret of the cluster, and so are answers. */
public final class ClusterApi implements EndpointFamily {
    private static final String TYPE = "application/octet-stream";

    private final OfferedCheckpoints checkpoints;
    private final Executor background;
    /** One request at a time makes or finds a checkpoint. */
    private final AtomicBoolean isOffering = new AtomicBoolean();

    /**
     * The family of a node.
     *
     * @param background runs work that may wait for the disk for long
     */
    public ClusterApi(OfferedCheckpoints checkpoints, Executor background) {
        this.checkpoints = checkpoints;
        this.background = background;
    }

    @Override
    public String name() {
        return "cluster";
    }

    @Override
    public boolean isOfProtocol() {
        return false;
    }

    @Override
    public List<Route> routes() {
        return List.of(
                Route.of("GET", OfferedCheckpoints.PATH, ErrorFormat.OWN, RequiredPermission.NOTHING, this::offer)
                        .with(Trait.SAME_ORIGIN_ONLY)
                        .with(Trait.WITHOUT_HEAD),
                Route.of("GET", OfferedCheckpoints.PATH + "/{id}/{file}", ErrorFormat.OWN, RequiredPermission.NOTHING,
                        this::part)
                        .with(Trait.SAME_ORIGIN_ONLY)
                        .with(Trait.WITHOUT_HEAD));
    }

    private void offer(ApiRequest apiRequest) {
        if (isOfStranger(apiRequest)) {
            return;
        }
        if (!isOffering.compareAndSet(false, true)) {
            refuse(apiRequest, new Refused(503, "Another node is being offered a checkpoint"));
            return;
        }
        background.execute(() -> {
            try {
                respond(apiRequest, checkpoints.offer(apiRequest.request().query()));
            } catch (RuntimeException | Error e) {
                apiRequest.fail("Offering a checkpoint", e, "Internal error");
            } finally {
                isOffering.set(false);
            }
        });
    }

    private void part(ApiRequest apiRequest) {
        if (!isOfStranger(apiRequest)) {
            apiRequest.inSlices(() -> {
                respond(apiRequest,
                        checkpoints.part(apiRequest.segment("id"), apiRequest.segment("file"),
                                apiRequest.request().path(),
                                apiRequest.request().query()));
                return false;
            });
        }
    }

    private boolean isOfStranger(ApiRequest apiRequest) {
        Refused refused = checkpoints.stranger(apiRequest.request().path(), apiRequest.request().query());
        if (refused != null) {
            refuse(apiRequest, refused);
        }
        return refused != null;
    }

    private static void respond(ApiRequest apiRequest, Response response) {
        switch (response) {
            case Sealed(byte[] body) -> apiRequest.respond(dev.manicule.server.http.Response.of(TYPE, body));
            case Refused refused -> refuse(apiRequest, refused);
        }
    }

    private static void refuse(ApiRequest apiRequest, Refused refused) {
        dev.manicule.server.http.Response answer = apiRequest.errors()
                .response(refused.status(), refused.words(), apiRequest.now());
        apiRequest.respond(refused.status() == 503 ? answer.with("Retry-After", "2") : answer);
    }
}
