package dev.manicule.server.api;

import dev.manicule.server.access.FileKey.Use;
import dev.manicule.server.access.FileKey;
import dev.manicule.server.json.JsonReader;
import dev.manicule.server.json.JsonWriter;
import dev.manicule.server.model.Channel;
import dev.manicule.server.model.StoredFile;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a client may upload, without any other permission: the fields of its form carry this, signed. The server that has
 * issued it keeps nothing of it.
 *
 * @param channel the channel of the file
 * @param id the id of the file
 * @param name the name of the file
 * @param mostBytes the most bytes of the file
 * @param expires until when the upload may begin, in seconds since 1970
 */
record FilePolicy(Channel channel, String id, String name, long mostBytes, long expires) {
    /** The field of the form that has the policy. */
    static final String FIELD = "policy";
    /** The field of the form that has its signature. */
    static final String SIGNATURE = "signature";

    /** The policy as text, which its signature signs. */
    String text() {
        byte[] json = new JsonWriter().object()
                .member("keyset", channel.keyset())
                .member("channel", channel.name())
                .member("id", id)
                .member("name", name)
                .member("mostBytes", mostBytes)
                .member("expires", expires)
                .end()
                .toBytes();
        return Base64.getUrlEncoder().withoutPadding().encodeToString(json);
    }

    /** The policy of the fields of a form; null when they have none that this server has signed. */
    static @Nullable FilePolicy of(Map<String, String> fields, FileKey key) {
        String text = fields.get(FIELD);
        String signature = fields.get(SIGNATURE);
        if (text == null || signature == null || !key.isSignedBy(Use.UPLOAD, text, signature)) {
            return null;
        }
        Map<String, Object> said = JsonReader
                .members(Base64.getUrlDecoder().decode(text.getBytes(StandardCharsets.US_ASCII)));
        return said != null && said.get("keyset") instanceof String keyset
                && said.get("channel") instanceof String channel && said.get("id") instanceof String id
                && said.get("name") instanceof String name && said.get("mostBytes") instanceof Long most
                && said.get("expires") instanceof Long expires && StoredFile.isId(id)
                        ? new FilePolicy(new Channel(keyset, channel), id, name, most, expires)
                        : null;
    }
}
