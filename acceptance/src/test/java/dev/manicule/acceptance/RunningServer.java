package dev.manicule.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.manicule.client.ClientConfig;
import dev.manicule.client.ManiculeClient;
import dev.manicule.server.Manicule;
import dev.manicule.server.access.Keyset;
import dev.manicule.server.access.Secret;
import dev.manicule.server.config.ManiculeConfig;
import dev.manicule.server.model.ActionRules;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A server for the tests of one class, on a free port and in a folder of its own. */
@SuppressWarnings("NullAway.Init") // set before the first test
final class RunningServer implements BeforeAllCallback, AfterAllCallback {
    private final UnaryOperator<ManiculeConfig> settings;
    private Manicule server;
    private Path folder;

    RunningServer() {
        this(UnaryOperator.identity());
    }

    RunningServer(UnaryOperator<ManiculeConfig> settings) {
        this.settings = settings;
    }

    /** One that has the keyset demo, which is open, with rules for its actions. */
    static RunningServer withRules(ActionRules rules, @Nullable Secret secret) {
        return new RunningServer(config -> config.withKeysets(List.of(
                new Keyset("demo", "demo", secret, false, new Keyset.Policy(false, null, 0, List.of(), rules)))));
    }

    @Override
    public void beforeAll(ExtensionContext context) throws Exception {
        folder = Folders.temporary();
        server = Manicule.start(settings.apply(ManiculeConfig.DEFAULT.withPort(0).withData(folder.resolve("data"))));
    }

    @Override
    public void afterAll(ExtensionContext context) throws Exception {
        server.close();
        Folders.delete(folder);
    }

    int port() {
        return server.port();
    }

    String origin() {
        return "127.0.0.1:" + port();
    }

    /** Runs a command of the command line, which succeeds; returns what it printed. */
    String manicule(String... arguments) throws Exception {
        ServerProcess.Ended ended = tryManicule(arguments);
        assertThat(ended.code()).as(ended.words()).isZero();
        return ended.words().strip();
    }

    /** Runs a command of the command line. */
    ServerProcess.Ended tryManicule(String... arguments) throws Exception {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--origin", origin()));
        return ServerProcess.Ended.of(ServerProcess.command(all.toArray(String[]::new)));
    }

    ManiculeClient client(String uuid) {
        return ManiculeClient.of(ClientConfig.forUser(uuid).origin(origin()).build());
    }

    /** A channel that no other test uses. */
    static String channel(TestInfo test) {
        return test.getTestMethod().orElseThrow().getName() + "-" + System.nanoTime();
    }

    Wire wire() {
        return new Wire(port());
    }
}
