package dev.manicule.dist;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Control groups of this machine, of version 2 or 1. */
final class ControlGroup {
    private ControlGroup() {}

    /** A new one whose processes get so many bytes. The test is skipped where this machine lets no test make one. */
    static Path withMemory(long bytes) throws IOException {
        Path unified = Path.of("/sys/fs/cgroup");
        boolean isUnified = Files.exists(unified.resolve("cgroup.controllers"));
        Path parent = isUnified ? unified : unified.resolve("memory");
        assumeTrue(Files.isWritable(parent), "no control group can be made in " + parent);
        Path group = Files.createDirectory(parent.resolve("manicule-test-" + ProcessHandle.current().pid()));
        Path limit = group.resolve(isUnified ? "memory.max" : "memory.limit_in_bytes");
        if (!Files.exists(limit)) {
            Files.delete(group);
        }
        assumeTrue(Files.exists(limit), "control groups have no limit of memory here");
        Files.writeString(limit, "" + bytes);
        return group;
    }
}
