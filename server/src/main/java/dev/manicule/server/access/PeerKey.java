package dev.manicule.server.access;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Authenticates the nodes of a cluster to each other: the secret that all of them know signs each request, with its
 * time and a number that no other request has, and an answer is signed together with its request. So an answer to one
 * request is good for no other, and no party between two nodes can change either. It encrypts nothing.
 *
 * <p>An observer may send a signed request again while it is in time: it has no effect but its answer. Immutable, for
 * any thread.
 */
public final class PeerKey {
    /** The most seconds by which the clocks of two nodes may differ. */
    public static final long SECONDS_OFF = 60;
    /** The length of the signature after an answer, in bytes. */
    public static final int SEAL_BYTES = Hmac.LENGTH;
    private static final Pattern SIGNED = Pattern
            .compile("(?:.*&)?time=([0-9]{1,12})&nonce=[A-Za-z0-9_-]{1,64}(&signature=([A-Za-z0-9_-]{43}))");

    private final Hmac hmac;

    /** The verdict on a request. */
    public sealed interface Verdict permits Good, Wrong, OffTime {}

    /** The request is from a node of this cluster, and in time. */
    public record Good() implements Verdict {}

    /** The request has no signature by the secret of this cluster. */
    public record Wrong() implements Verdict {}

    /**
     * Its signature is right, and the clocks differ too much.
     *
     * @param seconds by how much the clock of the requesting node is ahead of this one's; negative when it is behind
     */
    public record OffTime(long seconds) implements Verdict {}

    /** By the secret of a cluster. */
    public PeerKey(Secret secret) {
        hmac = secret.hmac();
    }

    /**
     * The query of a request, signed.
     *
     * @param path raw, as it is sent
     * @param query raw, as it is to be sent; may be empty
     * @param seconds the time since 1970
     * @param nonce letters, digits, dashes and underscores, at most 64, that no other request has
     */
    public String sign(String method, String path, String query, long seconds, String nonce) {
        String unsigned = query + (query.isEmpty() ? "" : "&") + "time=" + seconds + "&nonce=" + nonce;
        return unsigned + "&signature=" + signature(method, path, unsigned);
    }

    /**
     * Verifies a request.
     *
     * @param query raw, as it was sent
     * @param seconds the time since 1970
     */
    public Verdict judge(String method, String path, String query, long seconds) {
        Matcher signed = SIGNED.matcher(query);
        if (!signed.matches()) {
            return new Wrong();
        }
        String unsigned = query.substring(0, signed.start(2));
        if (!MessageDigest.isEqual(ascii(signature(method, path, unsigned)), ascii(signed.group(3)))) {
            return new Wrong();
        }
        long off = Long.parseLong(signed.group(1)) - seconds;
        return Math.abs(off) > SECONDS_OFF ? new OffTime(off) : new Good();
    }

    /**
     * The body of an answer with its signature after it.
     *
     * @param query that of the request, signed
     */
    public byte[] seal(String method, String path, String query, byte[] body) {
        byte[] sealed = Arrays.copyOf(body, body.length + SEAL_BYTES);
        System.arraycopy(seal(request(method, path, query), body), 0, sealed, body.length, SEAL_BYTES);
        return sealed;
    }

    /**
     * The body of a sealed answer; null when it is not the answer of a node of this cluster to this request.
     *
     * @param query that of the request, signed
     */
    public byte @Nullable [] open(String method, String path, String query, byte[] sealed) {
        if (sealed.length < SEAL_BYTES) {
            return null;
        }
        byte[] body = Arrays.copyOf(sealed, sealed.length - SEAL_BYTES);
        byte[] sent = Arrays.copyOfRange(sealed, body.length, sealed.length);
        return MessageDigest.isEqual(seal(request(method, path, query), body), sent) ? body : null;
    }

    private byte[] seal(byte[] request, byte[] body) {
        return hmac.of(ascii("manicule answer\n"), request, ascii("\n"), body);
    }

    private String signature(String method, String path, String query) {
        byte[] hash = hmac.of(ascii("manicule request\n"), request(method, path, query));
        return Base64.getUrlEncoder().withoutPadding().encodeToString(hash);
    }

    private static byte[] request(String method, String path, String query) {
        return (method + "\n" + path + "\n" + query).getBytes(StandardCharsets.ISO_8859_1); // each raw character is a byte
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
