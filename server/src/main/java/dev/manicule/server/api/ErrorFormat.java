package dev.manicule.server.api;

import dev.manicule.server.access.Denial;
import dev.manicule.server.http.Response;
import dev.manicule.server.json.JsonText;

/** The format of errors of a family of endpoints. Clients parse each family's format and no other. */
enum ErrorFormat {
    /** Publish and signal: {@code [0,"Invalid Key","14820999375199241"]}. */
    ARRAY {
        @Override
        Response response(int status, String message, long now) {
            return Response.json(status,
                    new JsonText().raw("[0,").quoted(message).raw(",").quoted(now).raw("]").toBytes());
        }
    },
    /** Subscribe. */
    SUBSCRIBE {
        @Override
        Response response(int status, String message, long now) {
            return service("Subscribe", status, message);
        }
    },
    /** Presence, whose {@code error} is the number 1. */
    PRESENCE {
        @Override
        Response response(int status, String message, long now) {
            return Response.json(status, new JsonText().raw("{\"status\":")
                    .number(status)
                    .raw(",\"error\":1,\"message\":")
                    .quoted(message)
                    .raw(",\"service\":\"Presence\"}")
                    .toBytes());
        }
    },
    /** For paths of no family of the protocol: Manicule's own, and unknown ones. */
    OWN {
        @Override
        Response response(int status, String message, long now) {
            return service(MANICULE, status, message);
        }
    },
    /** Grants, and keys wherever they are sent. */
    SERVICE {
        @Override
        Response response(int status, String message, long now) {
            return service("Access Manager", status, message);
        }
    },
    /** Health. */
    HEALTH {
        @Override
        Response response(int status, String message, long now) {
            return Response.json(status,
                    new JsonText().raw("{\"status\":\"error\",\"reason\":").quoted(message).raw("}").toBytes());
        }
    },
    /** Channel groups. */
    GROUPS {
        @Override
        Response response(int status, String message, long now) {
            return service("channel-registry", status, message);
        }
    },
    /** History, counts and deletion. */
    HISTORY {
        @Override
        Response response(int status, String message, long now) {
            return Response.json(status, new JsonText().raw("{\"status\":")
                    .number(status)
                    .raw(",\"error\":true,\"error_message\":")
                    .quoted(message)
                    .raw(",\"channels\":{}}")
                    .toBytes());
        }
    },
    /** Message actions. */
    ACTIONS {
        @Override
        Response response(int status, String message, long now) {
            return Response.json(status, new JsonText().raw("{\"status\":")
                    .number(status)
                    .raw(",\"error\":{\"source\":\"actions\",\"message\":")
                    .quoted(message)
                    .raw("}}")
                    .toBytes());
        }
    };

    /** The name of this server where the protocol has no service name. */
    static final String MANICULE = "Manicule";

    /**
     * An error in this format.
     *
     * @param now the present timetoken, which some formats carry
     */
    abstract Response response(int status, String message, long now);

    /** An error for a request that could not be decided; a retry may help. */
    Response unavailable(String reason, long now) {
        return response(503, reason, now).with("Retry-After", "1");
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
        JsonText json = new JsonText().raw("{\"message\":").quoted(denial.message());
        if (!denial.channels().isEmpty() || !denial.groups().isEmpty()) {
            json.raw(",\"payload\":{");
            if (!denial.channels().isEmpty()) {
                json.raw("\"channels\":").quoted(denial.channels());
            }
            if (!denial.groups().isEmpty()) { // clients remove one colon
                json.raw(denial.channels().isEmpty() ? "" : ",")
                        .raw("\"channel-groups\":")
                        .quoted(denial.groups().stream().map(group -> ":" + group).toList());
            }
            json.raw("}");
        }
        return json.raw(",\"error\":true,\"service\":\"Access Manager\",\"status\":")
                .number(denial.status())
                .raw("}")
                .toBytes();
    }

    /** The object that most services of the protocol return. */
    static Response service(String service, int status, String message) {
        return Response.json(status, new JsonText().raw("{\"message\":")
                .quoted(message)
                .raw(",\"error\":true,\"service\":")
                .quoted(service)
                .raw(",\"status\":")
                .number(status)
                .raw("}")
                .toBytes());
    }
}
