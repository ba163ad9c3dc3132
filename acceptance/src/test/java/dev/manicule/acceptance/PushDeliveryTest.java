package dev.manicule.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.manicule.acceptance.PushGateway.Reply;
import dev.manicule.acceptance.PushGateway.Sent;
import dev.manicule.server.Manicule;
import dev.manicule.server.config.ManiculeConfig;
import dev.manicule.server.push.PushSettings;
import dev.manicule.server.push.SigningKey;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Messages reach devices through gateways that speak the protocols of Google's and Apple's, over TLS. */
@SuppressWarnings("NullAway.Init") // set before each test
class PushDeliveryTest {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final String GCM = "{\"pn_gcm\":{\"data\":{\"n\":1}}}";

    @TempDir
    private Path folder;
    private FcmGateway fcm;
    private ApnsGateway apns;
    private ManiculeConfig config;
    private Manicule server;
    private Wire wire;

    @BeforeEach
    void start() throws Exception {
        TestCertificate certificate = TestCertificate.make(folder, "EC");
        Path authorities = folder.resolve("authorities.pem");
        certificate.write(authorities, folder.resolve("key.pem"));
        fcm = new FcmGateway(certificate);
        KeyPair keys = ApnsGateway.makeKeys();
        apns = new ApnsGateway(certificate, keys);
        SigningKey key = SigningKey.of(SigningKey.Algorithm.ES256,
                TestCertificate.pem("PRIVATE KEY", keys.getPrivate().getEncoded()));
        URI apple = URI.create("https://localhost:" + apns.port());
        PushSettings push = new PushSettings(
                new PushSettings.Fcm(PushSettings.ServiceAccount.read(fcm.account()),
                        URI.create("https://localhost:" + fcm.port())),
                new PushSettings.Apns(key, "KEY0000001", "TEAM000001", new PushSettings.App("com.example.old", true),
                        apple, apple),
                authorities);
        config = ManiculeConfig.DEFAULT.withPort(0).withData(folder.resolve("data")).withPush(push);
        serve();
    }

    private void serve() throws Exception {
        server = Manicule.start(config);
        wire = new Wire(server.port());
        // the first start of a reader begins at the present
        String probe = "probe" + System.nanoTime();
        fcmDevice(probe, "probe");
        await().atMost(SOON).until(() -> {
            publish("probe", "{\"pn_gcm\":{\"data\":{}}}");
            return !fcm.with(probe).isEmpty();
        });
        wire.get("/v1/push/sub-key/demo/devices/" + probe + "/remove?type=fcm");
        String apple = String.format("%032x", System.nanoTime());
        appleDevice(apple, "com.example.probe", "production", "probe");
        await().atMost(SOON).until(() -> {
            publish("probe", apns("com.example.probe", "production", ""));
            return !apns.with(apple).isEmpty();
        });
        wire.get("/v2/push/sub-key/demo/devices-apns2/" + apple
                + "/remove?topic=com.example.probe&environment=production");
    }

    @AfterEach
    void stop() {
        server.close();
        fcm.close();
        apns.close();
    }

    private void fcmDevice(String token, String channels) {
        assertThat(wire.get("/v1/push/sub-key/demo/devices/" + token + "?type=gcm&add=" + channels).status())
                .isEqualTo(200);
    }

    private void appleDevice(String token, String topic, String environment, String channels) {
        assertThat(wire.get("/v2/push/sub-key/demo/devices-apns2/" + token + "?topic=" + topic + "&environment="
                + environment + "&add=" + channels).status()).isEqualTo(200);
    }

    private String channels(String token) {
        return wire.get("/v1/push/sub-key/demo/devices/" + token + "?type=fcm").body();
    }

    private void publish(String channel, String message) {
        assertThat(wire.post("/publish/demo/demo/0/" + channel + "/0?uuid=ann", message).status()).isEqualTo(200);
    }

    private static String apns(String topic, String environment, String more) {
        return "{\"pn_apns\":{\"aps\":{\"alert\":\"hello\"},\"pn_push\":[{\"push_type\":\"alert\","
                + "\"auth_method\":\"token\",\"version\":\"v2\",\"targets\":[{\"topic\":\"" + topic
                + "\",\"environment\":\"" + environment + "\"" + more + "}]}]}}";
    }

    private static Sent single(PushGateway gateway, String text) {
        await().atMost(SOON).until(() -> !gateway.with(text).isEmpty());
        List<Sent> sent = gateway.with(text);
        assertThat(sent).hasSize(1);
        return sent.getFirst();
    }

    private static JsonNode message(Sent sent) throws Exception {
        return MAPPER.readTree(sent.body()).get("message");
    }

