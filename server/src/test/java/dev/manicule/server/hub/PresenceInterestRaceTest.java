package dev.manicule.server.hub;

import static org.assertj.core.api.Assertions.assertThat;

import dev.manicule.server.model.Channel;
import dev.manicule.server.races.Races;
import dev.manicule.server.races.Races.Raced;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Subscribers are noted, and presence asks, while a generation ends. */
@Raced
class PresenceInterestRaceTest {
    private final Groups groups = new Groups(List.of());

    private static boolean isListenedTo(PresenceInterest interest, String name) {
        return interest.isListenedTo(new Channel("demo", name + Channel.PRESENCE));
    }

    @Test
    void notedChannelIsListenedTo() throws Throwable {
        Races.race(race -> {
            AtomicLong nanos = new AtomicLong();
            PresenceInterest interest = new PresenceInterest(false, groups, nanos::get);
            for (String name : List.of("a", "b")) {
                race.start(() -> {
                    long _ = interest
                            .note(new Subscription("demo", Set.of(name + Channel.PRESENCE), Set.of(), Set.of(), null));
                    assertThat(isListenedTo(interest, name)).isTrue();
                });
            }
            race.start(() -> nanos.set(PresenceInterest.REMEMBERED.toNanos()));
            race.start(() -> assertThat(isListenedTo(interest, "c")).isFalse());
            race.await();
            assertThat(isListenedTo(interest, "a")).isTrue();
            assertThat(isListenedTo(interest, "b")).isTrue();
        });
    }
}
