package main

import (
	"fmt"
	"sort"
	"strings"
	"sync"
	"time"

	pubnub "github.com/pubnub/go/v7"
)

// actions adds, gets and removes, with every field of result and status.
func actions(seen *Seen) {
	alice, channel := client("alice"), channel("chats")
	published := digits(publish(alice, channel, "hello"))
	for _, message := range []string{fmt.Sprint(time.Now().Unix()), published} {
		good := func(status pubnub.StatusResponse, err error, operation pubnub.OperationType) {
			seen.expect(err == nil, true, "error")
			seen.expect(status.StatusCode, 200, "status code")
			seen.expect(status.Operation.String(), operation.String(), "operation")
			seen.expect(status.TLSEnabled, false, "TLS")
			seen.expect(status.UUID, "alice", "uuid")
			seen.expect(status.Origin, origin, "origin")
		}
		added, status, err := alice.AddMessageAction().Channel(channel).MessageTimetoken(message).
			Action(pubnub.MessageAction{ActionType: "reaction", ActionValue: "smile"}).Execute()
		good(status, err, pubnub.PNAddMessageActionsOperation)
		action := added.Data
		seen.expect(list{action.ActionType, action.ActionValue, action.UUID, action.MessageTimetoken},
			list{"reaction", "smile", "alice", message}, "add")
		seen.expect(len(action.ActionTimetoken), 17, "digits of the action timetoken")
		got, status, err := alice.GetMessageActions().Channel(channel).Execute()
		good(status, err, pubnub.PNGetMessageActionsOperation)
		seen.expect(got.Data, []pubnub.PNMessageActionsResponse{action}, "get")
		_, status, err = alice.RemoveMessageAction().Channel(channel).MessageTimetoken(message).
			ActionTimetoken(action.ActionTimetoken).Execute()
		good(status, err, pubnub.PNRemoveMessageActionsOperation)
		seen.expect(len(actionsOn(alice, channel)), 0, "get after the removal")
	}
}

// errors come with the server's words.
func errors(seen *Seen) {
	alice, bob, channel := client("alice"), client("bob"), channel("chats")
	message := digits(publish(alice, channel, "hello"))
	action := add(alice, channel, message, "reaction", "smile")
	bad := func(status pubnub.StatusResponse, err error, code int, words string) {
		seen.expect(err != nil && strings.Contains(err.Error(), words), true, fmt.Sprint(words, " in ", err))
		seen.expect(status.StatusCode, code, "status code")
	}
	_, status, err := alice.AddMessageAction().Channel(channel).MessageTimetoken(message).
		Action(pubnub.MessageAction{ActionType: "reaction", ActionValue: "smile"}).Execute()
	bad(status, err, 409, "Action Already Added")
	_, status, err = bob.RemoveMessageAction().Channel(channel).MessageTimetoken(message).
		ActionTimetoken(action.ActionTimetoken).Execute()
	bad(status, err, 400, "Not deleting message action: wrong uuid specified")
	_, status, err = alice.RemoveMessageAction().Channel(channel).MessageTimetoken(message).
		ActionTimetoken("15610547826970050").Execute()
	bad(status, err, 400, "No matching message actions to delete")
	seen.expect(actionsOn(alice, channel), []pubnub.PNMessageActionsResponse{action}, "what is there afterwards")
}

