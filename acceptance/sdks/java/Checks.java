import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonPrimitive;
import com.pubnub.api.PubNub;
import com.pubnub.api.PubNubException;
import com.pubnub.api.endpoints.remoteaction.RemoteAction;
import com.pubnub.api.enums.PNOperationType;
import com.pubnub.api.enums.PNPushEnvironment;
import com.pubnub.api.enums.PNPushType;
import com.pubnub.api.enums.PNStatusCategory;
import com.pubnub.api.models.consumer.PNStatus;
import com.pubnub.api.models.consumer.access_manager.v3.ChannelGrant;
import com.pubnub.api.models.consumer.access_manager.v3.ChannelGroupGrant;
import com.pubnub.api.models.consumer.access_manager.v3.PNToken;
import com.pubnub.api.models.consumer.access_manager.v3.PNToken.PNResourcePermissions;
import com.pubnub.api.models.consumer.history.PNFetchMessageItem;
import com.pubnub.api.models.consumer.history.PNHistoryItemResult;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;

/** What the SDK has to do against the server: the same as in the other languages. */
final class Checks extends Parts {
    /** Add, get and remove, in every style, with every field of result and status. */
    static void actions(Seen seen) throws Exception {
        PubNub alice = client("alice");
        for (Style style : Style.values()) {
            String channel = channel();
            long published = publish(alice, channel, "hello");
            for (long message : new long[]{System.currentTimeMillis() / 1000, published}) {
                var added = style.call(
                        alice.addMessageAction().channel(channel).messageAction(action("reaction", "smile", message)));
                good(seen, added, PNOperationType.PNAddMessageAction, channel);
                Action action = Action.of(null, added.result());
                seen.expect(action, new Action(null, "reaction", "smile", "alice", message, action.timetoken()), "add");
                seen.expect(String.valueOf(action.timetoken()).length(), 17, "digits of the action timetoken");

                var got = style.call(alice.getMessageActions().channel(channel));
                good(seen, got, PNOperationType.PNGetMessageActions, channel);
                seen.expect(actions(got.result().getActions()), List.of(action), "get");
                seen.expect(got.result().getPage(), null, "there is no other page");

                var removed = style.call(alice.removeMessageAction().channel(channel).messageTimetoken(message)
                        .actionTimetoken(action.timetoken()));
                good(seen, removed, PNOperationType.PNDeleteMessageAction, channel);
                seen.expect(new Gson().toJson(removed.result()), "{}", "remove");
                seen.expect(style.call(alice.getMessageActions().channel(channel)).result().getActions(), List.of(),
                        "get after the removal");
            }
        }
    }

    static void good(Seen seen, Outcome<?> outcome, PNOperationType operation, String channel) {
        seen.expect(outcome.error(), null, "error");
        PNStatus status = outcome.status();
        if (status != null) {
            seen.expect(status.isError(), false, "error");
            seen.expect(status.getErrorData(), null, "error data");
            seen.expect(status.getCategory(), PNStatusCategory.PNAcknowledgmentCategory, "category");
            seen.expect(status.getOperation(), operation, "operation");
            seen.expect(status.getStatusCode(), 200, "status code");
            seen.expect(status.isTlsEnabled(), false, "TLS");
            seen.expect(status.getUuid(), "alice", "uuid");
            seen.expect(status.getAuthKey(), null, "auth key");
            seen.expect(status.getOrigin(), origin.split(":")[0], "origin");
            seen.faults.add("`status.origin` lacks the port");
            seen.expect(status.getAffectedChannels(), List.of(channel), "affected channels");
        }
    }

    /** Errors come with the server's words, in every style. */
    static void errors(Seen seen) throws Exception {
        PubNub alice = client("alice");
        PubNub bob = client("bob");
        String channel = channel();
        long message = publish(alice, channel, "hello");
        Action action = add(alice, channel, message, "reaction", "smile");
        for (Style style : Style.values()) {
            bad(seen, style.call(
                    alice.addMessageAction().channel(channel).messageAction(action("reaction", "smile", message))), 409,
                    PNStatusCategory.PNUnknownCategory, PNOperationType.PNAddMessageAction, "Action Already Added");
            bad(seen, style.call(bob.removeMessageAction().channel(channel).messageTimetoken(message)
                    .actionTimetoken(action.timetoken())), 400, PNStatusCategory.PNBadRequestCategory,
                    PNOperationType.PNDeleteMessageAction, "Not deleting message action: wrong uuid specified");
            bad(seen, style.call(alice.removeMessageAction().channel(channel).messageTimetoken(message)
                    .actionTimetoken(15610547826970050L)), 400, PNStatusCategory.PNBadRequestCategory,
                    PNOperationType.PNDeleteMessageAction, "No matching message actions to delete");
        }
        seen.expect(actions(alice, channel), List.of(action), "what is there afterwards");
    }

