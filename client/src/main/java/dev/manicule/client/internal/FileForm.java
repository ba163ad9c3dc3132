package dev.manicule.client.internal;

import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.UUID;

/** A form with fields and a file, as {@code multipart/form-data}. The file is never in memory as a whole. */
public final class FileForm {
    private static final String LINE = "\r\n";

    private FileForm() {}

    /**
     * The form.
     *
     * @param fields in the order in which they are sent, before the file
     * @param name of the file
     * @param type the media type of the file
     * @param file its bytes, with a length that is known
     */
    public static Content of(Map<String, String> fields, String name, String type, BodyPublisher file) {
        String boundary = "manicule-" + UUID.randomUUID();
        StringBuilder head = new StringBuilder();
        fields.forEach((key, value) -> part(key, "", boundary, head).append(LINE).append(value).append(LINE));
        part("file", "; filename=\"" + quoted(name) + "\"", boundary, head).append("Content-Type: ")
                .append(type)
                .append(LINE)
                .append(LINE);
        String tail = LINE + "--" + boundary + "--" + LINE;
        return new Content("multipart/form-data; boundary=" + boundary,
                BodyPublishers.concat(text(head.toString()), file, text(tail)), "");
    }

    private static StringBuilder part(String key, String more, String boundary, StringBuilder to) {
        return to.append("--")
                .append(boundary)
                .append(LINE)
                .append("Content-Disposition: form-data; name=\"")
                .append(quoted(key))
                .append('"')
                .append(more)
                .append(LINE);
    }

    /** As browsers write names. */
    private static String quoted(String name) {
        return name.replace("\"", "%22").replace("\r", "%0D").replace("\n", "%0A");
    }

    private static BodyPublisher text(String text) {
        return BodyPublishers.ofByteArray(text.getBytes(StandardCharsets.UTF_8));
    }
}
