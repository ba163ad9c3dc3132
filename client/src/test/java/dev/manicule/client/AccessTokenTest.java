package dev.manicule.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.manicule.client.AccessToken.Permissions;
import java.util.Base64;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What is read of a token stays as it is. */
class AccessTokenTest {
    /** {"v": 2, "t": 1, "ttl": 10, "res": {"chan": {"c": 3}}, "pat": {}, "meta": {"a": 1}} in CBOR. */
    private static final String TOKEN = Base64.getUrlEncoder()
            .encodeToString(HexFormat.of()
                    .parseHex("a6" + "617602" + "617401" + "6374746c0a" + "63726573" + "a1" + "646368616e" + "a1616303"
                            + "63706174" + "a0" + "646d657461" + "a1616101"));

    private static void assertUnchangeable(Map<?, ?> map) {
        assertThatThrownBy(map::clear).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void readTokenIsImmutable() {
        AccessToken token = AccessToken.parse(TOKEN);
        Set<Permission> permissions = token.resources().channels().getOrDefault("c", Set.of());
        assertThat(permissions).containsExactly(Permission.READ, Permission.WRITE);
        assertThatThrownBy(() -> permissions.add(Permission.DELETE)).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(permissions::clear).isInstanceOf(UnsupportedOperationException.class);
        assertThat(token.meta()).containsEntry("a", 1L);
        assertUnchangeable(token.meta());
        for (Permissions each : List.of(token.resources(), token.patterns())) {
            assertUnchangeable(each.channels());
            assertUnchangeable(each.channelGroups());
            assertUnchangeable(each.uuids());
        }
    }

    @Test
    void permissionsAreCopied() {
        Set<Permission> read = EnumSet.of(Permission.READ);
        Map<String, Set<Permission>> channels = new HashMap<>(Map.of("c", read));
        Permissions permissions = new Permissions(channels, Map.of(), Map.of());
        read.add(Permission.WRITE);
        channels.clear();
        assertThat(permissions.channels()).isEqualTo(Map.of("c", Set.of(Permission.READ)));
    }
}