// storage is publish, history, fetch, counts, deletion and time.
func storage(seen *Seen) {
	alice, channel, other := client("alice"), channel("chats"), channel("chats")
	before := must(alice.Time().Execute).Timetoken
	sent := list{map[string]any{"text": "hé ☞ 👍🏽", "n": list{1, 2.5, nil, true}}, "pl\"ain", 42, list{"a", "b"}}
	var timetokens []int64
	for _, message := range sent {
		timetokens = append(timetokens, publish(alice, channel, message))
	}
	seen.expect(before < timetokens[0] && timetokens[0] < before+600_000_000, true, "the time is that of the server")
	meta := map[string]any{"lang": "en"}
	sent = append(sent, map[string]any{"by": "post"})
	timetokens = append(timetokens,
		must(alice.Publish().Channel(channel).Message(sent[4]).Meta(meta).UsePost(true).Execute).Timestamp)
	must(alice.Publish().Channel(channel).Message("not kept").ShouldStore(false).Execute)
	publish(alice, other, "elsewhere")
	action := add(alice, channel, digits(timetokens[1]), "receipt", "read")

	entries := func(response *pubnub.HistoryResponse) list {
		found := list{}
		for _, item := range response.Messages {
			found = append(found, item.Message)
		}
		return found
	}
	whole := must(alice.History().Channel(channel).IncludeTimetoken(true).IncludeMeta(true).Execute)
	seen.expect(entries(whole), sent, "history")
	for i, item := range whole.Messages {
		seen.expect(item.Timetoken, timetokens[i], "timetoken of the history")
	}
	seen.expect(whole.Messages[4].Meta, meta, "meta of the history")
	seen.expect(entries(must(alice.History().Channel(channel).Count(2).Execute)), sent[3:], "the newest two")
	seen.expect(entries(must(alice.History().Channel(channel).Count(2).Reverse(true).Execute)), sent[:2],
		"the oldest two")
	seen.expect(entries(must(alice.History().Channel(channel).Start(timetokens[3]).End(timetokens[1]).Execute)),
		sent[1:3], "a range")

	fetched := must(alice.Fetch().Channels([]string{channel}).IncludeMeta(true).IncludeUUID(true).Execute).Messages[channel]
	seen.expect(len(fetched), 5, "fetch")
	for i, item := range fetched {
		seen.expect(list{item.Message, item.Timetoken, item.UUID}, list{sent[i], digits(timetokens[i]), "alice"}, "fetch")
	}
	seen.expect(fetched[4].Meta, meta, "meta of the fetch")
	both := must(alice.Fetch().Channels([]string{channel, other}).Execute).Messages
	seen.expect(list{len(both[channel]), len(both[other])}, list{5, 1}, "two channels")
	with := must(alice.Fetch().Channels([]string{channel}).IncludeMessageActions(true).Execute).Messages[channel]
	seen.expect(with[1].MessageActions["receipt"].ActionsTypeValues["read"][0].ActionTimetoken, action.ActionTimetoken,
		"actions of the fetch")

	counted := must(alice.MessageCounts().Channels([]string{channel}).ChannelsTimetoken(timetokens[1:2]).Execute)
	seen.expect(counted.Channels, map[string]int{channel: 3}, "messages after the second")
	counted = must(alice.MessageCounts().Channels([]string{channel, other}).
		ChannelsTimetoken([]int64{timetokens[1], timetokens[4] + 10_000_000}).Execute)
	seen.expect(counted.Channels, map[string]int{channel: 3, other: 0}, "messages of two channels")

	_, _, err := alice.DeleteMessages().Channel(channel).Execute()
	seen.expect(err != nil && strings.Contains(err.Error(), "Missing Secret Key"), true, "deletion without a secret key")
	seen.fault("`DeleteMessages` needs a secret key, also where the server needs none")
	signing := clientAt(origin, "alice", func(config *pubnub.Config) { config.SecretKey = "any" })
	must(signing.DeleteMessages().Channel(channel).Start(timetokens[1] - 1).End(timetokens[1]).Execute)
	seen.expect(entries(must(alice.History().Channel(channel).Execute)), append(list{sent[0]}, sent[2:]...),
		"all but the second")
	seen.expect(len(actionsOn(alice, channel)), 0, "its action is gone with it")
	must(signing.DeleteMessages().Channel(channel).Execute)
	seen.expect(len(must(alice.History().Channel(channel).Execute).Messages), 0, "nothing is left")
}

// live: a second client sees what happens as it happens, in order; after an unsubscribe no more.
func live(seen *Seen) {
	alice, bob, channel, other := client("alice"), client("bob"), channel("chats"), channel("chats")
	heard := subscribed(bob, []string{channel, other}, nil, 0, false)
	expected := list{}
	meta := map[string]any{"lang": "en"}
	for round := 0; round < 5; round++ {
		where := channel
		if round == 3 {
			where = other
		}
		message := map[string]any{"round": round}
		timetoken := must(alice.Publish().Channel(where).Message(message).Meta(meta).Execute).Timestamp
		expected = append(expected, list{"message", where, message, "alice", timetoken, meta})
		action := add(alice, where, digits(timetoken), "reaction", "smile")
		expected = append(expected, list{"added", where, action})
		if round%2 == 0 {
			must(alice.RemoveMessageAction().Channel(where).MessageTimetoken(digits(timetoken)).
				ActionTimetoken(action.ActionTimetoken).Execute)
			expected = append(expected, list{"removed", where, action})
		}
	}
	heard.awaits(len(expected))
	seen.expect(sorted(seen, heard.all()), sorted(seen, append(list{}, expected...)), "what bob saw")
	bob.UnsubscribeAll()
	time.Sleep(300 * time.Millisecond)
	publish(alice, channel, "and another")
	time.Sleep(500 * time.Millisecond)
	seen.expect(len(heard.all()), len(expected), "after the unsubscribe")
}

