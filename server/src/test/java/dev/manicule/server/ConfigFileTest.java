package dev.manicule.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.manicule.server.access.Keyset;
import dev.manicule.server.access.Secret;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigFileTest {
    private static final String KEYS = "keysets:\n  - subscribeKey: s\n    publishKey: p\n";

    @TempDir
    private Path folder;

    private ManiculeConfig read(String yaml) throws Exception {
        Path file = Files.writeString(folder.resolve("m.yaml"), yaml);
        return ConfigFile.read(file, ManiculeConfig.DEFAULT,
                Map.of("SECRET", "from the environment", "EMPTY", " ")::get);
    }

    private @Nullable Secret secret(String yaml) throws Exception {
        return read(KEYS + "    secretKey: " + yaml).keysets().getFirst().secretKey();
    }

    @Test
    void aKeysetSaysAllThatIsToKnowOfIt() throws Exception {
        assertThat(read(KEYS + """
                    secretKey: sec-c-1
                    accessManager: true
                    strictParents: true
                    retentionDays: 30
                    requestsPerSecond: 100
                    corsOrigins: [https://chat.example, "http://localhost:3000"]
                """).keysets())
                .containsExactly(new Keyset("s", "p", new Secret("sec-c-1"), true, true, Duration.ofDays(30), 100,
                        List.of("https://chat.example", "http://localhost:3000")));
        assertThat(read(KEYS).keysets()).containsExactly(Keyset.of("s", "p"));
    }

    @Test
    void secretsMayStandElsewhere() throws Exception {
        Files.writeString(folder.resolve("key.txt"), "from a file\n");
        assertThat(secret("{file: key.txt}")).isEqualTo(new Secret("from a file"));
        assertThat(secret("{env: SECRET}")).isEqualTo(new Secret("from the environment"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "'    secretKey: {file: none.txt}' | m.yaml:4: can't read the file",
            "'    secretKey: {env: NONE}' | m.yaml:4: the environment variable NONE is not set: export it",
            "'    secretKey: {env: EMPTY}' | m.yaml:4: the environment variable EMPTY is not set",
            "'    secretKey: {place: x}' | m.yaml:4: `place` is no setting", "'    secretKey: {}' | m.yaml:4: expected",
            "'    secretKey: []' | m.yaml:4: expected", "'    accessManager: true' | m.yaml:2: `accessManager` needs",
            "'    accessManager: yes' | m.yaml:4: expected true or false",
            "'    requestsPerSecond: -1' | m.yaml:4: expected a whole number",
            "'    corsOrigins: https://a' | m.yaml:4: expected a list",
            "'    corsOrigins: [https://a/b]' | m.yaml:4: `https://a/b` is no origin",
            "'    corsOrigins: [\"*\"]' | m.yaml:4: `*` is no origin",
            "'  - {subscribeKey: s, publishKey: x}' | m.yaml:4: the subscribe key s is there twice",
            "'    subscribeKey: [' | not YAML"})
    void whatIsWrongIsSaidWithItsLineAndARemedy(String line, String words) {
        assertThatThrownBy(() -> read(KEYS + line)).isInstanceOf(ConfigException.class).hasMessageContaining(words);
    }

    @Test
    void aSmileMayStandAnywhere() throws Exception {
        for (int offset = 0; offset < 1_100; offset++) {
            assertThat(read("#" + "x".repeat(offset) + "😀😀😀\n" + KEYS).keysets()).hasSize(1);
        }
    }

    @Test
    void noMessageTellsASecret() {
        assertThatThrownBy(() -> read(KEYS + "    secretKey: hush-hush\n    accessManager: perhaps"))
                .isInstanceOf(ConfigException.class)
                .message()
                .doesNotContain("hush-hush");
    }
}
