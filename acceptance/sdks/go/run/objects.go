package main

import (
	"fmt"
	"sort"
	"strings"

	pubnub "github.com/pubnub/go/v7"
)

type fields = map[string]any

// objects is metadata of users and channels, memberships, members: set, get, list, page, sort, filter, remove; events.
func objects(seen *Seen) {
	name := channel("objects")
	users, rooms := list{}, list{}
	for _, letter := range []string{"a", "b", "c"} {
		users = append(users, name+"-"+letter)
	}
	for n := 1; n <= 2; n++ {
		rooms = append(rooms, fmt.Sprint(name, "-room-", n))
	}
	user := func(n int) string { return users[n].(string) }
	room := func(n int) string { return rooms[n].(string) }
	ann := client(user(0))
	heard := subscribed(ann, []string{user(0), room(0)}, nil, 0, false)

	withCustom := []pubnub.PNUUIDMetadataInclude{pubnub.PNUUIDMetadataIncludeCustom}
	made := must(ann.SetUUIDMetadata().Include(withCustom).Name(name + " C").Email("a@example.com").ExternalID("7").
		ProfileURL("http://example.com/a").Custom(fields{"age": 30.0, "on": true}).Execute).Data
	seen.expect(list{made.ID, made.Name, made.Email, made.ExternalID, made.ProfileURL, made.Custom},
		list{user(0), name + " C", "a@example.com", "7", "http://example.com/a", fields{"age": 30.0, "on": true}}, "set a user")
	seen.expect(must(ann.GetUUIDMetadata().UUID(user(0)).Include(withCustom).Execute).Data, made, "get a user")
	talk := must(ann.SetChannelMetadata().Channel(room(0)).Name("Room").Description("Talk").
		Custom(fields{"n": 1.0}).Include([]pubnub.PNChannelMetadataInclude{pubnub.PNChannelMetadataIncludeCustom}).Execute).Data
	seen.expect(list{talk.ID, talk.Description, talk.Custom}, list{room(0), "Talk", fields{"n": 1.0}}, "set a channel")
	seen.expect(must(ann.GetChannelMetadata().Channel(room(0)).Execute).Data.ETag, talk.ETag, "get a channel")
	must(ann.SetUUIDMetadata().UUID(user(1)).Name(name + " A").Execute)
	must(ann.SetUUIDMetadata().UUID(user(2)).Name(name + " B").Execute)

	page := func(start, end string) *pubnub.PNGetAllUUIDMetadataResponse {
		return must(ann.GetAllUUIDMetadata().Filter("name LIKE '" + name + " *'").Sort([]string{"name:asc"}).
			Limit(2).Count(true).Start(start).End(end).Execute)
	}
	ids := func(page *pubnub.PNGetAllUUIDMetadataResponse) list {
		found := list{}
		for _, each := range page.Data {
			found = append(found, each.ID)
		}
		return found
	}
	first := page("", "")
	seen.expect(ids(first), users[1:], "the first page of users")
	seen.expect(first.TotalCount, 3, "how many users")
	second := page(first.Next, "")
	seen.expect(ids(second), users[:1], "the second page of users")
	seen.expect(second.Next, "", "no third page")
	seen.expect(ids(page("", second.Prev)), users[1:], "the page before")
	channels := must(ann.GetAllChannelMetadata().Filter("id == '" + room(0) + "'").Execute).Data
	seen.expect(list{len(channels), channels[0].ID}, list{1, room(0)}, "channels")

	membership := func(n int) pubnub.PNMembershipsChannel { return pubnub.PNMembershipsChannel{ID: room(n)} }
	joined := must(ann.SetMemberships().UUID(user(0)).Set([]pubnub.PNMembershipsSet{
		{Channel: membership(0), Custom: fields{"role": "x"}}, {Channel: membership(1)}}).
		Include([]pubnub.PNMembershipsInclude{pubnub.PNMembershipsIncludeCustom, pubnub.PNMembershipsIncludeChannel,
			pubnub.PNMembershipsIncludeChannelCustom}).Execute).Data
	seen.expect(list{len(joined), joined[0].Channel.ID, joined[0].Custom, joined[0].Channel.Custom, joined[1].Channel.ID},
		list{2, room(0), fields{"role": "x"}, fields{"n": 1.0}, room(1)}, "set memberships")
	must(ann.ManageMemberships().UUID(user(0)).Set([]pubnub.PNMembershipsSet{{Channel: membership(0)}}).
		Remove([]pubnub.PNMembershipsRemove{{Channel: membership(1)}}).Execute)
	left := must(ann.GetMemberships().UUID(user(0)).Count(true).
		Include([]pubnub.PNMembershipsInclude{pubnub.PNMembershipsIncludeChannel}).Execute)
	seen.expect(list{left.TotalCount, left.Data[0].Channel.ID}, list{1, room(0)}, "get memberships")

	member := func(n int) pubnub.PNChannelMembersUUID { return pubnub.PNChannelMembersUUID{ID: user(n)} }
	must(ann.SetChannelMembers().Channel(room(0)).Set([]pubnub.PNChannelMembersSet{
		{UUID: member(1)}, {UUID: member(2), Custom: fields{"a": 1.0}}}).Execute)
	members := must(ann.GetChannelMembers().Channel(room(0)).Include([]pubnub.PNChannelMembersInclude{
		pubnub.PNChannelMembersIncludeCustom, pubnub.PNChannelMembersIncludeUUID}).Execute).Data
	found := list{}
	for _, each := range members {
		found = append(found, each.UUID.Name)
	}
	seen.expect(found, list{name + " C", name + " A", name + " B"}, "members")
	seen.expect(members[2].Custom, fields{"a": 1.0}, "custom fields of a member")
	must(ann.ManageChannelMembers().Channel(room(0)).Set([]pubnub.PNChannelMembersSet{{UUID: member(1)}}).
		Remove([]pubnub.PNChannelMembersRemove{{UUID: member(2)}}).Execute)
	must(ann.RemoveChannelMembers().Channel(room(0)).Remove([]pubnub.PNChannelMembersRemove{{UUID: member(1)}}).Execute)
	must(ann.RemoveMemberships().UUID(user(0)).Remove([]pubnub.PNMembershipsRemove{{Channel: membership(0)}}).Execute)
	seen.expect(len(must(ann.GetChannelMembers().Channel(room(0)).Execute).Data), 0, "no members")
	for n := range users {
		must(ann.RemoveUUIDMetadata().UUID(user(n)).Execute)
	}
	must(ann.RemoveChannelMetadata().Channel(room(0)).Execute)
	_, status, err := ann.GetUUIDMetadata().UUID(user(0)).Execute()
	seen.expect(list{err != nil, status.StatusCode}, list{true, 404}, "a user that is gone")

	wanted := []string{"user set " + user(0), "channel set " + room(0), "membership set " + room(0) + " " + user(0),
		"membership set " + room(0) + " " + user(1), "membership delete " + room(0) + " " + user(2),
		"membership delete " + room(0) + " " + user(0), "user delete " + user(0), "channel delete " + room(0)}
	until(func() bool {
		all := strings.Join(heard.changed(), "\n") + "\n"
		for _, each := range wanted {
			if !strings.Contains(all, each+"\n") {
				return false
			}
		}
		return true
	}, func() any { return heard.changed() })
	seen.expect(len(heard.all()), 0, "what is no message")
	ann.UnsubscribeAll()
}

