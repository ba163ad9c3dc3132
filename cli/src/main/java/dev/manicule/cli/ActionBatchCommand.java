package dev.manicule.cli;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.manicule.client.ChangeMessageActions;
import dev.manicule.client.ManiculeClient;
import dev.manicule.client.MessageAction;
import dev.manicule.client.Status.ErrorData;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Changes actions on the messages of a channel, as the lines of a file say. */
@Command(name = "batch",
        description = "Make the changes of actions that stand in a file, one after the other, and print what each did.",
        footerHeading = "%n",
        footer = {
                "A line is a change in JSON, such as",
                "{\"change\":\"add\",\"messageTimetoken\":\"17672256000000001\",\"type\":\"reaction\",\"value\":\"smile\"}",
                "A change is add, remove or toggle. An add or a toggle may have \"ttlSeconds\", an add an \"amount\"; a remove "
                        + "may name another user in \"of\", and takes the secret key then. Each 100 lines are one request. A line that makes no sense "
                        + "is refused with its number before any change is made."})
final class ActionBatchCommand extends ClientCommand {
    /** How many changes a request takes. */
    private static final int MOST = 100;

    @Parameters(index = "0", paramLabel = "CHANNEL", description = "The channel of the messages.")
    private String channel = "";

    @Parameters(index = "1", paramLabel = "FILE",
            description = "The changes, one a line; - for the standard input.")
    private Path file = Path.of("");

    @Option(names = "--atomic", description = "Make all changes at one moment, or none. Takes 100 lines at most.")
    private boolean isAtomic;

    private List<Change> changes = List.of();
    private boolean isRefused;

    /**
     * A change, as its line has it.
     *
     * @param ttl null for none
     */
    private record Change(String kind, MessageAction action, @Nullable Duration ttl) {
        private static final ObjectMapper JSON = new ObjectMapper().enable(
                DeserializationFeature.FAIL_ON_TRAILING_TOKENS).enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);
        private static final Set<String> MEMBERS = Set.of("change", "messageTimetoken", "type", "value", "amount",
                "ttlSeconds", "of");

        /** Reads a line; throws when it makes no sense, with the reason. */
        static Change read(String line) {
            JsonNode json = object(line);
            json.fieldNames()
                    .forEachRemaining(name -> refuse(!MEMBERS.contains(name),
                            "`" + name + "` is no member of a change"));
            String kind = text(json, "change");
            refuse(!Set.of("add", "remove", "toggle").contains(kind), "`change` must be add, remove or toggle");
            boolean isRemoval = kind.equals("remove");
            refuse(json.has("of") && !isRemoval, "`of` is for a remove only");
            refuse(json.has("ttlSeconds") && isRemoval, "`ttlSeconds` is for an add or a toggle only");
            refuse(json.has("amount") && !kind.equals("add"), "`amount` is for an add only");
            String timetoken = text(json, "messageTimetoken");
            refuse(!timetoken.matches("[0-9]{1,18}") || Long.parseLong(timetoken) == 0,
                    "`messageTimetoken` must be a string of 17 digits");
            MessageAction action = new MessageAction(text(json, "type"), text(json, "value"),
                    Long.parseLong(timetoken), json.has("of") ? text(json, "of") : null, 0)
                    .withAmount(json.has("amount") ? amount(json.get("amount")) : 1);
            return new Change(kind, action, json.has("ttlSeconds") ? ttl(json.get("ttlSeconds")) : null);
        }

        private static JsonNode object(String line) {
            try {
                JsonNode json = JSON.readTree(line);
                refuse(!json.isObject(), "no JSON object");
                return json;
            } catch (JsonProcessingException e) {
                throw new IllegalArgumentException("no JSON: " + e.getOriginalMessage(), e);
            }
        }

        private static String text(JsonNode json, String name) {
            JsonNode member = json.path(name);
            refuse(!member.isTextual() || member.asText().isEmpty(),
                    "`" + name + "` must be a string that is not empty");
            return member.asText();
        }

        private static int amount(JsonNode amount) {
            refuse(!amount.canConvertToExactIntegral() || !AmountArgument.isAmount(amount.asLong()),
                    "`amount` must be a whole number up to " + AmountArgument.MOST + ", and not 0");
            return amount.asInt();
        }

        private static Duration ttl(JsonNode seconds) {
            refuse(!seconds.canConvertToExactIntegral() || !TimeToLive.isIn(seconds.asLong()),
                    "`ttlSeconds` must be a whole number, 1 to " + TimeToLive.LONGEST);
            return Duration.ofSeconds(seconds.asLong());
        }

        ChangeMessageActions behind(ChangeMessageActions call) {
            return switch (kind) {
                case "remove" -> call.remove(action);
                case "toggle" -> ttl == null ? call.toggle(action) : call.toggle(action, ttl);
                default -> ttl == null ? call.add(action) : call.add(action, ttl);
            };
        }
    }

    @Override
    void check() {
        List<Change> read = new ArrayList<>();
        for (String line : content().lines().toList()) {
            try {
                read.add(Change.read(line));
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(
                        file + ": line " + (read.size() + 1) + ": " + e.getMessage() + ". Nothing was changed.", e);
            }
        }
        refuse(read.isEmpty(), file + " has no changes: a line is one, and `manicule actions batch --help` shows one");
        refuse(isAtomic && read.size() > MOST,
                file + " has " + read.size() + " changes, and --atomic takes " + MOST + " at most");
        changes = read;
    }

    private String content() {
        try {
            byte[] bytes = file.toString().equals("-") ? System.in.readAllBytes() : Files.readAllBytes(file);
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException(file + " is not text in UTF-8", e);
        } catch (IOException e) {
            throw new IllegalArgumentException("can't read " + file + " (" + e.getMessage() + ")", e);
        }
    }

    @Override
    void run(ManiculeClient client, Output out) {
        for (int from = 0; from < changes.size(); from += MOST) {
            ChangeMessageActions call = client.changeMessageActions(channel);
            for (Change change : changes.subList(from, Math.min(from + MOST, changes.size()))) {
                call = change.behind(call);
            }
            List<ChangeMessageActions.Outcome> outcomes = (isAtomic ? call.atomic() : call).sync().orThrow().outcomes();
            for (int i = 0; i < outcomes.size(); i++) {
                print(from + i + 1, outcomes.get(i), out);
            }
        }
    }

    private void print(int line, ChangeMessageActions.Outcome outcome, Output out) {
        ErrorData error = outcome.errorData();
        ObjectNode json = Output.object().put("line", line).put("status", outcome.statusCode());
        List<String> words = new ArrayList<>();
        if (error == null) {
            describe("removed", outcome.changed().removed(), words, json);
            describe("added", outcome.changed().added(), words, json);
            describe("renewed", outcome.changed().renewed(), words, json);
        } else {
            isRefused = true;
            words.add("refused: " + Failures.words(error, outcome.statusCode()));
            json.put("error", error.message());
            if (error.existing() != null) {
                json.set("existing", Output.object(error.existing()));
            }
        }
        out.print(line + ": " + String.join("; ", words), json);
    }

    private static void describe(String how, List<MessageAction> actions, List<String> words, ObjectNode json) {
        ArrayNode array = json.putArray(how);
        for (MessageAction action : actions) {
            words.add(how + " " + ActionsCommand.words(action));
            array.add(Output.object(action));
        }
    }

    @Override
    int exitCode() {
        return isRefused ? ExitCode.REFUSED : ExitCode.OK;
    }
}
