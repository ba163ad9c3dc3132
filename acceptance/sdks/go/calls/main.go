// Runs every network call of the Go SDK once: calls RECORDER NUMBER
//
// RECORDER is the host and port of a proxy in front of the server that records what a call sends; it gets the name of
// each call before the call is made. NUMBER is that of the keyset. Standard output lists the calls that the SDK has and
// this program does not run.
package main

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"reflect"
	"strings"
	"time"

	pubnub "github.com/pubnub/go/v7"
)

const (
	channel = "Room"
	group   = "Group"
	file    = "Note.txt"
)

var (
	recorder string
	channels = []string{channel}
	done     = map[string]bool{}
)

func begin(row, name string) {
	done[name] = true
	response, err := http.Get("http://" + recorder + "/-/" + url.PathEscape(row) + "/" + name)
	if err != nil {
		panic(err)
	}
	response.Body.Close()
}

// call runs one. What the SDK makes of the response does not count, what it sends does.
func call[T any](row, name string, execute func() (T, pubnub.StatusResponse, error)) T {
	begin(row, name)
	result, _, err := execute()
	if err != nil {
		fmt.Fprintln(os.Stderr, name, err)
	}
	return result
}

func later(row, name string, run func()) {
	begin(row, name)
	run()
	time.Sleep(500 * time.Millisecond)
}

func main() {
	recorder = os.Args[1]
	config := pubnub.NewConfigWithUserId("Ann")
	number := os.Args[2]
	config.SubscribeKey, config.PublishKey, config.SecretKey = "sub-c-"+number, "pub-c-"+number, "sec-c-"+number
	config.Origin, config.Secure = recorder, false
	config.SetPresenceTimeoutWithCustomInterval(60, 30)
	client := pubnub.NewPubNub(config)
	messages(client)
	access(client)
	objects(client)
	files(client)
	push(client)
	for methods, i := reflect.TypeOf(client), 0; i < methods.NumMethod(); i++ {
		method := methods.Method(i)
		if strings.HasSuffix(method.Name, "WithContext") || method.Type.NumOut() != 1 || done[method.Name] {
			continue
		}
		if _, sends := method.Type.Out(0).MethodByName("Execute"); sends {
			fmt.Println("missed " + method.Name)
		}
	}
}

func messages(client *pubnub.PubNub) {
	message := fmt.Sprint(call("publish", "Publish", client.Publish().Channel(channel).Message("hello").Execute).Timestamp)
	call("fire", "Fire", client.Fire().Channel(channel).Message("hello").Execute)
	call("signal", "Signal", client.Signal().Channel(channel).Message("hello").Execute)
	later("subscribe", "Subscribe", client.Subscribe().Channels(channels).Execute)
	call("here now", "HereNow", client.HereNow().Channels(channels).Execute)
	call("where now", "WhereNow", client.WhereNow().UUID("Ann").Execute)
	state := map[string]interface{}{"mood": "ok"}
	call("set state", "SetState", client.SetState().Channels(channels).State(state).Execute)
	call("get state", "GetState", client.GetState().Channels(channels).UUID("Ann").Execute)
	call("heartbeat", "Heartbeat", client.Heartbeat().Channels(channels).Execute)
	later("heartbeat", "Presence", client.Presence().Channels(channels).Connected(true).Execute)
	later("unsubscribe", "Unsubscribe", client.Unsubscribe().Channels(channels).Execute)
	later("unsubscribe", "Leave", func() { client.Leave().Channels(channels).Execute() })
	client.Presence().Channels(channels).Connected(false).Execute()
	time.Sleep(500 * time.Millisecond)
	call("time", "Time", client.Time().Execute)
	call("history", "History", client.History().Channel(channel).Execute)
	call("fetch messages", "Fetch", client.Fetch().Channels(channels).Execute)
	call("count messages", "MessageCounts", client.MessageCounts().Channels(channels).ChannelsTimetoken([]int64{1}).Execute)
	added := call("add an action", "AddMessageAction", client.AddMessageAction().Channel(channel).
		MessageTimetoken(message).Action(pubnub.MessageAction{ActionType: "reaction", ActionValue: "smile"}).Execute)
	call("get actions", "GetMessageActions", client.GetMessageActions().Channel(channel).Execute)
	call("remove an action", "RemoveMessageAction", client.RemoveMessageAction().Channel(channel).
		MessageTimetoken(message).ActionTimetoken(added.Data.ActionTimetoken).Execute)
	call("delete messages", "DeleteMessages", client.DeleteMessages().Channel(channel).Execute)
	call("add channels to a group", "AddChannelToChannelGroup",
		client.AddChannelToChannelGroup().Channels(channels).ChannelGroup(group).Execute)
	call("list channels of a group", "ListChannelsInChannelGroup",
		client.ListChannelsInChannelGroup().ChannelGroup(group).Execute)
	call("remove channels from a group", "RemoveChannelFromChannelGroup",
		client.RemoveChannelFromChannelGroup().Channels(channels).ChannelGroup(group).Execute)
	call("delete a group", "DeleteChannelGroup", client.DeleteChannelGroup().ChannelGroup(group).Execute)
}

