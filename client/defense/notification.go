package defense

import (
	"context"
	"time"

	"github.com/cbscript/cbscript/client"
)

// Notifications gives the notifications that wait, none when there are none. The service gives each of them out once,
// so that one that is not used is lost. It needs a key of the type SIEM.
//
// Source: contract/defense.md, "API object".
func Notifications(ctx context.Context, c *client.Client) ([]any, error) {
	return queued(ctx, c, "notification")
}

// AuditLogs gives the entries of the audit log that wait, none when there are none. The service gives each of them out
// once.
//
// Source: contract/defense.md, "API object".
func AuditLogs(ctx context.Context, c *client.Client) ([]any, error) {
	return queued(ctx, c, "auditlogs")
}

func queued(ctx context.Context, c *client.Client, route string) ([]any, error) {
	e, err := get(ctx, c, client.Request{Path: base + route})
	if err != nil {
		return nil, err
	}
	return e.list("notifications")
}

// Listen gives the notifications as they come: it looks, gives what there is one by one, and waits for interval before it
// looks again. It ends with ctx, whose cause is its last item, and with the first look that fails. An interval below a
// second is an APIError.
//
// Source: contract/defense.md, "API object".
func Listen(ctx context.Context, c *client.Client, interval time.Duration) (client.Sequence, error) {
	if interval < time.Second {
		return nil, client.Errorf("notification_listener: got an interval of %s, want at least 1 second", interval)
	}
	return func(yield func(any, error) bool) {
		for {
			waiting, err := Notifications(ctx, c)
			if err != nil {
				yield(nil, err)
				return
			}
			for _, n := range waiting {
				if !yield(n, nil) {
					return
				}
			}
			if err := sleep(ctx, interval); err != nil {
				yield(nil, err)
				return
			}
		}
	}, nil
}

// sleep waits for d, or until ctx ends.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
