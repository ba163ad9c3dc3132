package dev.manicule.bench.sizing;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Text with the shape of chat: words of a large vocabulary, few of them frequent and most rare, and ids. It compresses as
 * written language does. The same seed gives the same text. For one thread.
 */
final class SampleText {
    private static final int WORDS = 20_000;
    private static final int USERS = 5_000;
    private static final int CHANNELS = 1_000;
    private static final int EMOJI = 200;
    private static final int LONGEST = 10;
    /** Letters as frequent as in English. */
    private static final String LETTERS = "eeeeeeeeeeeetttttttttaaaaaaaaooooooooiiiiiiinnnnnnnsssssshhhhhhrrrrrrddddllll"
            + "cccuuummmwwffggyyppbbvk";

    private final Random random;
    private final List<String> words = new ArrayList<>();
    private final List<String> users = new ArrayList<>();
    private final List<String> channels = new ArrayList<>();

    SampleText(long seed) {
        random = new Random(seed);
        for (int rank = 0; rank < WORDS; rank++) {
            words.add(word(rank));
        }
        for (int user = 0; user < USERS; user++) {
            users.add("%s-%s-4%s-a%s-%s".formatted(hex(8), hex(4), hex(3), hex(3), hex(12)));
        }
        for (int channel = 0; channel < CHANNELS; channel++) {
            channels.add("room." + hex(16));
        }
    }

    /** Frequent words are short. */
    private String word(int rank) {
        int length = Math.min(2 + (32 - Integer.numberOfLeadingZeros(rank + 1)) / 3 + random.nextInt(3), LONGEST);
        StringBuilder word = new StringBuilder();
        for (int letter = 0; letter < length; letter++) {
            word.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
        }
        return word.toString();
    }

    /** So many hexadecimal digits. */
    String hex(int digits) {
        StringBuilder hex = new StringBuilder();
        for (int digit = 0; digit < digits; digit++) {
            hex.append(Character.forDigit(random.nextInt(16), 16));
        }
        return hex.toString();
    }

    /** A JSON object of exactly so many bytes, 50 at least: an id and a text. */
    String message(int bytes) {
        StringBuilder json = new StringBuilder("{\"id\":\"").append(hex(16)).append("\",\"text\":\"");
        int end = bytes - 2;
        while (json.length() < end) {
            // the frequency of a word is the inverse of its rank (Zipf)
            int rank = (int) Math.exp(random.nextDouble() * Math.log(WORDS));
            json.append(words.get(rank)).append(random.nextInt(12) == 0 ? ". " : " ");
        }
        json.setLength(end);
        return json.append("\"}").toString();
    }

    /** A uuid of 36 characters, one of 5,000. */
    String user() {
        return user(random.nextInt(USERS));
    }

    /** The uuid of a user by its number; numbers that are 5,000 apart are the same user. */
    String user(int number) {
        return users.get(number % USERS);
    }

    /** A channel of 21 characters, one of 1,000. */
    String channel() {
        return channel(random.nextInt(CHANNELS));
    }

    /** The channel of a number; numbers that are 1,000 apart are the same channel. */
    String channel(int number) {
        return channels.get(number % CHANNELS);
    }

    /** The value of a reaction: one of 200 words. */
    String emoji() {
        return words.get(WORDS / 2 + (int) Math.exp(random.nextDouble() * Math.log(EMOJI)));
    }
}
