package dev.manicule.bench.peer;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Redis that syncs every write before it responds. */
public final class Redis {
    private Redis() {}

    /** A command as it goes over the wire; {@code #} in a word stands for ten digits. */
    public static String command(String... words) {
        StringBuilder wire = new StringBuilder("*" + words.length + "\r\n");
        for (String word : words) {
            int digits = Math.toIntExact(word.chars().filter(c -> c == '#').count()) * 9;
            wire.append('$').append(word.length() + digits).append("\r\n").append(word).append("\r\n");
        }
        return wire.toString();
    }

    /** Starts one. */
    public static PeerProcess start(Machine machine, Packages packages) throws IOException, InterruptedException {
        Path folder = WorkFolders.make("redis");
        int port = PeerProcess.freePort();
        return PeerProcess.start("Redis", machine, folder, port, packages.environment(),
                List.of(packages.program("usr/bin/redis-server"), "--bind", "127.0.0.1", "--port", "" + port, "--dir",
                        folder.toString(), "--save", "", "--appendonly", "yes", "--appendfsync", "always"));
    }
}