// resume: after a cut connection, and from an old timetoken, nothing is missed.
func resume(seen *Seen) {
	alice, carol, channel := client("alice"), clientAt(cable, "carol", nil), channel("chats")
	first := publish(alice, channel, "before")
	heard := subscribed(carol, []string{channel}, nil, first, false)
	expected := list{}
	say := func(message any) {
		expected = append(expected, list{"message", channel, message, "alice", publish(alice, channel, message), nil})
	}
	say("live")
	heard.awaits(1)
	for _, how := range []string{"hangup", "cut"} {
		before := len(expected)
		flip(how)
		for n := 0; n < 150; n++ {
			say(map[string]any{"n": n})
		}
		if how == "cut" {
			seen.expect(len(heard.all()), before, "what came over a cut cable")
			seen.fault("a subscription that a network error ends is resumed only when a ping, each ten seconds, fails too")
			time.Sleep(11 * time.Second)
			flip("mend")
		}
		heard.awaits(len(expected))
		seen.expect(sorted(seen, heard.all()), sorted(seen, append(list{}, expected...)), "what carol saw after a "+how)
	}
	dave := subscribed(client("dave"), []string{channel}, nil, first, false)
	dave.awaits(len(expected))
	say("after")
	dave.awaits(len(expected))
	seen.expect(sorted(seen, dave.all()), sorted(seen, append(list{}, expected...)),
		"what dave saw from an old timetoken on")
}

// paging reads 250 actions page by page, no gap and none twice.
func paging(seen *Seen) {
	alice, channel := client("alice"), channel("chats")
	message := digits(publish(alice, channel, "hello"))
	var added []pubnub.PNMessageActionsResponse
	for n := 0; n < 250; n++ {
		added = append(added, add(alice, channel, message, "n", fmt.Sprint(n)))
	}
	for _, limit := range []int{100, 33} {
		seen.expect(pages(alice, channel, limit), added, fmt.Sprint("pages of ", limit))
	}
	some := must(alice.GetMessageActions().Channel(channel).Start(added[100].ActionTimetoken).
		End(added[90].ActionTimetoken).Execute).Data
	seen.expect(some, added[90:100], "a range")
}

var strange = []string{"чат", "聊天室", "غرفة", "कमरा", "ห้อง", "é☞😀👩‍👩‍👧", "a:b", "a.b.c", "with space", "a+b", "a/b", "100%",
	"q?x=1&y='#\"\\"}

// names are in several scripts, with emoji and everything that needs escaping.
func names(seen *Seen) {
	alice := client("alice")
	var channels []string
	for _, name := range strange {
		channels = append(channels, channel(name))
	}
	heard := subscribed(client("bob"), channels, nil, 0, false)
	expected := list{}
	for i, name := range strange {
		where, message := channels[i], map[string]any{"text": name}
		timetoken := publish(alice, where, message)
		expected = append(expected, list{"message", where, message, "alice", timetoken, nil})
		if strings.ContainsAny(name, " /%?") {
			seen.fault("a channel with a space, `/`, `%` or `?` in its name can't be used for message actions and " +
				"`HereNow`, nor such a uuid for `WhereNow`: they go into the path as they are")
		} else {
			action := add(alice, where, digits(timetoken), name, name)
			expected = append(expected, list{"added", where, action})
			seen.expect(list{action.ActionType, action.ActionValue}, list{name, name}, "action on "+where)
			seen.expect(actionsOn(alice, where), []pubnub.PNMessageActionsResponse{action}, "actions of "+where)
		}
		seen.expect(must(alice.History().Channel(where).Execute).Messages[0].Message, message, where)
		counted := must(alice.MessageCounts().Channels([]string{where}).ChannelsTimetoken([]int64{1}).Execute)
		seen.expect(counted.Channels, map[string]int{where: 1}, "count of "+where)
	}
	heard.awaits(len(expected))
	seen.expect(sorted(seen, heard.all()), sorted(seen, expected), "what bob saw")
}

