package dev.manicule.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.manicule.server.access.Keyset;
import dev.manicule.server.access.Secret;
import dev.manicule.server.model.ActionRule;
import dev.manicule.server.model.ActionRules;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
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
                Map.of("SECRET", "fr0m-the-env1ronment-0f-a-process", "EMPTY", " ", "POD", "manicule-2", "ADDRESS",
                        "http://manicule-2.manicule-nodes:8090", "BAD", "no name")::get);
    }

    private @Nullable Secret secret(String yaml) throws Exception {
        return read(KEYS + "    secretKey: " + yaml).keysets().getFirst().secretKey();
    }

    @Test
    void keysetSettingsAreRead() throws Exception {
        assertThat(read(KEYS + """
                    secretKey: sec-c-4Zx9-qW7e-Rt6u
                    accessManager: true
                    strictParents: true
                    strictMemberships: true
                    retentionDays: 30
                    requestsPerSecond: 100
                    corsOrigins: [https://chat.example, "http://localhost:3000"]
                    actions:
                      - type: reaction
                        rule: many
                        values: [wave, heart]
                        mostValues: 20
                        mostByUser: 3
                        ttlSeconds: 3600
                        addedBy: users
                        removedBy: owner
                      - type: "*"
                """).keysets())
                .containsExactly(
                        new Keyset("s", "p", new Secret("sec-c-4Zx9-qW7e-Rt6u"), true,
                                new Keyset.Policy(true, Duration.ofDays(30), 100,
                                        List.of("https://chat.example", "http://localhost:3000"),
                                        new ActionRules(List.of(
                                                new ActionRule("reaction", ActionRule.Kind.MANY,
                                                        List.of("wave", "heart"), new ActionRule.Most(20, 3, 3600),
                                                        false, true),
                                                ActionRule.NONE)),
                                        true)));
        assertThat(read(KEYS).keysets()).containsExactly(Keyset.of("s", "p"));
    }

    @Test
    void secretsMayBeInFilesOrVariables() throws Exception {
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
            "'    actions: [{rule: one}]' | needs a `type`",
            "'    actions: [{type: a, rule: two}]' | the rule is one of many, one, once, counter.",
            "'    actions: [{type: a}, {type: a}]' | the type a is there twice",
            "'    actions: [{type: a, addedBy: all}]' | it is `users` or `owner`",
            "'    actions: [{type: a, removedBy: users}]' | it is `author` or `owner`",
            "'    actions: [{type: a, addedBy: owner}]' | needs a `secretKey`",
            "'    actions: [{type: a, removedBy: owner}]' | needs a `secretKey`",
            "'    actions: [{type: a, values: [\"\"]}]' | expected a text.",
            "'    actions: [{type: a, values: []}]' | `values` is empty",
            "'    actions: [{type: a, rule: one, mostByUser: 1}]' | has no place beside `rule: one`",
            "'    actions: [{type: a, rule: one, removedBy: owner}]' | `once` lets the first one stay",
            "'    actions: [{type: a, mostByUser: 101}]' | from 1 to 100",
            "'    actions: [{type: a, mostByUser: 1000000001, rule: counter}]' | from 1 to 1000000000",
            "'    actions: [{type: a, mostValues: 0}]' | from 1 to 25000",
            "'    corsOrigins: [https://a/b]' | m.yaml:4: `https://a/b` matches no page: browsers send `https://a`.",
            "'    corsOrigins: [https://a/]' | browsers send `https://a`.",
            "'    corsOrigins: [\"https://*.example\"]' | `https://*.example` is no origin: a star stands for no others",
            "'    corsOrigins: [\"https://u:p@a.example\"]' | browsers send `https://a.example`.",
            "'    corsOrigins: [\"https://a.example:99999\"]' | `https://a.example:99999` is no origin",
            "'    corsOrigins: [\"https://a.example:0\"]' | is no origin",
            "'    corsOrigins: [\"https://a.example:08443\"]' | browsers send `https://a.example:8443`.",
            "'    corsOrigins: [\"https://a.example:\"]' | browsers send `https://a.example`.",
            "'    corsOrigins: [https://münchen.example]' | browsers send `https://xn--mnchen-3ya.example`.",
            "'    corsOrigins: [wss://a.example]' | browsers send `https://a.example`.",
            "'    corsOrigins: [http://127.1]' | browsers send `http://127.0.0.1`.",
            "'    corsOrigins: [\"http://[0:0:0:0:0:0:0:1]:80\"]' | browsers send `http://[::1]`.",
            "'    corsOrigins: [\"http://[2001:DB8::0:1:0:0]\"]' | browsers send `http://[2001:db8::1:0:0]`.",
            "'    corsOrigins: [\"http://[::ffff:1.2.3.4]\"]' | browsers send `http://[::ffff:102:304]`.",
            "'    corsOrigins: [https://a..b]' | is no origin", "'    corsOrigins: [\"null\"]' | is no origin",
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
            "'host: 127' | m.yaml:4: `127` is no address to listen on", "'host: 127.1' | is no address to listen on",
            "'host: -x' | m.yaml:4: `-x` is no address", "'host: a.-b-.c' | `a.-b-.c` is no address",
            "'host: 0x7f' | `0x7f` is no address", "'host: 127.0.0.01' | `127.0.0.01` is no address",
            "'host: \"[127.0.0.1]\"' | `[127.0.0.1]` is no address",
            "'host: a.long-label-of-more-than-sixty-three-characters-which-no-name-server-has' | is no address",
            "'hosts: [-x]' | `-x` is no name of a host", "'hosts: [127]' | `127` is no name of a host",
            "'host: 127.0.0.256' | m.yaml:4: `127.0.0.256` is no address", "'host: a..b' | `a..b` is no address",
            "'host: chat.example/' | `chat.example/` is no address",
            "'trustedProxies: [0.0.0.0/0]' | m.yaml:4: `0.0.0.0/0` holds all addresses",
            "'trustedProxies: [\"::/0\"]' | m.yaml:4: `::/0` holds all addresses",
            "'trustedProxies: [0.0.0.0/1, 128.0.0.0/1]' | `0.0.0.0/1` holds all addresses, or nearly all",
            "'trustedProxies: [10.0.0.0/8, 128.0.0.0/7]' | `128.0.0.0/7` holds all addresses, or nearly all",
            "'trustedProxies: [\"2000::/3\"]' | `2000::/3` holds all addresses, or nearly all",
            "'trustedProxies: [\"fc00::/6\"]' | `fc00::/6` holds all addresses, or nearly all",
            "'trustedProxies: [\"::ffff:0:0/96\"]' | `::ffff:0:0/96` holds all addresses",
            "'trustedProxies: [0.0.0.0]' | `0.0.0.0` is the address of no machine",
            "'trustedProxies: [\"::\"]' | `::` is the address of no machine",
            "'trustedProxies: [127]' | `127` is no address or range", "'metricsFrom: [10/8]' | `10/8` is no address",
            "'    secretKey: {file: a, env: SECRET}' | m.yaml:4: the secret key is said to be in several places",
            "'data: \"a\\0b\"' | m.yaml:4: `a", "'    subscribeKey: [' | not YAML"})
    void errorNamesItsLineAndAFix(String line, String words) {
        assertThatThrownBy(() -> read(KEYS + line)).isInstanceOf(ConfigException.class).hasMessageContaining(words);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"127.0.0.1", "0.0.0.0", "\"::1\"", "\"[::]\"", "localhost", "chat.example", "my_host", "db-1"})
    void everyHostAddressIsAccepted(String host) throws Exception {
        assertThat(read("host: " + host).http().host()).isEqualTo(host.replace("\"", ""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"change-me", "changeme", "secret", "sec-c-1", "x", "0123456789", "aaaaaaaaaaaaaaaaaaaaaa",
            "please-change-me-soon-1", "CHANGE_THIS_SECRET_9", "my-password-is-this-1", "your-secret-key-here-2",
            "\"two words and a digit 3\"", "12341234123412341234", "this.is.an.example.key",
            "TODO-TODO-fill-this-in", "letmein-letmein-12", "manicule-manicule", "xxxxyyyyzzzz111122223333",
            "abababababcdcdcdefefef", "0123456789abcdef", "a1b2c3d4e5f6g7h8", "super-secret-test-token",
            "zyxwvutsrqponmlkj", "aB3$aB3$aB3$aB3$xY"})
    void guessableSecretKeyIsRefused(String weak) throws Exception {
        assertThatThrownBy(() -> secret(weak)).isInstanceOf(ConfigException.class)
                .hasMessageContaining("m.yaml:4: the secret key ")
                .hasMessageContaining("openssl rand -hex 32")
                .message()
                .satisfies(words -> assertThat(weak.length() > 6 && words.contains(weak)).isFalse());
        Files.writeString(folder.resolve("key.txt"), weak.replace("\"", "") + "\n");
        assertThatThrownBy(() -> secret("{file: key.txt}")).hasMessageContaining("the secret key ");
    }

    /** Those of `openssl rand`, of the hosted service, of generators of passwords; and phrases of words by chance. */
    @ParameterizedTest
    @ValueSource(strings = {"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
            "n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg=", "sec-c-MmU3YzI2OWUtYjMyNC00ZDNmLWI4ZTUtNzQxZDg4ZjY0YzFh",
            "2c26b46b-68ff-4c68-9f45-3bea0d4a58e1", "9f86d081884c7d65", "Xk2-vR8_qLw0Zt5n",
            "ochre-gantry-plumb-vortex-sled"})
    void strongSecretKeyIsAccepted(String strong) throws Exception {
        assertThat(secret(strong)).isEqualTo(new Secret(strong));
    }

    @Test
    void randomSecretKeysAreAccepted() {
        Random chance = new Random(17);
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = new byte[32];
            chance.nextBytes(bytes);
            assertThat(ConfigRules.secretKey(HexFormat.of().formatHex(bytes), List.of())).isNull();
            assertThat(ConfigRules.secretKey(Base64.getEncoder().encodeToString(bytes).substring(0, 22), List.of()))
                    .isNull();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.0.0.0/8", "203.0.113.7", "fc00::/7", "fe80::/10", "fd00::/8", "2a00::/16",
            "::ffff:10.0.0.0/104"})
    void proxiesOfANetworkAreTrusted(String range) throws Exception {
        assertThat(read("trustedProxies: [\"" + range + "\"]").http().trustedProxies()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://chat.example", "http://localhost:3000", "http://[::1]:3000", "http://127.0.0.1",
            "capacitor://localhost", "chrome-extension://abcdefghijklmnop", "https://my_app.example:8443",
            "https://xn--mnchen-3ya.example"})
    void everyBrowserOriginIsAccepted(String origin) throws Exception {
        assertThat(read(KEYS + "    corsOrigins: [\"" + origin + "\"]").keysets().getFirst().policy().corsOrigins())
                .containsExactly(origin);
    }

    @Test
    void secretKeyMustDifferFromThePublicKeys() {
        String key = "pub-c-4Zx9-qW7e-Rt6u";
        assertThatThrownBy(
                () -> read("keysets:\n  - {subscribeKey: s, publishKey: " + key + ", secretKey: " + key + "}"))
                .hasMessageContaining("m.yaml:2: the secret key is one of the other keys");
    }

    /** One file for all nodes: what differs is in the environment of each. */
    @Test
    void nodeSettingsMayComeFromFilesOrVariables() throws Exception {
        Files.writeString(folder.resolve("brokers"), "kafka-1:9092\n");
        ClusterSettings cluster = read("""
                cluster:
                  node: {env: POD}
                  bootstrapServers: {file: brokers}
                  advertisedAddress: {env: ADDRESS}
                """).cluster();
        assertThat(cluster).isNotNull();
        assertThat(cluster.node()).isEqualTo("manicule-2");
        assertThat(cluster.bootstrapServers()).isEqualTo("kafka-1:9092");
        assertThat(cluster.address()).isEqualTo("http://manicule-2.manicule-nodes:8090");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"node: {env: NONE} | m.yaml:3: the environment variable NONE is not set",
            "node: {env: BAD} | m.yaml:3: `no name` is no name of a node",
            "advertisedAddress: {env: POD} | m.yaml:3: `manicule-2` is no address of a node",
            "bootstrapServers: {file: none} | m.yaml:3: can't read the file",
            "bootstrapServers: kafka-1 | m.yaml:3: `kafka-1` names no brokers",
            "kafka: {acks: 1} | m.yaml:3: `acks` can't be set here: only what Kafka's clients have about security",
            "kafka: {sasl.mechanisms: PLAIN} | m.yaml:3: `sasl.mechanisms` can't be set here"})
    void externalValuesObeyTheSameRules(String line, String words) {
        assertThatThrownBy(() -> read("cluster:\n  topic: t\n  " + line)).isInstanceOf(ConfigException.class)
                .hasMessageContaining(words);
    }

    @Test
    void aVariableThatTheLocaleHasGarbledIsRefused() throws Exception {
        Path file = Files.writeString(folder.resolve("m.yaml"), KEYS + "    secretKey: {env: GARBLED}");
        assertThatThrownBy(
                () -> ConfigFile.read(file, ManiculeConfig.DEFAULT, Map.of("GARBLED", "\uFFFDabcdefghijklmnop")::get))
                .hasMessageContaining("m.yaml:4: the environment variable GARBLED is not ASCII");
    }

    @Test
    void emojiIsAcceptedAnywhere() throws Exception {
        for (int offset = 0; offset < 1_100; offset++) {
            assertThat(read("#" + "x".repeat(offset) + "😀😀😀\n" + KEYS).keysets()).hasSize(1);
        }
    }

    @Test
    void noErrorContainsASecret() {
        assertThatThrownBy(() -> read(KEYS + "    secretKey: hush-hush\n    accessManager: perhaps"))
                .isInstanceOf(ConfigException.class)
                .message()
                .doesNotContain("hush-hush");
    }
}
