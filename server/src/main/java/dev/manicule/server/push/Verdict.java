package dev.manicule.server.push;

import java.net.http.HttpResponse;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;

/** What a gateway says of a notification. */
sealed interface Verdict {
    /** It is on its way. */
    record Taken() implements Verdict {}

    /**
     * There is no such device any more.
     *
     * @param since a registration at a later time is of another one
     */
    record Gone(Instant since) implements Verdict {}

    /** Another attempt would fail as well. */
    record Refused(String why) implements Verdict {}

    /**
     * Another attempt may succeed.
     *
     * @param after the least time until then; zero when the gateway names none
     */
    record Later(String why, Duration after) implements Verdict {}

    /** The longest time that a gateway is waited for. */
    Duration LONGEST_WAIT = Duration.ofMinutes(10);

    /** A later attempt, when the gateway wants it. */
    static Later later(HttpResponse<?> response, String why, Instant now) {
        String after = response.headers().firstValue("Retry-After").orElse("0").strip();
        Duration wait;
        try {
            wait = after.chars().allMatch(Character::isDigit)
                    ? Duration.ofSeconds(Long.parseLong(after))
                    : Duration.between(now, ZonedDateTime.parse(after, DateTimeFormatter.RFC_1123_DATE_TIME));
        } catch (DateTimeException | NumberFormatException e) {
            wait = Duration.ZERO;
        }
        Duration positive = wait.isNegative() ? Duration.ZERO : wait;
        return new Later(why, positive.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : positive);
    }
}
