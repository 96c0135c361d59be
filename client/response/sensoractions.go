package response

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/cbtime"
)

// isolationPoll is how often a sensor is asked whether its isolation has changed.
const isolationPoll = time.Second

// writableSensorFields are what servers from 7.1 on accept in a save; they refuse a document with others.
// Source: contract/response.md, section 3.
var writableSensorFields = []string{"network_isolation_enabled", "restart_queued", "uninstall", "group_id", "notes", "event_log_flush_time"}

// saveSensor puts the whole document, with the flush time only when it was changed; from 7.1 on only what the server
// accepts.
func saveSensor(ctx context.Context, o *client.Object, _ bool) (client.Request, error) {
	path, err := o.Path()
	if err != nil {
		return client.Request{}, err
	}
	facts, err := o.Client().Facts(ctx)
	if err != nil {
		return client.Request{}, err
	}
	body := o.Data()
	body["event_log_flush_time"] = flushTime(o, body["event_log_flush_time"], facts.Version)
	if client.CompareVersions(facts.Version, "7.1") >= 0 {
		whole := body
		body = map[string]any{}
		for _, name := range writableSensorFields {
			if v, ok := whole[name]; ok {
				body[name] = v
			}
		}
	}
	return client.Request{Method: http.MethodPut, Path: path, Body: body}, nil
}

// flushTime gives the flush time as the server's version wants it: null unless it was changed.
func flushTime(o *client.Object, raw any, version string) any {
	if !o.IsChanged("event_log_flush_time") {
		return nil
	}
	if client.CompareVersions(version, "6.0.0") <= 0 {
		return raw
	}
	at, err := cbtime.Parse(text(raw))
	if err != nil {
		return nil
	}
	return cbtime.FormatFlush(at)
}

// flushHorizon is how far in the future the flush time is set, so that everything the sensor holds is older.
const flushHorizon = 365 * 24 * time.Hour

// FlushEvents asks a sensor to send all events that it holds at once.
func FlushEvents(ctx context.Context, sensor *client.Object) error {
	if err := sensor.Set(ctx, "event_log_flush_time", time.Now().Add(flushHorizon)); err != nil {
		return err
	}
	return sensor.Save(ctx)
}

// Restart asks the sensor software to restart at its next check-in. It does not wait.
func Restart(ctx context.Context, sensor *client.Object) error {
	if err := sensor.Set(ctx, "restart_queued", true); err != nil {
		return err
	}
	return sensor.Save(ctx)
}

// SetIsolation cuts a sensor's endpoint off the network or lets it back on, and waits until the sensor has done so.
// A timeout of zero waits as long as ctx lasts. A wait that takes longer is a [client.TimeoutError]; the server goes on
// trying.
//
// Source: contract/response.md, section 3.
func SetIsolation(ctx context.Context, sensor *client.Object, isolated bool, timeout time.Duration) error {
	if err := sensor.Set(ctx, "network_isolation_enabled", isolated); err != nil {
		return err
	}
	changed := sensor.IsDirty()
	sent, err := sensor.SaveSent(ctx)
	if err != nil || changed && !sent {
		return err // what was not sent has no effect to wait for
	}
	var deadline <-chan time.Time
	if timeout > 0 {
		timer := time.NewTimer(timeout)
		defer timer.Stop()
		deadline = timer.C
	}
	poll := time.NewTicker(isolationPoll)
	defer poll.Stop()
	for {
		now, err := sensor.Get(ctx, "is_isolating")
		if err != nil {
			return err
		}
		if now == isolated {
			return nil
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-deadline:
			state := "active"
			if !isolated {
				state = "removed"
			}
			return &client.TimeoutError{Message: fmt.Sprintf("timed out waiting for isolation of sensor %s to become %s after %s; the server goes on trying",
				sensor.ID().Key, state, timeout)}
		case <-poll.C:
		}
		if err := sensor.Refresh(ctx); err != nil {
			return err
		}
	}
}

func isolation(name string, isolated bool, doc string) client.Method {
	return client.Method{Name: name, Returns: "bool", Capability: client.Isolate, Doc: doc,
		Params: []client.Param{{Name: "timeout", Type: client.Duration, Doc: "how long to wait; None waits as long as it takes"}},
		Do: func(ctx context.Context, o *client.Object, args client.Args) (any, error) {
			timeout, limited := args.Duration("timeout")
			if limited && timeout <= 0 {
				return nil, client.Errorf("%s: got a timeout of %s, want more than 0", name, timeout)
			}
			return true, SetIsolation(ctx, o, isolated, timeout)
		}}
}
