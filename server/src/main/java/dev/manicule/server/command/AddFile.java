package dev.manicule.server.command;

import dev.manicule.server.model.Channel;
import dev.manicule.server.model.StoredFile;

/**
 * Add a file to a channel. Its bytes are in the store already.
 *
 * @param id the id of the file
 * @param name the name of the file
 * @param mostBytes how many bytes the files of the keyset may have together
 */
public record AddFile(Channel channel, String id, String name, StoredFile.Content content, long mostBytes)
        implements
            Command<AddFile.Outcome> {
    static final int KIND = 23;
    static final int RULES = 2;

    /** The outcome. */
    public sealed interface Outcome extends dev.manicule.server.command.Outcome
            permits FileAdded, SameFile, OtherFile, TooManyFileBytes, Unavailable {}

    /** The file is on the channel. */
    public record FileAdded() implements Outcome {
        static final int KIND = 0x91;

        @Override
        public void writeTo(ByteWriter out) {
            out.octet(KIND);
        }
    }

    /** The file was there already, with the same bytes in another place: those of the command belong to no file. */
    public record SameFile() implements Outcome {
        static final int KIND = 0x92;

        @Override
        public void writeTo(ByteWriter out) {
            out.octet(KIND);
        }
    }

    /** The id is that of a file with other bytes. */
    public record OtherFile() implements Outcome {
        static final int KIND = 0x93;

        @Override
        public void writeTo(ByteWriter out) {
            out.octet(KIND);
        }
    }

    /** The files of the keyset would have too many bytes. */
    public record TooManyFileBytes() implements Outcome {
        static final int KIND = 0x94;

        @Override
        public void writeTo(ByteWriter out) {
            out.octet(KIND);
        }
    }

    @Override
    public int leastRules() {
        return RULES;
    }

    @Override
    public long weight() {
        return BYTES_BESIDE_TEXTS + id.length() + name.length() + content.type().length() + content.sha256().length()
                + content.place().length();
    }

    static AddFile readFrom(ByteReader in) throws DamagedFormException {
        Channel channel = in.channel();
        String id = in.text();
        String name = in.text();
        StoredFile.Content content = new StoredFile.Content(in.number(), in.text(), in.text(), in.text());
        return new AddFile(channel, id, name, content, in.number());
    }

    @Override
    public void writeTo(ByteWriter out) {
        out.octet(KIND);
        out.channel(channel);
        out.text(id);
        out.text(name);
        out.number(content.size());
        out.text(content.type());
        out.text(content.sha256());
        out.text(content.place());
        out.number(mostBytes);
    }
}
