package dev.manicule.server.model;

/**
 * A user is a member of a channel. Whether there is metadata of the two is another question.
 *
 * @param user the uuid
 * @param channel the name of the channel
 * @param metadata of the membership itself
 */
public record Membership(String user, String channel, Metadata metadata) {
    /** Its user or its channel, seen from the other one. */
    public String nameOf(EntityId.Kind kind) {
        return kind == EntityId.Kind.USER ? user : channel;
    }
}
