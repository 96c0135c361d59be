package response_test

import (
	"context"
	"errors"
	"fmt"
	"log"

	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/demo"
	"github.com/cbscript/cbscript/client/response"
	"github.com/cbscript/cbscript/client/simulator"
)

// What a watchlist finds now, by its name.
func ExampleSearchOf() {
	d, err := demo.Start(simulator.Options{})
	if err != nil {
		log.Fatal(err)
	}
	defer d.Close()
	ctx, cb := context.Background(), response.New(d.Gate)

	watchlist, err := cb.Select(response.Watchlist).Where("name:Office starts a shell").One(ctx)
	if err != nil {
		log.Fatal(err)
	}
	query, err := response.SearchOf(ctx, watchlist)
	if err != nil {
		log.Fatal(err)
	}
	for process, err := range query.All(ctx) {
		if err != nil {
			log.Fatal(err)
		}
		host, err := process.Get(ctx, "hostname")
		if err != nil {
			log.Fatal(err)
		}
		name, err := process.Get(ctx, "process_name")
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(host, name)
	}
	// Output: WS-FIN-04 powershell.exe
}

// Resolve all alerts of a host, and say how far it came when that fails halfway.
func ExampleChangeAlerts() {
	d, err := demo.Start(simulator.Options{})
	if err != nil {
		log.Fatal(err)
	}
	defer d.Close()
	ctx := context.Background()
	cb := response.New(d.Gate, client.WithProgress(func(_ context.Context, p client.Progress) {
		fmt.Printf("%s: %d of %d %s\n", p.Action, p.Done, p.Total, p.Unit)
	}))

	alerts := cb.Select(response.Alert).Where("status:Unresolved").WhereTerm("hostname", "LNX-WEB02")
	n, err := response.ChangeAlerts(ctx, alerts, "Resolved")
	var partial *client.PartialChangeError
	switch {
	case errors.As(err, &partial):
		fmt.Println("resolved", partial.Changed, "of", partial.Total)
	case err != nil:
		log.Fatal(err)
	default:
		fmt.Println("resolved", n)
	}
	// Output:
	// change_status: 0 of 3 alerts
	// change_status: 3 of 3 alerts
	// resolved 3
}

// Ban the image of a process, and have a look at the ban through the binary.
func ExampleBannedHash() {
	d, err := demo.Start(simulator.Options{})
	if err != nil {
		log.Fatal(err)
	}
	defer d.Close()
	ctx, cb := context.Background(), response.New(d.Gate)

	binary, err := cb.Select(response.Binary).Where("observed_filename:helpsvc.exe").First(ctx)
	if err != nil {
		log.Fatal(err)
	}
	ban, err := cb.Create(ctx, response.BannedHash, map[string]any{"md5hash": binary.ID().Key, "text": "the beacon", "enabled": true})
	if err != nil {
		log.Fatal(err)
	}
	if err := ban.Save(ctx); err != nil {
		log.Fatal(err)
	}
	banned, err := binary.Get(ctx, "banned")
	if err != nil {
		log.Fatal(err)
	}
	text, err := banned.(*client.Object).Get(ctx, "text")
	fmt.Println(text, err)
	// Output: the beacon <nil>
}
