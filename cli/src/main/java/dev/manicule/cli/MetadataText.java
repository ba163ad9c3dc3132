package dev.manicule.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.manicule.client.ChannelMetadata;
import dev.manicule.client.Membership;
import dev.manicule.client.Metadata;
import dev.manicule.client.UserMetadata;
import org.jspecify.annotations.Nullable;

/** Metadata as commands print it. What is not set is left out. */
final class MetadataText {
    private MetadataText() {}

    static void print(UserMetadata user, Output out) {
        out.print(words(user, user.id(), user.name(), user.email()), json(user));
    }

    static void print(ChannelMetadata channel, Output out) {
        out.print(words(channel, channel.id(), channel.name(), channel.description()), json(channel));
    }

    /** Prints a membership of a user. */
    static void printChannel(Membership membership, Output out) {
        out.print(words(membership, membership.channel().id(), membership.channel().name()), json(membership));
    }

    /** Prints a member of a channel. */
    static void printUser(Membership membership, Output out) {
        out.print(words(membership, membership.user().id(), membership.user().name()), json(membership));
    }

    private static String words(Metadata metadata, @Nullable String... first) {
        StringBuilder words = new StringBuilder();
        for (String each : first) {
            if (each != null) {
                words.append(words.isEmpty() ? "" : "  ").append(each);
            }
        }
        if (metadata.status() != null) {
            words.append("  status ").append(metadata.status());
        }
        if (metadata.type() != null) {
            words.append("  type ").append(metadata.type());
        }
        return metadata.custom() == null ? words.toString() : words.append("  ").append(metadata.custom()).toString();
    }

    /** What it is of, as the protocol names it. */
    static String type(Metadata metadata) {
        return switch (metadata) {
            case UserMetadata _ -> "uuid";
            case ChannelMetadata _ -> "channel";
            case Membership _ -> "membership";
        };
    }

    static ObjectNode json(Metadata metadata) {
        ObjectNode json = Output.object();
        if (metadata instanceof UserMetadata user) {
            put("id", user.id(), json);
            put("name", user.name(), json);
            put("externalId", user.externalId(), json);
            put("profileUrl", user.profileUrl(), json);
            put("email", user.email(), json);
        } else if (metadata instanceof ChannelMetadata channel) {
            put("id", channel.id(), json);
            put("name", channel.name(), json);
            put("description", channel.description(), json);
        } else if (metadata instanceof Membership membership) {
            json.set("uuid", json(membership.user()));
            json.set("channel", json(membership.channel()));
        }
        put("status", metadata.status(), json);
        put("type", metadata.type(), json);
        if (metadata.custom() != null) {
            json.set("custom", metadata.custom());
        }
        put("updated", metadata.updated(), json);
        put("eTag", metadata.eTag(), json);
        return json;
    }

    private static void put(String name, @Nullable Object value, ObjectNode json) {
        if (value != null) {
            json.put(name, String.valueOf(value));
        }
    }
}
