package dev.manicule.server.limits;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class RedactedThrowableTest {
    private static String shown(Throwable thrown) {
        StringWriter text = new StringWriter();
        RedactedThrowable.of(thrown).printStackTrace(new PrintWriter(text));
        return text.toString();
    }

    @Test
    void clientInputIsRedacted() {
        String shown = shown(
                new IllegalStateException("token abc", new NumberFormatException("For input: \"secret\"")));
        assertThat(shown).contains("IllegalStateException", "NumberFormatException", "RedactedThrowableTest.java")
                .doesNotContain("abc", "secret");
    }

    @Test
    void virtualMachineMessagesAreShown() {
        assertThat(
                shown(new IllegalStateException("token abc", new IndexOutOfBoundsException("Index 5 out of bounds"))))
                .contains("Index 5 out of bounds")
                .doesNotContain("abc");
    }

    @Test
    void circularCausesTerminate() {
        IllegalStateException one = new IllegalStateException("a");
        one.initCause(new IllegalStateException("b", one));
        assertThat(shown(one)).contains("IllegalStateException");
    }
}
