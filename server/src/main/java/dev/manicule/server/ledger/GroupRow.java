package dev.manicule.server.ledger;

import dev.manicule.server.model.ChannelGroup.Former;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
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
            write(channel, row);
            row.writeBytes(Keys.number(timetoken));
        });
        return row.toByteArray();
    }

    /** How the channels that were taken out stand in a row: of each its name as above, and both timetokens. */
    static byte[] of(List<Former> former) {
        ByteArrayOutputStream row = new ByteArrayOutputStream();
        for (Former each : former) {
            write(each.channel(), row);
            row.writeBytes(Keys.number(each.from()));
            row.writeBytes(Keys.number(each.to()));
        }
        return row.toByteArray();
    }

    private static void write(String channel, ByteArrayOutputStream row) {
        byte[] name = channel.getBytes(StandardCharsets.UTF_8);
        row.writeBytes(ByteBuffer.allocate(Short.BYTES).putShort((short) name.length).array());
        row.writeBytes(name);
    }

    /** About how many bytes a channel takes that was taken out. */
    static int bytes(Former former) {
        return Short.BYTES + 2 * Long.BYTES + former.channel().getBytes(StandardCharsets.UTF_8).length;
    }

    static List<Former> readFormer(byte[] row) {
        List<Former> former = new ArrayList<>();
        ByteBuffer rest = ByteBuffer.wrap(row);
        while (rest.hasRemaining()) {
            byte[] name = new byte[rest.getShort() & 0xFFFF];
            rest.get(name);
            former.add(new Former(new String(name, StandardCharsets.UTF_8), rest.getLong(), rest.getLong()));
        }
        return former;
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
