package dev.manicule.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** TLS, with a certificate made for the test by the JDK's own keytool. */
class TlsTest {
    private static final String PASSWORD = "changeit";

    @TempDir
    private Path folder;

    private static ManiculeClient client(String origin, boolean secure) {
        return ManiculeClient.of(ClientConfig.forUser("u").origin(origin).secure(secure).build());
    }

    @Test
    void untrustedServerIsRefused() throws Exception {
        SSLContext context = context(certificate());
        HttpsServer server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(context));
        server.createContext("/", exchange -> {
            try (exchange) {
                StubServer.say(exchange, 200, "[17]");
            }
        });
        server.start();
        String origin = "localhost:" + server.getAddress().getPort();
        try (ManiculeClient trusting = ManiculeClient
                .of(ClientConfig.forUser("u").origin(origin).sslContext(context).build());
                ManiculeClient stranger = client(origin, true);
                ManiculeClient plain = client(origin, false)) {
            Envelope<Time.Result> envelope = trusting.time().sync();
            assertThat(envelope.orThrow().timetoken()).isEqualTo(17);
            assertThat(envelope.status().tlsEnabled()).isTrue();
            assertThat(envelope.status().clientRequest()).startsWith("GET https://localhost:");
            assertThat(stranger.time().sync().status().category()).isEqualTo(Category.TLS_UNTRUSTED_CERTIFICATE);
            assertThat(plain.time().sync().status().isError()).isTrue();
        } finally {
            server.stop(0);
        }
    }

    private KeyStore certificate() throws Exception {
        Path store = folder.resolve("store.p12");
        Process keytool = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair", "-alias", "test", "-keyalg", "EC", "-dname", "CN=localhost", "-ext", "san=dns:localhost",
                "-storetype", "PKCS12", "-storepass", PASSWORD, "-keystore", store.toString()).redirectErrorStream(true)
                .start();
        String said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(keytool.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(keytool.exitValue()).as(said).isZero();
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD.toCharArray());
        }
        keys.setCertificateEntry("trusted", keys.getCertificate("test"));
        return keys;
    }

    private static SSLContext context(KeyStore keys) throws Exception {
        KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        own.init(keys, PASSWORD.toCharArray());
        TrustManagerFactory trusted = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trusted.init(keys);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(own.getKeyManagers(), trusted.getTrustManagers(), null);
        return context;
    }
}
