package dev.manicule.server.push;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;

/** The private key that a gateway knows this server by. It is never shown: not in a log, not in a message. */
public final class SigningKey {
    private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();

    private final Algorithm algorithm;
    private final PrivateKey key;

    /** How it signs, by the names of JSON Web Algorithms. */
    public enum Algorithm {
        /** RSA with SHA-256. */
        RS256("RSA", "SHA256withRSA"),
        /** The elliptic curve P-256 with SHA-256. */
        ES256("EC", "SHA256withECDSAinP1363Format");

        private final String keys;
        private final String signatures;

        Algorithm(String keys, String signatures) {
            this.keys = keys;
            this.signatures = signatures;
        }
    }

    private SigningKey(Algorithm algorithm, PrivateKey key) {
        this.algorithm = algorithm;
        this.key = key;
    }

    /**
     * The key of a text.
     *
     * @param pem PKCS #8 in PEM, without a password
     * @throws IllegalArgumentException if it is none, in words without any of it
     */
    public static SigningKey of(Algorithm algorithm, String pem) {
        String encoded = pem.replaceAll("-----[A-Z ]+-----|\\s", "");
        try {
            byte[] bytes = Base64.getDecoder().decode(encoded);
            PrivateKey key = KeyFactory.getInstance(algorithm.keys).generatePrivate(new PKCS8EncodedKeySpec(bytes));
            return new SigningKey(algorithm, key);
        } catch (IllegalArgumentException | GeneralSecurityException e) {
            throw new IllegalArgumentException("no private key (" + algorithm.keys + " in PKCS #8, as PEM)", e);
        }
    }

    /**
     * A JSON Web Token.
     *
     * @param header its header, JSON
     * @param claims what it says, JSON
     */
    String sign(byte[] header, byte[] claims) {
        String signed = BASE64.encodeToString(header) + "." + BASE64.encodeToString(claims);
        try {
            Signature signature = Signature.getInstance(algorithm.signatures);
            signature.initSign(key);
            signature.update(signed.getBytes(StandardCharsets.US_ASCII));
            return signed + "." + BASE64.encodeToString(signature.sign());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a key that was read before can't sign", e);
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SigningKey same && algorithm == same.algorithm && key.equals(same.key);
    }

    @Override
    public int hashCode() {
        return key.hashCode();
    }

    @Override
    public String toString() {
        return "(key)";
    }
}
