package dev.manicule.client;

import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * The status of a call, or of a subscription. It has the thirteen fields that the protocol's clients show of a status,
 * and the request.
 *
 * @param operation the operation that it is about
 * @param category its kind
 * @param errorData the error; null when it is none
 * @param statusCode the HTTP status, 0 when there was no response
 * @param sender the client, as configured
 * @param exchange the request and its response
 * @param affected what it is about
 * @since 0.1
 */
public record Status(Operation operation, Category category, @Nullable ErrorData errorData, int statusCode,
        Sender sender, Exchange exchange, Affected affected) implements Event {
    private static final String HIDDEN = "(hidden)";

    /**
     * An error.
     *
     * @param message the server's message, or the client's own when the server sent none
     * @param cause the exception, null when there was none
     * @param existing the action that is there already, where an addition failed with {@link Category#CONFLICT}; null after
     *        any other error, and when the server does not say
     * @param change the place of the change that was refused, from 0 on, where a call of {@link ChangeMessageActions} that
     *        is atomic failed because of it; empty otherwise
     * @since 0.1
     */
    public record ErrorData(String message, @Nullable Throwable cause, @Nullable MessageAction existing,
            OptionalInt change) {
        /**
         * An error of no change among several.
         *
         * @param message the server's message, or the client's own when the server sent none
         * @param cause the exception, null when there was none
         * @param existing the action that is there already, null when there is none
         */
        public ErrorData(String message, @Nullable Throwable cause, @Nullable MessageAction existing) {
            this(message, cause, existing, OptionalInt.empty());
        }

        /**
         * An error that no action causes.
         *
         * @param message the server's message, or the client's own when the server sent none
         * @param cause the exception, null when there was none
         */
        public ErrorData(String message, @Nullable Throwable cause) {
            this(message, cause, null);
        }
    }

    /**
     * The client that a status is of.
     *
     * @param uuid as configured
     * @param authKey the token that is sent, null when there is none; not part of {@link #toString()}
     * @param origin as configured, host and port
     * @param tlsEnabled whether the connection is encrypted
     * @since 0.1
     */
    public record Sender(String uuid, @Nullable String authKey, String origin, boolean tlsEnabled) {
        /** All but the token, of which it only says whether there is one. */
        @Override
        public String toString() {
            return "Sender[uuid=" + uuid + ", authKey=" + (authKey == null ? "null" : HIDDEN) + ", origin=" + origin
                    + ", tlsEnabled=" + tlsEnabled + "]";
        }
    }

    /**
     * A request and its response.
     *
     * @param request method and URI as sent, without token and signature; null for a status of a subscription as a
     *        whole
     * @param response the body as received; null when there was none, or all went well
     * @since 0.1
     */
    public record Exchange(@Nullable String request, @Nullable String response) {
        /** Of no request. */
        public static final Exchange NONE = new Exchange(null, null);

        /** Without the response, which may have a token. */
        @Override
        public String toString() {
            return "Exchange[request=" + request + "]";
        }
    }

    /**
     * What a status is about.
     *
     * @param channels the channels
     * @param channelGroups the channel groups
     * @since 0.1
     */
    public record Affected(List<String> channels, List<String> channelGroups) {
        /** Copies the lists. */
        public Affected {
            channels = List.copyOf(channels);
            channelGroups = List.copyOf(channelGroups);
        }
    }

    /**
     * Whether it is an error.
     *
     * @return whether there is {@link #errorData()}
     */
    public boolean error() {
        return errorData != null;
    }

    /**
     * The user of the client.
     *
     * @return as configured
     */
    public String uuid() {
        return sender.uuid;
    }

    /**
     * The token of the client.
     *
     * @return null when there is none
     */
    public @Nullable String authKey() {
        return sender.authKey;
    }

    /**
     * Host and port of the server.
     *
     * @return as configured
     */
    public String origin() {
        return sender.origin;
    }

    /**
     * Whether the connection is encrypted.
     *
     * @return as configured
     */
    public boolean tlsEnabled() {
        return sender.tlsEnabled;
    }

    /**
     * Method and URI as sent, without token and signature.
     *
     * @return null for a status of a subscription as a whole
     */
    public @Nullable String clientRequest() {
        return exchange.request;
    }

    /**
     * The body as received.
     *
     * @return null when there was none, or all went well
     */
    public @Nullable String clientResponse() {
        return exchange.response;
    }

    /**
     * The channels that it is about.
     *
     * @return names, in the order of the request
     */
    public List<String> affectedChannels() {
        return affected.channels;
    }

    /**
     * The channel groups that it is about.
     *
     * @return names, in the order of the request
     */
    public List<String> affectedChannelGroups() {
        return affected.channelGroups;
    }

    /**
     * The same as {@link #affectedChannelGroups()}: the protocol's clients have both names for it.
     *
     * @return names, in the order of the request
     */
    public List<String> affectedGroups() {
        return affected.channelGroups;
    }

    /**
     * All fields but the token, of which it only says whether there is one, and the response to a grant, which may have
     * one: statuses end up in logs.
     */
    @Override
    public String toString() {
        boolean isGrant = operation == Operation.GRANT_TOKEN && exchange.response != null;
        return "Status[operation=" + operation + ", category=" + category + ", error=" + error() + ", errorData="
                + errorData + ", statusCode=" + statusCode + ", uuid=" + sender.uuid + ", authKey="
                + (sender.authKey == null ? "null" : HIDDEN) + ", origin=" + sender.origin + ", tlsEnabled="
                + sender.tlsEnabled + ", clientRequest=" + exchange.request + ", clientResponse="
                + (isGrant ? HIDDEN : exchange.response)
                + ", affectedChannels=" + affected.channels + ", affectedChannelGroups=" + affected.channelGroups
                + ", affectedGroups=" + affected.channelGroups + "]";
    }

    @Override
    public void deliverTo(Listener listener) {
        listener.status(this);
    }

    /**
     * The same as {@link #error()}.
     *
     * @return whether there is {@link #errorData()}
     */
    public boolean isError() {
        return error();
    }
}