    @Test
    void formerWordsOfGoogleReachItsPresentInterface() throws Exception {
        fcmDevice("one", "room,other");
        publish("room",
                "{\"text\":\"hi\",\"pn_gcm\":{\"notification\":{\"title\":\"Hi\",\"body\":\"you\",\"sound\":\"ping\"},"
                        + "\"data\":{\"count\":3,\"who\":\"ann\",\"deep\":{\"a\":[1]}},\"collapse_key\":\"k\","
                        + "\"priority\":\"high\",\"time_to_live\":60,\"pn_exceptions\":[\"two\"]}}");
        JsonNode message = message(single(fcm, "\"one\""));
        assertThat(message).isEqualTo(MAPPER.readTree("{\"token\":\"one\",\"notification\":{\"title\":\"Hi\","
                + "\"body\":\"you\"},\"data\":{\"count\":\"3\",\"who\":\"ann\",\"deep\":\"{\\\"a\\\":[1]}\"},"
                + "\"android\":{\"collapse_key\":\"k\",\"priority\":\"high\",\"ttl\":\"60s\","
                + "\"notification\":{\"sound\":\"ping\"}}}"));
    }

    @Test
    void presentWordsOfGoogleAreSentAsTheyAre() throws Exception {
        fcmDevice("one", "room");
        publish("room", "{\"pn_gcm\":{\"data\":{\"old\":\"1\"}},\"pn_fcm\":{\"notification\":{\"title\":\"Hi\"},"
                + "\"token\":\"evil\",\"data\":{\"n\":1},\"android\":{\"priority\":\"HIGH\"},\"pn_debug\":true}}");
        assertThat(message(single(fcm, "\"one\""))).isEqualTo(MAPPER.readTree("{\"token\":\"one\","
                + "\"notification\":{\"title\":\"Hi\"},\"data\":{\"n\":\"1\"},\"android\":{\"priority\":\"HIGH\"}}"));
    }

    @Test
    void onlyDevicesOfTheChannelThatAreNotExcludedGetIt() {
        fcmDevice("one", "room");
        fcmDevice("two", "room");
        fcmDevice("three", "elsewhere");
        publish("room", "{\"pn_gcm\":{\"data\":{\"n\":1},\"pn_exceptions\":[\"two\"]}}");
        publish("room", "{\"text\":\"\\\"pn_gcm\\\" in words only\"}");
        single(fcm, "\"one\"");
        publish("elsewhere", GCM);
        single(fcm, "\"three\"");
        assertThat(fcm.with("\"two\"")).isEmpty();
        assertThat(fcm.with("\"one\"")).hasSize(1);
    }

    @Test
    void accessTokenIsUsedAgain() {
        fcmDevice("one", "room");
        for (int i = 0; i < 10; i++) {
            publish("room", GCM);
        }
        await().atMost(SOON).until(() -> fcm.with("\"one\"").size() == 10);
        assertThat(fcm.claims()).hasSize(1);
        JsonNode claims = fcm.claims().getFirst();
        assertThat(claims.get("iss").asText()).isEqualTo("sender@chat-1.example");
        assertThat(claims.get("scope").asText()).endsWith("/auth/firebase.messaging");
        assertThat(claims.get("exp").asLong() - claims.get("iat").asLong()).isEqualTo(3600);
    }

    @Test
    void notificationsOfAppleHaveTheirFields() throws Exception {
        appleDevice("00ab", "com.example.app", "production", "room");
        publish("room", "{\"pn_apns\":{\"aps\":{\"alert\":{\"title\":\"Hi\"},\"badge\":1},\"room\":7,\"pn_push\":[{"
                + "\"push_type\":\"alert\",\"expiration\":\"2033-05-18T03:33:20Z\",\"collapse_id\":\"c1\","
                + "\"targets\":[{\"environment\":\"production\",\"topic\":\"com.example.app\"}]}]}}");
        Sent sent = single(apns, "/3/device/00ab");
        assertThat(sent.fields()).containsEntry(":method", "POST")
                .containsEntry("apns-topic", "com.example.app")
                .containsEntry("apns-push-type", "alert")
                .containsEntry("apns-priority", "10")
                .containsEntry("apns-expiration", "2000000000")
                .containsEntry("apns-collapse-id", "c1")
                .containsKey("apns-id");
        assertThat(MAPPER.readTree(sent.body()))
                .isEqualTo(MAPPER.readTree("{\"aps\":{\"alert\":{\"title\":\"Hi\"},\"badge\":1},\"room\":7}"));
    }

