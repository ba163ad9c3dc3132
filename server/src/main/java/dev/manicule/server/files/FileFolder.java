package dev.manicule.server.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A folder with the bytes of files: {@code kept}, a file for each place in folders by the last digits of the id;
 * {@code drafts}, bytes that are being taken, which no start keeps; {@code key}, a secret of this folder.
 */
public final class FileFolder implements FileStore {
    /** How many bytes the secret has. */
    public static final int KEY_BYTES = 32;
    private static final Logger LOG = LoggerFactory.getLogger(FileFolder.class);
    private static final Pattern PLACE = Pattern.compile("[0-9a-f-]{36}\\.[0-9a-z]{1,32}");

    private final Path path;
    private final Path drafts;
    private final Path kept;
    private final byte[] key;
    private final AtomicLong nextDraft = new AtomicLong();

    private FileFolder(Path path, byte[] key) {
        this.path = path;
        drafts = path.resolve("drafts");
        kept = path.resolve("kept");
        this.key = key;
    }

    /**
     * Opens the folder, and makes it if it is not there. One process at a time may have it open.
     *
     * @param path the folder
     * @throws IOException if it can't be read or made
     */
    public static FileFolder open(Path path) throws IOException {
        FileFolder folder = new FileFolder(path, key(path));
        Folders.delete(folder.drafts);
        OwnerOnly.makeFolder(folder.drafts);
        OwnerOnly.makeFolder(folder.kept);
        return folder;
    }

    /** Whether there are bytes at a place of a folder that may be in use, or not exist. */
    public static boolean has(Path path, String place) {
        return new FileFolder(path, new byte[0]).has(place);
    }

    /**
     * Copies all bytes to another folder, which is made: by a link where both are on one disk, since bytes never change. The
     * secret is not copied.
     *
     * @param from a folder that may be in use, or not exist: then nothing is made
     */
    public static void copy(Path from, Path to) throws IOException {
        if (!Files.isDirectory(from.resolve("kept"))) {
            return;
        }
        FileFolder source = new FileFolder(from, new byte[0]);
        FileFolder target = new FileFolder(to, new byte[0]);
        List<String> places = new ArrayList<>();
        source.forEachPlace(places::add);
        for (String place : places) {
            if (PLACE.matcher(place).matches()) {
                Path file = target.at(place);
                OwnerOnly.makeFolder(Objects.requireNonNull(file.getParent(), "it is in a folder"));
                copyFile(source.at(place), file);
            }
        }
    }

    private static void copyFile(Path from, Path to) throws IOException {
        try {
            Files.createLink(to, from);
        } catch (NoSuchFileException e) {
            LOG.debug("Deleted meanwhile: {}", from, e);
        } catch (IOException | UnsupportedOperationException e) {
            Files.copy(from, to);
            OwnerOnly.restrictFile(to);
            Folders.sync(to);
        }
    }

    private static byte[] key(Path path) throws IOException {
        OwnerOnly.makeFolder(path);
        Path file = path.resolve("key");
        if (Files.exists(file)) {
            byte[] known = Files.readAllBytes(file);
            if (known.length == KEY_BYTES) {
                return known;
            }
        }
        byte[] made = new byte[KEY_BYTES];
        new SecureRandom().nextBytes(made);
        Path draft = path.resolve("key.new");
        try (FileChannel out = OwnerOnly.make(draft)) {
            out.write(ByteBuffer.wrap(made));
            out.force(true);
        }
        Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        Folders.sync(path);
        return made;
    }

    /** The secret of this folder, which stays the same: {@value #KEY_BYTES} bytes. */
    public byte[] key() {
        return key.clone();
    }

    private Path at(String place) throws NoSuchFileException {
        if (!PLACE.matcher(place).matches()) {
            throw new NoSuchFileException(place);
        }
        int end = FileStore.idOf(place).length();
        return kept.resolve(place.substring(end - 2, end)).resolve(place);
    }

    @Override
    public Draft begin() throws IOException {
        Path file = drafts.resolve(String.valueOf(nextDraft.incrementAndGet()));
        return new FileDraft(file, OwnerOnly.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE));
    }

    @Override
    public byte[] read(String place, long from, int most) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(most);
        try (FileChannel in = FileChannel.open(at(place), StandardOpenOption.READ)) {
            while (bytes.hasRemaining() && in.read(bytes, from + bytes.position()) >= 0) {
                // goes on
            }
        }
        return bytes.hasRemaining() ? Arrays.copyOf(bytes.array(), bytes.position()) : bytes.array();
    }

    @Override
    public boolean has(String place) {
        return PLACE.matcher(place).matches()
                && Files.exists(kept.resolve(place.substring(34, 36)).resolve(place));
    }

    @Override
    public void delete(String place) throws IOException {
        boolean _ = Files.deleteIfExists(at(place));
    }

    @Override
    public void forEachPlace(Consumer<String> each) throws IOException {
        for (int last = 0; last < 1 << Byte.SIZE; last++) {
            Path folder = kept.resolve(HexFormat.of().toHexDigits((byte) last));
            if (Files.isDirectory(folder)) {
                try (Stream<Path> files = Files.list(folder)) {
                    files.map(file -> String.valueOf(file.getFileName())).forEach(each);
                }
            }
        }
    }

    @Override
    public long freeBytes() {
        return FreeSpace.of(path);
    }

    private final class FileDraft implements Draft {
        private final Path file;
        private final FileChannel out;
        private boolean isKept;

        FileDraft(Path file, FileChannel out) {
            this.file = file;
            this.out = out;
        }

        @Override
        public void write(ByteBuffer bytes) throws IOException {
            while (bytes.hasRemaining()) {
                out.write(bytes);
            }
        }

        @Override
        public String keep(String id, String more) throws IOException {
            String place = id + "." + more;
            Path target = at(place);
            Path folder = Objects.requireNonNull(target.getParent(), "it is in a folder");
            out.force(true);
            out.close();
            if (!Files.exists(folder)) {
                OwnerOnly.makeFolder(folder);
                Folders.sync(kept);
            }
            Files.move(file, target, StandardCopyOption.ATOMIC_MOVE);
            isKept = true;
            Folders.sync(folder);
            return place;
        }

        @Override
        public void close() {
            if (isKept) {
                return;
            }
            try {
                out.close();
                Files.deleteIfExists(file);
            } catch (IOException e) {
                LOG.debug("The next start deletes {}", file, e);
            }
        }
    }
}
