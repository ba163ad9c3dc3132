package dev.manicule.acceptance.hostile;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Random;

/** What attacks store beforehand, and the names that they use. What the server refuses is not stored, and that is fine. */
final class Stores {
    /** Below the limits of a body and of a target, with room for the rest. */
    static final int LARGE = 30_000;
    /** Names of three letters that fit into one target. */
    static final int MOST_NAMES = 8_000;
    private static final int BATCH = 16;

    private Stores() {}

    /** A text of JSON that compresses badly. */
    static String noise(int length, long seed) {
        Random random = new Random(seed);
        StringBuilder text = new StringBuilder(length + 2).append('"');
        for (int i = 0; i < length; i++) {
            text.append(Character.forDigit(random.nextInt(36), 36));
        }
        return text.append('"').toString();
    }

    /**
     * The names of a request: by turns as many as fit, and fewer and longer ones, as a server may still take that limits
     * how many there are.
     */
    static String names(int turn, int most, int fewer) {
        return turn % 2 == 0
                ? numbered(turn * most % 1_600_000, most, 4)
                : numbered(turn * fewer, fewer, Math.min(60, LARGE / fewer - 1));
    }

    /** The same names for every turn of one kind. */
    static String manyNames(int turn) {
        return turn % 2 == 0 ? numbered(0, MOST_NAMES, 3) : numbered(0, 480, 60);
    }

    /** So many names, separated by commas: the numbers from there on, to the base of 36. */
    static String numbered(int from, int count, int width) {
        StringBuilder names = new StringBuilder(count * (width + 1));
        for (int i = 0; i < count; i++) {
            String digits = Integer.toString(from + i, 36);
            names.append(i == 0 ? "" : ",").append("0".repeat(Math.max(0, width - digits.length()))).append(digits);
        }
        return names.toString();
    }

    static byte[] publish(String channel, String json) {
        return Http1.request("POST", "/publish/" + Target.KEYSET + "/" + Target.KEYSET + "/0/" + channel + "/0", json);
    }

    /** Where polls begin. */
    static String now(Target.Client client) throws IOException {
        return client.get("/time/0").text().replaceAll("\\D", "");
    }

    /** A request by its number. */
    @FunctionalInterface
    interface Numbered {
        byte[] request(int number);
    }

    /** Sends requests on one connection, some at a time; on another one, where the server has closed it. */
    static void send(Target target, int count, Numbered requests) throws IOException {
        Target.Client client = target.client();
        for (int from = 0; from < count; from += BATCH) {
            int to = Math.min(count, from + BATCH);
            ByteArrayOutputStream batch = new ByteArrayOutputStream();
            for (int i = from; i < to; i++) {
                batch.writeBytes(requests.request(i));
            }
            try {
                client.write(batch.toByteArray(), to - from);
                for (int i = from; i < to; i++) {
                    var _ = client.read();
                }
            } catch (IOException e) {
                client.close();
                client = target.client();
            }
        }
        client.close();
    }

    /** Nine channels with a page of seven megabytes between them. */
    static void largeHistory(Target target) throws IOException {
        for (int channel = 0; channel < 9; channel++) {
            String name = "large" + channel;
            send(target, 25, i -> publish(name, noise(LARGE, i)));
        }
    }

    /** The target of that page; a number makes it another than all before, so that no cache has it. */
    static String largePage(int number) {
        return "/v3/history/sub-key/" + Target.KEYSET
                + "/channel/large0,large1,large2,large3,large4,large5,large6,large7,large8?max=25&start="
                + (99_999_999_999_999_999L - number);
    }

    /** Actions on one new message, with values and uuids of these lengths. */
    static void largeActions(Target target, String channel, int count, int valueBytes,
            int uuidBytes) throws IOException {
        String message;
        try (Target.Client client = target.client()) {
            client.write(publish(channel, "1"), 1);
            message = client.read().text().replaceAll("(?s).*\"(\\d{17})\".*", "$1");
        }
        String uuid = "u".repeat(uuidBytes);
        send(target, count, i -> Http1.request("POST", "/v1/message-actions/" + Target.KEYSET + "/channel/" + channel
                + "/message/" + message + "?uuid=" + i + uuid,
                "{\"type\":\"t\",\"value\":" + noise(valueBytes, i) + "}"));
    }
}
