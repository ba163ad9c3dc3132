package dev.manicule.server.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.manicule.server.command.DeleteMessages;
import dev.manicule.server.command.Publish.Delivery;
import dev.manicule.server.command.Publish;
import dev.manicule.server.json.Json;
import dev.manicule.server.model.Channel;
import dev.manicule.server.model.Range;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Walks that begin while a deletion is committed, loses its rows, and is forgotten. */
class VisibleWalkTest {
    private static final Channel CHANNEL = new Channel("demo", "room");
    private static final long MESSAGE = 17_000_000_000_000_000L;

    @TempDir
    private Path folder;
    private Ledger ledger;
    private final List<String> closed = new ArrayList<>();

    @BeforeEach
    void publish() throws Exception {
        ledger = Ledger.open(folder.resolve("data"));
        Transaction transaction = ledger.transaction();
        ledger.apply(new Publish(CHANNEL, new Json("1".getBytes(StandardCharsets.UTF_8)), null, "alice", null, null,
                null, Delivery.STORED), MESSAGE, transaction);
        ledger.commit(transaction);
    }

    @AfterEach
    void close() {
        ledger.close();
    }

    private void delete() {
        Transaction transaction = ledger.transaction();
        ledger.apply(new DeleteMessages(CHANNEL, new Range(MESSAGE, MESSAGE, false)), MESSAGE + 1, transaction);
        ledger.commit(transaction);
    }

    private VisibleWalk<VisibleWalk.Walk> walk(List<Runnable> meanwhile) {
        State state = ledger.transaction().tables().state();
        return Objects.requireNonNull(VisibleWalk.of(state, CHANNEL, Range.ALL, kept -> {
            if (!meanwhile.isEmpty()) {
                meanwhile.removeFirst().run();
            }
            return () -> closed.add("walk");
        }));
    }

    @Test
    void rowsDeletedAtTheStartOfAWalkAreHidden() {
        VisibleWalk<VisibleWalk.Walk> walk = walk(new ArrayList<>(List.of(this::delete)));
        assertThat(walk.visible().isMessage(MESSAGE)).isFalse();
        assertThat(closed).as("one walk is enough").isEmpty();
    }

    @Test
    void purgeAtTheStartOfAWalkRestartsIt() {
        VisibleWalk<VisibleWalk.Walk> walk = walk(new ArrayList<>(List.of(() -> {
            delete();
            while (ledger.hasRowsToRemove()) {
                boolean _ = ledger.removeRows();
            }
        })));
        assertThat(closed).as("the first walk may have seen a part of the rows").containsExactly("walk");
        assertThat(walk.visible().isMessage(MESSAGE)).as("there is no such row any more").isTrue();
    }
}
