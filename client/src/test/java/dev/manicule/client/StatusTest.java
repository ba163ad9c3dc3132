package dev.manicule.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What a status has, and what it shows to a log. */
class StatusTest {
    private static final String TOKEN = "qEF2AkF0GmFtet9DdHRs";
    private static final String SECRET = "sec-c-a-long-secret-key";
    private static final String GRANTED = "{\"status\":200,\"data\":{\"token\":\"" + TOKEN + "\"}}";

    @Test
    void aStatusHasTheThirteenFieldsOfTheProtocolsClients() {
        assertThat(Stream.of(Status.class.getDeclaredMethods()).map(Method::getName)).contains(
                "affectedChannels", "affectedChannelGroups", "affectedGroups", "authKey", "category", "clientResponse",
                "error", "errorData", "operation", "origin", "statusCode", "tlsEnabled", "uuid");
    }

    @Test
    void statusNamesTheAffectedGroups() throws Exception {
        try (StubServer server = StubServer.saying(200, "{\"payload\":{\"channels\":[],\"groups\":[]}}");
                ManiculeClient client = ManiculeClient.of(server.config().build())) {
            List<Status> statuses = List.of(client.addChannelsToChannelGroup("g", "a").sync().status(),
                    client.removeChannelsFromChannelGroup("g", "a").sync().status(),
                    client.listChannelsForChannelGroup("g").sync().status(),
                    client.deleteChannelGroup("g").sync().status(),
                    client.hereNow().channelGroups("g").sync().status());
            assertThat(statuses).extracting(Status::affectedGroups).containsOnly(List.of("g"));
            assertThat(statuses).extracting(Status::affectedChannelGroups).containsOnly(List.of("g"));
        }
    }

    @Test
    void toStringHidesTokensAndSecretKeys() throws Exception {
        try (StubServer server = new StubServer(exchange -> StubServer.say(exchange, 200,
                exchange.getRequestMethod().equals("POST") ? GRANTED : "{}"));
                ManiculeClient client = ManiculeClient.of(server.config().secretKey(SECRET).authKey(TOKEN).build());
                StubServer refusing = StubServer.saying(403, "{\"message\":\"Forbidden\"}");
                ManiculeClient refused = ManiculeClient
                        .of(refusing.config().secretKey(SECRET).authKey(TOKEN).build());
                ManiculeClient nobody = ManiculeClient.of(ClientConfig.forUser("u")
                        .origin("127.0.0.1:1")
                        .retries(0)
                        .secretKey(SECRET)
                        .authKey(TOKEN)
                        .build())) {
            assertThat(client.grantToken(1).sync().orThrow().token()).isEqualTo(TOKEN);
            for (ManiculeClient each : List.of(client, refused, nobody)) {
                for (Call<?> call : List.of(each.grantToken(1).channel("c", Permission.READ), each.revokeToken(TOKEN),
                        each.time(), each.getMessageActions("c"))) {
                    Envelope<?> envelope = call.sync();
                    assertThat(envelope.toString() + envelope.status() + new ManiculeException(envelope.status())
                            + envelope.status().clientRequest()).doesNotContain(TOKEN, SECRET);
                    assertThat(envelope.status().authKey()).isEqualTo(TOKEN);
                }
                assertThat(each.config().toString()).doesNotContain(TOKEN, SECRET);
            }
            try (StubServer other = StubServer.saying(200, GRANTED.replace("token\"", "tok\""));
                    ManiculeClient misled = ManiculeClient.of(other.config().build())) {
                Status malformed = misled.grantToken(1).sync().status();
                assertThat(malformed.category()).isEqualTo(Category.MALFORMED_RESPONSE);
                assertThat(malformed.toString()).doesNotContain(TOKEN);
            }
            assertThat(server.requests).as("it was sent").anyMatch(request -> request.contains("/grant/" + TOKEN));
        }
    }
}
