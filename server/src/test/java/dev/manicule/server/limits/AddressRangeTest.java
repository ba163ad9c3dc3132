package dev.manicule.server.limits;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressRangeTest {
    private static AddressRange range(String text) {
        return Objects.requireNonNull(AddressRange.parse(text));
    }

    @ParameterizedTest
    @CsvSource({"10.0.0.0/8,10.255.1.2,true", "10.0.0.0/8,11.0.0.0,false", "192.168.128.0/17,192.168.255.1,true",
            "192.168.128.0/17,192.168.127.1,false", "192.168.1.1,192.168.1.1,true", "192.168.1.1,192.168.1.2,false",
            "0.0.0.0/0,203.0.113.9,true", "0.0.0.0/0,::1,false", "::/0,2001:db8::1,true",
            "2001:db8::/32,2001:db8:f::1,true",
            "2001:db8::/33,2001:db8:8000::1,false", "::1,::1,true", "255.255.255.254/31,255.255.255.255,true",
            "::ffff:10.0.0.0/104,10.255.0.1,true", "::ffff:10.0.0.0/104,11.0.0.1,false",
            "::ffff:10.0.0.1,10.0.0.1,true"})
    void rangeContainsItsAddresses(String range, String address, boolean in) throws Exception {
        assertThat(range(range).contains(InetAddress.getByName(address))).isEqualTo(in);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "localhost", "example.org/8", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/x", "1.2.3.4.5",
            "256.1.1.1", ":::", "10.0.0.0/", "/8", "fe80::1%eth0", "1.2.3.4, 5.6.7.8", "127", "10/8", "10.1/16",
            "127.0.0.01", "10.0.0.0/+8", "::ffff:10.0.0.0/16", "::ffff:10.0.0.0/129"})
    void invalidRangeIsRefused(String text) {
        assertThat(AddressRange.parse(text)).isNull();
    }

    @Test
    void aNetworkOfAHouseholdCountsAsOne() throws Exception {
        AddressRange one = AddressRange.one(InetAddress.getByName("2001:db8:1:2::1"));
        assertThat(AddressRange.one(InetAddress.getByName("2001:db8:1:2:ffff::9"))).isEqualTo(one);
        assertThat(AddressRange.one(InetAddress.getByName("2001:db8:1:3::1"))).isNotEqualTo(one);
        assertThat(AddressRange.one(InetAddress.getByName("10.0.0.1")))
                .isNotEqualTo(AddressRange.one(InetAddress.getByName("10.0.0.2")));
    }
}
