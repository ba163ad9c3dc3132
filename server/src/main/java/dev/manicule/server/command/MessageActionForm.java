package dev.manicule.server.command;

import dev.manicule.server.model.MessageAction;

/** The byte forms of an action: without its end, and with it. They never change. */
final class MessageActionForm {
    private MessageActionForm() {}

    static MessageAction readFrom(ByteReader in) throws DamagedFormException {
        return new MessageAction(in.number(), in.text(), in.text(), in.text(), in.number());
    }

    static MessageAction readWithEndFrom(ByteReader in) throws DamagedFormException {
        return readFrom(in).until(in.number());
    }

    static void writeWithEndTo(ByteWriter out, MessageAction action) {
        writeTo(out, action);
        out.number(action.expires());
    }

    static void writeTo(ByteWriter out, MessageAction action) {
        out.number(action.messageTimetoken());
        out.text(action.type());
        out.text(action.value());
        out.text(action.uuid());
        out.number(action.actionTimetoken());
    }
}
