package dev.manicule.server.api;

import dev.manicule.server.http.Answer;
import dev.manicule.server.peers.OfferedCheckpoints;
import dev.manicule.server.peers.OfferedCheckpoints.Refused;
import dev.manicule.server.peers.OfferedCheckpoints.Response;
import dev.manicule.server.peers.OfferedCheckpoints.Sealed;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;

/** For the other nodes of a cluster: checkpoints. Requests are signed by the secret of the cluster, and so are answers. */
public final class ClusterApi implements Api.Family {
    private static final String TYPE = "application/octet-stream";

    private final OfferedCheckpoints checkpoints;
    private final Executor background;
    /** One at a time has a checkpoint be made, or found. */
    private final AtomicBoolean isOffering = new AtomicBoolean();

    /**
     * The family of a node.
     *
     * @param background runs what may wait for the disk for long
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
    public List<Route> routes() {
        return List.of(
                Route.of("GET", OfferedCheckpoints.PATH, ErrorShape.OWN, Need.NOTHING, this::offer)
                        .forNoPages()
                        .notForHead(),
                Route.of("GET", OfferedCheckpoints.PATH + "/{id}/{file}", ErrorShape.OWN, Need.NOTHING, this::part)
                        .forNoPages()
                        .notForHead());
    }

    private void offer(Call call) {
        if (isOfStranger(call)) {
            return;
        }
        if (!isOffering.compareAndSet(false, true)) {
            refuse(call, new Refused(503, "Another node is being offered a checkpoint"));
            return;
        }
        background.execute(() -> {
            try {
                answer(call, checkpoints.offer(call.request().query()));
            } catch (RuntimeException | Error e) {
                call.fail("Offering a checkpoint", e, "Internal error");
            } finally {
                isOffering.set(false);
            }
        });
    }

    private void part(Call call) {
        if (!isOfStranger(call)) {
            call.inSlices(() -> {
                answer(call, checkpoints.part(call.segment("id"), call.segment("file"), call.request().path(),
                        call.request().query()));
                return false;
            });
        }
    }

    private boolean isOfStranger(Call call) {
        Refused refused = checkpoints.stranger(call.request().path(), call.request().query());
        if (refused != null) {
            refuse(call, refused);
        }
        return refused != null;
    }

    private static void answer(Call call, Response response) {
        switch (response) {
            case Sealed(byte[] body) -> call.answer(Answer.of(TYPE, body));
            case Refused refused -> refuse(call, refused);
        }
    }

    private static void refuse(Call call, Refused refused) {
        Answer answer = call.errors().answer(refused.status(), refused.words(), call.timeline().now());
        call.answer(refused.status() == 503 ? answer.with("Retry-After", "2") : answer);
    }
}
