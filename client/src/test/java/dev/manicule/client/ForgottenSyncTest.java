package dev.manicule.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A compiler with Error Prone warns where a call was made and not sent. */
class ForgottenSyncTest {
    @TempDir
    private Path folder;

    private String compile(String statement) throws Exception {
        Path source = Files.writeString(folder.resolve("Program.java"),
                """
                        package chat;

                        import dev.manicule.client.*;

                        class Program {
                            void run(ManiculeClient client) {
                                %s
                            }
                        }
                        """.formatted(statement));
        String classPath = System.getProperty("java.class.path");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "javac").toString(), "-d", folder.toString(), "-cp",
                classPath, "-processorpath", classPath, "-XDcompilePolicy=simple",
                "--should-stop=ifError=FLOW", "-Xplugin:ErrorProne"));
        Stream.of("api", "file", "main", "model", "parser", "processing", "tree", "util")
                .forEach(each -> command
                        .add("-J--add-exports=jdk.compiler/com.sun.tools.javac." + each + "=ALL-UNNAMED"));
        Stream.of("code", "comp")
                .forEach(
                        each -> command.add("-J--add-opens=jdk.compiler/com.sun.tools.javac." + each + "=ALL-UNNAMED"));
        command.add(source.toString());
        Process javac = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(javac.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(javac.waitFor() == 0).as(said).isEqualTo(!said.contains("error:"));
        return said;
    }

    @Test
    void unsentCallFailsCompilation() throws Exception {
        assertThat(compile("client.publish(\"room\", \"hello\");")).contains("[CheckReturnValue]", "publish(...)");
        assertThat(compile("client.publish(\"room\", \"hello\").meta(1);")).contains("[CheckReturnValue]");
        assertThat(compile("client.subscribe().channels(\"room\");")).contains("[CheckReturnValue]");
        assertThat(compile("client.publish(\"room\", \"hello\").sync().orThrow();")).isEmpty();
        assertThat(compile("client.subscribe(\"room\");")).isEmpty();
    }
}
