package dev.manicule.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.manicule.server.limits.AddressRange;
import dev.manicule.server.limits.Limit;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** On whose behalf a request comes: who is believed, and who is not. */
class ProxyWireTest {
    private static final Map<Limit, Long> LIMITS = Map.of(Limit.REQUESTS_PER_SECOND_BY_ADDRESS, 5L);

    @RegisterExtension
    static final RunningServer TRUSTING = new RunningServer(config -> config.withLimits(LIMITS)
            .withTrustedProxies(
                    List.of(range("127.0.0.0/8"), range("10.0.0.0/8"))));

    @RegisterExtension
    static final RunningServer METERED = new RunningServer(
            config -> config.withTrustedProxies(List.of(range("127.0.0.0/8"))));

    @RegisterExtension
    static final RunningServer WARY = new RunningServer(
            config -> config.withLimits(LIMITS).withTrustedProxies(List.of()));

    private static AddressRange range(String text) {
        return Objects.requireNonNull(AddressRange.parse(text));
    }

    /** How many of twenty requests at once are sent away. */
    private static long sentAway(RunningServer server, String... headers) {
        return IntStream.range(0, 20)
                .filter(i -> server.wire().send("GET", "/time/0", null, headers).status() == 429)
                .count();
    }

    @Test
    void trustedProxyForwardsClientAddresses() {
        assertThat(sentAway(TRUSTING, "X-Forwarded-For: 203.0.113.1")).isBetween(10L, 15L);
        assertThat(sentAway(TRUSTING, "X-Forwarded-For: 203.0.113.2, 10.1.2.3")).as("through two proxies").isPositive();
        assertThat(sentAway(TRUSTING, "X-Forwarded-For: 203.0.113.2")).as("the same").isGreaterThan(10);
        assertThat(sentAway(TRUSTING, "X-Forwarded-For: 2001:db8::1")).isPositive();
        assertThat(sentAway(TRUSTING, "X-Forwarded-For: 2001:db8::ffff")).as("the same network").isGreaterThan(10);
        assertThat(sentAway(TRUSTING, "X-Forwarded-For: 203.0.113.77:50001")).as("with a port").isGreaterThan(5);
        assertThat(sentAway(TRUSTING, "X-Forwarded-For: 203.0.113.77:50002, ")).as("another port").isGreaterThan(10);
        assertThat(sentAway(TRUSTING, "X-Forwarded-For: [2001:db8:7::1]:443")).as("in brackets").isGreaterThan(5);
        assertThat(sentAway(TRUSTING, "X-Forwarded-For: unknown, \"[2001:db8:7::2]:80\", 10.1.2.3:99"))
                .as("the same network")
                .isGreaterThan(10);
        assertThat(sentAway(TRUSTING)).as("the proxy itself").isZero();
    }

    @Test
    void clientsWithUnreadableAddressesShareOneLimit() {
        assertThat(sentAway(TRUSTING, "X-Forwarded-For: 203.0.113.3, unknown")).isBetween(10L, 15L);
        for (String unreadable : List.of("nonsense", "192.0.2.16;x", "[2001:db8:7::1", "for=192.0.2.12",
                "unknown, 10.1.2.3")) {
            assertThat(sentAway(TRUSTING, "X-Forwarded-For: " + unreadable)).as(unreadable).isGreaterThan(10);
        }
    }

    /** Nor is it the machine that the proxy runs on, which may read metrics. */
    @Test
    void aClientWithoutAnAddressIsNotTheProxy() {
        assertThat(METERED.wire().get("/metrics").status()).isEqualTo(200);
        assertThat(METERED.wire().send("GET", "/metrics", null, "X-Forwarded-For: unknown").status()).isEqualTo(403);
    }

    /** What a client writes stands in front of what the proxy adds, and is not believed. */
    @Test
    void forgedForwardedAddressIsIgnored() {
        long sent = IntStream.range(0, 20)
                .filter(i -> TRUSTING.wire()
                        .send("GET", "/time/0", null, "X-Forwarded-For: 198.51.100." + i,
                                "X-Forwarded-For: 203.0.113.9")
                        .status() == 429)
                .count();
        assertThat(sent).isPositive();
    }

    @Test
    void untrustedPeerIsLimitedByItsOwnAddress() {
        long sent = IntStream.range(0, 20)
                .filter(i -> WARY.wire()
                        .send("GET", "/time/0", null, "X-Forwarded-For: 198.51.100." + i)
                        .status() == 429)
                .count();
        assertThat(sent).isBetween(10L, 15L);
    }
}