    static void bad(Seen seen, Outcome<?> outcome, int code, PNStatusCategory category,
            PNOperationType operation, String words) {
        seen.expect(outcome.error() == null, false, "an error");
        seen.expect(outcome.error().getStatusCode(), code, "status code");
        seen.expect(outcome.error().getJso().getAsJsonObject().getAsJsonObject("error").get("message").getAsString(),
                words, "words");
        if (outcome.status() != null) {
            seen.expect(outcome.status().isError(), true, "error");
            seen.expect(outcome.status().getStatusCode(), code, "status code");
            seen.expect(outcome.status().getCategory(), category, "category");
            seen.expect(outcome.status().getOperation(), operation, "operation");
        }
    }

    /** Publish, history, fetch, counts, deletion and time. */
    static void storage(Seen seen) throws Exception {
        PubNub alice = client("alice");
        String channel = channel();
        String other = channel();
        long before = alice.time().sync().getTimetoken();
        List<JsonElement> sent = new ArrayList<>(List.of(json("{\"text\":\"hé ☞ 👍🏽\",\"n\":[1,2.5,true],\"o\":{}}"),
                json("\"pl\\\"ain\""), json("42"), json("[\"a\",\"b\"]")));
        List<Long> timetokens = new ArrayList<>();
        for (JsonElement message : sent) {
            timetokens.add(publish(alice, channel, message));
        }
        seen.expect(timetokens, timetokens.stream().sorted().distinct().toList(), "timetokens only rise");
        seen.expect(before < timetokens.get(0) && timetokens.get(0) < before + 600_000_000, true, "the server's time");
        sent.add(json("{\"by\":\"post\"}"));
        timetokens.add(alice.publish().channel(channel).message(sent.get(4)).meta(Map.of("lang", "en")).usePOST(true)
                .sync().getTimetoken());
        alice.publish().channel(channel).message("not kept").shouldStore(false).sync();
        publish(alice, other, "elsewhere");
        Action action = add(alice, channel, timetokens.get(1), "receipt", "read");
        JsonElement meta = json("{\"lang\":\"en\"}");
        JsonElement none = new JsonPrimitive("");

        var history = alice.history().channel(channel).includeTimetoken(true).includeMeta(true).sync();
        seen.expect(entries(history.getMessages()), sent, "history");
        seen.expect(history.getMessages().stream().map(PNHistoryItemResult::getTimetoken).toList(), timetokens,
                "timetokens of the history");
        seen.expect(history.getMessages().stream().map(PNHistoryItemResult::getMeta).toList(),
                List.of(none, none, none, none, meta), "meta of the history");
        seen.expect(List.of(history.getStartTimetoken(), history.getEndTimetoken()),
                List.of(timetokens.get(0), timetokens.get(4)), "its ends");
        seen.expect(entries(alice.history().channel(channel).count(2).sync().getMessages()), sent.subList(3, 5),
                "the newest two");
        seen.expect(entries(alice.history().channel(channel).count(2).reverse(true).sync().getMessages()),
                sent.subList(0, 2), "the oldest two");
        seen.expect(entries(alice.history().channel(channel).start(timetokens.get(3)).end(timetokens.get(1)).sync()
                .getMessages()), sent.subList(1, 3), "a range");

        var fetched = alice.fetchMessages().channels(List.of(channel)).includeMeta(true).sync().getChannels()
                .get(channel);
        seen.expect(fetched.stream().map(PNFetchMessageItem::getMessage).toList(), sent, "fetch");
        seen.expect(fetched.stream().map(PNFetchMessageItem::getTimetoken).toList(), timetokens, "its timetokens");
        seen.expect(fetched.stream().map(PNFetchMessageItem::getUuid).distinct().toList(), List.of("alice"), "who");
        seen.expect(fetched.get(4).getMeta(), meta, "meta of the fetch");
        var both = alice.fetchMessages().channels(List.of(channel, other)).sync().getChannels();
        seen.expect(both.keySet(), Set.of(channel, other), "two channels");
        seen.expect(List.of(both.get(channel).size(), both.get(other).size()), List.of(5, 1), "messages of them");
        var withActions = alice.fetchMessages().channels(List.of(channel)).includeMessageActions(true).sync()
                .getChannels().get(channel);
        var actor = withActions.get(1).getActions().get("receipt").get("read").getFirst();
        seen.expect(actor.getUuid(), "alice", "who added");
        seen.expect(actor.getActionTimetoken(), String.valueOf(action.timetoken()), "when");
        seen.expect(withActions.get(0).getActions(), new HashMap<>(), "a message without actions");

        seen.expect(counts(alice, Map.of(channel, timetokens.get(1))), Map.of(channel, 3L), "after the second");
        Map<String, Long> since = new LinkedHashMap<>();
        since.put(channel, timetokens.get(1));
        since.put(other, timetokens.get(4) + 10_000_000);
        seen.expect(counts(alice, since), Map.of(channel, 3L, other, 0L), "messages of two channels");

        alice.deleteMessages().channels(List.of(channel)).start(timetokens.get(1) - 1).end(timetokens.get(1)).sync();
        List<JsonElement> left = new ArrayList<>(sent);
        left.remove(1);
        seen.expect(entries(alice.history().channel(channel).sync().getMessages()), left, "all but the second");
        seen.expect(actions(alice, channel), List.of(), "its action is gone with it");
        alice.deleteMessages().channels(List.of(channel)).sync();
        seen.expect(entries(alice.history().channel(channel).sync().getMessages()), List.of(), "nothing is left");
        seen.expect(alice.fetchMessages().channels(List.of(channel)).sync().getChannels(), Map.of(), "nor here");
    }

