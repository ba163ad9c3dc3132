package dev.manicule.server.model;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * What lists of users and channels can be sorted by. Texts sort by their code points, and by their first
 * {@value #MOST_BYTES} bytes only; entities that lack the text come last.
 */
public enum EntityOrder {
    /** The id: every list is sorted by it where nothing else decides. */
    ID("id", 0),
    /** The name. */
    NAME("name", 1),
    /** The time of the last change. */
    UPDATED("updated", 2),
    /** The status. */
    STATUS("status", 3),
    /** The type. */
    TYPE("type", 4);

    /** Bytes of UTF-8 of a text that count. */
    private static final int MOST_BYTES = 256;
    private static final int PRESENT = 1;
    private static final int ABSENT = 2;

    private final String wireName;
    private final int code;

    EntityOrder(String wireName, int code) {
        this.wireName = wireName;
        this.code = code;
    }

    /** Its number in keys. */
    public int code() {
        return code;
    }

    /** The order that has a name in the protocol; null when there is none. */
    public static @Nullable EntityOrder of(String wireName) {
        for (EntityOrder order : values()) {
            if (order.wireName.equals(wireName)) {
                return order;
            }
        }
        return null;
    }

    /** Bytes that sort, unsigned, as the entities do by this alone; none runs into what follows it. */
    public byte[] key(String id, Metadata metadata) {
        return switch (this) {
            case ID -> text(id);
            case UPDATED -> ByteBuffer.allocate(Long.BYTES).putLong(metadata.updated()).array();
            case NAME, STATUS, TYPE -> text(metadata.text(wireName));
        };
    }

    private static byte[] text(@Nullable String text) {
        if (text == null) {
            return new byte[]{ABSENT};
        }
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream key = new ByteArrayOutputStream(bytes.length + 3);
        key.write(PRESENT);
        for (int i = 0; i < Math.min(bytes.length, MOST_BYTES); i++) {
            key.write(bytes[i]);
            if (bytes[i] == 0) {
                key.write(0xFF);
            }
        }
        key.write(0);
        key.write(0);
        return key.toByteArray();
    }
}
