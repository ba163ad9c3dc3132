package dev.manicule.server.command;

import dev.manicule.server.model.MessageAction;

/** The byte forms of an action: that of a plain one, and the whole. They never change. */
final class MessageActionForm {
    private MessageActionForm() {}

    static MessageAction readFrom(ByteReader in) throws DamagedFormException {
        return new MessageAction(in.number(), in.text(), in.text(), in.text(), in.number());
    }

    static MessageAction readWholeFrom(ByteReader in) throws DamagedFormException {
        return readFrom(in).until(in.number()).times(in.integer());
    }

    static void writeWholeTo(ByteWriter out, MessageAction action) {
        writeTo(out, action);
        out.number(action.expires());
        out.integer(action.amount());
    }

    static void writeTo(ByteWriter out, MessageAction action) {
        out.number(action.messageTimetoken());
        out.text(action.type());
        out.text(action.value());
        out.text(action.uuid());
        out.number(action.actionTimetoken());
    }
}
