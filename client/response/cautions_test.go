package response_test

import (
	"context"
	"fmt"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/internal/wiretest"
	"github.com/cbscript/cbscript/client/response"
)

func TestCautions(t *testing.T) {
	const (
		md5    = "0123456789abcdef0123456789abcdef"
		path   = "GET /api/v1/binary/0123456789ABCDEF0123456789ABCDEF/summary"
		system = `{"md5": "0123456789ABCDEF0123456789ABCDEF", "host_count": 31, "digsig_result": %q, "digsig_publisher": "Microsoft Corporation",
			"digsig_subject": %q, "product_name": %q, "os_type": "Windows"}`
		ban    = "GET /api/v1/banning/blacklist/" + md5
		sensor = "GET /api/v1/sensor/7"
	)
	windows := "Microsoft® Windows® Operating System"
	banned := func(enabled bool) string {
		return fmt.Sprintf(`{"md5hash": %q, "text": "x", "enabled": %v}`, md5, enabled)
	}
	seen := "the file " + md5 + " was seen on 31 endpoints 31 false"
	part := "the file " + md5 + " is part of an operating system, signed by Microsoft Corporation 31 true"
	create := func(ctx context.Context, c *client.Client) error {
		o, err := c.Create(ctx, response.BannedHash, map[string]any{"md5hash": md5, "text": "x", "enabled": true})
		if err != nil {
			return err
		}
		return o.Save(ctx)
	}
	set := func(k *client.Kind, id any, name string, value any) func(context.Context, *client.Client) error {
		return func(ctx context.Context, c *client.Client) error {
			o, err := c.SelectID(ctx, k, id, nil)
			if err != nil {
				return err
			}
			if err := o.Set(ctx, name, value); err != nil {
				return err
			}
			return o.Save(ctx)
		}
	}
	remove := func(ctx context.Context, c *client.Client) error {
		o, err := c.SelectID(ctx, response.BannedHash, md5, nil)
		if err != nil {
			return err
		}
		return o.Delete(ctx)
	}
	for _, test := range []struct {
		name    string
		answers map[string][]string
		do      func(context.Context, *client.Client) error
		want    []string
	}{
		{"ban of a part of Windows", map[string][]string{path: {fmt.Sprintf("200 "+system, "Signed", "", windows)}}, create, []string{seen, part}},
		{"the same by its certificate", map[string][]string{path: {fmt.Sprintf("200 "+system, "Signed", "Microsoft Windows", "")}}, create, []string{seen, part}},
		{"a name that anyone can give a file", map[string][]string{path: {fmt.Sprintf("200 "+system, "Unsigned", "", windows)}}, create, []string{seen}},
		{"another product of the maker", map[string][]string{path: {fmt.Sprintf("200 "+system, "Signed", "", "Microsoft Office")}}, create, []string{seen}},
		{"a file that no endpoint has shown", map[string][]string{path: {"404 not here"}}, create, nil},
		{"a ban that comes into force", map[string][]string{ban: {"200 " + banned(false)}, path: {fmt.Sprintf("200 "+system, "Signed", "", windows)}},
			set(response.BannedHash, md5, "enabled", true), []string{seen, part}},
		{"a ban that is lifted", map[string][]string{ban: {"200 " + banned(true)}}, set(response.BannedHash, md5, "enabled", false), nil},
		{"the remark on a ban", map[string][]string{ban: {"200 " + banned(true)}}, set(response.BannedHash, md5, "text", "y"), nil},
		{"a ban that is deleted", nil, remove, nil},
		{"isolation of a sensor", map[string][]string{sensor: {`200 {"id": 7, "network_isolation_enabled": false, "computer_name": "ws-7", "network_adapters": "10.0.0.7,0050568f5102|"}`}},
			set(response.Sensor, 7, "network_isolation_enabled", true), nil},
		{"isolation of the server", map[string][]string{sensor: {`200 {"id": 7, "network_isolation_enabled": false, "computer_name": "CB", "network_adapters": ""}`}},
			set(response.Sensor, 7, "network_isolation_enabled", true),
			[]string{"sensor 7 is on cb.example, the server itself: cut off, it can reach no sensor, and nobody can reach it 1 true"}},
		{"the server let back on", map[string][]string{sensor: {`200 {"id": 7, "network_isolation_enabled": true, "computer_name": "CB"}`}},
			set(response.Sensor, 7, "network_isolation_enabled", false), nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			g := &wiretest.Cautioning{}
			c := response.New(serve(t, "6.1.0", test.answers), client.WithGuard(g))
			if err := test.do(t.Context(), c); err != nil {
				t.Fatal(err)
			}
			if diff := gocmp.Diff(test.want, g.Seen); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}
