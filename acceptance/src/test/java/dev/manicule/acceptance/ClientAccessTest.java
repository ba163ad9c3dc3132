package dev.manicule.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.manicule.client.AccessToken;
import dev.manicule.client.Category;
import dev.manicule.client.ClientConfig;
import dev.manicule.client.ManiculeClient;
import dev.manicule.client.MessageAction;
import dev.manicule.client.Permission;
import dev.manicule.client.SubscriptionState;
import dev.manicule.server.access.Keyset;
import dev.manicule.server.access.Secret;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The Java client where the access manager is on. */
class ClientAccessTest {
    @RegisterExtension
    static final RunningServer SERVER = new RunningServer(
            config -> config.withKeysets(List.of(Keyset.of("sub-c-1", "pub-c-1").guarded(new Secret("sec-c-1")))));

    private static ClientConfig.Builder config(String uuid) {
        return ClientConfig.forUser(uuid).origin(SERVER.origin()).subscribeKey("sub-c-1").publishKey("pub-c-1");
    }

    @Test
    void aTokenIsGrantedReadUsedAndRevoked(TestInfo test) {
        String channel = RunningServer.channel(test);
        try (ManiculeClient owner = ManiculeClient.of(config("o ~'\"é☞").secretKey("sec-c-1").build());
                ManiculeClient alice = ManiculeClient.of(config("alice").build())) {
            var granted = owner.grantToken(15)
                    .channel(channel, Permission.READ, Permission.WRITE)
                    .channelPattern("news\\..*", Permission.READ)
                    .channelGroup("g", Permission.READ, Permission.MANAGE)
                    .channelGroupPattern("g-.*", Permission.READ)
                    .uuid("bob", Permission.GET)
                    .uuidPattern("user-.*", Permission.UPDATE)
                    .authorizedUuid("alice")
                    .meta("role", "é☞")
                    .meta("level", -3)
                    .meta("share", 0.5)
                    .meta("boss", true)
                    .meta("nothing", null)
                    .sync();
            assertThat(granted.status().operation().code()).isEqualTo(41);
            String token = granted.orThrow().token();

            AccessToken read = alice.parseToken(token);
            assertThat(read.version()).isEqualTo(2);
            assertThat(read.issued()).isBetween(Instant.now().minusSeconds(5), Instant.now().plusSeconds(5));
            assertThat(read.ttl()).isEqualTo(Duration.ofMinutes(15));
            assertThat(read.isExpired(read.issued().plusSeconds(899))).isFalse();
            assertThat(read.isExpired(read.issued().plusSeconds(900))).isTrue();
            assertThat(read.resources().channels())
                    .isEqualTo(Map.of(channel, Set.of(Permission.READ, Permission.WRITE)));
            assertThat(read.resources().channelGroups())
                    .isEqualTo(Map.of("g", Set.of(Permission.READ, Permission.MANAGE)));
            assertThat(read.resources().uuids()).isEqualTo(Map.of("bob", Set.of(Permission.GET)));
            assertThat(read.patterns().channels()).isEqualTo(Map.of("news\\..*", Set.of(Permission.READ)));
            assertThat(read.patterns().channelGroups()).isEqualTo(Map.of("g-.*", Set.of(Permission.READ)));
            assertThat(read.patterns().uuids()).isEqualTo(Map.of("user-.*", Set.of(Permission.UPDATE)));
            assertThat(read.meta()).containsOnlyKeys("role", "level", "share", "boss", "nothing")
                    .containsEntry("role", "é☞")
                    .containsEntry("level", -3L)
                    .containsEntry("share", 0.5)
                    .containsEntry("boss", true);
            assertThat(read.authorizedUuid()).isEqualTo("alice");

            var denied = alice.publish(channel, 1).sync().status();
            assertThat(denied.category()).isEqualTo(Category.ACCESS_DENIED);
            alice.setToken(token);
            long message = alice.publish(channel, Map.of("text", "é☞ +~")).sync().orThrow().timetoken();
            alice.addMessageAction(channel, MessageAction.of("reaction", "👍", message)).sync().orThrow();
            long action = alice.getMessageActions(channel).sync().orThrow().actions().getFirst().actionTimetoken();
            assertThat(alice.removeMessageAction(channel, message, action).sync().status().category())
                    .isEqualTo(Category.ACCESS_DENIED);
            owner.removeMessageAction(channel, message, action).sync().orThrow();
            assertThat(owner.publish(channel, "by POST ☞").sync().status().statusCode()).isEqualTo(200);

            assertThat(owner.revokeToken(token).sync().status().operation().code()).isEqualTo(40);
            var revoked = alice.publish(channel, 2).sync().status();
            assertThat(revoked.errorData()).isNotNull();
            assertThat(revoked.errorData().message()).isEqualTo("Token is revoked");
            assertThat(revoked.clientRequest()).doesNotContain(token).doesNotContain("auth=");
            assertThat(owner.config().toString()).doesNotContain("sec-c-1");
        }
    }

