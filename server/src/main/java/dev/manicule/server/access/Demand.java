package dev.manicule.server.access;

/** A permission that a request needs. */
public sealed interface Demand {
    /** A permission on a channel or a group. */
    record On(Grant.Kind kind, String name, Permission permission) implements Demand {}

    /** The permission to act as a user. */
    record As(String uuid) implements Demand {}
}
