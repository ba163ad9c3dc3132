package dev.manicule.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.manicule.client.Category;
import dev.manicule.client.ClientConfig;
import dev.manicule.client.Envelope;
import dev.manicule.client.ManiculeClient;
import dev.manicule.client.MessageAction;
import dev.manicule.client.Publish;
import dev.manicule.server.Manicule;
import dev.manicule.server.config.ManiculeConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The client asks again when an answer is lost, and nothing is done twice. */
class ClientRetryTest {
    private static final String ROOM = "room";

    @TempDir
    private Path folder;
    private Manicule server;
    private Cable cable;

    @BeforeEach
    void start() throws Exception {
        server = Manicule.start(ManiculeConfig.DEFAULT.withPort(0).withData(folder));
        cable = new Cable(server.port());
    }

    @AfterEach
    void stop() throws Exception {
        cable.close();
        server.close();
    }

    private ManiculeClient client(UnaryOperator<ClientConfig.Builder> settings) {
        return ManiculeClient.of(settings.apply(ClientConfig.forUser("alice").origin(cable.origin())).build());
    }

    @Test
    void retriedWritesAreAppliedOnce() {
        try (ManiculeClient client = client(config -> config)) {
            cable.loseAnswers(2);
            Envelope<Publish.Result> sent = client.publish().channel(ROOM).message("hello").sync();
            assertThat(sent.status().isError()).as("%s", sent.status()).isFalse();
            long message = sent.orThrow().timetoken();
            cable.loseAnswers(1);
            Envelope<MessageAction> added = client
                    .addMessageAction(ROOM, MessageAction.of("reaction", "smile", message))
                    .sync();
            assertThat(added.status().isError()).as("%s", added.status()).isFalse();
            assertThat(client.getMessageActions(ROOM).sync().orThrow().actions()).containsExactly(added.orThrow());
            cable.loseAnswers(1);
            var removed = client
                    .removeMessageAction(ROOM, message, added.orThrow().actionTimetoken())
                    .sync();
            assertThat(removed.status().isError()).as("%s", removed.status()).isFalse();
            assertThat(client.fetchMessages().channels(ROOM).sync().orThrow().channels().get(ROOM)).hasSize(1);
        }
    }

    @Test
    void clientWithoutRetriesReportsTheFailure() {
        try (ManiculeClient client = client(config -> config.retries(0))) {
            cable.loseAnswers(1);
            Envelope<Publish.Result> sent = client.publish().channel(ROOM).message("hello").sync();
            assertThat(sent.status().category()).isEqualTo(Category.NETWORK_ISSUES);
        }
    }

    @Test
    void failureIsReportedAfterThreeAttempts() {
        try (ManiculeClient client = client(config -> config)) {
            cable.loseAnswers(3);
            Envelope<Publish.Result> sent = client.publish().channel(ROOM).message("hello").sync();
            assertThat(sent.status().category()).isEqualTo(Category.NETWORK_ISSUES);
            assertThat(client.fetchMessages().channels(ROOM).sync().orThrow().channels().get(ROOM)).hasSize(1);
        }
    }

    @Test
    void aCallDuringARestartIsDoneAfterIt() throws Exception {
        int port = server.port();
        // as many attempts as a start on a busy machine may take
        try (ManiculeClient client = client(config -> config.retries(6).requestTimeout(Duration.ofMinutes(2)))) {
            assertThat(client.publish().channel(ROOM).message("before").sync().status().isError()).isFalse();
            server.close();
            CompletableFuture<Envelope<Publish.Result>> sent = client.publish().channel(ROOM).message("x").future();
            server = Manicule.start(ManiculeConfig.DEFAULT.withPort(port).withData(folder));
            assertThat(sent.get(2, TimeUnit.MINUTES).status().isError()).isFalse();
        }
    }

    @Test
    void timeoutCoversAllAttempts() {
        Duration timeout = Duration.ofMillis(500);
        try (ManiculeClient client = client(config -> config.retries(100).requestTimeout(timeout))) {
            cable.cut();
            Instant begin = Instant.now();
            assertThat(client.publish().channel(ROOM).message("hello").sync().status().isError()).isTrue();
            assertThat(Duration.between(begin, Instant.now())).isLessThan(Duration.ofSeconds(5));
        }
    }
}