    static List<JsonElement> entries(List<PNHistoryItemResult> items) {
        return items.stream().map(PNHistoryItemResult::getEntry).toList();
    }

    static Map<String, Long> counts(PubNub client, Map<String, Long> since) throws Exception {
        return client.messageCounts().channels(List.copyOf(since.keySet()))
                .channelsTimetoken(new ArrayList<>(since.values())).sync().getChannels();
    }

    /** A second client sees what happens as it happens, in order; after an unsubscribe no more. */
    static void live(Seen seen) throws Exception {
        PubNub alice = client("alice");
        PubNub bob = client("bob");
        String channel = channel();
        String other = channel();
        Heard heard = subscribed(bob, List.of(channel, other), 0L);
        List<Object> expected = new ArrayList<>();
        for (int round = 0; round < 5; round++) {
            String where = round == 3 ? other : channel;
            JsonElement message = json("{\"round\":" + round + "}");
            long timetoken = alice.publish().channel(where).message(message).meta(Map.of("lang", "en")).sync()
                    .getTimetoken();
            expected.add(new Message(where, message, "alice", timetoken, json("{\"lang\":\"en\"}")));
            Action action = add(alice, where, timetoken, "reaction", "smile");
            expected.add(action.heard("added"));
            if (round % 2 == 0) {
                alice.removeMessageAction().channel(where).messageTimetoken(timetoken)
                        .actionTimetoken(action.timetoken()).sync();
                expected.add(action.heard("removed"));
            }
        }
        until(() -> heard.events.size() >= expected.size(), () -> heard.events);
        seen.expect(heard.events, expected, "what bob saw");

        bob.unsubscribe().channels(List.of(other)).execute();
        until(() -> heard.statuses.stream()
                .anyMatch(status -> status.getOperation() == PNOperationType.PNUnsubscribeOperation), () -> "the leave");
        publish(alice, other, "one more");
        expected.add(new Message(channel, json("\"still here\""), "alice", publish(alice, channel, "still here"), null));
        until(() -> heard.events.size() >= expected.size(), () -> "the channel that stayed");
        bob.unsubscribeAll();
        publish(alice, channel, "and another");
        Thread.sleep(500);
        seen.expect(heard.events, expected, "after the unsubscribe");
    }

