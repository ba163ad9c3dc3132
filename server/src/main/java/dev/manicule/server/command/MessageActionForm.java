package dev.manicule.server.command;

import dev.manicule.server.model.MessageAction;

/** The byte form of an action. It never changes. */
final class MessageActionForm {
    private MessageActionForm() {}

    static MessageAction readFrom(ByteReader in) throws DamagedFormException {
        return new MessageAction(in.number(), in.text(), in.text(), in.text(), in.number());
    }

    static void writeTo(ByteWriter out, MessageAction action) {
        out.number(action.messageTimetoken());
        out.text(action.type());
        out.text(action.value());
        out.text(action.uuid());
        out.number(action.actionTimetoken());
    }
}
