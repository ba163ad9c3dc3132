package dev.manicule.server.log;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Entries that are text. */
public final class StringCodec implements EntryCodec<String> {
    @Override
    public byte[] encode(String entry) {
        return entry.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public String decode(ByteBuffer bytes) {
        return StandardCharsets.UTF_8.decode(bytes).toString();
    }

    @Override
    public String stray() {
        return "stray";
    }
}
