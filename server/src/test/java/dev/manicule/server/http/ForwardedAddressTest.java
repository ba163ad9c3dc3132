package dev.manicule.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ForwardedAddressTest {
    @ParameterizedTest
    @CsvSource(quoteCharacter = '\'', value = {"192.0.2.7,192.0.2.7", "192.0.2.7:5555,192.0.2.7",
            "' 192.0.2.7:65535 ',192.0.2.7", "2001:db8::1,2001:db8::1", "[2001:db8::1],2001:db8::1",
            "[2001:db8::1]:443,2001:db8::1", "'\"[2001:db8::1]:443\"',2001:db8::1", "'\"192.0.2.7:80\"',192.0.2.7",
            "fe80::1%eth0,fe80::1", "[fe80::1%3]:443,fe80::1", "::ffff:192.0.2.7,192.0.2.7",
            "[::ffff:192.0.2.7]:80,192.0.2.7", "[fe80:0:0:1::1%25eth0.100]:443,fe80:0:0:1::1",
            "fe80:0:0:7::1%en-1,fe80:0:0:7::1", "192.0.2.7:,192.0.2.7", "[2001:db8::1]:,2001:db8::1",
            "192.0.2.7:_port,192.0.2.7", "::1,::1"})
    void addressIsReadFromEveryProxyFormat(String element, String address) {
        assertThat(ForwardedAddress.parse(element)).isEqualTo(InetAddress.ofLiteral(address));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"unknown", "_hidden", "", "\"", "\"\"", "localhost", "example.org:80", "192.0.2", "192.0.2.400",
                    "192.0.2.7;x", "[192.0.2.7]", "[2001:db8:7::1", "::1%a b", "2001:db8", "[]", "[::1", "::1]", "80",
                    "for=192.0.2.7",
                    "1:2:3:4:5:6:7:8:9", "::g"})
    void invalidAddressIsNowhere(String element) {
        assertThat(ForwardedAddress.parse(element)).isEqualTo(ForwardedAddress.NOWHERE);
    }
}
