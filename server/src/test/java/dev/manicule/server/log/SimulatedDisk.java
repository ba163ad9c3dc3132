package dev.manicule.server.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * A disk that keeps no more than it has promised. What is written and not synced may be lost at a power cut, sector by sector and in
 * any order; so may changes of names. It can fail, be full, and lose power in the middle of any step. All of it follows from the
 * seed. It has no thread and no clock. For one thread.
 */
public final class SimulatedDisk implements LogFiles {
    /** A sector, in bytes: it is written as a whole or not at all. */
    public static final int SECTOR = 512;

    private final Random random;
    private final long capacity;
    private Map<String, Node> names = new TreeMap<>();
    private Map<String, Node> durableNames = new TreeMap<>();
    private final List<Change> changes = new ArrayList<>();
    private long stepsToCut = Long.MAX_VALUE;
    private int life;
    private double failureRate;
    private int failuresDue;
    private boolean isErrorDue;
    private boolean isFull;
    private long steps;

    /** Thrown out of the step in which the power goes. */
    public static final class PowerCut extends Error {
        private static final long serialVersionUID = 1;

        PowerCut() {
            super("the power is cut");
        }
    }

    private record Change(String removed, String added, Node node) {}

    private static final class Node {
        byte[] bytes = new byte[0];
        byte[] durable = new byte[0];
        /** Of each sector that was written since the last sync, what it held after each write. */
        final Map<Integer, List<byte[]>> unsynced = new HashMap<>();
    }

    /**
     * An empty disk.
     *
     * @param capacity how many bytes its files may have in all
     */
    public SimulatedDisk(long seed, long capacity) {
        random = new Random(seed);
        this.capacity = capacity;
    }

    /** Has the power go in the middle of a step that is so many away; 0 is the next one. */
    public void cutAfter(long count) {
        stepsToCut = count;
    }

    /** Has steps fail, from now on, with a chance of 0 to 1. */
    public void failWith(double rate) {
        failureRate = rate;
    }

    /** Has the next write throw an error of the virtual machine, when the bytes are there. */
    public void throwNext() {
        isErrorDue = true;
    }

    /** Has the next step fail. */
    public void failNext() {
        failuresDue = 1;
    }

    /** Has the disk be full, or not, for what makes a file longer. */
    public void fill(boolean full) {
        isFull = full;
    }

    /** Whether the power has gone in the middle of a step, and has not come back. */
    public boolean isOff() {
        return stepsToCut < 0;
    }

    /** How many steps have been done. */
    public long steps() {
        return steps;
    }

    /** Loses what was not synced, or a part of it, and is on again afterwards. Open files are not open any more. */
    public void powerCut() {
        kill();
        for (Change change : changes) {
            if (random.nextBoolean()) {
                apply(durableNames, change);
            }
        }
        changes.clear();
        names = new TreeMap<>(durableNames);
        names.values().forEach(this::lose);
    }

    /** What a process that is killed leaves: open files are not open any more, and nothing is lost. */
    public void kill() {
        life++;
        stepsToCut = Long.MAX_VALUE;
        failureRate = 0;
        failuresDue = 0;
        isFull = false;
    }

    /** What a file holds, to be changed by a test that damages it. */
    public byte[] contents(String name) {
        Node node = names.get(name);
        if (node == null) {
            throw new IllegalArgumentException(name);
        }
        return node.bytes;
    }

    @Override
    public List<String> list() throws IOException {
        step();
        return List.copyOf(names.keySet());
    }

    @Override
    public LogFile create(String name, long bytes) throws IOException {
        step();
        if (names.containsKey(name)) {
            throw new FileSystemException(name, null, "File exists");
        }
        Node node = new Node();
        change(new Change("", name, node));
        return new OpenFile(node);
    }

    @Override
    public LogFile open(String name) throws IOException {
        step();
        return new OpenFile(node(name));
    }

    @Override
    public void rename(String from, String to) throws IOException {
        step();
        change(new Change(from, to, node(from)));
    }

    @Override
    public void delete(String name) throws IOException {
        step();
        change(new Change(name, "", node(name)));
    }

    @Override
    public void sync() throws IOException {
        step();
        changes.clear();
        durableNames = new TreeMap<>(names);
    }

    @Override
    public String toString() {
        return "the simulated disk";
    }

    private Node node(String name) throws IOException {
        Node node = names.get(name);
        if (node == null) {
            throw new NoSuchFileException(name);
        }
        return node;
    }

    private void change(Change change) {
        apply(names, change);
        changes.add(change);
    }

    private static void apply(Map<String, Node> names, Change change) {
        if (change.removed().isEmpty() || names.get(change.removed()) == change.node()) {
            names.remove(change.removed());
            if (!change.added().isEmpty()) {
                names.put(change.added(), change.node());
            }
        }
    }

