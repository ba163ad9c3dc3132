package dev.manicule.server.command;

import java.util.List;

/**
 * Delete those of some files that are older than the retention of their keysets.
 *
 * @param ids the ids of the files that may be too old
 */
public record ExpireFiles(List<String> ids) implements Command<ExpireFiles.Outcome> {
    static final int KIND = 25;

    /** Copies the list. */
    public ExpireFiles {
        ids = List.copyOf(ids);
    }

    /** The outcome. */
    public sealed interface Outcome extends dev.manicule.server.command.Outcome permits FilesExpired, Unavailable {}

    /**
     * The files that were too old are gone, and their bytes belong to no file.
     *
     * @param places where the bytes are
     */
    public record FilesExpired(List<String> places) implements Outcome {
        static final int KIND = 0x97;

        /** Copies the list. */
        public FilesExpired {
            places = List.copyOf(places);
        }

        static FilesExpired readFrom(ByteReader in) throws DamagedFormException {
            return new FilesExpired(in.texts());
        }

        @Override
        public void writeTo(ByteWriter out) {
            out.octet(KIND);
            out.texts(places);
        }
    }

    @Override
    public int leastRules() {
        return AddFile.RULES;
    }

    @Override
    public long weight() {
        return BYTES_BESIDE_TEXTS + ids.stream().mapToLong(String::length).sum();
    }

    static ExpireFiles readFrom(ByteReader in) throws DamagedFormException {
        return new ExpireFiles(in.texts());
    }

    @Override
    public void writeTo(ByteWriter out) {
        out.octet(KIND);
        out.texts(ids);
    }
}
