package dev.manicule.server.log;

import java.time.InstantSource;

class MemoryLogTest extends OwnLogContract {
    private MemoryLog<String> log = new MemoryLog<>(0, clock::get);

    @Override
    protected Log<String> create(long firstOffset, InstantSource clock) {
        log = new MemoryLog<>(firstOffset, clock);
        return log;
    }

    @Override
    protected void failNext(boolean inDoubt) {
        log.failNext(inDoubt);
    }
}
