package dev.manicule.cli;

import dev.manicule.client.ClientConfig;
import dev.manicule.client.ManiculeClient;
import dev.manicule.client.MessageAction;
import dev.manicule.server.Manicule;
import dev.manicule.server.config.ManiculeConfig;
import dev.manicule.server.files.Folders;
import dev.manicule.server.ledger.NativeLibrary;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/**
 * {@code manicule rehearse}: the launcher runs it once after a build, so that later starts are fast. A server does a
 * bit of everything, while the virtual machine records what that takes (JEP 514).
 */
@Command(name = "rehearse", hidden = true, description = "Prepares fast starts; the launcher does this by itself.")
@SuppressWarnings("NullAway.Init") // picocli sets the field
final class RehearseCommand implements Callable<Integer> {
    private static final int TIMES = 20;

    @Parameters(paramLabel = "FOLDER", description = "Where native libraries go.")
    private Path folder;

    @Override
    public Integer call() throws Exception {
        NativeLibrary.unpack(folder);
        var _ = Main.commandLine("serve").parseArgs("serve");
        Path data = Files.createTempDirectory("manicule-rehearsal");
        try {
            play(data);
        } finally {
            Folders.delete(data);
        }
        return ExitCode.OK;
    }

    private static void play(Path data) throws Exception {
        try (Manicule server = Manicule.start(ManiculeConfig.DEFAULT.withPort(0).withData(data));
                ManiculeClient client = ManiculeClient
                        .of(ClientConfig.forUser("rehearsal").origin("127.0.0.1:" + server.port()).build())) {
            client.subscribe("stage");
            for (int time = 0; time < TIMES; time++) {
                var _ = client.publish("stage", "message " + time).sync();
                var _ = client.addMessageAction("stage", MessageAction.of("reaction", "smile", time + 1)).sync();
                var _ = client.getMessageActions("stage").sync();
                var _ = client.fetchMessages("stage").sync();
            }
        }
    }
}
