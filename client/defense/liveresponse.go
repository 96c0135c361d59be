package defense

import (
	"context"
	"strings"
	"time"

	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/liveresponse"
)

// lr is Live Response on Cb Defense. Source: contract/live-response.md, section 5.
func lr() liveresponse.Product {
	return liveresponse.Product{Dialect: liveresponse.Defense(), Endpoint: endpointOf, HostField: "name", Find: findDevices}
}

// LiveResponse is Live Response on Cb Defense, for who opens sessions without a script.
func LiveResponse() liveresponse.Product { return lr() }

// findDevices gives the devices of a name. The service finds parts of names; a device of a Windows domain may be called
// DOMAIN\NAME.
func findDevices(ctx context.Context, c *client.Client, name string) ([]liveresponse.Candidate, error) {
	kind, err := c.Kind("Device")
	if err != nil {
		return nil, err
	}
	for _, q := range []*client.Query{c.Select(kind).Where("hostName:" + name), c.Select(kind)} {
		var found []liveresponse.Candidate
		for device, err := range q.All(ctx) {
			if err != nil {
				return nil, err
			}
			candidate, err := candidateOf(ctx, device)
			if err != nil {
				return nil, err
			}
			host := candidate.Name[strings.LastIndexByte(candidate.Name, '\\')+1:]
			if strings.EqualFold(candidate.Name, name) || strings.EqualFold(host, name) {
				found = append(found, candidate)
			}
		}
		if len(found) > 0 {
			return found, nil
		}
	}
	return nil, nil
}

func candidateOf(ctx context.Context, device *client.Object) (liveresponse.Candidate, error) {
	host, _, err := device.Value(ctx, "name")
	if err != nil {
		return liveresponse.Candidate{}, err
	}
	status, _, err := device.Value(ctx, "status")
	var candidate liveresponse.Candidate
	candidate.ID, _ = device.ID().Value.(int64)
	candidate.Name, _ = host.(string)
	candidate.Status, _ = status.(string)
	// A time that cannot be read is not known.
	if seen, bad := device.Get(ctx, "lastContact"); bad == nil {
		candidate.Seen, _ = seen.(time.Time)
	}
	return candidate, err
}

// endpointOf gives the endpoint of a device, or of its number.
func endpointOf(ctx context.Context, c *client.Client, of any) (liveresponse.Endpoint, error) {
	device, ok := of.(*client.Object)
	if id, isNumber := of.(int64); isNumber {
		kind, err := c.Kind("Device")
		if err != nil {
			return liveresponse.Endpoint{}, err
		}
		if device, err = c.SelectID(ctx, kind, id, nil); err != nil {
			return liveresponse.Endpoint{}, err
		}
		ok = true
	}
	if !ok || device.Kind().Name != "Device" {
		return liveresponse.Endpoint{}, client.Errorf("Live Response reaches a device: got %s, want a Device or its number", client.ShowValue(of))
	}
	e := liveresponse.Endpoint{}
	if e.ID, ok = device.ID().Value.(int64); !ok {
		return e, client.Errorf("Live Response reaches a device by its number, got %s", client.ShowValue(device.ID().Value))
	}
	kind, _, err := device.Value(ctx, "deviceType")
	if err != nil {
		return e, err
	}
	switch kind {
	case "WINDOWS":
		e.System = liveresponse.Windows
	case "LINUX":
		e.System = liveresponse.Linux
	case "MAC":
		e.System = liveresponse.Mac
	}
	name, _, err := device.Value(ctx, "name")
	e.Name, _ = name.(string)
	return e, err
}

// lrSession is Device.lr_session().
func lrSession() client.Method {
	return client.Method{Name: "lr_session", Returns: "Session", Capability: client.Respond, Params: liveresponse.SessionParams(),
		Doc: "A session of Live Response with the endpoint. With a function it calls that with the session, closes the session whatever happens, and gives what the function gave.",
		Do: func(ctx context.Context, o *client.Object, args client.Args) (any, error) {
			return lr().Open(ctx, o.Client(), o, args)
		}}
}
