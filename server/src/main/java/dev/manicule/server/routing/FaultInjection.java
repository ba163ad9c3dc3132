package dev.manicule.server.routing;

import dev.manicule.server.http.Exchange;
import dev.manicule.server.routing.Fault.Kind;

/** Injects the faults that tests have asked for. */
final class FaultInjection implements Step {
    private final Faults faults;

    FaultInjection(Faults faults) {
        this.faults = faults;
    }

    @Override
    public void take(ApiRequest request) {
        Fault fault = faults.take(request.match().family(), request.request());
        if (fault == null) {
            request.proceed();
        } else if (fault.kind() == Kind.CUT && fault.time().isZero()) {
            request.exchange().hangUp();
        } else {
            inject(fault, request);
        }
    }

    private static void inject(Fault fault, ApiRequest request) {
        Exchange exchange = request.exchange();
        switch (fault.kind()) {
            case ANSWER -> request.respond(fault.refusal(request.errors(), request.now()));
            case LOSE_ANSWER -> {
                request.loseAnswer();
                request.proceed();
            }
            case CUT -> {
                exchange.later(fault.time(), exchange::hangUp);
                request.proceed();
            }
            case DELAY -> exchange.later(fault.time(), request::proceed);
        }
    }
}
