package dev.manicule.server.log;

import java.time.InstantSource;

class MemoryLogTest extends LogContract {
    private MemoryLog<String> log = new MemoryLog<>(0, clock::get);

    @Override
    Log<String> create(long firstOffset, InstantSource clock) {
        log = new MemoryLog<>(firstOffset, clock);
        return log;
    }

    @Override
    void failNext(boolean inDoubt) {
        log.failNext(inDoubt);
    }
}
