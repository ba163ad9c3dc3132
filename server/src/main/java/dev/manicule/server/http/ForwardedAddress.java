package dev.manicule.server.http;

import java.net.InetAddress;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An address as proxies write it in {@code X-Forwarded-For}: with a port or without, IPv6 in brackets or not, with a zone,
 * in quotes: {@code 192.0.2.1}, {@code 192.0.2.1:5555}, {@code [2001:db8::1]:443}, {@code fe80::1%eth0.100}.
 */
final class ForwardedAddress {
    private static final Pattern IPV4 = Pattern.compile("(\\d{1,3}(?:\\.\\d{1,3}){3})(?::\\w*)?");
    private static final Pattern IPV6 = Pattern.compile("([0-9A-Fa-f.]*:[0-9A-Fa-f.]*:[0-9A-Fa-f.:]*)(?:%\\S*)?");
    private static final Pattern BRACKETED = Pattern.compile("\\[([^\\[\\]]*)](?::\\w*)?");

    /**
     * The address of all elements that name none, such as {@code unknown}: the unspecified one, which no machine has.
     * It is limited like any other and may read no metrics, unlike a proxy's own address.
     */
    static final InetAddress NOWHERE = InetAddress.ofLiteral("0.0.0.0");

    private ForwardedAddress() {}

    /** The address of one element of the list; {@link #NOWHERE} when it names none. Queries no name server. */
    static InetAddress parse(String element) {
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
            return address.matches() ? InetAddress.ofLiteral(address.group(1)) : NOWHERE;
        } catch (IllegalArgumentException e) {
            return NOWHERE; // such as 1.2.3.400
        }
    }
}
