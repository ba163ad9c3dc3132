package dev.manicule.server;

import java.net.InetAddress;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a value of the configuration must be beyond its type, so that it can work and is safe. Each rule gives null, or what
 * is wrong and what to do, in a sentence.
 */
final class ConfigRules {
    private static final Pattern HOST = Pattern.compile("[A-Za-z0-9_-]+(?:\\.[A-Za-z0-9_-]+)*");
    private static final Pattern NUMBERS = Pattern.compile("(?:.*\\.)?\\d+");
    private static final Pattern ORIGIN = Pattern.compile("[a-z][a-z0-9+.-]*://[^/?#\\s,]+");
    private static final Pattern EVERYBODY = Pattern.compile(".*/0+");
    private static final Pattern PLACEHOLDER = Pattern
            .compile("(?i).*(change.?(me|this|it)|replace.?(me|this)|your.?(own|secret|key)|example|placeholder|"
                    + "password|secret.?key|correct.?horse|12345678|abcdefgh|qwerty).*");
    private static final int HOST_CHARACTERS = 253;
    /** So many random characters of base64 are 96 bits. */
    private static final int SECRET_CHARACTERS = 16;
    private static final int SECRET_VARIETY = 6;

    private ConfigRules() {}

    /** The address or name to listen on. Whether the name exists is found out when the server starts. */
    static @Nullable String host(String host) {
        boolean isBracketed = host.startsWith("[") && host.endsWith("]");
        try {
            InetAddress _ = InetAddress.ofLiteral(isBracketed ? host.substring(1, host.length() - 1) : host);
            return null;
        } catch (IllegalArgumentException e) { // a name, then
            return isName(host)
                    ? null
                    : "`" + host + "` is no address to listen on: expected one such as 127.0.0.1, \"::1\", 0.0.0.0 or "
                            + "chat.example, without scheme, port and path.";
        }
    }

    /** The name of a host, in a list of them. */
    static @Nullable String hostName(String name) {
        return HOST.matcher(name).matches() && name.length() <= HOST_CHARACTERS
                ? null
                : "`" + name + "` is no name of a host, such as chat.example: no scheme, no port.";
    }

    /** A name whose last part is a number would be an address with a slip. */
    private static boolean isName(String host) {
        return hostName(host) == null && !NUMBERS.matcher(host).matches();
    }

    /** The origin of pages. Browsers send it in lower case and without the port that is usual. */
    static @Nullable String origin(String origin) {
        if (!ORIGIN.matcher(origin.toLowerCase(Locale.ROOT)).matches()) {
            return "`" + origin + "` is no origin: expected something like https://chat.example, without a path; leave "
                    + "the list out to let every page in.";
        }
        String sent = origin.toLowerCase(Locale.ROOT)
                .replaceFirst("^(https://.*):443$", "$1")
                .replaceFirst("^(http://.*):80$", "$1");
        return sent.equals(origin) ? null : "`" + origin + "` matches no page: browsers send `" + sent + "`.";
    }

    /** A range of proxies that are believed on whose behalf they ask. */
    static @Nullable String proxies(String range) {
        return EVERYBODY.matcher(range).matches()
                ? "`" + range + "` is everybody: every client could say any address of itself. Name the proxies' own."
                : null;
    }

    /**
     * A secret key, which may do everything in its keyset. What it is is never part of the words.
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
        return keys.contains(secret)
                ? "the secret key is one of the other keys, which every client knows." + make
                : null;
    }
}
