package dev.manicule.server.push;

import dev.manicule.server.journal.Journal;
import dev.manicule.server.ledger.LedgerReader;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** Sends messages to devices as notifications: a reader of the feed for each configured gateway. */
public final class PushDelivery implements AutoCloseable {
    private static final Duration CONNECT = Duration.ofSeconds(10);

    private final HttpClient client;
    private final List<PushReader> readers = new ArrayList<>();

    /**
     * This node, and its clocks.
     *
     * @param number its number in the log
     * @param isShared whether the log is shared with other nodes
     * @param now returns the present timetoken
     * @param wall the time of day
     * @param nanoTime a clock that never goes back, in nanoseconds
     */
    public record Node(long number, boolean isShared, LongSupplier now, InstantSource wall, LongSupplier nanoTime) {}

    /**
     * Begins to send.
     *
     * @throws IllegalArgumentException if the authorities can't be read, in words
     */
    public PushDelivery(PushSettings settings, LedgerReader ledger, Journal journal, Node node) {
        HttpClient.Builder builder = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_2)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(CONNECT);
        Path authorities = settings.authorities();
        client = (authorities == null ? builder : builder.sslContext(trusting(authorities))).build();
        List<Carrier> carriers = new ArrayList<>();
        if (settings.fcm() != null) {
            carriers.add(new FcmCarrier(settings.fcm(), client, node.wall()));
        }
        if (settings.apns() != null) {
            carriers.add(new ApnsCarrier(settings.apns(), client, node.wall()));
        }
        for (Carrier carrier : carriers) {
            FeedLease lease = new FeedLease(journal, "push/" + carrier.name(), node.number(), node.isShared(),
                    node.nanoTime());
            PushReader reader = new PushReader(carrier, ledger, journal, node.now(), node.nanoTime(), lease);
            readers.add(reader);
            reader.start();
        }
    }

    /**
     * The certificates of a PEM file, and no others.
     *
     * @throws IllegalArgumentException if it can't be read, in words
     */
    static SSLContext trusting(Path authorities) {
        try (InputStream in = Files.newInputStream(authorities)) {
            KeyStore trusted = KeyStore.getInstance("PKCS12");
            trusted.load(null, null);
            for (Certificate each : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                trusted.setCertificateEntry("authority" + trusted.size(), each);
            }
            if (trusted.size() == 0) {
                throw new IOException("the file has none");
            }
            TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(trusted);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, factory.getTrustManagers(), null);
            return context;
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalArgumentException(authorities + " has no certificates that can be read: " + e.getMessage(),
                    e);
        }
    }

    /** The problem of a file of authorities; null when it has none. */
    public static @Nullable String problem(Path authorities) {
        try {
            var _ = trusting(authorities);
            return null;
        } catch (IllegalArgumentException e) {
            return e.getMessage();
        }
    }

    /** Messages were published. Does not wait. */
    public void wake() {
        readers.forEach(PushReader::wake);
    }

    /** What is counted for each gateway. */
    public enum Figure {
        /** Notifications that it has taken. */
        SENT,
        /** Notifications that were given up. */
        FAILED,
        /** Devices that it does not know any more. */
        GONE
    }

    private static double of(PushReader reader, Figure figure) {
        return switch (figure) {
            case SENT -> reader.sent();
            case FAILED -> reader.failed();
            case GONE -> reader.gone();
        };
    }

    /** A figure by gateway; 0 for those that nothing is sent to. */
    public static Map<String, DoubleSupplier> figures(@Nullable PushDelivery delivery, Figure figure) {
        Map<String, DoubleSupplier> figures = new LinkedHashMap<>();
        figures.put(ApnsCarrier.NAME, () -> 0);
        figures.put(FcmCarrier.NAME, () -> 0);
        if (delivery != null) {
            delivery.readers
                    .forEach(reader -> figures.put(reader.gateway(), () -> of(reader, figure)));
        }
        return figures;
    }

    /** Ends; what is under way is sent again after the next start. */
    @Override
    public void close() {
        for (PushReader reader : readers) {
            reader.close();
        }
        client.shutdownNow();
    }
}