    /** After a cut connection, and from an old timetoken, nothing is missed. */
    static void resume(Seen seen) throws Exception {
        PubNub alice = client("alice");
        PubNub carol = client("carol", cable);
        String channel = channel();
        long first = publish(alice, channel, "before");
        Heard heard = subscribed(carol, List.of(channel), 0L);
        List<Object> expected = new ArrayList<>();
        expected.add(said(alice, channel, "live"));
        until(() -> heard.events.size() == 1, () -> "what is live");
        for (String how : List.of("hangup", "cut")) { // how a proxy ends an idle connection, and how a network does
            int before = expected.size();
            heard.statuses.clear();
            flip(how);
            until(() -> heard.statuses.stream().anyMatch(PNStatus::isError), () -> "the error");
            for (int n = 0; n < 150; n++) { // more than one answer holds
                Message message = said(alice, channel, n);
                expected.add(message);
                if (n % 10 == 0) {
                    expected.add(add(alice, channel, message.timetoken(), "n", "" + n).heard("added"));
                }
            }
            if (how.equals("cut")) {
                seen.expect(heard.events.size(), before, "what came over a cut cable");
                flip("mend");
            } else {
                // The SDK takes the orderly end of a poll for a bad request and gives up. It goes on when told to.
                Thread.sleep(4_000);
                seen.expect(heard.events.size(), before, "what came by itself after a hang-up");
                seen.expect(heard.has(PNStatusCategory.PNBadRequestCategory), true, "the category of a hang-up");
                seen.faults.add("a poll whose connection is closed in order (an idle timeout of a proxy, say) is taken "
                        + "for a bad request, and the subscription stops until `reconnect()`");
                carol.reconnect();
            }
            until(() -> heard.events.size() >= expected.size(), () -> heard.events.size() + " of " + expected.size());
            seen.expect(heard.events, expected, "what carol saw after a " + how);
        }
        seen.expect(heard.has(PNStatusCategory.PNReconnectedCategory), true, "it is announced");

        Heard dave = subscribed(client("dave"), List.of(channel), first);
        until(() -> dave.events.size() >= expected.size(), () -> dave.events.size() + " of " + expected.size());
        expected.add(said(alice, channel, "after"));
        until(() -> dave.events.size() >= expected.size(), () -> "what is live after what was old");
        seen.expect(dave.events, expected, "what dave saw from the old timetoken on");
    }

    static Message said(PubNub client, String channel, Object message) throws Exception {
        return new Message(channel, json(new Gson().toJson(message)), "alice", publish(client, channel, message), null);
    }

    /** 250 actions, page by page to the end. */
    static void paging(Seen seen) throws Exception {
        PubNub alice = client("alice");
        String channel = channel();
        long[] messages = new long[5];
        for (int n = 0; n < messages.length; n++) {
            messages[n] = publish(alice, channel, n);
        }
        List<Action> added = new ArrayList<>();
        for (int n = 0; n < 250; n++) {
            added.add(add(alice, channel, messages[n % 5], "number", "" + n));
        }
        for (int limit : new int[]{100, 25, 1000}) {
            seen.expect(pages(alice, channel, limit), added, "pages of " + limit);
        }
        seen.expect(actions(alice.getMessageActions().channel(channel).start(added.get(245).timetoken())
                .end(added.get(240).timetoken()).sync().getActions()), added.subList(240, 245), "a range");
        var page = alice.getMessageActions().channel(channel).limit(100).sync();
        List<Action> found = new ArrayList<>(actions(page.getActions()));
        while (page.getPage() != null) { // the server says where the next one starts
            page = alice.getMessageActions().channel(channel).start(page.getPage().getStart())
                    .limit(page.getPage().getLimit()).sync();
            found.addAll(0, actions(page.getActions()));
        }
        seen.expect(found, added, "page after page as the answers say");
    }

    /** Channels, types and values of several scripts, and with all that needs an escape. */
    static void names(Seen seen) throws Exception {
        PubNub alice = client("alice");
        PubNub bob = client("bob");
        List<String> channels = NAMES.stream().map(Parts::channel).toList();
        Heard heard = subscribed(bob, channels, 0L);
        List<Object> expected = new ArrayList<>();
        for (int i = 0; i < NAMES.size(); i++) {
            String name = NAMES.get(i);
            String channel = channels.get(i);
            Message message = said(alice, channel, Map.of("text", name));
            Action action = add(alice, channel, message.timetoken(), name, name);
            expected.add(message);
            expected.add(action.heard("added"));
            seen.expect(actions(alice, channel), List.of(action), "actions of " + channel);
            seen.expect(entries(alice.history().channel(channel).sync().getMessages()), List.of(message.message()),
                    "history of " + channel);
            seen.expect(counts(alice, Map.of(channel, 1L)), Map.of(channel, 1L), "count of " + channel);
            var fetched = alice.fetchMessages().channels(List.of(channel)).includeMessageActions(true).sync();
            seen.expect(fetched.getChannels().get(channel).getFirst().getActions().get(name).get(name).getFirst()
                    .getActionTimetoken(), String.valueOf(action.timetoken()), "fetch of " + channel);
        }
        until(() -> heard.events.size() >= expected.size(), () -> heard.events);
        seen.expect(heard.events, expected, "what bob saw");
    }

