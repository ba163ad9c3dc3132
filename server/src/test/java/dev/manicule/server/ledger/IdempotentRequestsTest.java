package dev.manicule.server.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.manicule.server.command.AddAction;
import dev.manicule.server.command.IdempotencyKey;
import dev.manicule.server.command.Outcome;
import dev.manicule.server.command.Publish;
import dev.manicule.server.command.RemoveAction;
import dev.manicule.server.command.RevokeToken;
import dev.manicule.server.model.Channel;
import dev.manicule.server.model.MessageAction;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Rows of requests are in existing folders: what a byte stands for must never change. */
class IdempotentRequestsTest {
    private static final AddAction ADD = new AddAction(new Channel("demo", "a"), 5, "r", "v", "bob");
    private static final long TIMETOKEN = 0x0102030405060708L;

    private static IdempotencyKey key() {
        byte[] content = new byte[IdempotencyKey.BYTES];
        Arrays.fill(content, (byte) 0x5A);
        return new IdempotencyKey(new byte[IdempotencyKey.BYTES], content, true);
    }

    @Test
    void rowsEqualThoseOfEarlierVersions() {
        Map<Outcome, Integer> codes = new LinkedHashMap<>();
        codes.put(new AddAction.AlreadyAdded(), 0);
        codes.put(new AddAction.NoSuchMessage(), 1);
        codes.put(new AddAction.TooManyActions(), 2);
        codes.put(new RemoveAction.Removed(), 3);
        codes.put(new RemoveAction.NoSuchAction(), 4);
        codes.put(new RemoveAction.WrongUuid(), 5);
        codes.put(new AddAction.TooManyBytes(), 6);
        codes.put(new Publish.Published(TIMETOKEN), 100);
        codes.put(new AddAction.Added(new MessageAction(5, "r", "v", "bob", TIMETOKEN)), 101);
        codes.forEach((outcome, code) -> {
            byte[] row = IdempotentRequests.row(key(), outcome, TIMETOKEN);
            assertThat(HexFormat.of().formatHex(row))
                    .isEqualTo("5a".repeat(IdempotencyKey.BYTES) + "%02x".formatted(code) + "0102030405060708");
            assertThat(IdempotentRequests.outcome(row, ADD)).isEqualTo(outcome);
            assertThat(IdempotentRequests.isOfSame(row, key())).isTrue();
        });
    }

    @Test
    void impossibleOutcomeIsNotStored() {
        assertThatThrownBy(() -> IdempotentRequests.row(key(), new RevokeToken.Revoked(), TIMETOKEN))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
