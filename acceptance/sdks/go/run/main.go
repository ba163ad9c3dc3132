// Runs the checks with the Go SDK against a server: run ORIGIN CABLE CONTROL
//
// ORIGIN is the server's host and port, CABLE another way to it that CONTROL can cut (/cut) and mend (/mend). Every
// check is reported on standard output, as a line of JSON.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"runtime/debug"
	"time"

	pubnub "github.com/pubnub/go/v7"
)

func report(line map[string]any) {
	out := json.NewEncoder(os.Stdout)
	out.SetEscapeHTML(false)
	if err := out.Encode(line); err != nil {
		panic(err)
	}
}

func run(name string, check func(*Seen)) {
	seen := &Seen{faults: []string{}}
	done := make(chan any, 1)
	go func() {
		defer func() {
			if fault := recover(); fault != nil {
				done <- fmt.Sprintf("%v\n%s", fault, debug.Stack())
			}
		}()
		check(seen)
		done <- nil
	}()
	var fault any
	select {
	case fault = <-done:
	case <-time.After(90 * time.Second):
		fault = "not done after 90 s"
	}
	line := map[string]any{"check": name, "passed": fault == nil, "expectations": seen.expectations,
		"faults": seen.faults}
	if fault != nil {
		line["error"] = fault
	}
	report(line)
}

func main() {
	origin, cable, control = os.Args[1], os.Args[2], os.Args[3]
	report(map[string]any{"sdk": "Go", "version": pubnub.Version, "styles": []string{"`Execute()`"}})
	run("actions", actions)
	run("errors", errors)
	run("storage", storage)
	run("live", live)
	run("resume", resume)
	run("paging", paging)
	run("names", names)
	run("signals", signals)
	run("groups", groups)
	run("presence", presence)
	run("access", access)
	run("users", users)
	run("objects", objects)
	run("push", push)
	run("crowd", crowd)
}
