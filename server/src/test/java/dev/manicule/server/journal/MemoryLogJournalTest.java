package dev.manicule.server.journal;

import dev.manicule.server.ledger.DataFolderException;
import java.nio.file.Path;
import java.time.InstantSource;

/** A journal over a log in memory. */
class MemoryLogJournalTest extends JournalContract {
    @Override
    DataStore open(Path data, InstantSource clock) throws DataFolderException {
        return DataStore.openTransient(data, clock);
    }
}