func access(client *pubnub.PubNub) {
	call("grant to auth keys", "Grant",
		client.Grant().Channels(channels).AuthKeys([]string{"Key"}).Read(true).TTL(5).Execute)
	granted := call("grant a token", "GrantToken", client.GrantToken().TTL(5).
		Channels(map[string]pubnub.ChannelPermissions{channel: {Read: true}}).Execute)
	call("revoke a token", "RevokeToken", client.RevokeToken().Token(granted.Data.Token).Execute)
}

func objects(client *pubnub.PubNub) {
	call("set user metadata", "SetUUIDMetadata", client.SetUUIDMetadata().UUID("Ann").Name("Ann").Execute)
	call("get user metadata", "GetUUIDMetadata", client.GetUUIDMetadata().UUID("Ann").Execute)
	call("list user metadata", "GetAllUUIDMetadata", client.GetAllUUIDMetadata().Execute)
	call("set channel metadata", "SetChannelMetadata", client.SetChannelMetadata().Channel(channel).Name("Room").Execute)
	call("get channel metadata", "GetChannelMetadata", client.GetChannelMetadata().Channel(channel).Execute)
	call("list channel metadata", "GetAllChannelMetadata", client.GetAllChannelMetadata().Execute)
	set := []pubnub.PNMembershipsSet{{Channel: pubnub.PNMembershipsChannel{ID: channel}}}
	remove := []pubnub.PNMembershipsRemove{{Channel: pubnub.PNMembershipsChannel{ID: channel}}}
	call("set memberships", "SetMemberships", client.SetMemberships().UUID("Ann").Set(set).Execute)
	call("get memberships", "GetMemberships", client.GetMemberships().UUID("Ann").Execute)
	call("manage memberships", "ManageMemberships", client.ManageMemberships().UUID("Ann").Set(set).
		Remove([]pubnub.PNMembershipsRemove{}).Execute)
	call("remove memberships", "RemoveMemberships", client.RemoveMemberships().UUID("Ann").Remove(remove).Execute)
	users := []pubnub.PNChannelMembersSet{{UUID: pubnub.PNChannelMembersUUID{ID: "Bob"}}}
	gone := []pubnub.PNChannelMembersRemove{{UUID: pubnub.PNChannelMembersUUID{ID: "Bob"}}}
	call("set channel members", "SetChannelMembers", client.SetChannelMembers().Channel(channel).Set(users).Execute)
	call("get channel members", "GetChannelMembers", client.GetChannelMembers().Channel(channel).Execute)
	call("manage channel members", "ManageChannelMembers", client.ManageChannelMembers().Channel(channel).Set(users).
		Remove([]pubnub.PNChannelMembersRemove{}).Execute)
	call("remove channel members", "RemoveChannelMembers", client.RemoveChannelMembers().Channel(channel).Remove(gone).Execute)
	call("remove channel metadata", "RemoveChannelMetadata", client.RemoveChannelMetadata().Channel(channel).Execute)
	call("remove user metadata", "RemoveUUIDMetadata", client.RemoveUUIDMetadata().UUID("Ann").Execute)
}

func files(client *pubnub.PubNub) {
	note, err := os.CreateTemp("", "note")
	if err != nil {
		panic(err)
	}
	defer os.Remove(note.Name())
	note.WriteString("a note")
	note.Seek(0, 0)
	sent := call("send a file", "SendFile", client.SendFile().Channel(channel).Name(file).File(note).Message("a note").Execute)
	id := "ID"
	if sent != nil && sent.Data.ID != "" {
		id = sent.Data.ID
	}
	call("list files", "ListFiles", client.ListFiles().Channel(channel).Execute)
	call("get the address of a file", "GetFileURL", client.GetFileURL().Channel(channel).ID(id).Name(file).Execute)
	call("download a file", "DownloadFile", client.DownloadFile().Channel(channel).ID(id).Name(file).Execute)
	call("publish a file message", "PublishFileMessage", client.PublishFileMessage().Channel(channel).FileID(id).
		FileName(file).MessageText("a note").Execute)
	call("delete a file", "DeleteFile", client.DeleteFile().Channel(channel).ID(id).Name(file).Execute)
}

func push(client *pubnub.PubNub) {
	device, topic, environment := strings.Repeat("0", 64), "org.example.app", pubnub.PNPushEnvironmentDevelopment
	for _, kind := range []pubnub.PNPushType{pubnub.PNPushTypeGCM, pubnub.PNPushTypeAPNS, pubnub.PNPushTypeAPNS2} {
		call("add push channels", "AddPushNotificationsOnChannels", client.AddPushNotificationsOnChannels().
			Channels(channels).DeviceIDForPush(device).PushType(kind).Topic(topic).Environment(environment).Execute)
		call("list push channels", "ListPushProvisions", client.ListPushProvisions().DeviceIDForPush(device).
			PushType(kind).Topic(topic).Environment(environment).Execute)
		call("remove push channels", "RemovePushNotificationsFromChannels", client.RemovePushNotificationsFromChannels().
			Channels(channels).DeviceIDForPush(device).PushType(kind).Topic(topic).Environment(environment).Execute)
		call("remove a push device", "RemoveAllPushNotifications", client.RemoveAllPushNotifications().
			DeviceIDForPush(device).PushType(kind).Topic(topic).Environment(environment).Execute)
	}
}
