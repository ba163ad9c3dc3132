package dev.manicule.server.http;

import io.netty.handler.codec.http2.Http2SecurityUtil;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A certificate with its key, both in PEM files, which can be replaced while the server runs: later connections receive
 * the new one. Any thread may use it.
 */
public final class Certificate {
    private static final Pattern PRIVATE_KEY = Pattern
            .compile("(?s)-----BEGIN PRIVATE KEY-----(.*?)-----END PRIVATE KEY-----");
    /** By the algorithms of keys. */
    private static final Map<String, String> SIGNATURES = Map.of("RSA", "SHA256withRSA", "EC", "SHA256withECDSA",
            "EdDSA", "EdDSA");

    private final Path chain;
    private final Path key;
    private volatile Loaded loaded;

    private record Loaded(SslContext context, Instant expiry, FileTime chainTime, FileTime keyTime) {}

    /**
     * Reads the files.
     *
     * @param chain the certificate, and those that sign it
     * @param key its key in PKCS #8, without a password
     * @throws IOException when they are no such files; the message says what to do
     */
    public Certificate(Path chain, Path key) throws IOException {
        this.chain = chain;
        this.key = key;
        loaded = load();
    }

    /**
     * Reads the files again if they have changed.
     *
     * @return whether they had
     * @throws IOException when they can't be read, as while another process writes them; then the certificate read
     *        before stays
     */
    public boolean renew() throws IOException {
        Loaded before = loaded;
        if (Files.getLastModifiedTime(chain).equals(before.chainTime())
                && Files.getLastModifiedTime(key).equals(before.keyTime())) {
            return false;
        }
        loaded = load();
        return true;
    }

    /** When the certificate expires. */
    public Instant expiry() {
        return loaded.expiry();
    }

    SslContext context() {
        return loaded.context();
    }

    private Loaded load() throws IOException {
        for (Path file : new Path[]{chain, key}) {
            if (!Files.isReadable(file)) {
                throw new IOException("can't read " + file + (Files.exists(file)
                        ? ": is it readable for this user?"
                        : ": there is no such file"));
            }
        }
        FileTime chainTime = Files.getLastModifiedTime(chain);
        FileTime keyTime = Files.getLastModifiedTime(key);
        Matcher keyBlock = PRIVATE_KEY.matcher(Files.readString(key));
        if (!keyBlock.find()) {
            throw new IOException(
                    key + " holds no key in PKCS #8 without a password (\"BEGIN PRIVATE KEY\"): convert it with "
                            + "`openssl pkcs8 -topk8 -nocrypt -in old.pem -out key.pem`");
        }
        try (InputStream in = Files.newInputStream(chain)) {
            X509Certificate first = (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
            if (!isKeyOf(first.getPublicKey(), Base64.getMimeDecoder().decode(keyBlock.group(1)))) {
                throw new IOException(key + " is not the key of " + chain
                        + ": when both are renewed, this may be the moment between the two");
            }
            SslContext context = SslContextBuilder.forServer(chain.toFile(), key.toFile())
                    .sslProvider(SslProvider.JDK)
                    .protocols("TLSv1.3", "TLSv1.2")
                    .ciphers(Http2SecurityUtil.CIPHERS, SupportedCipherSuiteFilter.INSTANCE)
                    .applicationProtocolConfig(new ApplicationProtocolConfig(ApplicationProtocolConfig.Protocol.ALPN,
                            ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                            ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
                            ApplicationProtocolNames.HTTP_2, ApplicationProtocolNames.HTTP_1_1))
                    .build();
            return new Loaded(context, first.getNotAfter().toInstant(), chainTime, keyTime);
        } catch (GeneralSecurityException | IOException | IllegalArgumentException e) {
            throw new IOException(chain + " and " + key + " are no certificate and its key in PEM (" + e.getMessage()
                    + ")", e);
        }
    }

    /** Whether a private key, in PKCS #8, belongs to a public one: what it signs, the other verifies. */
    private static boolean isKeyOf(PublicKey known, byte[] form) throws GeneralSecurityException {
        PrivateKey key;
        try {
            key = KeyFactory.getInstance(known.getAlgorithm()).generatePrivate(new PKCS8EncodedKeySpec(form));
        } catch (InvalidKeySpecException e) { // one for another algorithm
            return false;
        }
        String algorithm = SIGNATURES.get(known.getAlgorithm());
        if (algorithm == null) {
            return true; // as far as is known here
        }
        Signature signature = Signature.getInstance(algorithm);
        signature.initSign(key);
        signature.update(form);
        byte[] signed = signature.sign();
        signature.initVerify(known);
        signature.update(form);
        return signature.verify(signed);
    }
}
