package liveresponse_test

import (
	"context"
	"errors"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/liveresponse"
	"github.com/cbscript/cbscript/client/response"
	"github.com/cbscript/cbscript/client/simulator"
)

// watched is the way to a simulator through a ledger.
type watched struct {
	memory
	ledger client.Watcher
}

func (w watched) RoundTrip(req *http.Request) (*http.Response, error) { return w.ledger.RoundTrip(req) }

// TestLedger leaves sessions open as a process does that is ended from outside, and looks what becomes of them.
func TestLedger(t *testing.T) {
	for _, test := range []struct {
		name  string
		leave func(ctx context.Context, cancel func(), c *client.Client) error
		fault simulator.Fault
		want  string
	}{
		{name: "active", leave: func(ctx context.Context, _ func(), c *client.Client) error {
			_, err := liveresponse.Of(c, liveresponse.Response()).Open(ctx, workstation, 0)
			_, again := liveresponse.Of(c, liveresponse.Response()).Open(ctx, liveresponse.Endpoint{ID: 12}, 0)
			return errors.Join(err, again)
		}},
		{name: "closed already", leave: func(ctx context.Context, _ func(), c *client.Client) error {
			s, err := liveresponse.Of(c, liveresponse.Response()).Open(ctx, workstation, 0)
			return errors.Join(err, s.Close(ctx))
		}},
		{name: "asked for and not answered yet", leave: func(ctx context.Context, cancel func(), c *client.Client) error {
			time.AfterFunc(time.Second, cancel)
			_, err := c.Do(ctx, client.Request{Method: http.MethodPost, Path: "/api/v1/cblr/session", Body: map[string]any{"sensor_id": 11}})
			if !errors.Is(err, context.Canceled) {
				return errors.Join(errors.New("the request was not given up"), err)
			}
			return nil
		}, fault: simulator.Fault{Method: "POST", Path: regexp.MustCompile(`/session$`), Delay: 3 * time.Second}},
		{name: "the server fails", leave: func(ctx context.Context, _ func(), c *client.Client) error {
			_, err := liveresponse.Of(c, liveresponse.Response()).Open(ctx, workstation, 0)
			return err
		}, fault: simulator.Fault{Method: "PUT", Status: 500}, want: "the server answered 500"},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				sim, err := simulator.New(simulator.Options{})
				if err != nil {
					t.Fatal(err)
				}
				defer sim.Close()
				way := memory{sim}
				w := watched{way, liveresponse.Response().Watch(way, way.URL(), nil)}
				var scope client.Scope // ends after all, as the process that is gone never did
				defer func() { _ = scope.End(t.Context()) }()
				ctx, cancel := context.WithCancel(scope.Context(t.Context()))
				defer cancel()
				if test.fault.Method != "" {
					sim.Inject(test.fault)
				}
				if err := test.leave(ctx, cancel, response.New(w)); err != nil {
					t.Fatal(err)
				}
				err = w.ledger.Close()
				if test.want == "" && err != nil || test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)) {
					t.Errorf("got %v, want %q", err, test.want)
				}
				if open := sim.LiveSessions(); len(open) > 0 && test.want == "" {
					t.Errorf("still open: %v", open)
				}
				if err := w.ledger.Close(); err != nil {
					t.Errorf("closing it again: %v", err)
				}
			})
		})
	}
}