    @Test
    void silentNotificationsOfAppleHaveALowPriority() {
        appleDevice("00ab", "com.example.app", "development", "room");
        publish("room", "{\"pn_apns\":{\"aps\":{\"content-available\":1},\"pn_push\":[{\"targets\":["
                + "{\"topic\":\"com.example.app\"}]}]}}");
        assertThat(single(apns, "/3/device/00ab").fields()).containsEntry("apns-push-type", "background")
                .containsEntry("apns-priority", "5");
    }

    @Test
    void targetsOfAppleDecideWhichDevicesGetIt() {
        appleDevice("00aa", "com.example.app", "production", "room");
        appleDevice("00bb", "com.example.app", "development", "room");
        appleDevice("00cc", "com.example.else", "production", "room");
        appleDevice("00dd", "com.example.app", "production", "room");
        assertThat(wire.get("/v1/push/sub-key/demo/devices/00ee?type=apns&add=room").status()).isEqualTo(200);
        publish("room", apns("com.example.app", "production", ",\"excluded_devices\":[\"00dd\"]"));
        single(apns, "/3/device/00aa");
        assertThat(single(apns, "/3/device/00ee").fields()).containsEntry("apns-topic", "com.example.old");
        publish("room", apns("com.example.app", "development", ""));
        single(apns, "/3/device/00bb");
        assertThat(apns.with("/3/device/00cc")).isEmpty();
        assertThat(apns.with("/3/device/00dd")).isEmpty();
        assertThat(apns.with("/3/device/00aa")).hasSize(1);
    }

