package lrshell

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/liveresponse"
	"github.com/cbscript/cbscript/runtime/output"
)

// Target is the endpoint that a session is wanted with. Client, Product and Name are required.
type Target struct {
	Client  *client.Client
	Product liveresponse.Product
	// Name is the number of the sensor, or the name of its host in any case of letters.
	Name string
	// Wait bounds how long the sensor is waited for; 0 means [liveresponse.DefaultWait].
	Wait time.Duration
	// Say is told that the sensor is offline and waited for. Nil tells nobody.
	Say func(text string)
	// Asking has Say told as well before the server is asked for the session.
	Asking bool
}

// AmbiguousError is the name of several endpoints.
type AmbiguousError struct {
	Name       string
	Candidates []liveresponse.Candidate
}

// Error says how many there are.
func (e *AmbiguousError) Error() string {
	return fmt.Sprintf("%d endpoints have the name %q", len(e.Candidates), e.Name)
}

// Hint says how one is named.
func (e *AmbiguousError) Hint() string { return "name one by its number" }

// Kind is "UsageError": nothing was asked of an endpoint.
func (e *AmbiguousError) Kind() string { return "UsageError" }

// Rows are the endpoints, for a listing.
func (e *AmbiguousError) Rows() []output.Row {
	rows := make([]output.Row, len(e.Candidates))
	for i, c := range e.Candidates {
		var seen any
		if !c.Seen.IsZero() {
			seen = c.Seen
		}
		rows[i] = output.Row{{Name: "id", Value: c.ID}, {Name: "name", Value: c.Name}, {Name: "status", Value: c.Status}, {Name: "last_checkin", Value: seen}}
	}
	return rows
}

// Attach opens a session with an endpoint, waiting for its sensor to come online and to join. The caller closes it. The
// error is an [*AmbiguousError], a usage error when there is no such endpoint, a [*client.TimeoutError], or what the
// client gives.
func Attach(ctx context.Context, t Target) (*liveresponse.Session, error) {
	if t.Say == nil {
		t.Say = func(string) {}
	}
	if t.Wait <= 0 {
		t.Wait = liveresponse.DefaultWait
	}
	begun := time.Now()
	id, err := t.find(ctx)
	if err != nil {
		return nil, err
	}
	e, err := t.Product.Endpoint(ctx, t.Client, id)
	if err != nil {
		return nil, err
	}
	if err := t.awaitOnline(ctx, e, begun); err != nil {
		return nil, err
	}
	if t.Asking {
		t.Say(fmt.Sprintf("opening a session with %s, which joins it when it checks in; Ctrl-C gives up", describe(e)))
	}
	return liveresponse.Of(t.Client, t.Product.Dialect).Open(ctx, e, max(t.Wait-time.Since(begun), time.Second))
}

// describe names an endpoint.
func describe(e liveresponse.Endpoint) string {
	if e.Name == "" {
		return fmt.Sprintf("sensor %d", e.ID)
	}
	return fmt.Sprintf("%s (%d)", e.Name, e.ID)
}

// find gives the number of the endpoint.
func (t Target) find(ctx context.Context) (int64, error) {
	name := strings.TrimSpace(t.Name)
	if id, err := strconv.ParseInt(name, 10, 64); err == nil && id > 0 {
		return id, nil
	}
	if name == "" || t.Product.Find == nil {
		return 0, usage("name an endpoint by its number", "%q is not the number of an endpoint", t.Name)
	}
	found, err := t.Product.Find(ctx, t.Client, name)
	switch {
	case err != nil:
		return 0, err
	case len(found) == 0:
		return 0, usage("names are whole: WS-FIN finds no WS-FIN-01", "no endpoint has the name %q", name)
	case len(found) > 1:
		return 0, &AmbiguousError{Name: name, Candidates: found}
	}
	return found[0].ID, nil
}

// The times between two questions whether a sensor is online.
const (
	firstLook = time.Second
	lastLook  = 10 * time.Second
)

// awaitOnline waits until the sensor is online, so that no session on the server waits for one that is not.
func (t Target) awaitOnline(ctx context.Context, e liveresponse.Endpoint, begun time.Time) error {
	if t.Product.Look == nil {
		return nil
	}
	for pause := firstLook; ; pause = min(2*pause, lastLook) {
		p, err := t.Product.Look(ctx, t.Client, e.ID)
		if err != nil || p.Online {
			return err
		}
		if pause == firstLook {
			t.Say(fmt.Sprintf("%s is offline: last check-in %s, next expected %s; waiting %s at most, Ctrl-C gives up",
				describe(e), moment(p.Seen), moment(p.Next), t.Wait))
		}
		left := t.Wait - time.Since(begun)
		if left <= 0 {
			return &client.TimeoutError{Message: fmt.Sprintf("%s did not come online within %s", describe(e), t.Wait)}
		}
		timer := time.NewTimer(min(pause, left))
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return context.Cause(ctx)
		}
	}
}

// moment shows a time, which may not be known.
func moment(at time.Time) string {
	if at.IsZero() {
		return "not known"
	}
	return at.UTC().Format("2006-01-02 15:04:05 UTC")
}
