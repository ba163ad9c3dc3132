package dev.manicule.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The arguments as they were given. The virtual machine decodes them in the charset of the locale and substitutes what that
 * charset does not have: in the locale C, everything that is not ASCII. The operating system still has the bytes.
 */
final class Arguments {
    private static final Path BYTES = Path.of("/proc/self/cmdline");
    private static final char SUBSTITUTE = '\uFFFD';

    private Arguments() {}

    /**
     * The arguments, decoded without loss.
     *
     * @throws IllegalArgumentException when one can't be decoded, or a variable of ours was not; the message says which
     */
    static String[] asGiven(String... decoded) {
        String ofLocale = System.getProperty("native.encoding", "");
        refuseSubstitutes(System.getenv(), ofLocale);
        return Arrays.stream(decoded).allMatch(Arguments::isCertain)
                ? decoded
                : asGiven(bytes(decoded.length), charset(ofLocale), decoded);
    }

    /** The same, from the bytes that the operating system has; null when it does not show them. */
    static String[] asGiven(@Nullable List<byte[]> bytes, Charset charset, String... decoded) {
        String[] given = decoded.clone();
        for (int i = 0; i < given.length; i++) {
            String which = "argument " + (i + 1) + " (" + decoded[i] + ")";
            if (bytes != null) {
                given[i] = decode(bytes.get(i), charset, which);
            } else if (given[i].indexOf(SUBSTITUTE) >= 0) {
                throw new IllegalArgumentException(which + " is not text in " + charset + ". " + remedy(charset));
            }
        }
        return given;
    }

    private static String decode(byte[] bytes, Charset charset, String which) {
        ByteBuffer rest = ByteBuffer.wrap(bytes);
        try {
            return charset.newDecoder().decode(rest).toString();
        } catch (CharacterCodingException e) {
            int at = rest.position();
            throw new IllegalArgumentException(
                    "%s is not text in %s: its byte %d is 0x%02X. %s".formatted(which, charset,
                            at + 1, bytes[at], remedy(charset)),
                    e);
        }
    }

    private static String remedy(Charset charset) {
        return charset.equals(StandardCharsets.UTF_8)
                ? "Give it in UTF-8, or set the locale that it was written in."
                : "Set a locale that fits, such as LC_ALL=C.UTF-8.";
    }

    /** Where a locale has ASCII only, terminals and scripts write UTF-8. */
    static Charset charset(String ofLocale) {
        boolean isKnown = !ofLocale.isEmpty() && Charset.isSupported(ofLocale);
        Charset charset = isKnown ? Charset.forName(ofLocale) : StandardCharsets.UTF_8;
        return charset.equals(StandardCharsets.US_ASCII) ? StandardCharsets.UTF_8 : charset;
    }

    /** A variable that was decoded with a loss would name another user, or another key. */
    private static void refuseSubstitutes(Map<String, String> environment, String ofLocale) {
        boolean isUtf8 = ofLocale.equalsIgnoreCase(StandardCharsets.UTF_8.name());
        environment.forEach((name, value) -> {
            if (name.startsWith("MANICULE_") && value.indexOf(SUBSTITUTE) >= 0) {
                throw new IllegalArgumentException("the variable " + name + (isUtf8 // its value may be a secret
                        ? " is not text in UTF-8. Set it anew, or set the locale that it was written in."
                        : " is not ASCII, which this locale can't read. Set one of UTF-8, such as LC_ALL=C.UTF-8."));
            }
        });
    }

    /** Whether no charset that is in use can have made this of something else. */
    private static boolean isCertain(String argument) {
        return argument.chars().allMatch(c -> c < 0x7F && c != '?');
    }

    /** The last so many arguments of this process, null where the operating system does not show them. */
    private static @Nullable List<byte[]> bytes(int count) {
        try {
            byte[] all = Files.readAllBytes(BYTES);
            List<byte[]> arguments = new ArrayList<>();
            int from = 0;
            for (int i = 0; i < all.length; i++) {
                if (all[i] == 0) {
                    arguments.add(Arrays.copyOfRange(all, from, i));
                    from = i + 1;
                }
            }
            return arguments.size() < count ? null : arguments.subList(arguments.size() - count, arguments.size());
        } catch (IOException e) {
            return null;
        }
    }
}
