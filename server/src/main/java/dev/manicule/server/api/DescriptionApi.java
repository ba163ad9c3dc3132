package dev.manicule.server.api;

import dev.manicule.server.http.Response;
import dev.manicule.server.routing.EndpointFamily;
import dev.manicule.server.routing.ErrorFormat;
import dev.manicule.server.routing.RequiredPermission;
import dev.manicule.server.routing.Route;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Machine-readable descriptions of the server: its requests as OpenAPI, the deliveries to subscribers as AsyncAPI. */
public final class DescriptionApi implements EndpointFamily {
    @Override
    public String name() {
        return "description";
    }

    @Override
    public boolean isOfProtocol() {
        return false;
    }

    @Override
    public List<Route> routes() {
        return List.of(route("openapi.yaml"), route("asyncapi.yaml"));
    }

    /** Read at the first request for it, which hardly any client sends. */
    private static Route route(String file) {
        AtomicReference<@Nullable Response> known = new AtomicReference<>();
        return Route.of("GET", "/" + file, ErrorFormat.OWN, RequiredPermission.NOTHING, request -> {
            Response response = known.get();
            if (response == null) {
                response = read(file);
                known.set(response);
            }
            request.respond(response);
        });
    }

    private static Response read(String file) {
        try (InputStream in = DescriptionApi.class.getResourceAsStream(file)) {
            if (in == null) {
                throw new IllegalStateException(file + " is not in this build");
            }
            return Response.of("application/yaml", in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException("reading " + file, e);
        }
    }
}