    @Test
    void devicesThatAGatewayDoesNotKnowAreTakenOut() {
        fcmDevice("gone", "room,other");
        fcmDevice("invalid", "room");
        fcmDevice("strange", "room");
        fcm.answers(sent -> {
            if (sent.body().contains("\"gone\"")) {
                return Reply.of(404, "{\"error\":{\"code\":404,\"status\":\"NOT_FOUND\",\"details\":[{\"@type\":"
                        + "\"type.googleapis.com/google.firebase.fcm.v1.FcmError\",\"errorCode\":\"UNREGISTERED\"}]}}");
            }
            return sent.body().contains("\"invalid\"")
                    ? Reply.of(400, "{\"error\":{\"code\":400,\"status\":\"INVALID_ARGUMENT\",\"details\":[{"
                            + "\"fieldViolations\":[{\"field\":\"message.token\"}]}]}}")
                    : Reply.of(400, "{\"error\":{\"code\":400,\"status\":\"INVALID_ARGUMENT\",\"details\":[{"
                            + "\"fieldViolations\":[{\"field\":\"message.data\"}]}]}}");
        });
        publish("room", GCM);
        await().atMost(SOON).untilAsserted(() -> {
            assertThat(channels("gone")).isEqualTo("[]");
            assertThat(channels("invalid")).isEqualTo("[]");
        });
        single(fcm, "\"strange\"");
        assertThat(channels("strange")).isEqualTo("[\"room\"]");
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(wire.get("/metrics").body())
                        .contains("manicule_push_devices_gone_total{gateway=\"fcm\"} 2.0",
                                "manicule_push_failed_total{gateway=\"fcm\"} 1.0"));
    }

    @Test
    void deviceOfAppleThatRegisteredAgainStays() {
        appleDevice("00aa", "com.example.app", "production", "room");
        appleDevice("00bb", "com.example.app", "production", "room");
        appleDevice("00cc", "com.example.app", "production", "room");
        long hourAgo = System.currentTimeMillis() - 3_600_000;
        apns.answers(sent -> {
            if (sent.path().endsWith("/00cc")) {
                return Reply.of(400, "{\"reason\":\"BadDeviceToken\"}");
            }
            long since = sent.path().endsWith("/00aa") ? hourAgo : System.currentTimeMillis();
            return Reply.of(410, "{\"reason\":\"Unregistered\",\"timestamp\":" + since + "}");
        });
        publish("room", apns("com.example.app", "production", ""));
        String path = "/v2/push/sub-key/demo/devices-apns2/";
        String query = "?topic=com.example.app&environment=production";
        await().atMost(SOON).untilAsserted(() -> {
            assertThat(wire.get(path + "00bb" + query).body()).isEqualTo("[]");
            assertThat(wire.get(path + "00cc" + query).body()).isEqualTo("[]");
        });
        assertThat(wire.get(path + "00aa" + query).body()).isEqualTo("[\"room\"]");
    }

    @Test
    void gatewayThatIsBusyIsTriedAgainWhenItSays() {
        fcmDevice("one", "room");
        fcm.answers(sent -> fcm.with("\"one\"").size() == 1
                ? new Reply(503, Map.of("Retry-After", "3"), "{\"error\":{\"status\":\"UNAVAILABLE\"}}")
                : fcm.with("\"one\"").size() == 2
                        ? Reply.of(429, "{\"error\":{\"status\":\"RESOURCE_EXHAUSTED\"}}")
                        : Reply.TAKEN);
        publish("room", GCM);
        await().atMost(SOON).until(() -> fcm.with("\"one\"").size() == 3);
        List<Sent> sent = fcm.with("\"one\"");
        assertThat(sent.get(1).nanos() - sent.get(0).nanos()).isGreaterThanOrEqualTo(TimeUnit.SECONDS.toNanos(3));
        assertThat(sent.get(2).nanos() - sent.get(1).nanos()).isGreaterThanOrEqualTo(TimeUnit.SECONDS.toNanos(1));
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(wire.get("/metrics").body())
                        .contains("manicule_push_failed_total{gateway=\"fcm\"} 0.0"));
    }

    @Test
    void accessTokenThatIsRejectedIsReplaced() {
        fcmDevice("one", "room");
        fcm.answers(sent -> fcm.with("\"one\"").size() == 1
                ? Reply.of(401, "{\"error\":{\"status\":\"UNAUTHENTICATED\"}}")
                : Reply.TAKEN);
        publish("room", GCM);
        await().atMost(SOON).until(() -> fcm.with("\"one\"").size() == 2);
        assertThat(fcm.claims()).hasSize(2);
    }

    @Test
    void gatewayThatHangsHoldsUpNothingElse() {
        fcmDevice("one", "room");
        appleDevice("00aa", "com.example.app", "production", "room");
        fcm.answers(sent -> null);
        for (int i = 0; i < 300; i++) {
            publish("room", "{\"pn_gcm\":{\"data\":{\"n\":" + i + "}},"
                    + apns("com.example.app", "production", "").substring(1));
        }
        await().atMost(SOON).until(() -> apns.with("/3/device/00aa").size() == 300);
        assertThat(fcm.with("\"one\"")).hasSizeBetween(1, 100); // no more are under way at once
    }

    @Test
    void restartRepeatsWhatWasUnderWayAndNothingElse() throws Exception {
        fcmDevice("one", "room");
        fcmDevice("two", "later");
        publish("room", GCM);
        single(fcm, "\"one\"");
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(wire.get("/metrics").body())
                        .contains("manicule_push_sent_total{gateway=\"fcm\"} "));
        fcm.answers(sent -> Reply.of(503, "{}"));
        publish("later", GCM);
        await().atMost(SOON).until(() -> !fcm.with("\"two\"").isEmpty());
        server.close();
        int before = fcm.with("\"two\"").size();
        fcm.answers(sent -> Reply.TAKEN);
        serve();
        await().atMost(SOON).until(() -> fcm.with("\"two\"").size() > before);
        publish("later", GCM);
        await().atMost(SOON).until(() -> fcm.with("\"two\"").size() == before + 2);
        assertThat(fcm.with("\"one\"")).hasSize(1);
    }

    @Test
    void deviceThatIsRemovedGetsNothing() {
        fcmDevice("one", "room");
        fcmDevice("two", "room");
        wire.get("/v1/push/sub-key/demo/devices/one/remove?type=gcm");
        publish("room", GCM);
        single(fcm, "\"two\"");
        assertThat(fcm.with("\"one\"")).isEmpty();
    }

    @Test
    void signalsFiresAndActionsLeadToNoNotifications() {
        fcmDevice("one", "room");
        String small = "%7B%22pn_gcm%22:%7B%22data%22:%7B%7D%7D%7D";
        assertThat(wire.get("/signal/demo/demo/0/room/0/" + small + "?uuid=ann").status()).isEqualTo(200);
        assertThat(wire.get("/publish/demo/demo/0/room/0/" + small + "?store=0&norep=true").status()).isEqualTo(200);
        long message = wire.publish("room", "{\"pn_gcm\":{\"data\":{\"last\":\"1\"}}}");
        assertThat(wire.send("POST", "/v1/message-actions/demo/channel/room/message/" + message + "?uuid=bob",
                "{\"type\":\"pn_gcm\",\"value\":\"pn_gcm\"}".getBytes(StandardCharsets.UTF_8)).status()).isEqualTo(200);
        assertThat(single(fcm, "\"one\"").body()).contains("last");
        publish("room", GCM);
        await().atMost(SOON).until(() -> fcm.with("\"one\"").size() == 2);
    }
}