// signals and messages that are not stored are delivered; a fire is not.
func signals(seen *Seen) {
	alice, channel := client("alice"), channel("chats")
	heard := subscribed(client("bob"), []string{channel}, nil, 0, false)
	signal := must(alice.Signal().Channel(channel).Message("typing").Execute).Timestamp
	fired := must(alice.Fire().Channel(channel).Message("not heard").Execute).Timestamp
	seen.expect(fired > signal, true, "a fire has a timetoken")
	passing := must(alice.Publish().Channel(channel).Message("passing").ShouldStore(false).Execute).Timestamp
	kept := publish(alice, channel, "kept")
	heard.awaits(3)
	seen.expect(sorted(seen, heard.all()), sorted(seen, list{list{"signal", channel, "typing", "alice", signal},
		list{"message", channel, "passing", "alice", passing, nil},
		list{"message", channel, "kept", "alice", kept, nil}}), "what bob saw")
	history := must(alice.History().Channel(channel).Execute).Messages
	seen.expect(list{len(history), history[0].Message}, list{1, "kept"}, "what is kept")
	_, status, err := alice.Signal().Channel(channel).Message(strings.Repeat("x", 63)).Execute()
	seen.expect(err != nil && status.StatusCode == 400, true, "a long signal")
}

// groups change; wildcards and filters.
func groups(seen *Seen) {
	alice, bob := client("alice"), client("bob")
	base, group, inside, late := channel("room"), channel("group"), channel("inside"), channel("late")
	members := func() []string {
		found := must(alice.ListChannelsInChannelGroup().ChannelGroup(group).Execute).Channels
		sort.Strings(found)
		return found
	}
	change := func(channels ...string) {
		must(alice.AddChannelToChannelGroup().Channels(channels).ChannelGroup(group).Execute)
	}
	change(inside, base+".one")
	seen.expect(members(), []string{inside, base + ".one"}, "what is in the group")
	heard := subscribed(bob, []string{base + ".*", "plain-" + base}, []string{group}, 0, false)
	expected := list{}
	say := func(where string, what int) {
		expected = append(expected, list{"message", where, what, "alice", publish(alice, where, what), nil})
	}
	say(base+".one", 1)
	say(base+".two.three", 2)
	say(inside, 3)
	change(late)
	say(late, 4)
	say("plain-"+base, 5)
	heard.awaits(5)
	time.Sleep(200 * time.Millisecond)
	seen.expect(sorted(seen, heard.all()), sorted(seen, append(list{}, expected...)), "what bob saw, each once")
	must(alice.RemoveChannelFromChannelGroup().Channels([]string{inside}).ChannelGroup(group).Execute)
	publish(alice, inside, "gone")
	say(late, 6)
	heard.awaits(6)
	seen.expect(sorted(seen, heard.all()), sorted(seen, expected), "after a channel was taken out")
	must(alice.DeleteChannelGroup().ChannelGroup(group).Execute)
	seen.expect(len(members()), 0, "after the group was deleted")

	carol := clientAt(origin, "carol", func(config *pubnub.Config) {
		config.FilterExpression = "lang == 'en' && n > 1"
	})
	channel := channel("chats")
	filtered := subscribed(carol, []string{channel}, nil, 0, false)
	for n, lang := range []string{"en", "de", "en"} {
		must(alice.Publish().Channel(channel).Message(n + 1).
			Meta(map[string]any{"lang": lang, "n": n + 1}).Execute)
	}
	action := add(alice, channel, "1595634332", "reaction", "smile")
	filtered.awaits(2)
	events := sorted(seen, filtered.all())
	seen.expect(events[0], list{"added", channel, action}, "actions pass")
	seen.expect(events[1].(list)[2], 3, "what passes the filter")
}

