package dev.manicule.acceptance.faults;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.manicule.acceptance.Wire;
import dev.manicule.acceptance.history.ActionKey;
import dev.manicule.acceptance.history.FeedEvent;
import dev.manicule.acceptance.history.FinalState;
import dev.manicule.acceptance.history.Invocation;
import dev.manicule.acceptance.history.Result;
import dev.manicule.acceptance.history.Store;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A server, as one client has it over HTTP, on a connection that it keeps. */
public final class WireStore implements Store {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int PATIENCE_MILLIS = 30_000;

    private final Wire wire;
    private Wire.@Nullable Connection connection;

    /** A client of the server at a port of this machine. */
    public WireStore(int port) {
        wire = new Wire(port);
    }

    @Override
    public Result execute(Invocation invocation, @Nullable String id) throws IOException {
        String repeatable = id == null ? "" : "&requestid=" + id;
        Wire.Connection open = connected(); // when even this fails, nothing was sent
        try {
            return switch (invocation) {
                case Invocation.Publish(String channel, String text) -> answer(
                        send(open, "POST", "/publish/demo/demo/0/" + Wire.encode(channel) + "/0?uuid=w" + repeatable,
                                JSON.writeValueAsString(text)),
                        json -> new Result.Sent(json.get(2).asLong()));
                case Invocation.Add(ActionKey key) -> answer(
                        send(open, "POST", message(key) + "?uuid=" + Wire.encode(key.uuid()) + repeatable,
                                JSON.writeValueAsString(Map.of("type", key.type(), "value", key.value()))),
                        json -> new Result.Added(json.at("/data/actionTimetoken").asLong()));
                case Invocation.Remove(ActionKey key, long action) -> answer(
                        send(open, "DELETE",
                                message(key) + "/action/" + action + "?uuid=" + Wire.encode(key.uuid()) + repeatable,
                                null),
                        json -> new Result.Removed(action));
                case Invocation.Toggle(ActionKey key) -> answer(
                        send(open, "POST",
                                message(key) + "?toggle=true&uuid=" + Wire.encode(key.uuid()) + repeatable,
                                JSON.writeValueAsString(Map.of("type", key.type(), "value", key.value()))),
                        WireStore::toggled);
                case Invocation.Read(String channel, long message) -> answer(
                        send(open, "GET", "/v3/history-with-actions/sub-key/demo/channel/" + Wire.encode(channel)
                                + "?max=1&start=" + (message + 1) + "&end=" + message, null),
                        json -> found(channel, message, json.at("/channels").path(channel)));
            };
        } catch (IOException e) {
            disconnect();
            return new Result.Unknown();
        }
    }

    private interface Reading {
        Result read(JsonNode json);
    }

    private static Result answer(Wire.Answer answer, Reading reading) {
        String body = answer.body();
        return switch (answer.status()) {
            case 200 -> reading.read(answer.json());
            case 409 -> new Result.AlreadyThere();
            case 429 -> new Result.Refused();
            case 503 -> body.contains("not certain") ? new Result.Unknown() : new Result.Refused();
            default -> {
                if (body.contains("No matching message actions")) {
                    yield new Result.NotThere();
                }
                if (body.contains("could not be read")) {
                    yield new Result.Refused();
                }
                throw new AssertionError(answer.status() + " " + body);
            }
        };
    }

    private static Result toggled(JsonNode json) {
        long action = json.at("/data/actionTimetoken").asLong();
        return json.get("toggled").asText().equals("added") ? new Result.Added(action) : new Result.Removed(action);
    }

    private static String message(ActionKey key) {
        return "/v1/message-actions/demo/channel/" + Wire.encode(key.channel()) + "/message/" + key.message();
    }

    private static Result found(String channel, long message, JsonNode messages) {
        if (messages.isEmpty()) {
            return new Result.Found(false, Map.of());
        }
        Map<ActionKey, Long> actions = new HashMap<>();
        messages.get(0).path("actions").properties().forEach(type -> type.getValue().properties().forEach(value -> {
            for (JsonNode actor : value.getValue()) {
                actions.put(new ActionKey(channel, message, type.getKey(), value.getKey(), actor.get("uuid").asText()),
                        actor.get("actionTimetoken").asLong());
            }
        }));
        return new Result.Found(true, actions);
    }

    @Override
    public PollResult poll(Set<String> channels, long cursor) throws IOException {
        String names = channels.stream().map(Wire::encode).collect(Collectors.joining(","));
        Wire.Connection open = connected();
        try {
            Wire.Answer answer = send(open, "GET", "/v2/subscribe/demo/" + names + "/0?tt=" + cursor, null);
            if (answer.status() != 200) {
                throw new AssertionError("a poll was answered " + answer.status() + " " + answer.body());
            }
            JsonNode json = answer.json();
            List<FeedEvent> events = new ArrayList<>();
            json.get("m").forEach(event -> events.add(feedEvent(event)));
            return new PollResult(events, json.at("/t/t").asLong());
        } catch (IOException e) {
            disconnect();
            throw e;
        }
    }

