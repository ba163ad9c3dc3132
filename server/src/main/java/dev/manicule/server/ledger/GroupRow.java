package dev.manicule.server.ledger;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/**
 * How the members of a group stand in their row: of each the length of its name in two bytes, the name, and the
 * timetoken at which it was put in.
 */
final class GroupRow {
    private GroupRow() {}

    static byte[] of(Map<String, Long> since) {
        ByteArrayOutputStream row = new ByteArrayOutputStream();
        new TreeMap<>(since).forEach((channel, timetoken) -> {
            byte[] name = channel.getBytes(StandardCharsets.UTF_8);
            row.writeBytes(ByteBuffer.allocate(Short.BYTES).putShort((short) name.length).array());
            row.writeBytes(name);
            row.writeBytes(Keys.number(timetoken));
        });
        return row.toByteArray();
    }

    static Map<String, Long> read(byte[] row) {
        Map<String, Long> since = new TreeMap<>();
        ByteBuffer rest = ByteBuffer.wrap(row);
        while (rest.hasRemaining()) {
            byte[] name = new byte[rest.getShort() & 0xFFFF];
            rest.get(name);
            since.put(new String(name, StandardCharsets.UTF_8), rest.getLong());
        }
        return since;
    }
}