// presence: who comes, goes and changes state.
func presence(seen *Seen) {
	other, name, channel := channel("alice"), channel("bob"), channel("chats")
	alice, bob := client(other), client(name)
	heard := subscribed(alice, []string{channel}, nil, 0, true)
	awaits := func(count int) {
		until(func() bool { return len(heard.present()) >= count }, func() any { return heard.present() })
	}
	awaits(1)
	subscribed(bob, []string{channel}, nil, 0, false)
	awaits(2)
	mood := map[string]any{"mood": "ok"}
	must(bob.SetState().Channels([]string{channel}).State(mood).Execute)
	seen.expect(must(alice.GetState().Channels([]string{channel}).UUID(name).Execute).State,
		map[string]any{channel: mood}, "state")
	here := must(alice.HereNow().Channels([]string{channel}).IncludeState(true).IncludeUUIDs(true).Execute)
	seen.expect(list{here.TotalChannels, here.TotalOccupancy}, list{1, 2}, "here now")
	seen.expect(must(alice.WhereNow().UUID(name).Execute).Channels, []string{channel}, "where bob is")
	awaits(3)
	bob.Unsubscribe().Channels([]string{channel}).Execute()
	awaits(4)
	seen.expect(heard.present(), list{list{"join", channel, other, 1, nil}, list{"join", channel, name, 2, nil},
		list{"state-change", channel, name, 2, mood}, list{"leave", channel, name, 1, mood}}, "what alice was told")
	seen.expect(len(must(alice.WhereNow().UUID(name).Execute).Channels), 0, "where bob is afterwards")
}

// access: with nothing, with a token, with the secret key.
func access(seen *Seen) {
	owner, alice, channel := guarded("owner ~", "sec-c-1", ""), guarded("alice", "", ""), channel("chats")
	denied := func(status pubnub.StatusResponse, err error, what string) {
		seen.expect(err != nil, true, what)
		seen.expect(status.StatusCode, 403, what)
	}
	tried := func(channel, what string) {
		_, status, err := alice.Publish().Channel(channel).Message("x").Execute()
		denied(status, err, what)
	}
	tried(channel, "without a token")
	grant := func() string {
		return must(owner.GrantToken().TTL(15).AuthorizedUUID("alice").
			Channels(map[string]pubnub.ChannelPermissions{channel: {Read: true, Write: true}}).
			ChannelGroups(map[string]pubnub.GroupPermissions{"group": {Read: true}}).
			ChannelsPattern(map[string]pubnub.ChannelPermissions{"news-.*": {Read: true}}).
			Meta(map[string]any{"role": "é☞"}).Execute).Data.Token
	}
	token := grant()
	read, err := pubnub.ParseToken(token)
	seen.expect(err == nil, true, "what the token says")
	seen.expect(list{read.Version, read.TTL, read.AuthorizedUUID, read.Meta["role"]}, list{2, 15, "alice", "é☞"},
		"what the token says")
	seen.expect(read.Resources.Channels[channel].Write, true, "what it allows")

	alice.SetToken(token)
	heard := subscribed(alice, []string{channel}, nil, 0, false)
	message := digits(publish(alice, channel, "hello"))
	action := add(alice, channel, message, "reaction", "smile")
	heard.awaits(2)
	seen.expect(len(pages(alice, channel, 10)), 1, "what alice may read")
	removal := func(client *pubnub.PubNub) (any, pubnub.StatusResponse, error) {
		return client.RemoveMessageAction().Channel(channel).MessageTimetoken(message).
			ActionTimetoken(action.ActionTimetoken).Execute()
	}
	_, status, err := removal(alice)
	denied(status, err, "alice may not remove")
	tried("other", "nor publish elsewhere")
	must(func() (any, pubnub.StatusResponse, error) { return removal(owner) })
	heard.awaits(3)
	seen.expect(heard.all()[2], list{"removed", channel, action}, "whose action the owner has removed")

	group := "g ü|.*$-" + channel
	must(owner.AddChannelToChannelGroup().Channels([]string{channel, "a b"}).ChannelGroup(group).Execute)
	members := must(owner.ListChannelsInChannelGroup().ChannelGroup(group).Execute).Channels
	seen.expect(len(members), 2, "a group")
	must(owner.Publish().Channel(channel).Message(map[string]any{"é": "☞ +&=~"}).
		Meta(map[string]any{"lang": "en"}).UsePost(true).Execute)
	must(owner.Publish().Channel("a b|ü~").Message(list{"it's", "(*)!"}).Meta(map[string]any{"x": "ü ~"}).Execute)
	must(owner.SetState().Channels([]string{channel}).State(map[string]any{"mood": "ü ☞ ~"}).Execute)
	must(owner.HereNow().Channels([]string{channel}).IncludeState(true).Execute)
	listener := guarded("listener ~", "sec-c-1", "lang == 'en' && n > 1")
	filtered := subscribed(listener, []string{channel}, []string{"plain-g"}, 0, true)
	for n := 1; n <= 2; n++ {
		must(owner.Publish().Channel(channel).Message(n).Meta(map[string]any{"lang": "en", "n": n}).Execute)
	}
	filtered.awaits(1)
	seen.expect(filtered.all()[0].(list)[2], 2, "what passes the filter")

	must(owner.RevokeToken().Token(token).Execute)
	tried(channel, "with a revoked token")
	alice.SetToken(grant())
	publish(alice, channel, "again")
}

