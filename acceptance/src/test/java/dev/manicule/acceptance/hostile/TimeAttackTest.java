package dev.manicule.acceptance.hostile;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The time that clients cost the server is bounded, and other clients do not wait for it. */
@Timeout(value = 20, unit = TimeUnit.MINUTES)
class TimeAttackTest {
    @Test
    void aFilterThatFailsReachesNoOtherSubscriber() throws Exception {
        Siege.withstand(Attack.CHAINS_IN_FILTERS);
    }

    @ParameterizedTest
    @EnumSource(names = {"CONTAINS_IN_FILTERS", "LIKE_IN_FILTERS", "DISTINCT_FILTERS"})
    void filtersAreEvaluatedApartFromOtherClients(Attack attack) throws Exception {
        Siege.withstand(attack);
    }

    @Test
    void eventCostGrowsWithMatchesOnly() throws Exception {
        Siege.withstand(Attack.STREAMS_OF_MANY_NAMES);
    }

    @Test
    void responsesAreCompressedApartFromOtherClients() throws Exception {
        Siege.withstand(Attack.COMPRESSED_HISTORY);
    }

    @Test
    void invalidSignaturesAreRefusedCheaply() throws Exception {
        Siege.withstand(Attack.GARBAGE_SIGNATURES);
    }

    @ParameterizedTest
    @EnumSource(names = {"WILDCARD_CATCH_UPS", "DEEP_READS"})
    void deepReadsDelayOnlyEachOther(Attack attack) throws Exception {
        Siege.withstand(attack);
    }

    @ParameterizedTest
    @EnumSource(names = {"HEARTBEATS_ON_MANY_NAMES", "POLLS_ON_MANY_NAMES", "STATES_ON_MANY_NAMES", "LISTENED_JOINS",
            "LISTENED_STATES"})
    void presenceOnManyNamesDoesNotDelayWrites(Attack attack) throws Exception {
        Siege.withstand(attack);
    }

    @Test
    void connectionsTakeTurnsOnTheirEventLoop() throws Exception {
        Siege.withstand(Attack.SMALL_REQUESTS);
    }

    @Test
    void deletionsOfManyChannelsWaitForOtherWrites() throws Exception {
        Siege.withstand(Attack.DELETIONS);
    }

    @Test
    void hereNowEverywhereDoesNotHoldUpPresence() throws Exception {
        Siege.withstand(Attack.HERE_NOW_EVERYWHERE);
    }

    @Test
    void streamErrorsAreLimitedAndNotLogged() throws Exception {
        Siege.withstand(Attack.STREAM_ERRORS);
    }

    @Test
    void smallFramesOfHttp2AreLimited() throws Exception {
        Siege.withstand(Attack.SMALL_FRAMES);
    }

    @ParameterizedTest
    @EnumSource(names = {"UNREAD_HISTORY", "CONTAINS_IN_FILTERS", "DEEP_READS"})
    void clientsOfOneKeysetAreSeparatedByAddress(Attack attack) throws Exception {
        Siege.withstandWithinKeyset(attack);
    }
}
