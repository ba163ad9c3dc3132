package dev.manicule.server.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.manicule.server.access.Grant.Kind;
import dev.manicule.server.command.RevokeToken;
import dev.manicule.server.ledger.Ledger;
import dev.manicule.server.model.Revocation;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A token that was revoked holds no more, whatever the clock does. */
class RevocationsTest {
    private static final long DAY = 86_400;
    private static final long NOON = 1_700_000_000;

    private static Token token(int number, long issued, int minutes) {
        byte[] bytes = new byte[40];
        bytes[39] = (byte) number;
        Grant grant = new Grant(minutes, Map.of(Kind.CHANNEL, Map.of("c", 1)), Map.of(), Map.of(), null);
        return new Token("demo", bytes, issued, grant);
    }

    private static Revocation of(Token token, long now) {
        return new Revocation("demo", token.signature(), token.expiry(), now);
    }

    @Test
    void clockCorrectionRestoresNoToken() {
        Revocations revocations = new Revocations(List.of());
        Token first = token(1, NOON, 60);
        Token second = token(2, NOON, 60);
        Token third = token(3, NOON, 43_200);
        Token untouched = token(4, NOON, 43_200);
        revocations.add(of(first, NOON));
        revocations.add(of(third, NOON + 10 * DAY)); // ahead
        revocations.add(of(second, NOON + 1)); // and right again
        for (Token each : List.of(first, second, third)) {
            assertThat(revocations.contain(each)).isTrue();
        }
        assertThat(revocations.contain(untouched)).isFalse();
        assertThat(revocations.contain(token(5, NOON + 1, 61))).as("ends after all that is forgotten").isFalse();
    }

    /** A step of a history: the clock is set, and a token revoked. */
    record Step(long now, int ttlMinutes) {}

    @Property(tries = 300)
    void revokedTokensStayRevoked(@ForAll("histories") List<Step> history) {
        Revocations revocations = new Revocations(List.of());
        List<Token> revoked = new ArrayList<>();
        for (Step step : history) {
            Token token = token(revoked.size(), step.now(), step.ttlMinutes());
            revocations.add(of(token, step.now()));
            revoked.add(token);
            assertThat(revoked).allMatch(revocations::contain);
        }
    }

    @Provide
    Arbitrary<List<Step>> histories() {
        Arbitrary<Step> steps = net.jqwik.api.Combinators
                .combine(Arbitraries.longs().between(NOON, NOON + 60 * DAY), Arbitraries.integers().between(1, 43_200))
                .as(Step::new);
        return steps.list().ofMaxSize(50);
    }

    /** The tables and the memory forget the same, and a restart changes nothing. */
    @Test
    void memoryAndTablesForgetTheSameRevocations(@TempDir Path folder) throws Exception {
        Revocations revocations = new Revocations(List.of());
        List<Token> tokens = new ArrayList<>();
        try (Ledger ledger = Ledger.open(folder.resolve("data"))) {
            long[] clock = {NOON, NOON + 40 * DAY, NOON + 1, NOON + 3 * DAY, NOON - DAY, NOON + 80 * DAY, NOON + 2};
            for (int i = 0; i < clock.length; i++) {
                Token token = token(i, clock[i], 100 * (i + 1));
                tokens.add(token);
                var transaction = ledger.transaction();
                ledger.apply(new RevokeToken("demo", token.signature(), token.expiry(), clock[i]), 1000 + i,
                        transaction);
                ledger.commit(transaction);
                transaction.revocations().forEach(revocations::add);
            }
            assertThat(ledger.reads().revocations()).hasSizeLessThan(clock.length);
        }
        try (Ledger ledger = Ledger.open(folder.resolve("data"))) {
            Revocations read = new Revocations(ledger.reads().revocations());
            tokens.add(token(99, NOON, 43_200));
            tokens.add(token(100, NOON + 70 * DAY, 43_200));
            for (Token token : tokens) {
                assertThat(read.contain(token)).isEqualTo(revocations.contain(token));
            }
            assertThat(tokens.subList(0, 7)).allMatch(read::contain);
            assertThat(read.contain(tokens.getLast())).isFalse();
        }
    }
}
