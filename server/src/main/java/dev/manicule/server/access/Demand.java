package dev.manicule.server.access;

/** Something that a request needs to be allowed. */
public sealed interface Demand {
    /** To do something with a channel or a group. */
    record On(Grant.Kind kind, String name, Permission permission) implements Demand {}

    /** To act as a user. */
    record As(String uuid) implements Demand {}
}
