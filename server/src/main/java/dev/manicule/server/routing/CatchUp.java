package dev.manicule.server.routing;

import dev.manicule.server.journal.Journal;
import java.util.concurrent.Executor;

/** Where reads see the present data of all nodes, waits until this node has caught up with it. */
final class CatchUp implements Step {
    private final Journal journal;

    CatchUp(Journal journal) {
        this.journal = journal;
    }

    @Override
    public void take(ApiRequest request) {
        Executor loop = request.exchange().loop();
        if (!request.route().has(Route.Trait.LINEARIZABLE) || journal.isPresent(fault -> {
            if (fault == null) {
                loop.execute(request::proceed);
            } else {
                request.refuse(fault);
            }
        })) {
            request.proceed();
        }
    }
}
