package dev.manicule.server.model;

import dev.manicule.server.json.Json;
import dev.manicule.server.model.Command.AddAction;
import dev.manicule.server.model.Command.Publish;
import dev.manicule.server.model.Command.RemoveAction;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What a client calls a request, so that it can send it again without having it done again. Names are kept apart by
 * keyset and by who asks; of both the name and what is asked, a digest is all that is kept.
 *
 * @param name {@value #BYTES} bytes that stand for keyset, uuid and the client's own name for the request
 * @param content {@value #BYTES} bytes that stand for what is asked
 * @param isStrict whether the same name for something else is refused as a mistake; otherwise it is another request
 */
@SuppressWarnings("ArrayRecordComponent") // equality is by content, below
public record RequestId(byte[] name, byte[] content, boolean isStrict) {
    /** How long each of the digests is. Nobody finds two equal ones of so many bits. */
    public static final int BYTES = 16;

    /**
     * The id of a request.
     *
     * @param uuid who asks, null when nobody is named
     * @param text what the client calls it
     * @param command what it asks: a publish, an add or a remove
     */
    public static RequestId of(String keyset, @Nullable String uuid, String text, Command<?> command,
            boolean isStrict) {
        Digest name = new Digest().add(keyset).add(uuid).add(text).add(isStrict ? 1 : 0);
        Digest content = new Digest();
        switch (command) {
            case Publish publish -> content.add(0)
                    .add(publish.channel().name())
                    .add(publish.payload())
                    .add(publish.meta())
                    .add(publish.customType())
                    .add(publish.delivery().name());
            case AddAction add -> content.add(1)
                    .add(add.channel().name())
                    .add(add.messageTimetoken())
                    .add(add.type())
                    .add(add.value());
            case RemoveAction remove -> content.add(2)
                    .add(remove.channel().name())
                    .add(remove.messageTimetoken())
                    .add(remove.actionTimetoken());
            default -> throw new IllegalArgumentException("has no request id: " + command);
        }
        return new RequestId(name.bytes(), content.bytes(), isStrict);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof RequestId id && isStrict == id.isStrict && Arrays.equals(name, id.name)
                && Arrays.equals(content, id.content);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(name);
    }

    /** Digests parts, each with its length, so that none runs into another. */
    private static final class Digest {
        private final MessageDigest sha;

        Digest() {
            try {
                sha = MessageDigest.getInstance("SHA-256");
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("every Java has SHA-256", e);
            }
        }

        Digest add(@Nullable String part) {
            return add(part == null ? null : part.getBytes(StandardCharsets.UTF_8));
        }

        Digest add(@Nullable Json part) {
            return add(part == null ? null : part.utf8());
        }

        Digest add(long part) {
            sha.update(ByteBuffer.allocate(Long.BYTES).putLong(part).flip());
            return this;
        }

        private Digest add(byte @Nullable [] part) {
            add(part == null ? -1 : part.length);
            if (part != null) {
                sha.update(part);
            }
            return this;
        }

        byte[] bytes() {
            return Arrays.copyOf(sha.digest(), BYTES);
        }
    }
}
