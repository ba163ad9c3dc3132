package dev.manicule.server.routing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.manicule.server.access.Keysets;
import dev.manicule.server.json.JsonReader;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.StringLength;

/** Texts of paths and queries become parts of commands, whose byte forms have no place for half of a surrogate pair. */
class WireTextsTest {
    @Property(tries = 5000)
    void aDecodedTextIsUnicode(@ForAll @StringLength(max = 6) @CharRange(from = '\u0080', to = '\u00ff') String raw) {
        String decoded = PercentEncoding.decode(raw);
        assertThat(decoded == null || JsonReader.isUnicode(decoded)).isTrue();
    }

    @Example
    void encodedLoneSurrogateIsRefused() {
        assertThat(PercentEncoding.decode("%ED%A0%BD")).isNull();
        assertThat(PercentEncoding.decode("%ED%B8%80")).isNull();
        assertThat(PercentEncoding.decode("%ED%A0%BD%ED%B8%80")).isNull();
        assertThat(PercentEncoding.decode("%F0%9F%98%80")).isEqualTo("\uD83D\uDE00");
    }

    @Example
    void aSubscribeKeyIsUnicode() {
        assertThat(Keysets.isName("demo \uD83D\uDE00")).isTrue();
        assertThat(Keysets.isName("demo \uD83D")).isFalse();
    }
}
