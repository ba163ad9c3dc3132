package dev.manicule.server.peers;

import dev.manicule.server.json.JsonReader;
import dev.manicule.server.json.JsonWriter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Describes a checkpoint: a copy of a node's tables that does not change while another node fetches it.
 *
 * @param id identifies the checkpoint: 32 hexadecimal digits that no other has
 * @param format of the data
 * @param logId which log its tables follow
 * @param applied its tables have all entries of that log below this offset, and perhaps more
 * @param files the files that make up its tables
 */
public record CheckpointManifest(String id, int format, long logId, long applied, List<TableFile> files) {
    private static final Pattern ID = Pattern.compile("[0-9a-f]{32}");
    /** The names that RocksDB gives to files that make up tables. */
    private static final Pattern NAME = Pattern
            .compile("CURRENT|IDENTITY|(?:MANIFEST|OPTIONS)-[0-9]{1,20}|[0-9]{1,20}\\.(?:sst|log|blob)");
    private static final Pattern NUMBER = Pattern.compile("-?[0-9]{1,19}");

    /** A file, and how many bytes it has. */
    public record TableFile(String name, long size) {}

    /** Copies the list. */
    public CheckpointManifest {
        files = List.copyOf(files);
    }

    /** How large it is, in bytes. */
    public long size() {
        return files.stream().mapToLong(TableFile::size).sum();
    }

    /** Its form in JSON; 64-bit numbers are texts there. */
    byte[] toJson() {
        JsonWriter json = new JsonWriter().object()
                .member("id", id)
                .member("format", format)
                .quoted("logId", logId)
                .quoted("applied", applied)
                .array("files");
        for (TableFile file : files) {
            json.objectOnNewLine().member("name", file.name()).quoted("size", file.size()).end();
        }
        return json.end().end().toLine();
    }

    /**
     * The manifest in some bytes; null when they are none: also when a file has a name that no file of tables has, or
     * two have the same.
     */
    static @Nullable CheckpointManifest of(byte[] json) {
        if (!(JsonReader.tree(json) instanceof Map<?, ?> said && said.get("id") instanceof String id
                && ID.matcher(id).matches() && said.get("format") instanceof Double format
                && said.get("files") instanceof List<?> list)) {
            return null;
        }
        Long logId = number(said.get("logId"));
        Long applied = number(said.get("applied"));
        if (logId == null || applied == null || applied < 0) {
            return null;
        }
        List<TableFile> files = new ArrayList<>();
        Set<String> names = new HashSet<>();
        long left = Long.MAX_VALUE;
        for (Object each : list) {
            Long size = each instanceof Map<?, ?> file ? number(file.get("size")) : null;
            if (!(each instanceof Map<?, ?> file && file.get("name") instanceof String name)
                    || !NAME.matcher(name).matches() || !names.add(name) || size == null || size < 0 || size > left) {
                return null;
            }
            left -= size;
            files.add(new TableFile(name, size));
        }
        return files.isEmpty() ? null : new CheckpointManifest(id, format.intValue(), logId, applied, files);
    }

    private static @Nullable Long number(@Nullable Object said) {
        if (!(said instanceof String text) || !NUMBER.matcher(text).matches()) {
            return null;
        }
        try {
            return Long.valueOf(text);
        } catch (NumberFormatException e) {
            return null;
        }
    }
}
