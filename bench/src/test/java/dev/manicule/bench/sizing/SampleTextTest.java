package dev.manicule.bench.sizing;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import java.util.zip.Deflater;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SampleTextTest {
    private final SampleText text = new SampleText(1);

    @ParameterizedTest
    @ValueSource(ints = {100, 1_000, 10_000})
    void aMessageHasItsSizeAndIsAnObject(int bytes) {
        assertThat(text.message(bytes)).hasSize(bytes).matches("\\{\"id\":\"[0-9a-f]{16}\",\"text\":\"[a-z. ]+\"}");
    }

    /** English text shrinks to some 40 %; text that shrinks much more would make disks look larger than they are. */
    @Test
    void sampleTextCompressesLikeLanguage() {
        StringBuilder much = new StringBuilder();
        for (int message = 0; message < 200; message++) {
            much.append(text.message(10_000));
        }
        byte[] bytes = much.toString().getBytes(StandardCharsets.US_ASCII);
        try (Deflater deflater = new Deflater()) {
            deflater.setInput(bytes);
            deflater.finish();
            int compressed = deflater.deflate(new byte[bytes.length]);
            assertThat(deflater.finished()).isTrue();
            assertThat((double) compressed / bytes.length).isBetween(0.35, 0.5);
        }
    }

    @Test
    void sampleTextDependsOnSeedAndUser() {
        assertThat(new SampleText(1).message(500)).isEqualTo(new SampleText(1).message(500));
        Set<String> users = new HashSet<>();
        for (int user = 0; user < 5_000; user++) {
            users.add(text.user(user));
        }
        assertThat(users).hasSize(5_000).allMatch(user -> user.length() == 36);
    }
}
