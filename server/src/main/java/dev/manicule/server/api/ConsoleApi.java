package dev.manicule.server.api;

import dev.manicule.server.access.Keyset;
import dev.manicule.server.access.Keysets;
import dev.manicule.server.http.Header;
import dev.manicule.server.http.Response;
import dev.manicule.server.json.JsonWriter;
import dev.manicule.server.limits.AddressRange;
import dev.manicule.server.routing.ApiRequest;
import dev.manicule.server.routing.EndpointFamily;
import dev.manicule.server.routing.ErrorFormat;
import dev.manicule.server.routing.RequiredPermission;
import dev.manicule.server.routing.Route.Trait;
import dev.manicule.server.routing.Route;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * The console: a page that shows a person the server at work, over the same requests as any other client's. Its files
 * lie beside this package, as they are sent.
 */
public final class ConsoleApi implements EndpointFamily {
    private static final String FOLDER = "/dev/manicule/server/console/";
    private static final String PAGE = "index.html";
    private static final Map<String, String> TYPES = Map.of("html", "text/html; charset=UTF-8", "css",
            "text/css; charset=UTF-8", "js", "text/javascript; charset=UTF-8", "svg", "image/svg+xml");
    private static final List<String> FILES = List.of(PAGE, "console.css", "icon.svg", "actions.js", "api.js",
            "console.js", "counts.js", "explorer.js", "here.js", "marks.js", "outbox.js", "page.js", "part.js",
            "readers.js",
            "recipes.js", "requests.js", "room.js", "rules.js", "said.js", "server.js", "settings.js",
            "subscription.js", "timeline.js", "trouble.js");
    /** Nothing from elsewhere, nothing within the page itself, and no page around it. */
    private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
            + "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /** Requests that show what the server does. */
    private static final List<String> TRY = List.of("/time/0", "/v2/subscribe/demo/my-channel/0?tt=0",
            "/publish/demo/demo/0/my-channel/0/%22hello%22?uuid=me", "/v3/history/sub-key/demo/channel/my-channel",
            "/v1/message-actions/demo/channel/my-channel", "/openapi.yaml");

    private final Map<String, Response> files = new LinkedHashMap<>();
    /** The page at the root, where other clients get {@link #self}. */
    private final Response page;
    private final Response self;
    private final String version;
    private final Keysets keysets;
    private final BooleanSupplier isOn;
    private final Supplier<List<AddressRange>> readers;

    /**
     * The family of a server of this version.
     *
     * @param isOn whether the console is served
     * @param readers the addresses that may see the keysets and the metrics
     */
    public ConsoleApi(String version, Keysets keysets, BooleanSupplier isOn, Supplier<List<AddressRange>> readers) {
        this.version = version;
        this.keysets = keysets;
        this.isOn = isOn;
        this.readers = readers;
        FILES.forEach(name -> files.put(name, read(name)));
        page = read(PAGE).with("Vary", "Accept");
        self = Response.json(200, new JsonWriter().object()
                .member("name", "Manicule")
                .member("version", version)
                .member("what", "Messages, and actions on messages, stored and delivered live.")
                .strings("try", TRY)
                .end()
                .toLine());
    }

    private static Response read(String name) {
        try (InputStream in = ConsoleApi.class.getResourceAsStream(FOLDER + name)) {
            if (in == null) {
                throw new IllegalStateException("the console's " + name + " is not in this build");
            }
            String type = String.valueOf(TYPES.get(name.substring(name.lastIndexOf('.') + 1)));
            return Response.of(type, in.readAllBytes())
                    .with("Content-Security-Policy", POLICY)
                    .with("X-Content-Type-Options", "nosniff")
                    .with("Referrer-Policy", "no-referrer");
        } catch (IOException e) {
            throw new UncheckedIOException("reading the console's " + name, e);
        }
    }

    @Override
    public String name() {
        return "console";
    }

    @Override
    public boolean isOfProtocol() {
        return false;
    }

    @Override
    public List<Route> routes() {
        return List.of(Route.of("GET", "/", ErrorFormat.OWN, RequiredPermission.NOTHING, this::root),
                Route.of("GET", "/console/{file}", ErrorFormat.OWN, RequiredPermission.NOTHING, this::file)
                        .with(Trait.SAME_ORIGIN_ONLY));
    }

    /** A page for browsers, and a short text for all other clients. */
    private void root(ApiRequest apiRequest) {
        apiRequest.respond(isOn.getAsBoolean() && wantsPage(apiRequest) ? page : self);
    }

    /** Whether a request is a browser's for a page. */
    private static boolean wantsPage(ApiRequest apiRequest) {
        String accept = apiRequest.header(Header.ACCEPT);
        return accept != null && accept.contains("text/html");
    }

    private void file(ApiRequest apiRequest) {
        Response file = files.get(apiRequest.segment("file"));
        if (!isOn.getAsBoolean()) {
            apiRequest.refuse(404, "The console is off: `console` in the configuration says so.");
        } else if (apiRequest.segment("file").equals("about")) {
            about(apiRequest);
        } else if (file == null) {
            apiRequest.refuse(404, "The console has no such file.");
        } else {
            apiRequest.respond(file);
        }
    }

    private void about(ApiRequest apiRequest) {
        JsonWriter json = new JsonWriter().object()
                .member("version", version)
                .member("takesAnyKey", keysets.all().isEmpty())
                .array("keysets");
        if (apiRequest.isFrom(readers.get())) {
            for (Keyset keyset : keysets.all()) {
                write(keyset, json);
            }
        }
        apiRequest.respond(Response.json(200, json.end().end().toBytes()));
    }

    private static void write(Keyset keyset, JsonWriter json) {
        json.object()
                .member("subscribeKey", keyset.subscribeKey())
                .member("isSecured", keyset.accessManager())
                .member("strictParents", keyset.policy().strictParents())
                .member("strictMemberships", keyset.policy().strictMemberships())
                .name("retentionDays");
        if (keyset.policy().retention() == null) {
            json.nul();
        } else {
            json.number(keyset.policy().retention().toDays());
        }
        json.strings("origins", keyset.policy().corsOrigins()).end();
    }
}