    /** Signals and messages that are not stored are told; a fire is not. */
    static void signals(Seen seen) throws Exception {
        PubNub alice = client("alice");
        PubNub bob = client("bob");
        String channel = channel();
        Heard heard = subscribed(bob, List.of(channel), 0L);
        long signal = alice.signal().channel(channel).message("typing").sync().getTimetoken();
        long fired = alice.fire().channel(channel).message("nobody hears").sync().getTimetoken();
        seen.expect(fired > signal, true, "a fire has a timetoken");
        long passing = alice.publish().channel(channel).message("passing").shouldStore(false).sync().getTimetoken();
        List<Object> expected = new ArrayList<>();
        expected.add(new Signal(channel, json("\"typing\""), "alice", signal));
        expected.add(new Message(channel, json("\"passing\""), "alice", passing, null));
        expected.add(said(alice, channel, "kept"));
        until(() -> heard.events.size() >= 3, () -> heard.events);
        seen.expect(heard.events, expected, "what bob saw");
        seen.expect(entries(alice.history().channel(channel).sync().getMessages()), List.of(json("\"kept\"")), "kept");
        Outcome<?> tooLarge = Style.SYNC.call(alice.signal().channel(channel).message("x".repeat(63)));
        seen.expect(String.valueOf(tooLarge.error()).contains("Signal size too large"), true, "a signal of 65 bytes");
    }

    /** Channel groups, wildcards and filters. */
    static void groups(Seen seen) throws Exception {
        PubNub alice = client("alice");
        PubNub bob = client("bob");
        String base = channel("room");
        String group = channel("group");
        String inside = channel("inside");
        String late = channel("late");
        alice.addChannelsToChannelGroup().channels(List.of(inside, base + ".one")).channelGroup(group).sync();
        seen.expect(Set.copyOf(members(alice, group)), Set.of(inside, base + ".one"), "what is in the group");
        seen.expect(alice.listAllChannelGroups().sync().getGroups().contains(group), true, "which groups there are");
        Heard heard = subscribed(bob, bob.subscribe().channels(List.of(base + ".*", "plain-" + base))
                .channelGroups(List.of(group)));
        List<Object> expected = new ArrayList<>();
        expected.add(said(alice, base + ".one", 1));
        expected.add(said(alice, base + ".two.three", 2));
        expected.add(said(alice, inside, 3));
        alice.addChannelsToChannelGroup().channels(List.of(late)).channelGroup(group).sync();
        expected.add(said(alice, late, 4));
        expected.add(said(alice, "plain-" + base, 5));
        until(() -> heard.events.size() >= 5, () -> heard.events);
        Thread.sleep(200);
        seen.expect(heard.events, expected, "what bob saw, each once");
        alice.removeChannelsFromChannelGroup().channels(List.of(inside)).channelGroup(group).sync();
        publish(alice, inside, "gone");
        expected.add(said(alice, late, 6));
        until(() -> heard.events.size() >= 6, () -> heard.events);
        seen.expect(heard.events, expected, "after a channel was taken out");
        alice.deleteChannelGroup().channelGroup(group).sync();
        seen.expect(members(alice, group), List.of(), "after the group was deleted");

        PubNub carol = client("carol");
        carol.getConfiguration().setFilterExpression("lang == 'en' && n > 1");
        String channel = channel();
        Heard filtered = subscribed(carol, List.of(channel), 0L);
        for (int n = 1; n <= 3; n++) {
            alice.publish().channel(channel).message(n).meta(Map.of("lang", n == 2 ? "de" : "en", "n", n)).sync();
        }
        Action action = add(alice, channel, 1595634332, "reaction", "smile");
        until(() -> filtered.events.size() >= 2, () -> filtered.events);
        seen.expect(((Message) filtered.events.get(0)).message(), json("3"), "what passes the filter");
        seen.expect(filtered.events.get(1), action.heard("added"), "actions pass");
    }

    static List<String> members(PubNub client, String group) throws Exception {
        return client.listChannelsForChannelGroup().channelGroup(group).sync().getChannels();
    }