    private static FeedEvent feedEvent(JsonNode event) {
        long timetoken = event.at("/p/t").asLong();
        String channel = event.get("c").asText();
        if (event.path("e").asInt() != 3) {
            return new FeedEvent.Delivered(channel, timetoken, event.get("d").asText());
        }
        JsonNode data = event.at("/d/data");
        ActionKey key = new ActionKey(channel, data.get("messageTimetoken").asLong(), data.get("type").asText(),
                data.get("value").asText(), event.get("i").asText());
        return event.at("/d/event").asText().equals("added")
                ? new FeedEvent.Added(timetoken, key)
                : new FeedEvent.Removed(timetoken, key, data.get("actionTimetoken").asLong());
    }

    @Override
    public FinalState finalState(String channel) throws IOException {
        return new FinalState(messages(channel), actions(channel), feed(channel));
    }

    private Map<Long, String> messages(String channel) throws IOException {
        Map<Long, String> all = new HashMap<>();
        long start = Long.MAX_VALUE;
        while (true) {
            JsonNode page = get("/v3/history/sub-key/demo/channel/" + Wire.encode(channel) + "?max=100&start=" + start)
                    .at("/channels")
                    .path(channel);
            for (JsonNode message : page) {
                start = Math.min(start, message.get("timetoken").asLong());
                all.put(message.get("timetoken").asLong(), message.get("message").asText());
            }
            if (page.size() < 100) {
                return all;
            }
        }
    }

    private Map<ActionKey, Long> actions(String channel) throws IOException {
        Map<ActionKey, Long> all = new HashMap<>();
        String next = "/v1/message-actions/demo/channel/" + Wire.encode(channel) + "?limit=1000";
        while (!next.isEmpty()) {
            JsonNode page = get(next);
            for (JsonNode action : page.get("data")) {
                all.put(new ActionKey(channel, action.get("messageTimetoken").asLong(), action.get("type").asText(),
                        action.get("value").asText(), action.get("uuid").asText()),
                        action.get("actionTimetoken").asLong());
            }
            next = page.at("/more/url").asText("");
        }
        return all;
    }

    /** All events there are: those of a channel, and one more of another as a mark of the end, so that nothing waits. */
    private List<FeedEvent> feed(String channel) throws IOException {
        List<FeedEvent> all = new ArrayList<>();
        String end = channel + "-end";
        long last = wire.publish(end, "1");
        long cursor = 1;
        int empty = 0;
        while (cursor < last) {
            PollResult polled = poll(Set.of(channel, end), cursor);
            if (polled.events().isEmpty() && ++empty > 2) {
                throw new UnreadableException("polls from " + cursor + " on are refused for a while");
            }
            polled.events().stream().filter(event -> event.channel().equals(channel)).forEach(all::add);
            cursor = polled.cursor();
        }
        return all;
    }

    private JsonNode get(String path) throws IOException {
        Wire.Answer answer = send(connected(), "GET", path, null);
        if (answer.status() == 500) {
            throw new UnreadableException(answer.body());
        }
        if (answer.status() != 200) {
            throw new AssertionError(path + ": " + answer.status() + " " + answer.body());
        }
        return answer.json();
    }

    private static Wire.Answer send(Wire.Connection open, String method, String path, @Nullable String body)
            throws IOException {
        byte[] bytes = body == null ? new byte[0] : body.getBytes(StandardCharsets.UTF_8);
        String head = method + " " + path + " HTTP/1.1\r\nHost: test\r\n"
                + (body == null ? "" : "Content-Length: " + bytes.length + "\r\n") + "\r\n";
        byte[] start = head.getBytes(StandardCharsets.UTF_8);
        byte[] all = new byte[start.length + bytes.length];
        System.arraycopy(start, 0, all, 0, start.length);
        System.arraycopy(bytes, 0, all, start.length, bytes.length);
        open.write(all);
        return open.read();
    }

    private Wire.Connection connected() throws IOException {
        Wire.Connection open = connection;
        if (open == null) {
            open = wire.connect();
            open.socket().setSoTimeout(PATIENCE_MILLIS);
            connection = open;
        }
        return open;
    }

    private void disconnect() {
        try {
            if (connection != null) {
                connection.close();
            }
        } catch (IOException e) {
            // it is gone either way
        }
        connection = null;
    }

    @Override
    public void close() {
        disconnect();
    }
}
