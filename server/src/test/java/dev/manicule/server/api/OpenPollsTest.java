package dev.manicule.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.manicule.server.limits.Limit;
import dev.manicule.server.limits.Limits;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class OpenPollsTest {
    private final OpenPolls polls = new OpenPolls(new Limits(Map.of(Limit.POLLS_BY_UUID, 3L)));

    /** Polls come and go at random; what is let go of is what a plain queue says. */
    @Test
    void oldestPollOverTheLimitIsReleased() {
        Random random = new Random(7);
        Map<String, Deque<Integer>> model = Map.of("a", new ArrayDeque<>(), "b", new ArrayDeque<>());
        Map<String, List<OpenPolls.Open>> open = Map.of("a", new ArrayList<>(), "b", new ArrayList<>());
        List<Integer> released = new ArrayList<>();
        List<Integer> expected = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            String uuid = random.nextBoolean() ? "a" : "b";
            Deque<Integer> numbers = model.getOrDefault(uuid, new ArrayDeque<>());
            List<OpenPolls.Open> opens = open.getOrDefault(uuid, new ArrayList<>());
            if (random.nextInt(5) < 3) {
                int number = i;
                opens.add(polls.opened("k", uuid, () -> released.add(number)));
                numbers.addLast(number);
                if (numbers.size() > 3) {
                    expected.add(numbers.removeFirst());
                    polls.closed(opens.removeFirst()); // as its owner does, however it ends
                }
            } else if (!opens.isEmpty()) {
                int which = random.nextInt(opens.size());
                polls.closed(opens.remove(which));
                numbers.remove(List.copyOf(numbers).get(which));
            }
            assertThat(released).isEqualTo(expected);
            assertThat(polls.isFull("k", uuid)).isEqualTo(numbers.size() == 3);
        }
        assertThat(expected).hasSizeGreaterThan(100);
    }

    @Test
    void closedPollsLeaveNothing() {
        OpenPolls.Open one = polls.opened("k", "a", () -> {});
        OpenPolls.Open two = polls.opened("k", "a", () -> {});
        polls.closed(one);
        polls.closed(one);
        polls.closed(two);
        assertThat(polls.uuids()).isZero();
    }
}