    /** Who comes and goes is told and asked for, and what they say of themselves. */
    static void presence(Seen seen) throws Exception {
        String other = channel("alice");
        String name = channel("bob");
        PubNub alice = client(other);
        PubNub bob = client(name);
        String channel = channel();
        Heard heard = subscribed(alice, alice.subscribe().channels(List.of(channel)).withPresence());
        until(() -> heard.presences.size() == 1, () -> "alice to have joined");
        subscribed(bob, List.of(channel), 0L);
        until(() -> heard.presences.size() == 2, () -> "bob to have joined");
        bob.setPresenceState().channels(List.of(channel)).state(Map.of("mood", "ok")).sync();
        JsonElement ok = json("{\"mood\":\"ok\"}");
        seen.expect(alice.getPresenceState().channels(List.of(channel)).uuid(name).sync().getStateByUUID().get(channel),
                ok, "state");

        var here = alice.hereNow().channels(List.of(channel)).includeState(true).sync();
        seen.expect(List.of(here.getTotalChannels(), here.getTotalOccupancy()), List.of(1, 2), "here now");
        Map<String, JsonElement> occupants = new HashMap<>();
        here.getChannels().get(channel).getOccupants().forEach(one -> occupants.put(one.getUuid(), one.getState()));
        seen.expect(occupants.keySet(), Set.of(other, name), "who is here");
        seen.expect(occupants.get(name), ok, "with which state");
        var both = alice.hereNow().channels(List.of(channel, "empty-" + channel)).includeUUIDs(false).sync();
        seen.expect(both.getChannels().keySet(), Set.of(channel), "two channels");
        seen.expect(both.getChannels().get(channel).getOccupancy(), 2, "how many");
        seen.expect(alice.hereNow().sync().getChannels().containsKey(channel), true, "everywhere");
        seen.expect(alice.whereNow().uuid(name).sync().getChannels(), List.of(channel), "where bob is");

        bob.unsubscribe().channels(List.of(channel)).execute();
        until(() -> heard.presences.size() == 4, () -> heard.presences);
        seen.expect(heard.presences, List.of(new Event("join", channel, other, 1, null),
                new Event("join", channel, name, 2, null), new Event("state-change", channel, name, 2, ok),
                new Event("leave", channel, name, 1, ok)), "what alice was told");
        seen.expect(alice.whereNow().uuid(name).sync().getChannels(), List.of(), "where bob is afterwards");
    }

    /** Where the access manager is on: with nothing, with a token, with the secret key. */
    static void access(Seen seen) throws Exception {
        PubNub owner = guarded("owner ~", "sec-c-1", null);
        PubNub alice = guarded("alice", null, null);
        String channel = channel();
        denied(seen, alice.publish().channel(channel).message("x"), "without a token");

        String token = granted(owner, channel);
        PNToken read = owner.parseToken(token);
        seen.expect(List.of(read.getVersion(), read.getTtl(), read.getAuthorizedUUID()), List.of(2, 15L, "alice"),
                "what the token says");
        seen.expect(String.valueOf(((Map<?, ?>) read.getMeta()).get("role")), "é☞", "its meta");
        seen.expect(read.getResources().getChannels(), Map.of(channel, PNResourcePermissions.of(3)), "what it allows");
        seen.expect(read.getResources().getChannelGroups(), Map.of("group", PNResourcePermissions.of(1)), "its groups");
        seen.expect(read.getPatterns().getChannels(), Map.of("news-.*", PNResourcePermissions.of(1)), "its patterns");

        alice.setToken(token);
        Heard heard = subscribed(alice, List.of(channel), null);
        long message = publish(alice, channel, "hello");
        Action action = add(alice, channel, message, "reaction", "smiley_face");
        until(() -> heard.events.size() == 2, () -> heard.events);
        seen.expect(pages(alice, channel, 10), List.of(action), "what alice may read");
        denied(seen, alice.removeMessageAction().channel(channel).messageTimetoken(message)
                .actionTimetoken(action.timetoken()), "alice may not remove");
        denied(seen, alice.publish().channel("other").message(1), "nor publish elsewhere");
        owner.removeMessageAction().channel(channel).messageTimetoken(message).actionTimetoken(action.timetoken())
                .sync();
        until(() -> heard.events.size() == 3, () -> heard.events);
        seen.expect(heard.events.get(2), action.heard("removed"), "whose action the owner has removed");

        // what the owner signs, with everything that is encoded in some way of its own
        String group = "g ü|.*$-" + channel;
        owner.addChannelsToChannelGroup().channels(List.of(channel, "a b")).channelGroup(group).sync();
        seen.expect(Set.copyOf(owner.listChannelsForChannelGroup().channelGroup(group).sync().getChannels()),
                Set.of(channel, "a b"), "a group");
        owner.publish().channel(channel).message(Map.of("é", "☞ +&=~")).meta(Map.of("lang", "en")).usePOST(true).sync();
        owner.publish().channel("a b|ü~").message(List.of("it's", "(*)!")).meta(Map.of("x", "ü ~")).sync();
        owner.setPresenceState().channels(List.of(channel)).state(Map.of("mood", "ü ☞ ~")).sync();
        owner.hereNow().channels(List.of(channel)).includeState(true).sync();
        PubNub listener = guarded("listener ~", "sec-c-1", "lang == 'en' && n > 1");
        Heard filtered = subscribed(listener, listener.subscribe().channels(List.of(channel))
                .channelGroups(List.of("plain g")).withPresence());
        for (int n = 1; n < 3; n++) {
            owner.publish().channel(channel).message(n).meta(Map.of("lang", "en", "n", n)).sync();
        }
        until(() -> !filtered.events.isEmpty(), () -> filtered.events);
        seen.expect(filtered.events.stream().map(event -> ((Message) event).message()).toList(), List.of(json("2")),
                "what passes the filter");

        owner.revokeToken().token(token).sync();
        denied(seen, alice.publish().channel(channel).message("x"), "with a revoked token");
        alice.setToken(granted(owner, channel));
        publish(alice, channel, "again");
    }

