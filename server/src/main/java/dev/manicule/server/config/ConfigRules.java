package dev.manicule.server.config;

import dev.manicule.server.limits.AddressRange;
import java.net.InetAddress;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The rules for values of the configuration beyond their types, so that the server can work and is safe. Each rule
 * returns null, or the fault and its remedy, in a sentence.
 */
final class ConfigRules {
    /** Underscores are in no name of the Internet, and in names of containers. */
    private static final String LABEL = "[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?";
    private static final Pattern HOST = Pattern.compile(LABEL + "(?:\\." + LABEL + ")*");
    private static final Pattern IPV4 = Pattern.compile("(?:(?:0|[1-9]\\d{0,2})\\.){3}(?:0|[1-9]\\d{0,2})");
    private static final Pattern NUMBER_AT_END = Pattern.compile("(?:.*\\.)?(?:\\d+|0[xX][0-9A-Fa-f]*)");
    private static final int LEAST_BITS_OF_IPV4 = 8;
    private static final int LEAST_BITS_OF_IPV6 = 16;
    /** Addresses of private networks, and of a link: no client elsewhere has one. */
    private static final List<AddressRange> PRIVATE_IPV6 = Stream.of("fc00::/7", "fe80::/10")
            .map(range -> Objects.requireNonNull(AddressRange.parse(range)))
            .toList();
    private static final Pattern PLACEHOLDER = Pattern
            .compile("(?i).*(change.?(me|this|it)|replace.?(me|this)|your.?(own|secret|key)|example|placeholder|"
                    + "password|secret.?key|correct.?horse|12345678|abcdefgh|qwerty).*");
    private static final int HOST_CHARACTERS = 253;
    /** So many random characters of base64 are 96 bits. */
    private static final int SECRET_CHARACTERS = 16;
    private static final int SECRET_VARIETY = 6;
    /** A random key of so many characters has nearly as many surprises; this leaves room for random repetitions. */
    private static final int SECRET_SURPRISES = 12;

    private ConfigRules() {}

    /** The address or name to listen on. The start of the server checks whether the name exists. */
    static @Nullable String host(String host) {
        boolean isBracketed = host.startsWith("[") && host.endsWith("]");
        boolean isAddress = isBracketed
                ? isIpv6(host.substring(1, host.length() - 1))
                : isIpv6(host) || isIpv4(host);
        return isAddress || isName(host)
                ? null
                : "`" + host + "` is no address to listen on: expected one such as 127.0.0.1, \"::1\", 0.0.0.0 or "
                        + "chat.example, without scheme, port and path.";
    }

    /** The name of a host, in a list of them. */
    static @Nullable String hostName(String name) {
        return isIpv4(name) || isName(name)
                ? null
                : "`" + name + "` is no name of a host, such as chat.example: no scheme, no port.";
    }

    private static boolean isIpv6(String text) {
        return text.indexOf(':') >= 0 && isLiteral(text);
    }

    /** Four numbers: Java takes {@code 127} for {@code 0.0.0.127}. */
    private static boolean isIpv4(String text) {
        return IPV4.matcher(text).matches() && isLiteral(text);
    }

    private static boolean isLiteral(String text) {
        try {
            InetAddress _ = InetAddress.ofLiteral(text);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** A name whose last part is a number would be a mistyped address. */
    private static boolean isName(String host) {
        return host.length() <= HOST_CHARACTERS && HOST.matcher(host).matches()
                && !NUMBER_AT_END.matcher(host).matches();
    }

    /** The origin of pages, as browsers send it. */
    static @Nullable String origin(String origin) {
        if (origin.indexOf('*') >= 0) {
            return "`" + origin + "` is no origin: a star stands for no others. Name each one, such as "
                    + "https://chat.example; leave the list out to let every page in.";
        }
        String sent = SentOrigin.of(origin);
        if (sent == null) {
            return "`" + origin + "` is no origin: expected something like https://chat.example, without a path; leave "
                    + "the list out to let every page in.";
        }
        return sent.equals(origin) ? null : "`" + origin + "` matches no page: browsers send `" + sent + "`.";
    }

    /** A range of trusted proxies: a part of a network that its owner knows, and not a large part of all addresses. */
    static @Nullable String proxies(AddressRange range) {
        boolean isIpv4 = range.address().getAddress().length == 4;
        boolean isPrivate = PRIVATE_IPV6.stream()
                .anyMatch(known -> known.contains(range.address()) && range.bits() >= known.bits());
        if (range.address().isAnyLocalAddress() && range.bits() == (isIpv4 ? 32 : 128)) {
            return "is the address of no machine: name the proxies' own.";
        }
        int least = isIpv4 ? LEAST_BITS_OF_IPV4 : LEAST_BITS_OF_IPV6;
        return range.bits() >= least || isPrivate
                ? null
                : "holds all addresses, or nearly all: every client there could claim any address. Name the proxies' own, "
                        + "with /" + least + " or more" + (isIpv4 ? "." : ", or fc00::/7 and fe80::/10.");
    }

    /**
     * A secret key, which may do everything in its keyset. The message never contains its value.
     *
     * @param keys the keys that clients know
     */
    static @Nullable String secretKey(String secret, List<String> keys) {
        String make = " Make one with `openssl rand -hex 32`.";
        if (secret.chars().anyMatch(c -> Character.isWhitespace(c) || Character.isISOControl(c))) {
            return "the secret key has a blank or a line break in it, which clients can hardly send." + make;
        }
        if (secret.length() < SECRET_CHARACTERS || secret.chars().distinct().count() < SECRET_VARIETY) {
            return "the secret key can be guessed: it has " + secret.length() + " characters, "
                    + secret.chars().distinct().count() + " of them different; expected " + SECRET_CHARACTERS
                    + " at least, by chance." + make;
        }
        if (PLACEHOLDER.matcher(secret).matches()) {
            return "the secret key can be guessed: it is a placeholder." + make;
        }
        int surprises = Surprises.in(secret);
        if (surprises < SECRET_SURPRISES) {
            return "the secret key can be guessed: it is made of usual words, repetitions and rows such as abcd; with each "
                    + "of them for one character, it has " + surprises + ", and expected are " + SECRET_SURPRISES
                    + " at least, by chance." + make;
        }
        return keys.contains(secret)
                ? "the secret key is one of the other keys, which every client knows." + make
                : null;
    }
}
