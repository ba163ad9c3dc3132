package dev.manicule.server.model;

/** A user or a channel that has metadata. */
public record Entity(EntityId id, Metadata metadata) {}
