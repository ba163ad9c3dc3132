package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"sort"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	pubnub "github.com/pubnub/go/v7"
)

var (
	origin, cable, control string
	number                 atomic.Int64
)

// Seen counts what was looked at, and keeps the faults of the SDK itself that showed.
type Seen struct {
	expectations int
	faults       []string
}

func text(value any) string {
	form, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	return string(form)
}

// expect compares the JSON of two values.
func (seen *Seen) expect(actual, expected any, what string) {
	seen.expectations++
	if text(actual) != text(expected) {
		panic(fmt.Sprintf("%s: expected %s, got %s", what, text(expected), text(actual)))
	}
}

func (seen *Seen) fault(words string) {
	for _, known := range seen.faults {
		if known == words {
			return
		}
	}
	seen.faults = append(seen.faults, words)
}

// list is a list in JSON, of values of different types.
type list = []any

func channel(name string) string {
	return fmt.Sprintf("%s-go-%d-%d", name, time.Now().UnixMilli(), number.Add(1))
}

func clientAt(where, uuid string, change func(*pubnub.Config)) *pubnub.PubNub {
	config := pubnub.NewConfigWithUserId(pubnub.UserId(uuid))
	config.SubscribeKey, config.PublishKey = "demo", "demo"
	config.Origin, config.Secure = where, false
	config.PNReconnectionPolicy = pubnub.PNLinearPolicy
	if change != nil {
		change(config)
	}
	return pubnub.NewPubNub(config)
}

func client(uuid string) *pubnub.PubNub { return clientAt(origin, uuid, nil) }

// guarded is a client of the keyset whose access manager is on; with the secret key it is the owner's.
func guarded(uuid, secret, filter string) *pubnub.PubNub {
	return clientAt(origin, uuid, func(config *pubnub.Config) {
		config.SubscribeKey, config.PublishKey, config.SecretKey = "sub-c-1", "pub-c-1", secret
		config.FilterExpression = filter
	})
}

// must runs a call that succeeds.
func must[T any](execute func() (T, pubnub.StatusResponse, error)) T {
	result, status, err := execute()
	if err != nil {
		panic(fmt.Sprintf("%v %+v", err, status))
	}
	return result
}

func until(condition func() bool, what func() any) {
	for end := time.Now().Add(25 * time.Second); !condition(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			panic("waited 25 s for " + text(what()))
		}
	}
}

func flip(what string) {
	response, err := http.Post("http://"+control+"/"+what, "text/plain", strings.NewReader(""))
	if err != nil {
		panic(err)
	}
	response.Body.Close()
}

// Heard is all that a client received, in order.
type Heard struct {
	sync.Mutex
	events, presences list
	objects           []string
	statuses          []*pubnub.PNStatus
}

func (heard *Heard) all() list {
	heard.Lock()
	defer heard.Unlock()
	return append(list{}, heard.events...)
}

func (heard *Heard) changed() []string {
	heard.Lock()
	defer heard.Unlock()
	return append([]string{}, heard.objects...)
}

func (heard *Heard) present() list {
	heard.Lock()
	defer heard.Unlock()
	return append(list{}, heard.presences...)
}

func (heard *Heard) has(category pubnub.StatusCategory) bool {
	heard.Lock()
	defer heard.Unlock()
	for _, status := range heard.statuses {
		if status.Category == category {
			return true
		}
	}
	return false
}

func (heard *Heard) listen(listener *pubnub.Listener) {
	for {
		select {
		case status := <-listener.Status:
			heard.Lock()
			heard.statuses = append(heard.statuses, status)
		case m := <-listener.Message:
			heard.Lock()
			heard.events = append(heard.events,
				list{"message", m.Channel, m.Message, m.Publisher, m.Timetoken, m.UserMetadata})
		case s := <-listener.Signal:
			heard.Lock()
			heard.events = append(heard.events, list{"signal", s.Channel, s.Message, s.Publisher, s.Timetoken})
		case a := <-listener.MessageActionsEvent:
			heard.Lock()
			heard.events = append(heard.events, list{a.Event, a.Channel, a.Data})
		case p := <-listener.Presence:
			heard.Lock()
			heard.presences = append(heard.presences, list{p.Event, p.Channel, p.UUID, p.Occupancy, p.State})
		case u := <-listener.UUIDEvent:
			heard.Lock()
			heard.objects = append(heard.objects, fmt.Sprint("user ", u.Event, " ", u.UUID))
		case c := <-listener.ChannelEvent:
			heard.Lock()
			heard.objects = append(heard.objects, fmt.Sprint("channel ", c.Event, " ", c.ChannelID))
		case m := <-listener.MembershipEvent:
			heard.Lock()
			heard.objects = append(heard.objects, fmt.Sprint("membership ", m.Event, " ", m.ChannelID, " ", m.UUID))
		case <-listener.File:
			heard.Lock()
		}
		heard.Unlock()
	}
}

// subscribed is a client that listens and is connected.
func subscribed(client *pubnub.PubNub, channels, groups []string, timetoken int64, presence bool) *Heard {
	heard := &Heard{}
	listener := pubnub.NewListener()
	go heard.listen(listener)
	client.AddListener(listener)
	client.Subscribe().Channels(channels).ChannelGroups(groups).Timetoken(timetoken).WithPresence(presence).Execute()
	until(func() bool { return heard.has(pubnub.PNConnectedCategory) }, func() any { return "the subscription" })
	return heard
}

// sorted is the events in an order of their own: the SDK announces those that come together in any order.
func sorted(seen *Seen, events list) list {
	seen.fault("listeners get events that arrive together in any order")
	sort.Slice(events, func(one, other int) bool { return text(events[one]) < text(events[other]) })
	return events
}

func (heard *Heard) awaits(count int) {
	until(func() bool { return len(heard.all()) >= count }, func() any { return heard.all() })
}

func publish(client *pubnub.PubNub, channel string, message any) int64 {
	return must(client.Publish().Channel(channel).Message(message).Execute).Timestamp
}

func add(client *pubnub.PubNub, channel, message, kind, value string) pubnub.PNMessageActionsResponse {
	return must(client.AddMessageAction().Channel(channel).MessageTimetoken(message).
		Action(pubnub.MessageAction{ActionType: kind, ActionValue: value}).Execute).Data
}

func actionsOn(client *pubnub.PubNub, channel string) []pubnub.PNMessageActionsResponse {
	return must(client.GetMessageActions().Channel(channel).Execute).Data
}

// pages is all actions of a channel, page by page from the newest on, oldest first.
func pages(client *pubnub.PubNub, channel string, limit int) []pubnub.PNMessageActionsResponse {
	var found []pubnub.PNMessageActionsResponse
	start := ""
	for {
		call := client.GetMessageActions().Channel(channel).Limit(limit)
		if start != "" {
			call = call.Start(start)
		}
		page := must(call.Execute).Data
		if len(page) == 0 {
			return found
		}
		found = append(append([]pubnub.PNMessageActionsResponse{}, page...), found...)
		start = page[0].ActionTimetoken
	}
}

func digits(timetoken int64) string { return fmt.Sprint(timetoken) }
