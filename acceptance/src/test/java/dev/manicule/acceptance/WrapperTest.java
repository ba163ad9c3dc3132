package dev.manicule.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ./mvnw} fetches a Maven and runs it where there is none. Here it fetches it from this machine. */
class WrapperTest {
    private static final String PROPERTIES = ".mvn/wrapper/maven-wrapper.properties";

    @TempDir
    private Path folder;

    private HttpServer site;

    WrapperTest() throws IOException {
        site = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    }

    @BeforeEach
    void serve() throws IOException {
        Files.copy(Folders.checkout().resolve("mvnw"), folder.resolve("mvnw"));
        Files.setPosixFilePermissions(folder.resolve("mvnw"), PosixFilePermissions.fromString("rwx------"));
        Files.createDirectories(folder.resolve(PROPERTIES).getParent());
        site.createContext("/", exchange -> {
            String name = exchange.getRequestURI().getPath().replaceAll(".*/", "");
            byte[] zip = Files.readAllBytes(Path.of("target", "maven", name));
            exchange.sendResponseHeaders(200, zip.length);
            exchange.getResponseBody().write(zip);
            exchange.close();
        });
        site.start();
    }

    @AfterEach
    void stop() {
        site.stop(0);
    }

    private String run(String properties) throws Exception {
        String host = "http://127.0.0.1:" + site.getAddress().getPort();
        Files.writeString(folder.resolve(PROPERTIES), properties.replaceFirst("https://[^/]+", host));
        ProcessBuilder builder = new ProcessBuilder("./mvnw", "--version").directory(folder.toFile())
                .redirectErrorStream(true);
        builder.environment().put("MAVEN_USER_HOME", folder.resolve("home").toString());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        Process process = builder.start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue() == 0).as(said).isEqualTo(said.contains("Apache Maven"));
        return said;
    }

    @Test
    void wrapperFetchesTheConfiguredMaven() throws Exception {
        String properties = Files.readString(Folders.checkout().resolve(PROPERTIES));
        assertThat(properties).contains("distributionUrl=https://");
        assertThat(run(properties)).contains("Apache Maven 3.9.11");
        site.stop(0);
        assertThat(run(properties)).as("it fetches it once").contains("Apache Maven 3.9.11");
    }

    @Test
    void wrapperRefusesAWrongChecksum() throws Exception {
        String properties = Files.readString(Folders.checkout().resolve(PROPERTIES));
        assertThat(run(properties.replaceFirst("Sum=[0-9a-f]", "Sum=f"))).contains("SHA-256");
    }
}
