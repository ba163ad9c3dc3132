package dev.manicule.server.hub;

import static org.assertj.core.api.Assertions.assertThat;

import dev.manicule.server.model.Channel;
import dev.manicule.server.model.ChannelGroup;
import dev.manicule.server.model.ChannelGroup.Members;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PresenceInterestTest {
    private final Groups groups = new Groups(List.of());
    private long nanos;
    private final PresenceInterest interest = new PresenceInterest(false, groups, () -> nanos);

    private static Subscription of(Set<String> channels, Set<String> wildcards, Set<String> inGroups) {
        return new Subscription("demo", channels, wildcards, inGroups, null);
    }

    private boolean isListenedTo(String channel) {
        return interest.isListenedTo(new Channel("demo", channel + Channel.PRESENCE));
    }

    @Test
    void presenceIsListenedToByNameByWildcardAndByGroup() {
        groups.replace(new Members(new ChannelGroup("demo", "g"), Map.of("in.group", 1L)));
        interest.note(of(Set.of("a", "b-pnpres"), Set.of("c.*", "d.e.*"), Set.of("h")));
        assertThat(isListenedTo("b")).isTrue();
        assertThat(isListenedTo("c.x.y")).isTrue();
        assertThat(isListenedTo("d.e.f")).isTrue();
        assertThat(isListenedTo("a")).as("the channel, not its presence").isFalse();
        assertThat(isListenedTo("d.x")).isFalse();
        assertThat(isListenedTo("in.group")).isFalse();
        assertThat(interest.isListenedTo(new Channel("other", "b-pnpres"))).isFalse();
        interest.note(of(Set.of("e.*-pnpres"), Set.of(), Set.of("g-pnpres")));
        assertThat(isListenedTo("in.group")).isTrue();
        assertThat(isListenedTo("e.f")).isTrue();
        assertThat(isListenedTo("h")).isFalse();
    }

    @Test
    void interestExpiresBetweenTwentyAndFortyMinutes() {
        for (int minute = 0; minute < 20; minute += 3) {
            nanos = Duration.ofMinutes(minute).toNanos();
            interest.note(of(Set.of("at" + minute + "-pnpres"), Set.of(), Set.of()));
        }
        nanos = Duration.ofMinutes(38).toNanos();
        assertThat(isListenedTo("at18")).isTrue();
        nanos = Duration.ofMinutes(80).toNanos();
        assertThat(isListenedTo("at18")).isFalse();
        assertThat(isListenedTo("at0")).isFalse();
    }

    @Test
    void manyNamesCauseFewFalsePositives() {
        for (int i = 0; i < 100_000; i++) {
            interest.note(of(Set.of(i + "-pnpres"), Set.of(), Set.of()));
        }
        int wrong = 0;
        for (int i = 0; i < 100_000; i++) {
            assertThat(isListenedTo(String.valueOf(i))).isTrue();
            wrong += isListenedTo("other" + i) ? 1 : 0;
        }
        assertThat(wrong).isLessThan(200);
    }
}
