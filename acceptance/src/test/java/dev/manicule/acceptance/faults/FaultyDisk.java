package dev.manicule.acceptance.faults;

import dev.manicule.acceptance.Folders;
import dev.manicule.acceptance.ServerProcess.Launch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A disk that can lose power, or refuse to be written, for one process: a library (src/test/c/disk.c), compiled when it is
 * first needed, that stands between the process and its file system.
 */
final class FaultyDisk {
    private static final int BLOCK = 512;
    /** Writes fail with this when the disk can't be written any more. */
    static final int EROFS = 30;
    /** Writes fail with this when the disk is broken. */
    static final int EIO = 5;

    private final Path folder;
    private final Path library;
    private Path log;
    private Path root;

    /** What stays of bytes that were written and not synced, when the power fails. */
    enum Unsynced {
        /** Nothing, and no file that is not in its folder yet; what was written over is there again. */
        GONE,
        /** Some of them, up to any byte. */
        CUT,
        /** The length of the file, and some blocks; the others are zero. */
        HOLES
    }

    FaultyDisk(Path folder, Path root) throws IOException, InterruptedException {
        Needs.program("gcc");
        this.folder = folder;
        this.root = root;
        library = folder.resolve("disk.so");
        log = folder.resolve("synced.log");
        Path source = Folders.checkout().resolve("acceptance/src/test/c/disk.c");
        Process compiler = new ProcessBuilder("gcc", "-O2", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-o",
                library.toString(), source.toString(), "-ldl").redirectErrorStream(true).start();
        String said = new String(compiler.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        if (compiler.waitFor() != 0) {
            throw new IOException("gcc: " + said);
        }
        Files.createDirectories(grave());
        Files.createDirectories(undo());
    }

    private Path grave() {
        return folder.resolve("grave");
    }

    private Path undo() {
        return folder.resolve("undo");
    }

    /** A process that has this disk. */
    Launch launch() {
        return new Launch(List.of(), List.of(),
                Map.of("LD_PRELOAD", library.toString(), "DISK_ROOT", root.toString(), "DISK_LOG", log.toString(),
                        "DISK_GRAVE", grave().toString(), "DISK_UNDO", undo().toString(), "DISK_FAULT",
                        folder.resolve("fault").toString()));
    }

    /**
     * Has all writes fail from now on.
     *
     * @param onlySyncs what is written arrives, but can't be made durable
     */
    void fail(int errno, boolean onlySyncs) throws IOException {
        fault((onlySyncs ? "s" : "") + errno);
    }

    /** Has the process be killed after the next sync of a file with this in its path: it is durable, and has had no effect. */
    void killAfterSync(String path) throws IOException {
        fault("k" + path);
    }

    /** Has the process be killed at the next write to a file with this in its path. */
    void killAtWrite(String path) throws IOException {
        fault("w" + path);
    }

    private void fault(String text) throws IOException {
        Path draft = Files.writeString(folder.resolve("fault.new"), text);
        Files.move(draft, folder.resolve("fault"), java.nio.file.StandardCopyOption.ATOMIC_MOVE);
    }

    void mend() throws IOException {
        Files.deleteIfExists(folder.resolve("fault"));
    }

    /**
     * What is on the disk when the power is back, as a new folder. Nobody may be writing any more; the disk is that of the
     * new folder from then on.
     */
    Path cut(Path to, Unsynced unsynced, Random random) throws IOException {
        Map<Long, Long> synced = new HashMap<>();
        Map<Path, Map<String, Long>> folders = new HashMap<>();
        read(synced, folders);
        Map<Long, Path> files = new HashMap<>();
        for (Path place : List.of(grave(), root)) { // a file that still has its name is found under it
            try (Stream<Path> all = Files.walk(place)) {
                for (Path file : all.toList()) {
                    files.put(inode(file), file);
                }
            }
        }
        restore(root, to, new State(synced, folders, files, unsynced, random));
        Folders.delete(grave());
        Files.createDirectories(grave());
        Folders.delete(undo());
        Files.createDirectories(undo());
        root = to;
        log = folder.resolve("synced-" + to.getFileName() + ".log");
        Files.write(log, everything(to));
        return to;
    }

    /** What has come back after a power cut is on the disk. */
    private static List<String> everything(Path path) throws IOException {
        List<String> lines = new ArrayList<>();
        List<String> entries = new ArrayList<>(List.of("D\t" + path));
        try (Stream<Path> files = Files.list(path)) {
            for (Path file : files.toList()) {
                entries.add("E\t" + inode(file) + "\t" + file.getFileName());
                lines.addAll(Files.isDirectory(file)
                        ? everything(file)
                        : List.of("F\t" + inode(file) + "\t" + Files.size(file)));
            }
        }
        lines.addAll(entries);
        lines.add("X");
        return lines;
    }

    private record State(Map<Long, Long> synced, Map<Path, Map<String, Long>> folders, Map<Long, Path> files,
            Unsynced unsynced, Random random) {}

    private void read(Map<Long, Long> synced, Map<Path, Map<String, Long>> folders) throws IOException {
        Map<String, Long> entries = new TreeMap<>();
        for (String line : Files.readAllLines(log)) {
            String[] parts = line.split("\t", -1);
            switch (parts[0]) {
                case "F" -> synced.merge(Long.valueOf(parts[1]), Long.valueOf(parts[2]), Math::max);
                case "D" -> {
                    entries = new TreeMap<>();
                    folders.put(Path.of(parts[1]), entries);
                }
                case "E" -> entries.put(parts[2], Long.valueOf(parts[1]));
                case "X" -> entries = new TreeMap<>();
                default -> throw new IOException("not understood: " + line);
            }
        }
    }

    private static long inode(Path file) throws IOException {
        return (Long) Files.getAttribute(file, "unix:ino");
    }

    private void restore(Path from, Path to, State state) throws IOException {
        Files.createDirectories(to);
        Map<String, Long> names = new TreeMap<>(state.folders().getOrDefault(from, Map.of()));
        if (state.unsynced() != Unsynced.GONE) { // changes of folders may have reached the disk as well
            try (Stream<Path> now = Files.list(from)) {
                for (Path file : now.toList()) {
                    if (state.random().nextBoolean()) {
                        names.put(String.valueOf(file.getFileName()), inode(file));
                    }
                }
            }
            names.keySet().removeIf(name -> !Files.exists(from.resolve(name)) && state.random().nextBoolean());
        }
        for (Map.Entry<String, Long> name : names.entrySet()) {
            Path file = state.files().get(name.getValue());
            if (file == null) {
                throw new IOException("a file that is nowhere: " + name);
            }
            if (Files.isDirectory(file)) {
                restore(file, to.resolve(name.getKey()), state);
            } else if (Files.isRegularFile(file)) {
                Path back = to.resolve(name.getKey());
                restoreFile(file, back, state.synced().getOrDefault(name.getValue(), 0L), state);
                undo(back, undo().resolve(name.getValue().toString()), state);
            }
        }
    }

    /** What a write has replaced, from a place on. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Replaced(long at, byte[] bytes) {}

    private static List<Replaced> replaced(Path undo) throws IOException {
        List<Replaced> all = new ArrayList<>();
        ByteBuffer kept = ByteBuffer.wrap(Files.readAllBytes(undo)).order(ByteOrder.nativeOrder());
        while (kept.remaining() >= 2 * Long.BYTES) {
            long at = kept.getLong();
            long length = kept.getLong();
            if (length > kept.remaining()) {
                break; // the process was killed while it kept this, before it wrote
            }
            byte[] bytes = new byte[(int) length];
            kept.get(bytes);
            all.add(new Replaced(at, bytes));
        }
        return all;
    }

    /** Of what was written over what was there, and not synced, the last is undone, or some of it, or all. */
    private static void undo(Path path, Path undo, State state) throws IOException {
        if (!Files.exists(undo)) {
            return;
        }
        List<Replaced> all = replaced(undo);
        int whole = state.unsynced() == Unsynced.CUT ? state.random().nextInt(all.size() + 1) : 0;
        try (FileChannel file = FileChannel.open(path, StandardOpenOption.WRITE)) {
            for (int i = all.size() - 1; i >= 0; i--) {
                Replaced each = all.get(i);
                int length = (int) Math.max(0, Math.min(each.bytes().length, file.size() - each.at()));
                switch (state.unsynced()) {
                    case GONE -> write(file, each, 0, length);
                    case CUT -> {
                        if (i >= whole) {
                            write(file, each, i > whole ? 0 : state.random().nextInt(length + 1), length);
                        }
                    }
                    case HOLES -> {
                        for (int block = 0; block < length; block += BLOCK) {
                            if (state.random().nextBoolean()) {
                                write(file, each, block, Math.min(length, block + BLOCK));
                            }
                        }
                    }
                }
            }
        }
    }

    private static void write(FileChannel file, Replaced replaced, int from, int to) throws IOException {
        int _ = file.write(ByteBuffer.wrap(replaced.bytes(), from, to - from), replaced.at() + from);
    }

    private static void restoreFile(Path from, Path to, long synced, State state) throws IOException {
        Files.copy(from, to);
        long size = Files.size(from);
        if (size <= synced) {
            return;
        }
        try (FileChannel file = FileChannel.open(to, StandardOpenOption.WRITE)) {
            switch (state.unsynced()) {
                case GONE -> file.truncate(synced);
                case CUT -> file.truncate(synced + state.random().nextLong(size - synced + 1));
                case HOLES -> {
                    for (long block = synced; block < size; block = (block / BLOCK + 1) * BLOCK) {
                        int length = (int) (Math.min((block / BLOCK + 1) * BLOCK, size) - block);
                        if (state.random().nextBoolean()) {
                            file.write(ByteBuffer.allocate(length), block);
                        }
                    }
                }
            }
        }
    }
}
