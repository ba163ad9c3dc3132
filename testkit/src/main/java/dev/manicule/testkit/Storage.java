package dev.manicule.testkit;

/** Where a server stores the data of a test. */
public enum Storage {
    /**
     * In memory, where the operating system has a file system there, otherwise in a temporary folder; nothing waits for
     * a disk.
     */
    MEMORY,
    /** In a temporary folder, each write synced, as a server does that is not for tests. */
    DISK
}
