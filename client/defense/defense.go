// Package defense is the Cb Defense API, version 3: its models as tables, and the calls of its connection.
//
//	cb := defense.New(server)
//	for device, err := range cb.Select(defense.Device).Where("hostNameExact:WS-FIN-04").All(ctx) {
//
// The maker's cloud switched this API off: devices, policies and Live Response on 2024-09-05, and the others about that
// time. An installation that still serves it is spoken to in full; where it is gone, an error says so. What came after
// it, with routes under an organisation's key, is another API, which this package does not speak.
//
// Nothing of this product was recorded from a server: facts are those of contract/defense.md, which was written from the
// reference client.
package defense

import (
	"context"
	"time"

	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/liveresponse"
)

// Name is the product's name in credential files and modules.
const Name = "defense"

// base is where the API is. Source: contract/defense.md.
const base = "/integrationServices/v3/"

// API gives the product's table. Each call makes a table of its own that shares the kinds.
func API() *client.Product {
	return &client.Product{
		Name:     Name,
		Title:    "Cb Defense",
		Kinds:    []*client.Kind{Device, Event, Policy},
		Calls:    calls(),
		Changes:  liveresponse.Defense().Routes(),
		Base:     "/integrationServices/",
		Watch:    liveresponse.Defense().Watch,
		Receipts: liveresponse.Defense().Receipts,
		Records:  liveresponse.RecordTypes(),
		Explain:  explain,
	}
}

// New makes a client of a Cb Defense server. It makes no request: the service has no version to learn.
func New(server client.Server, options ...client.Option) *client.Client {
	return client.New(API(), server, options...)
}

// defaultInterval is the time between two looks at the notifications. Source: contract/defense.md, "API object".
const defaultInterval = 60 * time.Second

// calls are the methods of a Cb Defense connection. Source: contract/defense.md, "API object".
func calls() []client.Call {
	return []client.Call{
		{Name: "get_notifications", Returns: "list",
			Doc: "The notifications that wait: a list of dicts. The service gives each of them out once. Needs a key of the type SIEM.",
			Do:  func(ctx context.Context, c *client.Client, _ client.Args) (any, error) { return Notifications(ctx, c) }},
		{Name: "notification_listener", Returns: "sequence",
			Doc:    "The notifications as they come, without end. Needs a key of the type SIEM.",
			Params: []client.Param{{Name: "interval", Type: client.Duration, Default: defaultInterval, Doc: "time between two looks, in seconds or as a duration"}},
			Do: func(ctx context.Context, c *client.Client, args client.Args) (any, error) {
				interval, _ := args.Duration("interval")
				return Listen(ctx, c, interval)
			}},
		{Name: "live_response", Attribute: true, Returns: "LiveResponse", Doc: "Live Response: sessions with endpoints, and jobs on many of them.",
			Do: func(_ context.Context, c *client.Client, _ client.Args) (any, error) {
				return liveresponse.NewService(c, lr()), nil
			}},
		{Name: "get_auditlogs", Returns: "list",
			Doc: "The entries of the audit log that wait: a list of dicts. The service gives each of them out once.",
			Do:  func(ctx context.Context, c *client.Client, _ client.Args) (any, error) { return AuditLogs(ctx, c) }},
	}
}
