package dev.manicule.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.manicule.acceptance.Wire.Answer;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The form that a client uploads a file with, as the server has given it out.
 *
 * @param id the id of the file
 * @param path where the form goes
 * @param fields the fields before the file
 */
record FileForm(String id, String path, List<Map.Entry<String, String>> fields) {
    private static final String BOUNDARY = "----boundary42";
    /** The header field of a form. */
    static final String TYPE = "Content-Type: multipart/form-data; boundary=" + BOUNDARY;

    /** Requests one for a channel of the keyset {@code demo}. */
    static FileForm request(Wire wire, String channel, String name) {
        Answer answer = wire.post("/v1/files/demo/channels/" + channel + "/generate-upload-url",
                "{\"name\":\"" + name + "\"}");
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        JsonNode upload = answer.json().get("file_upload_request");
        assertThat(upload.get("method").asText()).isEqualTo("POST");
        assertThat(upload.get("expiration_date").asText()).matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ");
        List<Map.Entry<String, String>> fields = new ArrayList<>();
        upload.get("form_fields")
                .forEach(field -> fields.add(Map.entry(field.get("key").asText(), field.get("value").asText())));
        URI url = URI.create(upload.get("url").asText());
        assertThat(url.getScheme() + "://" + url.getHost()).isEqualTo("http://test");
        assertThat(answer.json().at("/data/name").asText()).isEqualTo(name);
        return new FileForm(answer.json().at("/data/id").asText(), url.getRawPath(), fields);
    }

    /** The body of a form. */
    static byte[] body(List<Map.Entry<String, String>> fields, byte[] file) {
        ByteArrayOutputStream form = new ByteArrayOutputStream();
        fields.forEach(field -> form.writeBytes(("--" + BOUNDARY + "\r\nContent-Disposition: form-data; name=\""
                + field.getKey() + "\"\r\n\r\n" + field.getValue() + "\r\n").getBytes(StandardCharsets.UTF_8)));
        form.writeBytes(("--" + BOUNDARY + "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"x\"\r\n"
                + "Content-Type: image/png\r\n\r\n").getBytes(StandardCharsets.UTF_8));
        form.writeBytes(file);
        form.writeBytes(("\r\n--" + BOUNDARY + "--\r\n").getBytes(StandardCharsets.UTF_8));
        return form.toByteArray();
    }

    /** The body with a file. */
    byte[] with(byte[] file) {
        return body(fields, file);
    }

    /** Uploads a file. */
    Answer upload(Wire wire, byte[] file) {
        return wire.send("POST", path, with(file), TYPE);
    }
}
