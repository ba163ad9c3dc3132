package dev.manicule.server.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.manicule.server.command.Forms.Form;
import dev.manicule.server.model.Channel;
import dev.manicule.server.model.ChannelGroup;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** The forms that are in logs stay what they are, and damaged ones are refused in one way. */
class ByteFormTest {
    /** Reads a form to its end. */
    interface Decoder<T> {
        T decode(byte[] form) throws DamagedFormException;
    }

    @Test
    void formsNeverChange() throws Exception {
        assertGolden(Forms.COMMANDS, Forms::form, Forms::command);
        assertGolden(Forms.OUTCOMES, Forms::form, Forms::outcome);
        assertGolden(List.of(Forms.ENTRY), Forms::form, Forms::entry);
    }

    private static <T> void assertGolden(List<Form<T>> forms, Function<T, byte[]> encoder, Decoder<T> decoder)
            throws DamagedFormException {
        for (Form<T> form : forms) {
            assertThat(HexFormat.of().formatHex(encoder.apply(form.value())))
                    .as("%s", form.value())
                    .isEqualTo(form.hex());
            assertThat(decoder.decode(form.bytes())).isEqualTo(form.value());
        }
    }

    @Test
    void everyCommandAndOutcomeHasAFixedForm() {
        assertThat(Forms.COMMANDS).<Class<?>>extracting(form -> form.value().getClass())
                .containsAll(Forms.records(Command.class));
        assertThat(Forms.OUTCOMES).<Class<?>>extracting(form -> form.value().getClass())
                .containsExactlyInAnyOrderElementsOf(Forms.records(Outcome.class));
    }

    @Test
    void eachKindHasAByteOfItsOwn() {
        assertThat(Forms.OUTCOMES).extracting(form -> form.bytes()[0]).doesNotHaveDuplicates();
        assertThat(Forms.COMMANDS.stream().map(form -> form.bytes()[0]).distinct())
                .hasSameSizeAs(Forms.records(Command.class));
    }

    @Test
    void damagedFormIsRefusedOrAnotherValue() {
        Forms.COMMANDS.forEach(form -> assertDamage(form.bytes(), Forms::form, Forms::command));
        Forms.OUTCOMES.forEach(form -> assertDamage(form.bytes(), Forms::form, Forms::outcome));
        assertDamage(Forms.ENTRY.bytes(), Forms::form, Forms::entry);
    }

    private static <T> void assertDamage(byte[] form, Function<T, byte[]> encoder, Decoder<T> decoder) {
        for (int length = 0; length < form.length; length++) {
            byte[] prefix = Arrays.copyOf(form, length);
            assertThatThrownBy(() -> decoder.decode(prefix)).isExactlyInstanceOf(DamagedFormException.class);
        }
        byte[] longer = Arrays.copyOf(form, form.length + 1);
        assertThatThrownBy(() -> decoder.decode(longer)).isExactlyInstanceOf(DamagedFormException.class);
        for (int at = 0; at < form.length; at++) {
            for (int change = 1; change < 256; change++) {
                byte[] changed = form.clone();
                changed[at] ^= (byte) change;
                assertOneForm(changed, encoder, decoder);
            }
        }
    }

    /** What can be read has just these bytes as its form, so that nothing else is read from them. */
    static <T> void assertOneForm(byte[] bytes, Function<T, byte[]> encoder, Decoder<T> decoder) {
        try {
            assertThat(encoder.apply(decoder.decode(bytes))).isEqualTo(bytes);
        } catch (DamagedFormException expected) {
            assertThat(expected).hasMessageContaining("at byte");
        }
    }

    @Test
    void missingSizeAllocatesNothing() {
        byte[] huge = HexFormat.of().parseHex("07" + "00" + "00" + "ffffffff07"); // a list of 2^31 - 1 texts
        assertThatThrownBy(() -> Forms.command(huge)).isExactlyInstanceOf(DamagedFormException.class)
                .hasMessageContaining("larger than what is left");
        byte[] negative = HexFormat.of().parseHex("07" + "00" + "00" + "ffffffff0f");
        assertThatThrownBy(() -> Forms.command(negative)).isExactlyInstanceOf(DamagedFormException.class);
        byte[] endless = HexFormat.of().parseHex("08" + "ffffffffffffffffffffff01");
        assertThatThrownBy(() -> Forms.command(endless)).isExactlyInstanceOf(DamagedFormException.class);
        byte[] padded = HexFormat.of().parseHex("08" + "8000" + "00"); // a size of 0, in two bytes
        assertThatThrownBy(() -> Forms.command(padded)).isExactlyInstanceOf(DamagedFormException.class);
    }

    @Test
    void idempotentCommandsDoNotNest() {
        byte[] key = Arrays.copyOf(Forms.form(new Idempotent<>(
                new RemoveAction(new Channel("demo", "a"), 1, 2, "bob"), Forms.key(true))), 34);
        byte[] nested = new byte[key.length * 100_000];
        for (int at = 0; at < nested.length; at += key.length) {
            System.arraycopy(key, 0, nested, at, key.length);
        }
        assertThatThrownBy(() -> Forms.command(nested)).isExactlyInstanceOf(DamagedFormException.class)
                .hasMessageContaining("no such command is of kind 10");
    }

    @Test
    void emptyAnnouncementIsRefused() {
        assertThatThrownBy(() -> Forms.command(new byte[]{6, 0})).isExactlyInstanceOf(DamagedFormException.class);
    }

    @Test
    void entryOfALaterVersionIsReported() {
        byte[] later = Forms.ENTRY.bytes();
        later[0] = 2;
        assertThatThrownBy(() -> Forms.entry(later)).isExactlyInstanceOf(DamagedFormException.class)
                .hasMessageContaining("an entry of version 2");
    }

    @Test
    void failedEncodingLeavesNoBytes() {
        ByteWriter out = new ByteWriter();
        Forms.ENTRY.value().writeTo(out);
        Entry bad = new Entry(new OperationId(1, 2), 1, 3, new DeleteGroup(new ChannelGroup("demo", "half \uD83D")));
        assertThatThrownBy(() -> bad.writeTo(out)).isInstanceOf(IllegalArgumentException.class);
        assertThat(out.toBytes()).isEqualTo(Forms.ENTRY.bytes());
        out.clear();
        Forms.ENTRY.value().writeTo(out);
        assertThat(out.toBytes()).isEqualTo(Forms.ENTRY.bytes());
    }
}
