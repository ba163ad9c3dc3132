package dev.manicule.acceptance.hostile;

/** The attacks: what each needs of the server, what it stores beforehand, and what it does. */
@SuppressWarnings("ImmutableEnumChecker") // steps are methods
enum Attack {
    /** No attack. */
    NONE(Setting.PLAIN, 256, Attack::nothing, Attack::nothing),
    /** No attack, beside innocents with TLS. */
    NONE_OVER_TLS(Setting.TLS, 256, Attack::nothing, Attack::nothing),
    /** A WebSocket that sends small pings and reads no pong. */
    UNREAD_PONGS(Setting.PLAIN, 96, Attack::nothing, UnreadResponses::pings),
    /** A WebSocket that sends pings of the largest size and reads no pong. */
    UNREAD_LARGE_PONGS(Setting.PLAIN, 96, Attack::nothing, UnreadResponses::largePings),
    /** Pages of history that are not read, each on a connection of its own. */
    UNREAD_HISTORY(Setting.PLAIN, 256, Stores::largeHistory, UnreadResponses::history),
    /** Such pages, compressed. */
    UNREAD_COMPRESSED_HISTORY(Setting.PLAIN, 256, Stores::largeHistory, UnreadResponses::compressedHistory),
    /** Such pages on the streams of one connection whose window is 0. */
    UNREAD_HISTORY_OVER_HTTP2(Setting.TLS, 256, Stores::largeHistory, UnreadResponses::historyOverHttp2),
    /** Several pages of history on each of many connections, none of them read. */
    UNREAD_PIPELINES(Setting.PLAIN, 96, Stores::largeHistory, UnreadResponses::pipelines),
    /** Pages of actions that are not read. */
    UNREAD_ACTIONS(Setting.PLAIN, 256, UnreadResponses::storeActions, UnreadResponses::actions),
    /** Lists of members that are not read. */
    UNREAD_HERE_NOW(Setting.PLAIN, 256, UnreadResponses::fillRoom, UnreadResponses::hereNow),
    /** A message with more bytes of actions than the heap has. */
    HEAVY_ACTIONS(Setting.PLAIN, 64, HeldMemory::storeActions, HeldMemory::readActions),
    /** A message with as many actions as it may have, read whole again and again. */
    MANY_ACTIONS(Setting.PLAIN, 96, HeldMemory::storeManyActions, HeldMemory::readManyActions),
    /** Heads of requests that do not end. */
    UNFINISHED_HEADS(Setting.PLAIN, 64, Attack::nothing, HeldMemory::unfinishedHeads),
    /** Connections that are idle after a large request. */
    IDLE_AFTER_LARGE_HEADS(Setting.PLAIN, 64, Attack::nothing, HeldMemory::idleAfterLargeHeads),
    /** Members with long uuids that leave at once. */
    LONG_MEMBERS(Setting.PLAIN, 96, Attack::nothing, HeldMemory::comeAndGo),
    /** Members of many channels that leave at once. */
    MEMBERS_EVERYWHERE(Setting.PLAIN, 128, Attack::nothing, HeldMemory::comeAndGoEverywhere),
    /** Ever more channel groups of many channels. */
    LARGE_GROUPS(Setting.PLAIN, 128, Attack::nothing, HeldMemory::groups),
    /** One token in ever other spellings. */
    TOKEN_SPELLINGS(Setting.GUARDED, 128, Attack::nothing, HeldMemory::spellings),
    /** Messages that are small as text and large when they are parsed for a filter. */
    TREES(Setting.PLAIN, 128, Attack::nothing, HeldMemory::trees),
    /** Large requests behind a poll that is not answered. */
    PIPELINES(Setting.PLAIN, 64, Attack::nothing, HeldMemory::pipelines),
    /** Polls that name as many channels as fit. */
    POLLS_OF_MANY_NAMES(Setting.PLAIN, 96, Attack::nothing, HeldMemory::namesOfPolls),
    /** Filters that are long chains, for the channels of the innocents. */
    CHAINS_IN_FILTERS(Setting.PLAIN, 256, Attack::nothing, CostlyFilters::chains),
    /** Filters that search long texts for long words. */
    CONTAINS_IN_FILTERS(Setting.PLAIN, 256, CostlyFilters::storeText, CostlyFilters::contains),
    /** Filters that hold long texts against patterns. */
    LIKE_IN_FILTERS(Setting.PLAIN, 256, CostlyFilters::storeText, CostlyFilters::like),
    /** Many long filters, no two of them the same, for every event. */
    DISTINCT_FILTERS(Setting.PLAIN, 512, Attack::nothing, CostlyFilters::distinct),
    /** Streams that name as many channels as fit, with events on one of them. */
    STREAMS_OF_MANY_NAMES(Setting.PLAIN, 512, Attack::nothing, CostlyRequests::streamsOfManyNames),
    /** Large pages, compressed, one after the other. */
    COMPRESSED_HISTORY(Setting.PLAIN, 512, Stores::largeHistory, CostlyRequests::compressedHistory),
    /** Wrong signatures of large requests. */
    GARBAGE_SIGNATURES(Setting.GUARDED, 256, Attack::nothing, CostlyRequests::garbageSignatures),
    /** Catch-ups of a wildcard that takes in many channels. */
    WILDCARD_CATCH_UPS(Setting.PLAIN, 256, CostlyRequests::scatter, CostlyRequests::wildcardCatchUps),
    /** History of as many channels as one request may name. */
    DEEP_READS(Setting.PLAIN, 256, CostlyRequests::scatter, CostlyRequests::deepReads),
    /** Small requests, one behind the other, on many connections. */
    SMALL_REQUESTS(Setting.PLAIN, 256, Attack::nothing, CostlyRequests::smallRequests),
    /** Deletions of as many channels as one request may name. */
    DELETIONS(Setting.PLAIN, 256, Attack::nothing, CostlyRequests::deletions),
    /** Heartbeats on as many channels as fit. */
    HEARTBEATS_ON_MANY_NAMES(Setting.PLAIN, 512, Attack::nothing, CostlyRequests::heartbeatsOnManyNames),
    /** Polls with a uuid on as many channels as fit. */
    POLLS_ON_MANY_NAMES(Setting.PLAIN, 512, Attack::nothing, CostlyRequests::pollsOnManyNames),
    /** States that change on as many channels as fit. */
    STATES_ON_MANY_NAMES(Setting.PLAIN, 512, Attack::nothing, CostlyRequests::statesOnManyNames),
    /** Joins and leaves of hundreds of channels, to whose presence the attacker listens. */
    LISTENED_JOINS(Setting.PLAIN, 512, CostlyRequests::listenToPresence, CostlyRequests::listenedJoins),
    /** States of some kilobytes that change on hundreds of channels, to whose presence the attacker listens. */
    LISTENED_STATES(Setting.PLAIN, 512, CostlyRequests::listenToPresence, CostlyRequests::listenedStates),
    /** Lists of all channels of a keyset, beside many channels with members. */
    HERE_NOW_EVERYWHERE(Setting.PLAIN, 512, CostlyRequests::fillRooms, CostlyRequests::hereNowEverywhere),
    /** Errors on ever new streams of HTTP/2. */
    STREAM_ERRORS(Setting.TLS, 256, Attack::nothing, Http2Floods::streamErrors),
    /** Frames of HTTP/2 that mean little each. */
    SMALL_FRAMES(Setting.TLS, 256, Attack::nothing, Http2Floods::smallFrames);

    /** How the server is configured. */
    enum Setting {
        /** Not at all: every key works. */
        PLAIN,
        /** The same with a certificate. */
        TLS,
        /** Two keysets, of which that of the attack has the access manager; the attack has a token for it. */
        GUARDED
    }

    /** What is done with the server. */
    @FunctionalInterface
    interface Step {
        void run(Target target) throws Exception;
    }

    private final Setting setting;
    private final int heapMegabytes;
    private final Step prepare;
    private final Step strike;

    Attack(Setting setting, int heapMegabytes, Step prepare, Step strike) {
        this.setting = setting;
        this.heapMegabytes = heapMegabytes;
        this.prepare = prepare;
        this.strike = strike;
    }

    Setting setting() {
        return setting;
    }

    /** The largest heap of the server; small, so that the attack can be short. */
    int heapMegabytes() {
        return heapMegabytes;
    }

    /** Stores what the attack needs, before it begins and before anything is measured. */
    void prepare(Target target) throws Exception {
        prepare.run(target);
    }

    /** Attacks until the target says that it is over. */
    void strike(Target target) throws Exception {
        strike.run(target);
    }

    private static void nothing(Target target) {
        // there is nothing to do
    }
}