    @Test
    void wrongSecretKeyIsRejected() {
        try (ManiculeClient client = ManiculeClient.of(config("o").secretKey("guess").build())) {
            var refused = client.grantToken(1).channel("c", Permission.READ).sync().status();
            assertThat(refused.statusCode()).isEqualTo(403);
            assertThat(Objects.requireNonNull(refused.errorData()).message()).isEqualTo("Signature does not match");
        }
    }

    @Test
    void deniedSubscriptionContinuesWithAToken(TestInfo test) {
        String channel = RunningServer.channel(test);
        Recorder recorder = new Recorder();
        try (ManiculeClient owner = ManiculeClient.of(config("o").secretKey("sec-c-1").build());
                ManiculeClient alice = ManiculeClient.of(config("alice").build())) {
            alice.addListener(recorder);
            alice.subscribe(channel);
            await().until(() -> alice.lastError() != null);
            assertThat(Objects.requireNonNull(alice.lastError()).category()).isEqualTo(Category.ACCESS_DENIED);
            await().until(() -> alice.subscriptionState() == SubscriptionState.STOPPED);
            alice.setToken(owner.grantToken(1).channel(channel, Permission.READ).sync().orThrow().token());
            alice.reconnect();
            recorder.awaitConnected();
            owner.publish(channel, "now").sync().orThrow();
            await().until(() -> recorder.messages.size() == 1);
        }
    }

    @Test
    void invalidTokenIsReported() {
        for (String text : List.of("", "☞", "AAAA", "qEF2AkF0", "gA==", "oUF2Ag==", "v/8=",
                "n//////////////////////")) {
            assertThatThrownBy(() -> AccessToken.parse(text)).isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("not a token");
        }
    }

    /** Names that some client or other sends in a way of its own: with a token for that user, and with everything signed. */
    @ParameterizedTest
    @ValueSource(strings = {"+49 151 1234567", "ann+tag@example.org", "Zoë/ünï"})
    void aUserMayHaveAnyName(String user, TestInfo test) {
        String channel = RunningServer.channel(test);
        try (ManiculeClient owner = ManiculeClient.of(config(user).secretKey("sec-c-1").build());
                ManiculeClient member = ManiculeClient.of(config(user).build())) {
            member.setToken(owner.grantToken(15)
                    .channel(channel, Permission.READ, Permission.WRITE, Permission.DELETE)
                    .authorizedUuid(user)
                    .sync()
                    .orThrow()
                    .token());
            for (ManiculeClient client : List.of(owner, member)) {
                long message = client.publish(channel, 1).sync().orThrow().timetoken();
                client.addMessageAction(channel, MessageAction.of("reaction", "👍", message)).sync().orThrow();
                MessageAction action = client.getMessageActions(channel).sync().orThrow().actions().getFirst();
                assertThat(action.uuid()).isEqualTo(user);
                client.removeMessageAction(channel, message, action.actionTimetoken()).sync().orThrow();
                client.setPresenceState(Map.of("tel", "+49 1"), channel).sync().orThrow();
                assertThat(String.valueOf(client.getPresenceState(channel).uuid(user).sync().orThrow().get(channel)))
                        .isEqualTo("{\"tel\":\"+49 1\"}");
                assertThat(client.whereNow().uuid(user).sync().status().statusCode()).isEqualTo(200);
            }
        }
    }
}
