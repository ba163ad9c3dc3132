package dev.manicule.server.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.manicule.server.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class ByteWriterTest {
    @Test
    void textEncodingEqualsJavasUtf8() throws Exception {
        for (String text : new String[]{"", "a", "\u0000", "\u007f\u0080\u07ff\u0800\ud7ff\ue000\uffff", "😀a😀",
                "\ud800\udc00\udbff\udfff", "é".repeat(100)}) {
            ByteWriter out = new ByteWriter();
            out.text(text);
            byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
            byte[] written = out.toBytes();
            assertThat(Arrays.copyOfRange(written, written.length - utf8.length, written.length)).isEqualTo(utf8);
            assertThat(new ByteReader(written).text()).isEqualTo(text);
        }
    }

    @Test
    void loneSurrogateIsRefused() {
        for (String text : new String[]{"\ud83d", "a\ud83d", "\ud83da", "\ude00", "\ude00\ud83d", "😀\ude00",
                "\ud83d\ud83d\ude00"}) {
            assertThatThrownBy(() -> new ByteWriter().text(text)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void invalidUtf8IsRefused() {
        for (String hex : new String[]{"01ff", "0180", "02c080", "03eda0bd", "03e282", "02c3", "04f4908080",
                "02c328"}) {
            assertThatThrownBy(() -> new ByteReader(HexFormat.of().parseHex(hex)).text()).as(hex)
                    .isExactlyInstanceOf(DamagedFormException.class);
        }
    }

    @Test
    void sizeHasTheShortestForm() throws Exception {
        int[] sizes = {0, 1, 127, 128, 16_383, 16_384, 2_097_151, 2_097_152};
        int[] bytes = {1, 1, 1, 2, 2, 3, 3, 4};
        for (int i = 0; i < sizes.length; i++) {
            ByteWriter out = new ByteWriter();
            out.size(sizes[i]);
            assertThat(out.length()).isEqualTo(bytes[i]);
            byte[] withRest = Arrays.copyOf(out.array(), out.length() + sizes[i]);
            assertThat(new ByteReader(withRest).size()).isEqualTo(sizes[i]);
        }
        ByteWriter out = new ByteWriter();
        out.size(Integer.MAX_VALUE);
        assertThat(HexFormat.of().formatHex(out.toBytes())).isEqualTo("ffffffff07");
    }

    @Test
    void writerIsReusableAndReleasesALargeArray() {
        ByteWriter out = new ByteWriter();
        out.json(new Json(new byte[2000]));
        byte[] grown = out.array();
        out.clear();
        assertThat(out.length()).isZero();
        assertThat(out.array()).isSameAs(grown);
        out.json(new Json(new byte[3 << 20]));
        assertThat(out.length()).isEqualTo((3 << 20) + 4);
        out.clear();
        assertThat(out.array().length).isLessThan(1 << 20);
    }

    @Test
    void aReaderStaysWithinItsPart() {
        byte[] bytes = {9, 9, 1, 'a', 9};
        assertThatThrownBy(() -> new ByteReader(bytes, 2, 1).text()).isInstanceOf(DamagedFormException.class);
        assertThatThrownBy(() -> new ByteReader(bytes, 2, 4)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> new ByteReader(bytes, 2, 3).number()).isInstanceOf(DamagedFormException.class);
        assertThatThrownBy(() -> new ByteReader(bytes, 2, 3).integer()).isInstanceOf(DamagedFormException.class);
        assertThatThrownBy(() -> new ByteReader(bytes, 2, 3).octets(4)).isInstanceOf(DamagedFormException.class);
    }
}
