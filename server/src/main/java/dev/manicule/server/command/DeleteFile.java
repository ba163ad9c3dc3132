package dev.manicule.server.command;

import dev.manicule.server.model.Channel;

/**
 * Delete a file of a channel.
 *
 * @param id the id of the file
 * @param name the name of the file: another one deletes nothing
 */
public record DeleteFile(Channel channel, String id, String name) implements Command<DeleteFile.Outcome> {
    static final int KIND = 24;

    /** The outcome. */
    public sealed interface Outcome extends dev.manicule.server.command.Outcome
            permits FileDeleted, NoSuchFile, Unavailable {}

    /**
     * The file is gone, and its bytes belong to no file.
     *
     * @param place where the bytes are
     */
    public record FileDeleted(String place) implements Outcome {
        static final int KIND = 0x95;

        static FileDeleted readFrom(ByteReader in) throws DamagedFormException {
            return new FileDeleted(in.text());
        }

        @Override
        public void writeTo(ByteWriter out) {
            out.octet(KIND);
            out.text(place);
        }
    }

    /** There is no such file on the channel. */
    public record NoSuchFile() implements Outcome {
        static final int KIND = 0x96;

        @Override
        public void writeTo(ByteWriter out) {
            out.octet(KIND);
        }
    }

    @Override
    public int leastRules() {
        return AddFile.RULES;
    }

    @Override
    public long weight() {
        return BYTES_BESIDE_TEXTS + id.length() + name.length();
    }

    static DeleteFile readFrom(ByteReader in) throws DamagedFormException {
        return new DeleteFile(in.channel(), in.text(), in.text());
    }

    @Override
    public void writeTo(ByteWriter out) {
        out.octet(KIND);
        out.channel(channel);
        out.text(id);
        out.text(name);
    }
}
