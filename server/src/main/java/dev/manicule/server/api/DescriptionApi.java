package dev.manicule.server.api;

import dev.manicule.server.http.Answer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;

/** What the server serves, told to programs: its requests as OpenAPI, what subscribers are told as AsyncAPI. */
public final class DescriptionApi implements Api.Family {
    @Override
    public String name() {
        return "description";
    }

    @Override
    public List<Route> routes() {
        return List.of(route("openapi.yaml"), route("asyncapi.yaml"));
    }

    /** Read when somebody asks: hardly anybody does. */
    private static Route route(String file) {
        return Route.of("GET", "/" + file, ErrorShape.SERVICE, Need.NOTHING, call -> call.answer(read(file)));
    }

    private static Answer read(String file) {
        try (InputStream in = DescriptionApi.class.getResourceAsStream(file)) {
            if (in == null) {
                throw new IllegalStateException(file + " is not in this build");
            }
            return Answer.of("application/yaml", in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException("reading " + file, e);
        }
    }
}
