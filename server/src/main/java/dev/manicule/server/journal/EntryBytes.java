package dev.manicule.server.journal;

import dev.manicule.server.command.ByteReader;
import dev.manicule.server.command.ByteWriter;
import dev.manicule.server.command.DamagedFormException;
import dev.manicule.server.command.Entry;
import dev.manicule.server.command.OperationId;
import dev.manicule.server.command.Tick;
import dev.manicule.server.ledger.Ledger;
import dev.manicule.server.log.EntryCodec;
import java.nio.ByteBuffer;

/** How entries stand in a log. Any thread may use it. */
public final class EntryBytes implements EntryCodec<Entry> {
    /** Of no process. */
    private static final Entry STRAY = new Entry(new OperationId(0, 0), Ledger.FIRST_RULES, 0, new Tick());

    @Override
    public byte[] encode(Entry entry) {
        ByteWriter out = new ByteWriter();
        entry.writeTo(out);
        return out.toBytes();
    }

    @Override
    public Entry decode(ByteBuffer bytes) {
        byte[] form = new byte[bytes.remaining()];
        bytes.get(form);
        try {
            return Entry.readFrom(new ByteReader(form), Ledger::requireRules);
        } catch (DamagedFormException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }

    @Override
    public Entry stray() {
        return STRAY;
    }
}
