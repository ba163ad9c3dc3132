package main

import (
	"context"
	"errors"
	"reflect"
	"testing"

	"example/manicule"
)

// TestEverything calls every function of the client, and expects that it knows the body, also of an error.
func TestEverything(t *testing.T) {
	configuration := manicule.NewConfiguration()
	configuration.Servers[0].URL = "http://127.0.0.1:8090"
	client := reflect.ValueOf(*manicule.NewAPIClient(configuration))
	called := 0
	for i := 0; i < client.NumField(); i++ {
		service := client.Field(i)
		if !client.Type().Field(i).IsExported() {
			continue
		}
		for m := 0; m < service.NumMethod(); m++ {
			function := service.Type().Method(m)
			if function.Type.NumIn() < 2 || function.Type.In(1).Kind() != reflect.Interface || function.Name == "StreamEvents" {
				continue // the second half of another function, or without an end
			}
			arguments := []reflect.Value{service, reflect.ValueOf(context.Background())}
			for len(arguments) < function.Type.NumIn() {
				arguments = append(arguments, reflect.ValueOf("1")) // a name, a timetoken and JSON as well
			}
			execute(t, function.Name, function.Func.Call(arguments)[0])
			called++
		}
	}
	t.Logf("%d functions called", called)
	if called < 40 {
		t.Error("there are more functions")
	}
}

func execute(t *testing.T, name string, request reflect.Value) {
	for option, value := range map[string]interface{}{
		"Uuid": "ann", "State": `{"mood":"fine"}`, "Signature": "none", "Timestamp": int64(1), "Tt": "1",
		"Timetoken": "1", "Messages": "1", "Type_": "reaction", "Topic": "app", "Value": "wave", "Body": map[string]string{"text": "hello"},
		"MessageActionInput": *manicule.NewMessageActionInput("reaction", "wave"),
		"ActionValues":       *manicule.NewActionValues([]string{"wave"}),
		"ActionBatch": *manicule.NewActionBatch([]manicule.ActionBatchChange{
			*manicule.NewActionBatchChange("toggle", "1", "tag", "new")}),
		"ReadMarkInput":         *manicule.NewReadMarkInput("1"),
		"FileUploadInput": *manicule.NewFileUploadInput("cat.png"),
		"UserMetadataInput":    *manicule.NewUserMetadataInput(),
		"ChannelMetadataInput": *manicule.NewChannelMetadataInput(),
		"MembershipsInput":     *manicule.NewMembershipsInput(),
		"MembersInput":         *manicule.NewMembersInput(),
		"GrantRequest":  *manicule.NewGrantRequest(5, *manicule.NewGrantedPermissions()),
	} {
		if setter := request.MethodByName(option); setter.IsValid() {
			request = setter.Call([]reflect.Value{reflect.ValueOf(value)})[0]
		}
	}
	results := request.MethodByName("Execute").Call(nil)
	err, _ := results[len(results)-1].Interface().(error)
	var failure *manicule.GenericOpenAPIError
	switch {
	case err == nil && results[0].IsZero():
		t.Errorf("%s: no result", name)
	case errors.As(err, &failure) && failure.Model() != nil:
		t.Logf("%s: %v", name, err)
	case err != nil:
		t.Errorf("%s: %v", name, err)
	}
}