    /** Each step may be the one in which the power goes, or one that fails. */
    private void step() throws IOException {
        if (isCut()) {
            throw new PowerCut();
        }
        if (fails()) {
            throw new FileSystemException("", null, "Input/output error");
        }
    }

    private boolean isCut() {
        steps++;
        return stepsToCut-- <= 0;
    }

    private boolean fails() {
        if (failuresDue > 0) {
            failuresDue--;
            return true;
        }
        return failureRate > 0 && random.nextDouble() < failureRate;
    }

    private void lose(Node node) {
        loseSectors(node);
        node.bytes = node.durable.clone();
    }

    /** Each sector that is not synced holds what any of the writes, or none, has left in it. */
    private void loseSectors(Node node) {
        int durableSize = node.durable.length;
        int size = durableSize + (node.bytes.length > durableSize
                ? random.nextInt(node.bytes.length - durableSize + 1) / SECTOR * SECTOR
                : 0);
        node.durable = Arrays.copyOf(node.durable, size);
        node.unsynced.entrySet().stream().sorted(Map.Entry.comparingByKey()).forEach(entry -> {
            int choice = random.nextInt(entry.getValue().size() + 1);
            int at = entry.getKey() * SECTOR;
            if (choice > 0 && at < size) {
                byte[] kept = entry.getValue().get(choice - 1);
                System.arraycopy(kept, 0, node.durable, at, Math.min(kept.length, size - at));
            }
        });
        node.unsynced.clear();
    }

    private final class OpenFile implements LogFile {
        private final Node node;
        private final int openedIn = life;

        OpenFile(Node node) {
            this.node = node;
        }

        private void check() {
            if (openedIn != life) {
                throw new IllegalStateException("a file of an earlier life is used");
            }
        }

        @Override
        public long size() throws IOException {
            check();
            step();
            return node.bytes.length;
        }

        @Override
        public void read(ByteBuffer bytes, long position) throws IOException {
            check();
            step();
            int length = Math.clamp(node.bytes.length - position, 0, bytes.remaining());
            bytes.put(node.bytes, (int) position, length);
        }

        @Override
        public void write(ByteBuffer bytes, long position) throws IOException {
            check();
            boolean isCut = isCut();
            boolean fails = !isCut && fails();
            long end = position + bytes.remaining();
            boolean isTooLarge = end > node.bytes.length
                    && (isFull || used() + end - node.bytes.length > capacity);
            int length = isCut || fails ? random.nextInt(bytes.remaining() + 1) : bytes.remaining();
            if (isTooLarge) {
                length = Math.clamp(node.bytes.length - position, 0, length);
            }
            byte[] written = new byte[length];
            bytes.get(written);
            put(written, (int) position);
            if (isCut) {
                throw new PowerCut();
            }
            if (isErrorDue) {
                isErrorDue = false;
                throw new OutOfMemoryError("Cannot reserve direct buffer memory, on purpose");
            }
            if (fails || isTooLarge) {
                throw new FileSystemException("", null, fails ? "Input/output error" : "No space left on device");
            }
        }

        private void put(byte[] written, int position) {
            if (position + written.length > node.bytes.length) {
                node.bytes = Arrays.copyOf(node.bytes, position + written.length);
            }
            System.arraycopy(written, 0, node.bytes, position, written.length);
            for (int sector = position / SECTOR; sector * SECTOR < position + written.length; sector++) {
                int start = sector * SECTOR;
                node.unsynced.computeIfAbsent(sector, _ -> new ArrayList<>())
                        .add(Arrays.copyOfRange(node.bytes, start, Math.min(start + SECTOR, node.bytes.length)));
            }
        }

        /** A sync that fails takes what it has not written for written; a later one does not write it. */
        @Override
        public void sync() throws IOException {
            check();
            if (isCut()) {
                throw new PowerCut();
            }
            if (fails()) {
                loseSectors(node);
                if (random.nextBoolean()) { // some file systems read again what they could not write
                    node.bytes = node.durable.clone();
                }
                throw new FileSystemException("", null, "Input/output error");
            }
            // All sectors that are not in the list are on the disk, or lost by a sync that failed.
            node.durable = Arrays.copyOf(node.durable, node.bytes.length);
            node.unsynced.forEach((sector, versions) -> {
                byte[] last = versions.getLast();
                System.arraycopy(last, 0, node.durable, sector * SECTOR, last.length);
            });
            node.unsynced.clear();
        }

        @Override
        public void close() {
            // holds nothing
        }
    }

    private long used() {
        return names.values().stream().mapToLong(node -> node.bytes.length).sum();
    }
}
