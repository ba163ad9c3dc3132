package main

import (
	"context"
	"errors"
	"fmt"
	"log"

	"example/manicule"
)

func main() {
	ctx := context.Background()
	configuration := manicule.NewConfiguration()
	configuration.Servers[0].URL = "http://127.0.0.1:8090"
	client := manicule.NewAPIClient(configuration)

	published, _, err := client.PublishAPI.Publish(ctx, "demo", "demo", "chats.go").
		Uuid("alice").Body(map[string]string{"text": "hello"}).Execute()
	check(err)
	message := published[2].(string)
	actions := client.MessageActionsAPI
	add := actions.AddMessageAction(ctx, "demo", "chats.go", message).
		Uuid("bob").MessageActionInput(*manicule.NewMessageActionInput("reaction", "wave"))

	added, _, err := add.Execute()
	check(err)
	fmt.Printf("%s added %s as %s\n", added.Data.Uuid, added.Data.Value, added.Data.ActionTimetoken)

	_, _, err = add.Execute()
	var failure *manicule.GenericOpenAPIError
	if errors.As(err, &failure) {
		if conflict, isConflict := failure.Model().(manicule.ActionsError); isConflict {
			fmt.Printf("%d: %s\n", conflict.Status, conflict.Error.Message)
		}
	}

	page, _, err := actions.GetMessageActions(ctx, "demo", "chats.go").Execute()
	check(err)
	for _, action := range page.Data {
		fmt.Printf("%s %s on %s\n", action.Type, action.Value, action.MessageTimetoken)
	}

	_, _, err = actions.RemoveMessageAction(ctx, "demo", "chats.go", message, added.Data.ActionTimetoken).
		Uuid("bob").Execute()
	check(err)
	page, _, err = actions.GetMessageActions(ctx, "demo", "chats.go").Execute()
	check(err)
	fmt.Printf("%d actions are left\n", len(page.Data))
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