// users have names that need an escape: where all is open, with a token for that user, with everything signed.
func users(seen *Seen) {
	owner := guarded("owner", "sec-c-1", "")
	for _, name := range []string{"+49 151 1234567", "ann+tag@example.org", "Zoë/ünï"} {
		user(seen, client(name), client("watcher"), name, channel("chats"))
		where, tokened := channel("chats"), guarded(name, "", "")
		tokened.SetToken(must(owner.GrantToken().TTL(15).AuthorizedUUID(name).Channels(
			map[string]pubnub.ChannelPermissions{where: {Read: true, Write: true, Delete: true}}).Execute).Data.Token)
		user(seen, tokened, guarded("watcher", "sec-c-1", ""), name, where)
		user(seen, guarded(name, "sec-c-1", ""), guarded("watcher", "sec-c-1", ""), name, channel("chats"))
	}
}

func user(seen *Seen, client, watcher *pubnub.PubNub, name, channel string) {
	heard := subscribed(watcher, []string{channel}, nil, 0, true)
	until(func() bool { return len(heard.present()) >= 1 }, func() any { return "the watcher to have joined" })
	subscribed(client, []string{channel}, nil, 0, false)
	until(func() bool { return len(heard.present()) >= 2 }, func() any { return "the user to have joined" })
	message := digits(publish(client, channel, "hello"))
	action := add(client, channel, message, "reaction", "wave")
	seen.expect(action.UUID, name, "whose action it is")
	heard.awaits(2)
	seen.expect(sorted(seen, heard.all())[1].(list)[3], name, "who published")
	phone := map[string]any{"tel": "+49 1"}
	must(client.SetState().Channels([]string{channel}).State(phone).Execute)
	seen.expect(must(watcher.GetState().Channels([]string{channel}).UUID(name).Execute).State,
		map[string]any{channel: phone}, "state")
	seen.expect(must(client.HereNow().Channels([]string{channel}).IncludeUUIDs(true).Execute).TotalOccupancy, 2,
		"who is here")
	if !strings.ContainsAny(name, " /") { // see names
		seen.expect(strings.Contains(text(must(client.WhereNow().UUID(name).Execute).Channels), channel), true,
			"where the user is")
	}
	must(client.RemoveMessageAction().Channel(channel).MessageTimetoken(message).
		ActionTimetoken(action.ActionTimetoken).Execute)
	seen.expect(len(actionsOn(client, channel)), 0, "after the user has removed the action")
	client.Unsubscribe().Channels([]string{channel}).Execute()
	until(func() bool { return strings.Contains(text(heard.present()), `["leave",`) },
		func() any { return heard.present() })
	watcher.UnsubscribeAll()
}

// crowd: 20 clients, each adding 25 actions to one message and watching.
func crowd(seen *Seen) {
	channel := channel("chats")
	var clients []*pubnub.PubNub
	var heard []*Heard
	for n := 0; n < 20; n++ {
		clients = append(clients, client(fmt.Sprint("user-", n)))
		heard = append(heard, subscribed(clients[n], []string{channel}, nil, 0, false))
	}
	message := digits(publish(client("alice"), channel, "which of these?"))
	var votes sync.WaitGroup
	for _, each := range clients {
		votes.Add(1)
		go func(voter *pubnub.PubNub) {
			defer votes.Done()
			for n := 0; n < 25; n++ {
				add(voter, channel, message, "vote", fmt.Sprint(n))
			}
		}(each)
	}
	votes.Wait()
	stored := pages(clients[0], channel, 500)
	seen.expect(len(stored), 500, "actions stored")
	expected := list{}
	for _, action := range stored {
		expected = append(expected, list{"added", channel, action})
	}
	for _, each := range heard {
		each.awaits(501)
		var votes list
		for _, event := range each.all() {
			if event.(list)[0] != "message" {
				votes = append(votes, event)
			}
		}
		seen.expect(sorted(seen, votes), sorted(seen, append(list{}, expected...)), "what a client saw")
	}
}
