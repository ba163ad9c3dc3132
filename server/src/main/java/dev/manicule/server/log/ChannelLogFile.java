package dev.manicule.server.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A file over a {@link FileChannel}. Such a channel closes itself when its thread is interrupted, whatever the thread is doing
 * with it; an interrupt must not look like a disk that fails. So the file is opened again and the step repeated, and the thread
 * keeps its interrupt. A sync is not repeated: the error that it met, if any, is lost with the channel, so that it counts as failed.
 */
final class ChannelLogFile implements LogFile {
    private final Path path;
    private FileChannel channel;

    @FunctionalInterface
    private interface Step {
        int run(FileChannel channel) throws IOException;
    }

    ChannelLogFile(Path path) throws IOException {
        this.path = path;
        channel = open(path);
    }

    private static FileChannel open(Path path) throws IOException {
        return FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
    }

    @Override
    public long size() throws IOException {
        return channel.size();
    }

    @Override
    public void read(ByteBuffer bytes, long position) throws IOException {
        int start = bytes.position();
        int count = 0;
        while (bytes.hasRemaining() && count >= 0) {
            count = repeated(file -> file.read(bytes, position + bytes.position() - start));
        }
    }

    @Override
    public void write(ByteBuffer bytes, long position) throws IOException {
        int start = bytes.position();
        while (bytes.hasRemaining()) {
            int _ = repeated(file -> file.write(bytes, position + bytes.position() - start));
        }
    }

    @Override
    public void sync() throws IOException {
        boolean wasInterrupted = Thread.interrupted();
        try {
            channel.force(false);
        } catch (ClosedByInterruptException e) {
            boolean _ = Thread.interrupted();
            wasInterrupted = true;
            channel = open(path);
            throw new IOException("the sync was interrupted", e);
        } finally {
            restore(wasInterrupted);
        }
    }

    private int repeated(Step step) throws IOException {
        boolean wasInterrupted = Thread.interrupted();
        try {
            while (true) {
                try {
                    return step.run(channel);
                } catch (ClosedByInterruptException e) {
                    boolean _ = Thread.interrupted();
                    wasInterrupted = true;
                    channel = open(path);
                }
            }
        } finally {
            restore(wasInterrupted);
        }
    }

    private static void restore(boolean wasInterrupted) {
        if (wasInterrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            // what was synced is on the disk; the descriptor goes with the process at the latest
        }
    }
}
