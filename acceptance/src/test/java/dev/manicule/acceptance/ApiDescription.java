package dev.manicule.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion.VersionFlag;
import com.networknt.schema.ValidationMessage;
import dev.manicule.acceptance.Wire.Answer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** A description of an API as the server serves it, to hold against what the server does. */
final class ApiDescription {
    private static final JsonSchemaFactory SCHEMAS = JsonSchemaFactory.getInstance(VersionFlag.V202012);

    private final JsonNode root;
    private final Map<String, JsonSchema> schemas = new HashMap<>();

    private ApiDescription(JsonNode root) {
        this.root = root;
    }

    static ApiDescription of(Wire wire, String path) {
        Answer answer = wire.get(path);
        assertThat(answer.headers()).containsEntry("content-type", "application/yaml");
        try {
            return new ApiDescription(new YAMLMapper().readTree(answer.bytes()));
        } catch (IOException e) {
            throw new UncheckedIOException(path, e);
        }
    }

    JsonNode root() {
        return root;
    }

    /**
     * An operation: its method, what its path looks like, and its answers by status.
     *
     * @param path any path of it, as a pattern
     */
    record Operation(String id, String method, String path, JsonNode responses) {
        boolean isOf(String requestMethod, String target) {
            String pattern = Pattern.quote(path)
                    .replace("{payload}", "\\E.+\\Q")
                    .replaceAll("\\{[A-Za-z]+}", "\\\\E[^/]+\\\\Q");
            return method.equals(requestMethod) && Pattern.matches(pattern, target.replaceFirst("\\?.*", ""));
        }
    }

    /** By their ids. */
    Map<String, Operation> operations() {
        Map<String, Operation> operations = new TreeMap<>();
        root.get("paths").properties().forEach(path -> path.getValue().properties().forEach(method -> {
            String id = method.getValue().get("operationId").asText();
            operations.put(id, new Operation(id, method.getKey().toUpperCase(Locale.ROOT), path.getKey(),
                    method.getValue().get("responses")));
        }));
        return operations;
    }

    /** The names of all schemas. */
    Set<String> schemas() {
        Set<String> names = new TreeSet<>();
        root.at("/components/schemas").fieldNames().forEachRemaining(names::add);
        return names;
    }

    /** That of an id. */
    Operation operation(String id) {
        return Objects.requireNonNull(operations().get(id), () -> "no operation " + id);
    }

    /** Each operation with each status that it may answer, such as {@code publish 200}. */
    Set<String> answers() {
        Set<String> answers = new TreeSet<>();
        operations().values()
                .forEach(operation -> operation.responses()
                        .fieldNames()
                        .forEachRemaining(status -> answers.add(operation.id() + " " + status)));
        return answers;
    }

    /** Holds an answer against what is said of it. */
    void check(Operation operation, Answer answer) {
        String what = operation.id() + " " + answer.status();
        JsonNode response = resolve(operation.responses().path("" + answer.status()));
        assertThat(response.isMissingNode()).as("%s is not described: %s", what, answer.body()).isFalse();
        String sent = answer.headers().getOrDefault("content-type", "").replaceFirst(";.*", "");
        JsonNode content = response.path("content");
        response.path("headers")
                .fieldNames()
                .forEachRemaining(field -> assertThat(answer.headers()).as(what)
                        .containsKey(field.toLowerCase(Locale.ROOT)));
        if (content.isMissingNode()) {
            assertThat(answer.bytes()).as(what).isEmpty();
            return;
        }
        boolean isJson = content.has("application/json") && sent.equals("text/javascript"); // its other name
        String type = isJson ? "application/json" : sent;
        assertThat(content.has(type)).as("%s answers %s", what, type).isTrue();
        if (type.equals("application/json")) {
            check(what, content.get(type).get("schema"), answer.json());
        }
    }

    /** Holds JSON against a schema. */
    void check(String what, JsonNode schema, JsonNode json) {
        Set<ValidationMessage> faults = schemas.computeIfAbsent(schema.toString(), text -> compiled(schema))
                .validate(json);
        assertThat(faults).as("%s: %s", what, json).isEmpty();
    }

    private JsonSchema compiled(JsonNode schema) {
        ObjectNode whole = schema.deepCopy();
        whole.set("components", root.get("components").deepCopy());
        close(whole);
        return SCHEMAS.getSchema(whole);
    }

    /**
     * Allows no members but those that are described. The description itself allows more, so that a client that is
     * generated from it takes the answers of later servers.
     */
    private static void close(JsonNode node) {
        if (node instanceof ObjectNode object && object.path("properties").isObject()
                && !object.has("additionalProperties")) {
            object.put("additionalProperties", false);
        }
        node.forEach(ApiDescription::close);
    }

    private JsonNode resolve(JsonNode node) {
        JsonNode reference = node.get("$ref");
        return reference == null ? node : root.at(reference.asText().substring(1));
    }
}
