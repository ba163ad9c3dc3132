package dev.manicule.server.ledger;

import dev.manicule.server.command.Publish;
import dev.manicule.server.json.Json;
import dev.manicule.server.json.JsonText;
import dev.manicule.server.model.Message;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a message stands in its table: three optional texts (uuid, meta, custom type), each as four bytes of length (−1
 * when absent) and its JSON, then the payload to the end. All are stored as they go into an answer.
 */
final class MessageRow {
    private MessageRow() {}

    static byte[] of(Publish publish) {
        byte @Nullable [] uuid = publish.uuid() == null ? null : JsonText.quote(publish.uuid());
        byte @Nullable [] meta = publish.meta() == null ? null : publish.meta().utf8();
        byte @Nullable [] customType = publish.customType() == null ? null : JsonText.quote(publish.customType());
        byte[] payload = publish.payload().utf8();
        ByteBuffer row = ByteBuffer.allocate(size(uuid) + size(meta) + size(customType) + payload.length);
        put(row, uuid);
        put(row, meta);
        put(row, customType);
        return row.put(payload).array();
    }

    static Message read(byte[] row, long timetoken, List<Message.ActionGroup> actions, boolean hasMoreActions) {
        ByteBuffer rest = ByteBuffer.wrap(row);
        Json uuid = next(rest);
        Json meta = next(rest);
        Json customType = next(rest);
        byte[] payload = new byte[rest.remaining()];
        rest.get(payload);
        return new Message(timetoken, new Json(payload), meta, uuid, customType, actions, hasMoreActions);
    }

    private static int size(byte @Nullable [] text) {
        return Integer.BYTES + (text == null ? 0 : text.length);
    }

    private static void put(ByteBuffer row, byte @Nullable [] text) {
        row.putInt(text == null ? -1 : text.length);
        if (text != null) {
            row.put(text);
        }
    }

    private static @Nullable Json next(ByteBuffer rest) {
        int size = rest.getInt();
        if (size < 0) {
            return null;
        }
        byte[] text = new byte[size];
        rest.get(text);
        return new Json(text);
    }
}
