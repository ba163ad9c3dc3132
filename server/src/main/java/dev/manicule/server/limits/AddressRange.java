package dev.manicule.server.limits;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A range of addresses, such as {@code 10.0.0.0/8} or {@code ::1}.
 *
 * @param address one of them
 * @param bits how many of the first bits they have in common
 */
public record AddressRange(InetAddress address, int bits) {
    /** Without zones, which are names of this machine's. */
    private static final Pattern RANGE = Pattern.compile(
            "(?<address>(?:(?:0|[1-9]\\d{0,2})\\.){3}(?:0|[1-9]\\d{0,2})|(?<v6>[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*))(?:/(?<bits>\\d{1,3}))?");

    /** This machine itself. */
    public static final List<AddressRange> LOOPBACK = List.of(of("127.0.0.0/8"), of("::1"));

    private static AddressRange of(String known) {
        AddressRange range = parse(known);
        if (range == null) {
            throw new IllegalArgumentException(known);
        }
        return range;
    }

    /**
     * Reads a range; null when it is none. Queries no name server. An IPv4 address has four numbers, since {@code 10/8}
     * would be {@code 0.0.0.10/8}; as IPv6, such as {@code ::ffff:10.0.0.0/104}, it is the range of IPv4.
     */
    public static @Nullable AddressRange parse(String text) {
        Matcher range = RANGE.matcher(text);
        if (!range.matches()) {
            return null;
        }
        try {
            InetAddress address = InetAddress.ofLiteral(range.group("address"));
            int all = address.getAddress().length * 8;
            int mapped = all == 32 && range.group("v6") != null ? 96 : 0;
            String prefix = range.group("bits");
            int bits = prefix == null ? all : Integer.parseInt(prefix) - mapped;
            return bits < 0 || bits > all ? null : new AddressRange(address, bits);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** Whether an address is in it. */
    public boolean contains(InetAddress other) {
        byte[] mine = address.getAddress();
        byte[] its = other.getAddress();
        if (mine.length != its.length) {
            return false;
        }
        int whole = bits / 8;
        int rest = bits % 8;
        return Arrays.equals(mine, 0, whole, its, 0, whole)
                && (rest == 0 || ((mine[whole] ^ its[whole]) & 0xFF) >> (8 - rest) == 0);
    }

    /**
     * The range that counts as one client: an IPv4 address, or a network of 64 bits, of which one household has one or
     * more.
     */
    public static AddressRange one(InetAddress address) {
        byte[] bytes = address.getAddress();
        if (bytes.length == 4) {
            return new AddressRange(address, 32);
        }
        byte[] network = Arrays.copyOf(bytes, 16);
        Arrays.fill(network, 8, 16, (byte) 0);
        try {
            return new AddressRange(InetAddress.getByAddress(network), 64);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("sixteen bytes are an address", e);
        }
    }
}
