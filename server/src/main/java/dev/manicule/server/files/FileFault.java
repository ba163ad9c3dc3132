package dev.manicule.server.files;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** Why a file can't be opened, in words: Java's own message is often its path alone. */
public final class FileFault {
    private FileFault() {}

    /** The reason, as a part of a sentence. */
    public static String reason(IOException e) {
        return switch (e) {
            case AccessDeniedException denied -> "permission denied";
            case FileAlreadyExistsException exists -> exists.getFile() + " is a file";
            case NoSuchFileException missing -> missing.getFile() + " is not there";
            case FileSystemException failed when failed.getReason() != null -> failed.getReason();
            default -> String.valueOf(e.getMessage());
        };
    }

    /** Whether something failed because there is no room. */
    public static boolean isFull(Exception e) {
        String words = String.valueOf(e.getMessage());
        return words.contains("No space left on device") || words.contains("Disk quota exceeded");
    }
}