    static String granted(PubNub owner, String channel) throws Exception {
        return owner.grantToken(15).authorizedUUID("alice").meta(Map.of("role", "é☞", "level", 3))
                .channels(List.of(ChannelGrant.name(channel).read().write(), ChannelGrant.pattern("news-.*").read()))
                .channelGroups(List.of(ChannelGroupGrant.id("group").read())).sync().getToken();
    }

    static void denied(Seen seen, RemoteAction<?> action, String what) throws Exception {
        for (Style style : Style.values()) {
            Outcome<?> outcome = style.call(action);
            seen.expect(outcome.error() == null ? 200 : outcome.error().getStatusCode(), 403, what);
            if (outcome.status() != null) {
                seen.expect(outcome.status().getCategory(), PNStatusCategory.PNAccessDeniedCategory, what);
            }
        }
    }

    /** Users whose names need an escape: where all is open, with a token for that user, with everything signed. */
    static void users(Seen seen) throws Exception {
        PubNub owner = guarded("owner", "sec-c-1", null);
        for (String name : List.of("+49 151 1234567", "ann+tag@example.org", "Zoë/ünï")) {
            user(seen, client(name), client("watcher"), name, channel());
            String channel = channel();
            PubNub client = guarded(name, null, null);
            client.setToken(owner.grantToken(15).authorizedUUID(name)
                    .channels(List.of(ChannelGrant.name(channel).read().write().delete())).sync().getToken());
            user(seen, client, guarded("watcher", "sec-c-1", null), name, channel);
            user(seen, guarded(name, "sec-c-1", null), guarded("watcher", "sec-c-1", null), name, channel());
        }
    }

    private static void user(Seen seen, PubNub client, PubNub watcher, String name, String channel) throws Exception {
        Heard heard = subscribed(watcher, watcher.subscribe().channels(List.of(channel)).withPresence());
        until(() -> heard.presences.size() == 1, () -> "the watcher to have joined");
        subscribed(client, List.of(channel), null);
        until(() -> heard.presences.size() == 2, () -> "the user to have joined");
        long message = publish(client, channel, "hello");
        Action action = add(client, channel, message, "reaction", "wave");
        seen.expect(action.uuid(), name, "whose action it is");
        until(() -> heard.events.size() == 2, () -> heard.events);
        seen.expect(((Message) heard.events.get(0)).publisher(), name, "who published");
        seen.expect(heard.events.get(1), action.heard("added"), "who added");
        client.setPresenceState().channels(List.of(channel)).state(Map.of("tel", "+49 1")).sync();
        seen.expect(watcher.getPresenceState().channels(List.of(channel)).uuid(name).sync().getStateByUUID().get(channel),
                json("{\"tel\":\"+49 1\"}"), "state");
        seen.expect(client.hereNow().channels(List.of(channel)).sync().getChannels().get(channel).getOccupants().stream()
                .map(each -> each.getUuid()).sorted().toList(), Stream.of(name, "watcher").sorted().toList(), "who is here");
        seen.expect(client.whereNow().uuid(name).sync().getChannels().contains(channel), true, "where the user is");
        client.removeMessageAction().channel(channel).messageTimetoken(message).actionTimetoken(action.timetoken()).sync();
        seen.expect(actions(client, channel), List.of(), "after the user has removed the action");
        client.unsubscribe().channels(List.of(channel)).execute();
        until(() -> heard.presences.getLast().event().equals("leave"), () -> heard.presences);
        seen.expect(heard.presences.getLast().uuid(), name, "who has left");
        watcher.unsubscribeAll();
    }

