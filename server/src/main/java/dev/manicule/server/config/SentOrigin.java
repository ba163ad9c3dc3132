package dev.manicule.server.config;

import java.net.IDN;
import java.net.InetAddress;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The origin that browsers send for a page whose address is written in one of many ways. */
final class SentOrigin {
    private static final Pattern ADDRESS = Pattern
            .compile(
                    "(?<scheme>[A-Za-z][A-Za-z0-9+.-]*)://(?:[^/?#@\\s]*@)?(?<host>\\[[0-9A-Fa-f:.]+]|[^\\[\\]/?#@:\\s,]+)"
                            + "(?::(?<port>\\d*))?(?:[/?#]\\S*)?");
    private static final Pattern NAME = Pattern.compile("[a-z0-9_-]+(?:\\.[a-z0-9_-]+)*\\.?");
    private static final Pattern NUMBERS = Pattern.compile("(?:.*\\.)?\\d+");
    /** The scheme of the page that sends requests of another scheme. */
    private static final Map<String, String> OF_PAGES = Map.of("ws", "http", "wss", "https");
    private static final Map<String, Integer> USUAL_PORTS = Map.of("http", 80, "https", 443);
    private static final int MOST_PORT = 65_535;

    private SentOrigin() {}

    /** The origin that browsers send for this address; null when it is no address. */
    static @Nullable String of(String text) {
        Matcher address = ADDRESS.matcher(text);
        if (!address.matches()) {
            return null;
        }
        String said = address.group("scheme").toLowerCase(Locale.ROOT);
        String scheme = OF_PAGES.getOrDefault(said, said);
        String host = host(address.group("host"));
        String port = port(address.group("port"), USUAL_PORTS.getOrDefault(scheme, 0));
        return host == null || port == null ? null : scheme + "://" + host + port;
    }

    private static @Nullable String host(String said) {
        try {
            if (said.startsWith("[")) {
                return "[" + shortest(InetAddress.ofLiteral(said.substring(1, said.length() - 1)).getAddress()) + "]";
            }
            String name = IDN.toASCII(said).toLowerCase(Locale.ROOT);
            if (NUMBERS.matcher(name).matches()) {
                return InetAddress.ofLiteral(name).getHostAddress();
            }
            return NAME.matcher(name).matches() ? name : null;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** An address of IPv6 without its first longest row of zeros; Java makes addresses of IPv4 of some of them. */
    private static String shortest(byte[] address) {
        byte[] bytes = new byte[16];
        System.arraycopy(address, 0, bytes, 16 - address.length, address.length);
        if (address.length == 4) {
            bytes[10] = (byte) 0xFF;
            bytes[11] = (byte) 0xFF;
        }
        StringBuilder text = new StringBuilder();
        int zeros = 0;
        int gap = -1;
        for (int from = 0; from < 8; from++) {
            int length = 0;
            while (from + length < 8 && group(bytes, from + length) == 0) {
                length++;
            }
            if (length > Math.max(zeros, 1)) {
                zeros = length;
                gap = from;
            }
        }
        for (int i = 0; i < 8; i++) {
            if (i == gap) {
                text.append("::");
                i += zeros - 1;
            } else {
                text.append(text.isEmpty() || text.charAt(text.length() - 1) == ':' ? "" : ":")
                        .append(Integer.toHexString(group(bytes, i)));
            }
        }
        return text.toString();
    }

    private static int group(byte[] bytes, int index) {
        return (bytes[2 * index] & 0xFF) << 8 | (bytes[2 * index + 1] & 0xFF);
    }

    /** A port with its colon; empty where there is none or the default, null when it is no port. */
    private static @Nullable String port(@Nullable String said, int usual) {
        if (said == null || said.isEmpty()) {
            return "";
        }
        if (said.length() > 9) {
            return null;
        }
        int port = Integer.parseInt(said);
        if (port == usual) {
            return "";
        }
        return port < 1 || port > MOST_PORT ? null : ":" + port;
    }
}
