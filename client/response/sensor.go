package response

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/nearest"
)

// Sensor is an endpoint with the sensor software. Source: contract/response.md, section 3.
var Sensor = client.Define(client.Kind{
	Name: "Sensor", Product: Name, Route: "/api/v1/sensor", PrimaryKey: "id",
	Doc:      "An endpoint with the sensor software: what it is, how it is, and the few things that can be asked of it.",
	Allows:   client.CanQuery | client.CanGet | client.CanUpdate,
	Style:    sensorStyle(),
	FullRows: true,
	Saving:   saveSensor,
	Cautions: isolationCautions,
	Fields:   sensorFields,
	Properties: []client.Property{
		settableJoin("group", "group_id", "SensorGroup", "The sensor group that the sensor belongs to."),
		sameAs("dns_name", "computer_dns_name", "Name of the endpoint in the DNS."),
		sameAs("hostname", "computer_name", "Name of the endpoint."),
		sameAs("os", "os_environment_display_string", "Operating system of the endpoint in words."),
		sameAs("sid", "computer_sid", "Security identifier of the endpoint; empty when it is not Windows."),
		{Name: "network_interfaces", Returns: "list of NetworkAdapter", Doc: "The endpoint's network interfaces: macaddr and ipaddr.",
			Get: func(ctx context.Context, o *client.Object) (any, error) {
				v, _, err := o.Value(ctx, "network_adapters")
				return adapters(text(v)), err
			}},
		{Name: "webui_link", Returns: "string", Doc: "Where the console shows the sensor.",
			Get: func(_ context.Context, o *client.Object) (any, error) {
				return o.Client().URL() + "/#/host/" + o.ID().Key, nil
			}},
		statistics("queued_stats", "queued", "What waits on the endpoint to be sent: a list of dicts."),
		statistics("activity_stats", "activity", "What the sensor sent lately: a list of dicts."),
		statistics("resource_status", "resourcestatus", "What the sensor uses of the endpoint: a list of dicts."),
	},
	Methods: []client.Method{
		{Name: "flush_events", Returns: "None", Capability: client.Write,
			Doc: "Ask the sensor to send all events that it holds at once.",
			Do: func(ctx context.Context, o *client.Object, _ client.Args) (any, error) {
				return nil, FlushEvents(ctx, o)
			}},
		{Name: "restart_sensor", Returns: "None", Capability: client.Write,
			Doc: "Ask the sensor software to restart at its next check-in. Does not wait.",
			Do:  func(ctx context.Context, o *client.Object, _ client.Args) (any, error) { return nil, Restart(ctx, o) }},
		lrSession(),
		isolation("isolate", true, "Cut the endpoint off the network, but for its server, and wait until it is."),
		isolation("unisolate", false, "Let the endpoint back on the network, and wait until it is."),
	},
})

// sameAs is a property that gives a field under a shorter name.
func sameAs(name, field, doc string) client.Property {
	return client.Property{Name: name, Returns: "string", Doc: doc,
		Get: func(ctx context.Context, o *client.Object) (any, error) {
			v, _, err := o.Value(ctx, field)
			return v, err
		}}
}

// statistics is a property that is a list of its own on the server, asked for at each reading.
func statistics(name, route, doc string) client.Property {
	return client.Property{Name: name, Returns: "list", Doc: doc,
		Get: func(ctx context.Context, o *client.Object) (any, error) {
			path, err := o.Path()
			if err != nil {
				return nil, err
			}
			return getList(ctx, o.Client(), path+"/"+route)
		}}
}

// sensorStyle is the query of sensors: the server filters by ip, hostname and groupid, by substring.
//
// Source: contract/query.md, section 2; known-bugs.md, row 38.
func sensorStyle() *client.Style {
	allowed := func(condition string) (field, value string, err error) {
		field, value, ok := strings.Cut(condition, ":")
		if !ok || (field != "ip" && field != "hostname" && field != "groupid") {
			return "", "", client.Errorf("where: got %q for a Sensor query, want \"field:value\" with one of the fields ip, hostname, groupid", condition)
		}
		return field, value, nil
	}
	return &client.Style{
		Name: "sensor",
		Doc:  "The server filters by the fields ip, hostname and groupid, matching parts of the text; all conditions must hold.",
		Check: func(_ *client.Query, condition string) error {
			_, _, err := allowed(condition)
			return err
		},
		Term: func(_ *client.Query, field string, values []any) (string, error) {
			if len(values) != 1 {
				return "", client.Errorf("where: a Sensor query takes one value for %s, got %d", field, len(values))
			}
			return field + ":" + client.ShowValue(values[0]), nil
		},
		Page: func(ctx context.Context, q *client.Query, _, _ int) (client.Page, error) {
			var params []client.QueryParam
			for _, term := range q.Terms() {
				field, value, err := allowed(term)
				if err != nil {
					return client.Page{}, err
				}
				params = append(params, client.QueryParam{Name: field, Value: value})
			}
			c := q.Client()
			resp, err := c.Do(ctx, client.Request{Path: q.Kind().Route, Query: params})
			if len(params) > 0 && nothingMatches(err) {
				c.Log().WarnContext(ctx, "the server answered 500 to a search of sensors, which some versions do when none matches", "query", q.String())
				return client.Page{}, nil
			}
			if err != nil {
				return client.Page{}, err
			}
			rows, err := c.Docs(resp, q.Kind())
			return client.Page{Rows: rows, Total: -1}, err
		},
	}
}

// nothingMatches recognises the answer that some servers give when no sensor matches: status 500.
func nothingMatches(err error) bool {
	var refused *client.ServerError
	return errors.As(err, &refused) && refused.Status == http.StatusInternalServerError
}

// NetworkAdapter is a network interface of an endpoint.
type NetworkAdapter struct {
	MAC string // "00:15:5d:01:9c:08"
	IP  string
}

// Type is "NetworkAdapter".
func (NetworkAdapter) Type() string { return "NetworkAdapter" }

// Names are ipaddr and macaddr.
func (NetworkAdapter) Names() []string { return []string{"ipaddr", "macaddr"} }

// Get gives ipaddr or macaddr.
func (a NetworkAdapter) Get(_ context.Context, name string) (any, error) {
	switch name {
	case "ipaddr":
		return a.IP, nil
	case "macaddr":
		return a.MAC, nil
	}
	return nil, &client.NoSuchAttributeError{Model: a.Type(), Name: name, Nearest: nearest.Name(name, a.Names())}
}

// Describe describes the attributes.
func (NetworkAdapter) Describe() client.RecordType {
	return client.RecordType{Name: "NetworkAdapter", Doc: "A network interface of an endpoint.", Attributes: []client.RecordAttribute{
		{Name: "ipaddr", Returns: "string", Doc: "Its address."},
		{Name: "macaddr", Returns: "string", Doc: "Its hardware address, as 00:15:5d:01:9c:08."},
	}}
}

// String shows both addresses.
func (a NetworkAdapter) String() string {
	return "NetworkAdapter(macaddr=" + a.MAC + ", ipaddr=" + a.IP + ")"
}

// adapters reads "ip,hexmac|ip,hexmac|"; entries of another form are left out.
func adapters(list string) []any {
	out := []any{}
	for entry := range strings.SplitSeq(list, "|") {
		ip, mac, ok := strings.Cut(entry, ",")
		if !ok || strings.Contains(mac, ",") {
			continue
		}
		var pairs []string
		for i := 0; i+2 <= len(mac); i += 2 {
			pairs = append(pairs, mac[i:i+2])
		}
		out = append(out, NetworkAdapter{MAC: strings.Join(pairs, ":"), IP: ip})
	}
	return out
}
