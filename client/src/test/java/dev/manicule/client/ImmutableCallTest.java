package dev.manicule.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What a program holds of this library never changes. */
class ImmutableCallTest {
    private static List<Class<?>> published() throws IOException {
        Path folder = Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(entry -> Path.of(entry, "dev", "manicule", "client"))
                .filter(path -> Files.exists(path.resolve("Call.class")))
                .findFirst()
                .orElseThrow();
        try (Stream<Path> files = Files.list(folder)) {
            List<Class<?>> classes = new ArrayList<>();
            for (Path file : files.filter(path -> path.toString().endsWith(".class")).toList()) {
                String name = file.getFileName().toString().replace(".class", "");
                if (!name.equals("package-info")) {
                    classes.add(load("dev.manicule.client." + name));
                }
            }
            return classes;
        }
    }

    private static Class<?> load(String name) {
        try {
            return Class.forName(name);
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void allFieldsAreFinal() throws Exception {
        List<Field> changing = published().stream()
                .filter(type -> type != ClientConfig.Builder.class)
                .filter(type -> type != ActionCounts.class) // it follows events
                .filter(type -> !type.getName().contains("GetMessageActions$Walk")) // the iterator of a stream
                .flatMap(type -> Arrays.stream(type.getDeclaredFields()))
                .filter(field -> !Modifier.isFinal(field.getModifiers()))
                .toList();
        assertThat(published()).hasSizeGreaterThan(40);
        assertThat(changing).isEmpty();
    }

    @Test
    void derivedCallLeavesTheOriginalUnchanged() throws Exception {
        try (StubServer server = StubServer.saying(200, "[1,\"Sent\",\"1\"]");
                ManiculeClient client = ManiculeClient.of(server.config().build())) {
            Publish plain = client.publish("c", "m");
            Publish changed = plain.channel("other").message("other").meta(Map.of("a", 1)).ttl(2).shouldStore(false);
            var unused = plain.sync();
            unused = changed.sync();
            unused = plain.sync();
            assertThat(server.bodies).containsExactly("\"m\"", "\"other\"", "\"m\"");
            assertThat(server.requests.get(0)).startsWith("POST /publish/demo/demo/0/c/0?").doesNotContain("meta");
            assertThat(server.requests.get(1)).startsWith("POST /publish/demo/demo/0/other/0?")
                    .contains("&ttl=2.0&store=0&meta=%7B%22a%22%3A1%7D");
            assertThat(server.requests.get(2)).startsWith("POST /publish/demo/demo/0/c/0?").doesNotContain("ttl");
        }
    }

    @Test
    void derivedGrantLeavesTheOriginalUnchanged() throws Exception {
        try (StubServer server = StubServer.saying(200, "{\"data\":{\"token\":\"t\"}}");
                ManiculeClient client = ManiculeClient.of(server.config().secretKey("s").build())) {
            GrantToken read = client.grantToken(1).channel("c", Permission.READ);
            GrantToken more = read.channel("d", Permission.WRITE).authorizedUuid("u").meta("m", 1);
            var unused = read.sync();
            unused = more.sync();
            assertThat(server.bodies.get(0))
                    .isEqualTo("{\"ttl\":1,\"permissions\":{\"resources\":{\"channels\":{\"c\":1}}}}");
            assertThat(server.bodies.get(1)).contains("\"d\":2", "\"uuid\":\"u\"", "\"m\":1");
        }
    }
}
