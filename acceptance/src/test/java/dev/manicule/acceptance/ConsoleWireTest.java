package dev.manicule.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.manicule.acceptance.Wire.Answer;
import dev.manicule.server.Manicule;
import dev.manicule.server.access.Keyset;
import dev.manicule.server.config.ManiculeConfig;
import dev.manicule.server.limits.AddressRange;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The console's files as they are sent. */
class ConsoleWireTest {
    private static final String BROWSER = "Accept: text/html,application/xhtml+xml,*/*;q=0.8";
    private static final Pattern REFERENCE = Pattern.compile("(?:src|href|from)[ =]+\"([a-z./-]+\\.(?:js|css|svg))\"");

    private Path folder;

    @BeforeEach
    void makeFolder() throws Exception {
        folder = Folders.temporary();
    }

    @AfterEach
    void deleteFolder() throws Exception {
        Folders.delete(folder);
    }

    private Manicule start(UnaryOperator<ManiculeConfig> change) throws Exception {
        return Manicule.start(change.apply(ManiculeConfig.DEFAULT.withPort(0).withData(folder.resolve("data"))));
    }

    @Test
    void browsersGetTheConsoleAndOthersPlainText() throws Exception {
        try (Manicule server = start(config -> config)) {
            Wire wire = new Wire(server.port());
            Answer page = wire.send("GET", "/", null, BROWSER);
            assertThat(page.status()).isEqualTo(200);
            assertThat(page.headers().get("content-type")).isEqualTo("text/html; charset=UTF-8");
            assertThat(page.headers().get("content-security-policy")).contains("default-src 'none'",
                    "script-src 'self'");
            assertThat(wire.get("/").json().get("name").asText()).isEqualTo("Manicule");
            Set<String> names = new LinkedHashSet<>();
            Deque<String> toRead = new ArrayDeque<>(references(page.body()));
            while (!toRead.isEmpty()) {
                String name = toRead.remove();
                if (names.add(name)) {
                    toRead.addAll(references(wire.get("/console/" + name).body()));
                }
            }
            assertThat(names).contains("console.js", "room.js", "recipes.js", "console.css", "icon.svg");
            for (String name : names) {
                Answer file = wire.get("/console/" + name);
                assertThat(file.status()).as(name).isEqualTo(200);
                assertThat(file.headers().get("content-type")).as(name)
                        .startsWith(name.endsWith(".js")
                                ? "text/javascript"
                                : name.endsWith(".css") ? "text/css" : "image/svg+xml");
            }
            try (Stream<Path> files = Files.list(
                    Path.of("../server/src/main/resources/dev/manicule/server/console"))) {
                for (Path file : files.toList()) {
                    assertThat(wire.get("/console/" + file.getFileName()).body()).isEqualTo(Files.readString(file));
                }
            }
            assertThat(wire.get("/console/..%2Fpackage-info.class").status()).isEqualTo(404);
            assertThat(wire.get("/console/none.js").status()).isEqualTo(404);
        }
    }

    private static List<String> references(String text) {
        return REFERENCE.matcher(text)
                .results()
                .map(found -> Path.of(found.group(1)).getFileName().toString())
                .toList();
    }

    @Test
    void keysetsAreShownToMetricsReadersOnly() throws Exception {
        Keyset keyset = Keyset.of("sub-1", "pub-1");
        try (Manicule server = start(config -> config.withKeysets(List.of(keyset))
                .withMetricsFrom(AddressRange.LOOPBACK))) {
            Answer about = new Wire(server.port()).get("/console/about");
            assertThat(about.json().at("/keysets/0/subscribeKey").asText()).isEqualTo("sub-1");
            assertThat(about.json().at("/keysets/0/retentionDays").isNull()).isTrue();
            assertThat(about.json().get("takesAnyKey").asBoolean()).isFalse();
            assertThat(about.body()).doesNotContain("pub-1");
        }
        try (Manicule server = start(config -> config.withKeysets(List.of(keyset)))) {
            assertThat(new Wire(server.port()).get("/console/about").json().get("keysets")).isEmpty();
        }
    }

    @Test
    void serverWithoutKeysetsAcceptsAnyKey() throws Exception {
        try (Manicule server = start(config -> config)) {
            assertThat(new Wire(server.port()).get("/console/about").json().get("takesAnyKey").asBoolean()).isTrue();
        }
    }

    @Test
    void settingDisablesTheConsole() throws Exception {
        try (Manicule server = start(config -> config.withConsole(false))) {
            Wire wire = new Wire(server.port());
            assertThat(wire.send("GET", "/", null, BROWSER).json().get("name").asText()).isEqualTo("Manicule");
            Answer refused = wire.get("/console/console.js");
            assertThat(refused.status()).isEqualTo(404);
            assertThat(refused.body()).contains("`console`");
        }
    }
}
