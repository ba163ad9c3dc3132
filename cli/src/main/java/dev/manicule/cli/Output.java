package dev.manicule.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.manicule.client.FetchMessages.Actor;
import dev.manicule.client.MessageAction;
import dev.manicule.client.RawJson;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** Prints results: for people by default, one JSON object a line with {@code --json}. */
final class Output {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Spec(Target.MIXEE)
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Option(names = "--json", description = "Print JSON, one object a line.")
    private boolean json;

    /** Prints a line, in one of two forms. */
    void print(String words, ObjectNode object) {
        PrintWriter out = spec.commandLine().getOut();
        out.println(json ? text(object) : words);
        out.flush();
    }

    static ObjectNode object() {
        return JSON.createObjectNode();
    }

    static ObjectNode object(MessageAction action) {
        ObjectNode json = object().put("messageTimetoken", String.valueOf(action.messageTimetoken()))
                .put("type", action.type())
                .put("value", action.value())
                .put("uuid", action.uuid())
                .put("actionTimetoken", String.valueOf(action.actionTimetoken()));
        if (action.amount() != 1) {
            json.put("amount", action.amount());
        }
        return action.expires() == 0 ? json : json.put("expires", String.valueOf(action.expires()));
    }

    static ArrayNode array(List<Actor> actors) {
        ArrayNode array = JSON.createArrayNode();
        actors.forEach(actor -> {
            ObjectNode json = array.addObject()
                    .put("uuid", actor.uuid())
                    .put("actionTimetoken", String.valueOf(actor.actionTimetoken()));
            if (actor.amount() != 1) {
                json.put("amount", actor.amount());
            }
            if (actor.expires() != 0) {
                json.put("expires", String.valueOf(actor.expires()));
            }
        });
        return array;
    }

    static JsonNode tree(Object value) {
        return JSON.valueToTree(value);
    }

    static String text(JsonNode node) {
        try {
            return JSON.writeValueAsString(node);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The JSON of an argument, to be sent as it was given. */
    static RawJson parse(String argument) {
        try {
            return new RawJson(argument);
        } catch (IllegalArgumentException e) {
            boolean isMeantAsText = !argument.isBlank() && Character.isLetter(argument.strip().codePointAt(0));
            throw new IllegalArgumentException(e.getMessage() + ": " + argument + (isMeantAsText
                    ? " (a text needs quotes of its own: '\"" + argument.replace("\"", "\\\"") + "\"')"
                    : ""), e);
        }
    }
}
