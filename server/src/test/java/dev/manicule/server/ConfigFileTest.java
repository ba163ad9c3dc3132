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
import org.junit.jupiter.params.provider.ValueSource;

class ConfigFileTest {
    private static final String KEYS = "keysets:\n  - subscribeKey: s\n    publishKey: p\n";

    @TempDir
    private Path folder;

    private ManiculeConfig read(String yaml) throws Exception {
        Path file = Files.writeString(folder.resolve("m.yaml"), yaml);
        return ConfigFile.read(file, ManiculeConfig.DEFAULT,
                Map.of("SECRET", "fr0m-the-env1ronment-0f-a-process", "EMPTY", " ")::get);
    }

    private @Nullable Secret secret(String yaml) throws Exception {
        return read(KEYS + "    secretKey: " + yaml).keysets().getFirst().secretKey();
    }

    @Test
    void aKeysetSaysAllThatIsToKnowOfIt() throws Exception {
        assertThat(read(KEYS + """
                    secretKey: sec-c-4Zx9-qW7e-Rt6u
                    accessManager: true
                    strictParents: true
                    retentionDays: 30
                    requestsPerSecond: 100
                    corsOrigins: [https://chat.example, "http://localhost:3000"]
                """).keysets())
                .containsExactly(
                        new Keyset("s", "p", new Secret("sec-c-4Zx9-qW7e-Rt6u"), true, true, Duration.ofDays(30), 100,
                                List.of("https://chat.example", "http://localhost:3000")));
        assertThat(read(KEYS).keysets()).containsExactly(Keyset.of("s", "p"));
    }

    @Test
    void secretsMayStandElsewhere() throws Exception {
        Files.writeString(folder.resolve("key.txt"), "fr0m-a-f1le-0f-its-own\n");
        assertThat(secret("{file: key.txt}")).isEqualTo(new Secret("fr0m-a-f1le-0f-its-own"));
        assertThat(secret("{env: SECRET}")).isEqualTo(new Secret("fr0m-the-env1ronment-0f-a-process"));
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
            "'    corsOrigins: [https://Chat.Example]' | m.yaml:4: `https://Chat.Example` matches no page: browsers send `https://chat.example`",
            "'    corsOrigins: [\"https://a:443\"]' | browsers send `https://a`",
            "'    corsOrigins: [\"http://a:80\"]' | browsers send `http://a`",
            "'    publishKey: q' | m.yaml:4: `publishKey` is there twice, the first time in line 3",
            "'keysets: []' | m.yaml:4: `keysets` is there twice, the first time in line 1",
            "'limits: {uriBytes: 4096, uriBytes: 4096}' | m.yaml:4: `uriBytes` is there twice",
            "'    secretKey: {file: a, file: b}' | m.yaml:4: `file` is there twice",
            "'host: not a host' | m.yaml:4: `not a host` is no address to listen on",
            "'host: http://127.0.0.1' | m.yaml:4: `http://127.0.0.1` is no address",
            "'host: 127.0.0.1:8090' | m.yaml:4: `127.0.0.1:8090` is no address",
            "'host: 127.0.0.256' | m.yaml:4: `127.0.0.256` is no address", "'host: a..b' | `a..b` is no address",
            "'host: chat.example/' | `chat.example/` is no address",
            "'trustedProxies: [0.0.0.0/0]' | m.yaml:4: `0.0.0.0/0` is everybody",
            "'trustedProxies: [\"::/0\"]' | m.yaml:4: `::/0` is everybody",
            "'data: \"a\\0b\"' | m.yaml:4: `a", "'    subscribeKey: [' | not YAML"})
    void whatIsWrongIsSaidWithItsLineAndARemedy(String line, String words) {
        assertThatThrownBy(() -> read(KEYS + line)).isInstanceOf(ConfigException.class).hasMessageContaining(words);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"127.0.0.1", "0.0.0.0", "\"::1\"", "\"[::]\"", "localhost", "chat.example", "my_host", "db-1"})
    void everyAddressMayBeListenedOn(String host) throws Exception {
        assertThat(read("host: " + host).host()).isEqualTo(host.replace("\"", ""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"change-me", "changeme", "secret", "sec-c-1", "x", "0123456789", "aaaaaaaaaaaaaaaaaaaaaa",
            "please-change-me-soon-1", "CHANGE_THIS_SECRET_9", "my-password-is-this-1", "your-secret-key-here-2",
            "\"two words and a digit 3\"", "12341234123412341234", "this.is.an.example.key"})
    void aSecretKeyThatCanBeGuessedIsRefused(String weak) throws Exception {
        assertThatThrownBy(() -> secret(weak)).isInstanceOf(ConfigException.class)
                .hasMessageContaining("m.yaml:4: the secret key ")
                .hasMessageContaining("openssl rand -hex 32")
                .message()
                .satisfies(words -> assertThat(weak.length() > 6 && words.contains(weak)).isFalse());
        Files.writeString(folder.resolve("key.txt"), weak.replace("\"", "") + "\n");
        assertThatThrownBy(() -> secret("{file: key.txt}")).hasMessageContaining("the secret key ");
    }

    @Test
    void aSecretKeyIsNotOneThatEveryClientKnows() {
        String key = "pub-c-4Zx9-qW7e-Rt6u";
        assertThatThrownBy(
                () -> read("keysets:\n  - {subscribeKey: s, publishKey: " + key + ", secretKey: " + key + "}"))
                .hasMessageContaining("m.yaml:2: the secret key is one of the other keys");
    }

    @Test
    void aVariableThatTheLocaleHasGarbledIsRefused() throws Exception {
        Path file = Files.writeString(folder.resolve("m.yaml"), KEYS + "    secretKey: {env: GARBLED}");
        assertThatThrownBy(
                () -> ConfigFile.read(file, ManiculeConfig.DEFAULT, Map.of("GARBLED", "\uFFFDabcdefghijklmnop")::get))
                .hasMessageContaining("m.yaml:4: the environment variable GARBLED is not ASCII");
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
