package dev.manicule.server.http;

import java.net.InetAddress;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An address as proxies write it in {@code X-Forwarded-For}: with a port or without, IPv6 in brackets or not, with a zone,
 * in quotes: {@code 192.0.2.1}, {@code 192.0.2.1:5555}, {@code [2001:db8::1]:443}, {@code fe80::1%eth0}.
 */
final class ForwardedAddress {
    private static final Pattern IPV4 = Pattern.compile("(\\d{1,3}(?:\\.\\d{1,3}){3})(?::\\w+)?");
    private static final Pattern IPV6 = Pattern.compile("([0-9A-Fa-f.]*:[0-9A-Fa-f.]*:[0-9A-Fa-f.:]*)(?:%\\w*)?");
    private static final Pattern BRACKETED = Pattern.compile("\\[([^\\[\\]]*)](?::\\w+)?");

    private ForwardedAddress() {}

    /** The address of one element of the list; null when it says none, such as {@code unknown}. Asks no name server. */
    static @Nullable InetAddress parse(String element) {
        String text = element.strip();
        if (text.length() > 1 && text.startsWith("\"") && text.endsWith("\"")) {
            text = text.substring(1, text.length() - 1).strip();
        }
        Matcher bracketed = BRACKETED.matcher(text);
        Matcher address = bracketed.matches() ? IPV6.matcher(bracketed.group(1)) : IPV4.matcher(text);
        if (!address.matches()) {
            address = IPV6.matcher(text);
        }
        try {
            return address.matches() ? InetAddress.ofLiteral(address.group(1)) : null;
        } catch (IllegalArgumentException e) {
            return null; // such as 1.2.3.400
        }
    }
}