// push registers devices of both gateways for channels, lists them, takes channels off and removes the devices.
func push(seen *Seen) {
	alice := client("alice")
	channels := []string{channel("a"), channel("b"), channel("c")}
	sort.Strings(channels)
	apple := strings.Repeat("ab", 32)
	devices := []struct {
		kind        pubnub.PNPushType
		token       string
		topic       string
		environment pubnub.PNPushEnvironment
	}{
		{pubnub.PNPushTypeGCM, channel("device"), "", ""},
		{pubnub.PNPushTypeAPNS2, apple, channel("com.example.chat"), pubnub.PNPushEnvironmentDevelopment},
		{pubnub.PNPushTypeAPNS2, apple, channel("com.example.chat"), pubnub.PNPushEnvironmentProduction},
	}
	for _, device := range devices {
		listed := func() []string {
			found := must(alice.ListPushProvisions().DeviceIDForPush(device.token).PushType(device.kind).Topic(device.topic).
				Environment(device.environment).Execute).Channels
			sort.Strings(found)
			return found
		}
		seen.expect(len(listed()), 0, "before it is registered")
		must(alice.AddPushNotificationsOnChannels().Channels(channels).DeviceIDForPush(device.token).PushType(device.kind).
			Topic(device.topic).Environment(device.environment).Execute)
		seen.expect(listed(), channels, "what was added")
		must(alice.RemovePushNotificationsFromChannels().Channels(channels[:1]).DeviceIDForPush(device.token).
			PushType(device.kind).Topic(device.topic).Environment(device.environment).Execute)
		seen.expect(listed(), channels[1:], "after a channel was taken off")
		must(alice.RemoveAllPushNotifications().DeviceIDForPush(device.token).PushType(device.kind).Topic(device.topic).
			Environment(device.environment).Execute)
		seen.expect(len(listed()), 0, "after the device was removed")
	}
	_, status, err := alice.AddPushNotificationsOnChannels().Channels(channels).DeviceIDForPush("nohex").
		PushType(pubnub.PNPushTypeAPNS).Execute()
	seen.expect(list{err != nil, status.StatusCode}, list{true, 400}, "a token that is none")
}
