package dev.manicule.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.manicule.server.push.PushSettings;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.util.Base64;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The settings of notifications, with keys as Google and Apple hand them out. */
class PushSectionTest {
    @TempDir
    private Path folder;
    private String elliptic = "";

    private ManiculeConfig read(String yaml) throws Exception {
        Path file = Files.writeString(folder.resolve("m.yaml"), yaml);
        return ConfigFile.read(file, ManiculeConfig.DEFAULT, Map.of("P8", elliptic)::get);
    }

    private static String pem(String algorithm, int bits) throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
        generator.initialize(bits);
        return "-----BEGIN PRIVATE KEY-----\n" + Base64.getMimeEncoder(64, new byte[]{'\n'})
                .encodeToString(generator.generateKeyPair().getPrivate().getEncoded())
                + "\n-----END PRIVATE KEY-----\n";
    }

    @BeforeEach
    void writeKeys() throws Exception {
        elliptic = pem("EC", 256);
        Files.writeString(folder.resolve("key.p8"), elliptic);
        String account = "{\"type\":\"service_account\",\"project_id\":\"chat-1\",\"client_email\":\"a@b\","
                + "\"token_uri\":\"https://oauth2.googleapis.com/token\",\"private_key\":\""
                + pem("RSA", 2048).replace("\n", "\\n") + "\"}";
        Files.writeString(folder.resolve("account.json"), account);
        Files.writeString(folder.resolve("plain.json"), account.replace("https:", "http:"));
        Files.writeString(folder.resolve("text.json"), "private words");
    }

    @Test
    void bothGatewaysAreConfiguredByTheirFiles() throws Exception {
        PushSettings push = read("""
                push:
                  fcm: {account: {file: account.json}}
                  apns:
                    key: {file: key.p8}
                    keyId: KEY0000001
                    teamId: TEAM000001
                    topic: com.example.app
                    environment: development
                """).push();
        PushSettings.Fcm fcm = Objects.requireNonNull(push.fcm());
        assertThat(fcm.account().project()).isEqualTo("chat-1");
        assertThat(fcm.account().tokens()).isEqualTo(URI.create("https://oauth2.googleapis.com/token"));
        assertThat(fcm.endpoint()).isEqualTo(URI.create("https://fcm.googleapis.com"));
        PushSettings.Apns apns = Objects.requireNonNull(push.apns());
        assertThat(apns.usual()).isEqualTo(new PushSettings.App("com.example.app", false));
        assertThat(apns.production()).isEqualTo(URI.create("https://api.push.apple.com"));
        assertThat(apns.development()).isEqualTo(URI.create("https://api.sandbox.push.apple.com"));
        assertThat(push.toString()).doesNotContain(elliptic.substring(40, 60));
        assertThat(read("push: {apns: {key: {env: P8}, keyId: KEY0000001, teamId: TEAM000001}}").push().apns())
                .isEqualTo(new PushSettings.Apns(apns.key(), "KEY0000001", "TEAM000001", null, apns.production(),
                        apns.development()));
    }

    @Test
    void nothingIsDeliveredUnlessConfigured() throws Exception {
        assertThat(read("port: 8090").push().isNone()).isTrue();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"{} | needs `fcm` or `apns`", "{fcm: {}} | `fcm` needs `account`",
            "{fcm: {account: {file: text.json}}} | no JSON object",
            "{fcm: {account: {file: plain.json}}} | no https URL",
            "{fcm: {account: '{\"token_uri\":\"https://a.b\",\"project_id\":\"p\"}'}} | no text \"client_email\"",
            "{fcm: {account: {file: account.json}, endpoint: 'http://a.b'}} | is no endpoint",
            "{fcm: {account: {file: account.json}, endpoint: 'https://a.b/c'}} | is no endpoint",
            "{apns: {key: {file: key.p8}, keyId: K}} | `teamId`",
            "{apns: {key: {file: text.json}, keyId: K, teamId: T}} | no private key",
            "{apns: {key: {file: key.p8}, keyId: K, teamId: T, topic: 'a b'}} | is no identifier of an app",
            "{apns: {key: {file: key.p8}, keyId: K, teamId: T, environment: x}} | expected production or development",
            "{apns: {key: {file: key.p8}, keyId: K, teamId: T}, authorities: text.json} | no certificates",
            "{apns: {key: {file: key.p8}, keyId: K, teamId: T}, authorities: none.pem} | no certificates"})
    void errorNamesItsLineAndNoSecret(String push, String words) {
        assertThatThrownBy(() -> read("port: 0\npush: " + push)).isInstanceOf(ConfigException.class)
                .hasMessageContaining("m.yaml:2: ")
                .hasMessageContaining(words)
                .hasMessageNotContaining("private words");
    }
}
