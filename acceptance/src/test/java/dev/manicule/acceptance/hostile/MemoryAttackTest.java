package dev.manicule.acceptance.hostile;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What clients have the server hold is bounded, whatever they send, ask for, or leave unread. */
@Timeout(value = 20, unit = TimeUnit.MINUTES)
class MemoryAttackTest {
    @ParameterizedTest
    @EnumSource(names = {"UNREAD_PONGS", "UNREAD_LARGE_PONGS"})
    void pongsThatAreNotReadDoNotPileUp(Attack attack) throws Exception {
        Siege.withstand(attack);
    }

    @ParameterizedTest
    @EnumSource(names = {"UNREAD_HISTORY", "UNREAD_COMPRESSED_HISTORY", "UNREAD_HISTORY_OVER_HTTP2", "UNREAD_ACTIONS",
            "UNREAD_HERE_NOW", "UNREAD_PIPELINES"})
    void responsesThatAreNotReadAreNotHeldWhole(Attack attack) throws Exception {
        Siege.withstand(attack);
    }

    @ParameterizedTest
    @EnumSource(names = {"HEAVY_ACTIONS", "MANY_ACTIONS"})
    void aMessageWithManyActionsCanBeRead(Attack attack) throws Exception {
        Siege.withstand(attack);
    }

    @ParameterizedTest
    @EnumSource(names = {"UNFINISHED_HEADS", "IDLE_AFTER_LARGE_HEADS"})
    void requestHeadMemoryIsBounded(Attack attack) throws Exception {
        Siege.withstand(attack);
    }

    @ParameterizedTest
    @EnumSource(names = {"LONG_MEMBERS", "MEMBERS_EVERYWHERE"})
    void departedMembersAreRemoved(Attack attack) throws Exception {
        Siege.withstand(attack);
    }

    @Test
    void channelGroupsOfOneKeysetAreBounded() throws Exception {
        Siege.withstand(Attack.LARGE_GROUPS);
    }

    @Test
    void spellingsOfOneTokenShareOneCacheEntry() throws Exception {
        Siege.withstand(Attack.TOKEN_SPELLINGS);
    }

    @Test
    void messagesUnderFiltersAreCharged() throws Exception {
        Siege.withstand(Attack.TREES);
    }

    @Test
    void requestsBehindAPollAreBoundedTogether() throws Exception {
        Siege.withstand(Attack.PIPELINES);
    }

    @Test
    void pollsOfManyNamesAreCharged() throws Exception {
        Siege.withstand(Attack.POLLS_OF_MANY_NAMES);
    }
}
