package dev.manicule.client;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The status of a call, or of a subscription. It has the thirteen fields that the protocol's clients show of a status,
 * and the request.
 *
 * @param operation the operation that it is about
 * @param category its kind
 * @param error whether it is an error
 * @param errorData the error; null unless {@code error}
 * @param statusCode the HTTP status, 0 when there was no response
 * @param uuid as configured
 * @param authKey the token as configured, null when there is none; not part of {@link #toString()}
 * @param origin as configured, host and port
 * @param tlsEnabled whether the connection is encrypted
 * @param clientRequest method and URI as sent, without token and signature; null for a status of a subscription as a
 *         whole
 * @param clientResponse the body as received; null when there was none, or all went well
 * @param affectedChannels the channels it is about
 * @param affectedChannelGroups the channel groups it is about
 * @param affectedGroups the same: the protocol's clients have both names for it
 */
public record Status(Operation operation, Category category, boolean error, @Nullable ErrorData errorData,
        int statusCode, String uuid, @Nullable String authKey, String origin, boolean tlsEnabled,
        @Nullable String clientRequest, @Nullable String clientResponse, List<String> affectedChannels,
        List<String> affectedChannelGroups, List<String> affectedGroups) {
    private static final String HIDDEN = "(hidden)";

    /**
     * An error.
     *
     * @param message the server's message, or the client's own when the server sent none
     * @param cause the exception, if there was one
     */
    public record ErrorData(String message, @Nullable Throwable cause) {}

    /** Copies the lists. */
    public Status {
        affectedChannels = List.copyOf(affectedChannels);
        affectedChannelGroups = List.copyOf(affectedChannelGroups);
        affectedGroups = List.copyOf(affectedGroups);
    }

    /**
     * All fields but the token, of which it only says whether there is one, and the response to a grant, which may have one:
     * statuses end up in logs.
     */
    @Override
    public String toString() {
        boolean isGrant = operation == Operation.GRANT_TOKEN && clientResponse != null;
        return "Status[operation=" + operation + ", category=" + category + ", error=" + error + ", errorData="
                + errorData + ", statusCode=" + statusCode + ", uuid=" + uuid + ", authKey="
                + (authKey == null ? "null" : HIDDEN) + ", origin=" + origin + ", tlsEnabled=" + tlsEnabled
                + ", clientRequest=" + clientRequest + ", clientResponse=" + (isGrant ? HIDDEN : clientResponse)
                + ", affectedChannels=" + affectedChannels + ", affectedChannelGroups=" + affectedChannelGroups
                + ", affectedGroups=" + affectedGroups + "]";
    }

    /** Whether it is an error. */
    public boolean isError() {
        return error;
    }
}