    /** Devices that get notifications: their channels. */
    static void push(Seen seen) throws Exception {
        PubNub client = client("alice");
        List<String> channels = Stream.of("a", "b", "c").map(name -> channel(name)).sorted().toList();
        String apple = String.format("%064x", System.nanoTime());
        device(seen, client, channels, PNPushType.GCM, channel("device"), null, null);
        device(seen, client, channels, PNPushType.APNS2, apple, PNPushEnvironment.DEVELOPMENT, "com.example.chat");
        device(seen, client, channels, PNPushType.APNS2, apple, PNPushEnvironment.PRODUCTION, "com.example.chat");
        try {
            client.addPushNotificationsOnChannels()
                    .pushType(PNPushType.APNS)
                    .deviceId("nohex")
                    .channels(channels)
                    .sync();
            seen.expect("done", "refused", "a token that is none");
        } catch (PubNubException e) {
            seen.expect(e.getStatusCode(), 400, "a token that is none");
        }
    }

    private static void device(Seen seen, PubNub client, List<String> channels, PNPushType type, String token,
            PNPushEnvironment environment, String topic) throws Exception {
        Callable<List<String>> listed = () -> client.auditPushChannelProvisions()
                .pushType(type)
                .deviceId(token)
                .environment(environment)
                .topic(topic)
                .sync()
                .getChannels();
        seen.expect(listed.call(), List.of(), "before it is registered");
        client.addPushNotificationsOnChannels()
                .pushType(type)
                .deviceId(token)
                .environment(environment)
                .topic(topic)
                .channels(channels)
                .sync();
        seen.expect(listed.call(), channels, "what was added");
        client.removePushNotificationsFromChannels()
                .pushType(type)
                .deviceId(token)
                .environment(environment)
                .topic(topic)
                .channels(channels.subList(0, 1))
                .sync();
        seen.expect(listed.call(), channels.subList(1, 3), "after a channel was taken off");
        client.removeAllPushNotificationsFromDeviceWithPushToken()
                .pushType(type)
                .deviceId(token)
                .environment(environment)
                .topic(topic)
                .sync();
        seen.expect(listed.call(), List.of(), "after the device was removed");
    }

    /** 20 clients, each adding 25 actions to one message and watching. */
    static void crowd(Seen seen) throws Exception {
        String channel = channel();
        List<PubNub> clients = new ArrayList<>();
        List<Heard> heard = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            clients.add(client("user-" + i));
            heard.add(subscribed(clients.get(i), List.of(channel), 0L));
        }
        long message = publish(client("alice"), channel, "which of these?");
        try (ExecutorService threads = Executors.newFixedThreadPool(20)) {
            List<Future<?>> votes = new ArrayList<>();
            for (PubNub client : clients) {
                votes.add(threads.submit(() -> {
                    for (int n = 0; n < 25; n++) {
                        add(client, channel, message, "vote", "" + n);
                    }
                    return null;
                }));
            }
            for (Future<?> vote : votes) {
                vote.get();
            }
        }
        List<Action> stored = pages(clients.get(0), channel, 500);
        seen.expect(stored.size(), 500, "actions stored");
        seen.expect((int) stored.stream().map(action -> action.uuid() + " " + action.value()).distinct().count(), 500,
                "different actions");
        until(() -> heard.stream().allMatch(each -> each.events.size() >= 501),
                () -> heard.stream().map(each -> each.events.size()).toList());
        List<Action> told = stored.stream().map(action -> action.heard("added")).toList();
        for (Heard each : heard) {
            seen.expect(each.events.subList(1, each.events.size()), told, "what a client saw, in order");
        }
    }
}
