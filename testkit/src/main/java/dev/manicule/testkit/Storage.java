package dev.manicule.testkit;

/** Where a server stores what a test gives it. */
public enum Storage {
    /** In memory, where the operating system has a file system there, else in a temporary folder; nothing waits for a disk. */
    MEMORY,
    /** In a temporary folder, each write synced, as a server does that is not for tests. */
    DISK
}
