package response

import (
	"context"
	"strings"
	"time"

	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/cbtime"
	"github.com/cbscript/cbscript/client/jobs"
	"github.com/cbscript/cbscript/client/liveresponse"
)

// lr is Live Response on Cb Response. Source: contract/live-response.md.
func lr() liveresponse.Product {
	return liveresponse.Product{Dialect: liveresponse.Response(), Endpoint: endpointOf, HostField: "computer_name", Look: look, Find: findSensors}
}

// LiveResponse is Live Response on Cb Response, for who opens sessions without a script.
func LiveResponse() liveresponse.Product { return lr() }

// findSensors gives the sensors whose host has a name. The server finds parts of names, and minds the case of letters on
// some versions: when it finds none, all sensors are looked through.
func findSensors(ctx context.Context, c *client.Client, name string) ([]liveresponse.Candidate, error) {
	kind, err := c.Kind("Sensor")
	if err != nil {
		return nil, err
	}
	for _, params := range [][]client.QueryParam{{{Name: "hostname", Value: name}}, nil} {
		list, err := c.Get(ctx, kind.Route, params...)
		if len(params) > 0 && nothingMatches(err) {
			continue
		}
		if err != nil {
			return nil, err
		}
		sensors, _ := list.Any().([]any)
		var found []liveresponse.Candidate
		for _, sensor := range sensors {
			doc, _ := sensor.(map[string]any)
			host := text(doc["computer_name"])
			if !strings.EqualFold(host, name) {
				continue
			}
			id, _ := wholeNumber(doc["id"])
			seen, _ := cbtime.Parse(text(doc["last_checkin_time"])) // zero when it cannot be read
			found = append(found, liveresponse.Candidate{ID: id, Name: host, Status: text(doc["status"]), Seen: seen.UTC()})
		}
		if len(found) > 0 {
			return found, nil
		}
	}
	return nil, nil
}

// endpointOf gives the endpoint of a sensor, or of its number.
func endpointOf(ctx context.Context, c *client.Client, of any) (liveresponse.Endpoint, error) {
	sensor, ok := of.(*client.Object)
	switch {
	case ok && sensor.Kind().Name != "Sensor":
		return liveresponse.Endpoint{}, client.Errorf("Live Response reaches the endpoint of a Sensor, got a %s", sensor.Kind().Name)
	case !ok:
		id, isNumber := wholeNumber(of)
		if !isNumber {
			return liveresponse.Endpoint{}, client.Errorf("Live Response reaches a sensor: got %s, want a Sensor or its number", client.ShowValue(of))
		}
		kind, err := c.Kind("Sensor")
		if err != nil {
			return liveresponse.Endpoint{}, err
		}
		if sensor, err = c.SelectID(ctx, kind, id, nil); err != nil {
			return liveresponse.Endpoint{}, err
		}
	}
	facts, err := c.Facts(ctx)
	if err != nil {
		return liveresponse.Endpoint{}, err
	}
	if enabled, known := facts.Info["cblrEnabled"].(bool); known && !enabled {
		return liveresponse.Endpoint{}, client.Errorf("Live Response is not enabled on %s", c.URL())
	}
	supports, _, err := sensor.Value(ctx, "supports_cblr")
	if err != nil {
		return liveresponse.Endpoint{}, err
	}
	if supports != true {
		return liveresponse.Endpoint{}, client.Errorf("sensor %s does not support Live Response", sensor.ID().Key)
	}
	id, _ := wholeNumber(sensor.ID().Value)
	system, _, err := sensor.Value(ctx, "os_type")
	if err != nil {
		return liveresponse.Endpoint{}, err
	}
	number, _ := wholeNumber(system)
	name, _, err := sensor.Value(ctx, "computer_name")
	return liveresponse.Endpoint{ID: id, Name: text(name), System: liveresponse.System(number)}, err
}

// look asks whether a sensor is online.
func look(ctx context.Context, c *client.Client, id int64) (jobs.Presence, error) {
	kind, err := c.Kind("Sensor")
	if err != nil {
		return jobs.Presence{}, err
	}
	sensor, err := c.SelectID(ctx, kind, id, nil)
	if err != nil {
		return jobs.Presence{}, err
	}
	if err := sensor.Refresh(ctx); err != nil {
		return jobs.Presence{}, err
	}
	status, _, err := sensor.Value(ctx, "status")
	if err != nil {
		return jobs.Presence{}, err
	}
	p := jobs.Presence{Online: status == "Online"}
	if name, held := sensor.Held("computer_name"); held {
		p.Host = text(name)
	}
	for name, at := range map[string]*time.Time{"last_checkin_time": &p.Seen, "next_checkin_time": &p.Next} {
		// A time that cannot be read is not known.
		if v, err := sensor.Get(ctx, name); err == nil {
			*at, _ = v.(time.Time)
		}
	}
	return p, nil
}

// lrSession is Sensor.lr_session().
func lrSession() client.Method {
	return client.Method{Name: "lr_session", Returns: "Session", Capability: client.Respond, Params: liveresponse.SessionParams(),
		Doc: "A session of Live Response with the endpoint. With a function it calls that with the session, closes the session whatever happens, and gives what the function gave.",
		Do: func(ctx context.Context, o *client.Object, args client.Args) (any, error) {
			return lr().Open(ctx, o.Client(), o, args)
		}}
}
