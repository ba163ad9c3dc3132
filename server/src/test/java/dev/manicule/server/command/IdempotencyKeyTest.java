package dev.manicule.server.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.manicule.server.command.Publish.Delivery;
import dev.manicule.server.json.Json;
import dev.manicule.server.model.Channel;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The digests are in the tables of existing folders: they must never change. */
class IdempotencyKeyTest {
    private static final Channel CHANNEL = new Channel("demo", "chats.ä");

    private static Json json(String text) {
        return new Json(text.getBytes(StandardCharsets.UTF_8));
    }

    private static void assertDigests(Retryable<?> command, @Nullable String uuid, boolean isStrict, String name,
            String content) {
        IdempotencyKey key = IdempotencyKey.of("demo", uuid, "key-1", command, isStrict);
        assertThat(HexFormat.of().formatHex(key.name())).isEqualTo(name);
        assertThat(HexFormat.of().formatHex(key.content())).isEqualTo(content);
        assertThat(key.isStrict()).isEqualTo(isStrict);
    }

    @Test
    void digestsEqualThoseOfEarlierVersions() {
        assertDigests(
                new Publish(CHANNEL, json("{\"a\":1}"), json("{}"), "bob", "note", 7L, json("{\"t\":\"1\"}"),
                        Delivery.STORED),
                "bob", true, "0459d8f91117069744f3934f89c43426", "7a2a2e174a6a913ba14ba566c2074cd4");
        assertDigests(new Publish(CHANNEL, json("1"), null, null, null, null, null, Delivery.FIRED), null, false,
                "804b09112729a76829df4eae721eecaa", "bce5d5222abae9f017626a0c32f335e7");
        assertDigests(new AddAction(CHANNEL, 17L, "reaction", "😀", "bob", true, 9L), "bob", false,
                "ac2302d2ffc302dedb25bdc38e62d0d4", "091012a150c37c429df4db8d88348302");
        assertDigests(new RemoveAction(CHANNEL, 17L, 18L, "bob", true), "bob", false,
                "ac2302d2ffc302dedb25bdc38e62d0d4", "ee0abec9606d965dd5d6f5b24584f68c");
    }

    @Test
    void ttlIsPartOfTheDigest() {
        Publish forever = new Publish(CHANNEL, json("1"), null, null, null, null, null, Delivery.STORED);
        Publish forAnHour = new Publish(CHANNEL, json("1"), null, null, null, null, null, Delivery.STORED)
                .lasting(36_000_000_000L);
        assertThat(IdempotencyKey.of("demo", "bob", "key-1", forAnHour, true).content())
                .isNotEqualTo(IdempotencyKey.of("demo", "bob", "key-1", forever, true).content());
    }

    @Test
    void aDigestHasItsLength() {
        byte[] short15 = new byte[IdempotencyKey.BYTES - 1];
        byte[] right = new byte[IdempotencyKey.BYTES];
        assertThatThrownBy(() -> new IdempotencyKey(short15, right, false))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new IdempotencyKey(right, short15, false))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
