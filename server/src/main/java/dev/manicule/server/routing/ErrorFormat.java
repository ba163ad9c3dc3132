package dev.manicule.server.routing;

import dev.manicule.server.access.Denial;
import dev.manicule.server.http.Response;
import dev.manicule.server.json.JsonWriter;

/** The format of errors of a family of endpoints. Clients parse each family's format and no other. */
@FunctionalInterface
public interface ErrorFormat {
    /** The name of this server where the protocol has no service name. */
    String MANICULE = "Manicule";
    /** For paths of no family of the protocol: Manicule's own, and unknown ones. */
    ErrorFormat OWN = of(MANICULE);
    /** Grants, and keys wherever they are sent. */
    ErrorFormat ACCESS_MANAGER = of("Access Manager");

    /**
     * An error in this format.
     *
     * @param status the HTTP status, from 400 on
     * @param message what is wrong, for people
     * @param now the present timetoken, which some formats carry
     */
    Response response(int status, String message, long now);

    /** An error for a request that could not be decided; a retry may help. */
    default Response unavailable(String reason, long now) {
        return response(503, reason, now).with("Retry-After", "1");
    }

    /** An error for a request whose body is too large. */
    default Response tooLarge(long now) {
        return response(413, "Request Entity Too Large", now);
    }

    /** An error for a request that names a keyset that is not served. */
    default Response unknownKeyset(long now) {
        return ACCESS_MANAGER.response(400, "Invalid Subscribe Key", now);
    }

    /** The format that most services of the protocol have. */
    static ErrorFormat of(String service) {
        return (status, message, now) -> service(service, status, message);
    }

    /** An error for a request that is not allowed, without details. */
    static Response forbidden() {
        return service("Access Manager", 403, "Forbidden");
    }

    /** An error for a request that is not allowed: every family has the same format for it. */
    static Response denied(Denial denial) {
        return Response.json(denial.status(), json(denial));
    }

    /** The same as JSON, on one line. */
    static byte[] json(Denial denial) {
        JsonWriter json = new JsonWriter().object().member("message", denial.message());
        if (!denial.channels().isEmpty() || !denial.groups().isEmpty() || !denial.uuids().isEmpty()) {
            json.object("payload");
            if (!denial.channels().isEmpty()) {
                json.strings("channels", denial.channels());
            }
            if (!denial.groups().isEmpty()) { // clients remove one colon
                json.strings("channel-groups", denial.groups().stream().map(group -> ":" + group).toList());
            }
            if (!denial.uuids().isEmpty()) {
                json.strings("uuids", denial.uuids());
            }
            json.end();
        }
        return json.member("error", true)
                .member("service", "Access Manager")
                .member("status", denial.status())
                .end()
                .toBytes();
    }

    /** The object that most services of the protocol return. */
    static Response service(String service, int status, String message) {
        return Response.json(status, new JsonWriter().object()
                .member("message", message)
                .member("error", true)
                .member("service", service)
                .member("status", status)
                .end()
                .toBytes());
    }
}
