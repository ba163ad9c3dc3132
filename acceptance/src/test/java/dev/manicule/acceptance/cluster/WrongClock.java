package dev.manicule.acceptance.cluster;

import dev.manicule.acceptance.Folders;
import dev.manicule.acceptance.faults.Needs;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** A clock that is off, for one process: a library (src/test/c/clock.c), compiled when it is first needed. */
final class WrongClock {
    private WrongClock() {}

    /**
     * The environment of a process whose clock is so many seconds ahead.
     *
     * @param folder where the library is, or is put
     */
    static Map<String, String> ahead(Path folder, long seconds) throws Exception {
        Path library = folder.resolve("clock.so");
        if (!Files.exists(library)) {
            Needs.program("gcc");
            Needs.run("gcc", "-O2", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-o", library.toString(),
                    Folders.checkout().resolve("acceptance/src/test/c/clock.c").toString(), "-ldl");
        }
        return Map.of("LD_PRELOAD", library.toString(), "CLOCK_AHEAD", "" + seconds);
    }
}
