package response_test

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/internal/wiretest"
	"github.com/cbscript/cbscript/client/response"
	"github.com/cbscript/cbscript/client/simulator"
)

// cycle is the life of an object of a model on a server: made, found in its list, changed, read again, deleted.
type cycle struct {
	kind    *client.Kind
	fields  map[string]any
	from    string // first version that has the model
	change  map[string]any
	listed  string // condition that finds it in the list
	removed bool   // deleting it takes it off the list
}

func cycles() []cycle {
	return []cycle{
		{kind: response.Watchlist, fields: map[string]any{"name": "mine", "index_type": "events", "query": "process_name:net.exe"},
			change: map[string]any{"enabled": false, "query": "process_name:cmd.exe"}, listed: "name:mine", removed: true},
		{kind: response.Feed, fields: map[string]any{"feed_url": "https://x.example/mine.json", "password": "p"}, change: map[string]any{"enabled": true, "use_proxy": true},
			listed: "name:mine", removed: true},
		{kind: response.BannedHash, fields: map[string]any{"md5hash": "0123456789ABCDEF0123456789ABCDEF", "text": "mine", "enabled": true},
			change: map[string]any{"enabled": false}, listed: "text:mine"},
		{kind: response.User, fields: map[string]any{"username": "mine", "first_name": "A", "last_name": "B", "email": "e", "global_admin": false, "teams": []any{}, "password": "p"},
			change: map[string]any{"email": "f"}, listed: "username:mine", removed: true},
		{kind: response.Team, fields: map[string]any{"name": "mine", "group_access": []any{}}, change: map[string]any{"name": "ours"}, listed: "name:ours", removed: true},
		{kind: response.SensorGroup, fields: map[string]any{"name": "mine", "site_id": 1, "sensorbackend_server": "https://cb.example:443"},
			change: map[string]any{"alert_criticality": 5}, listed: "name:mine", removed: true},
		{kind: response.Site, fields: map[string]any{"name": "mine"}, change: map[string]any{"name": "ours"}, listed: "name:ours", removed: true},
		{kind: response.ThrottleRule, fields: map[string]any{"site_id": 1, "from": 1, "to": 2, "day_of_week": 3, "bytes_per_second": 4.5},
			change: map[string]any{"to": 5}, listed: "bytes_per_second:4.5", removed: true},
		{kind: response.IngressFilter, fields: map[string]any{"name": "mine", "description": "d", "md5_filters": []any{"0123456789abcdef0123456789abcdef"}}, from: "6.1",
			change: map[string]any{"enabled": false, "os_mask": 1}, listed: "name:mine", removed: true},
	}
}

// TestCycles is the life of an object of every model that can be made, on servers of each kind of version.
func TestCycles(t *testing.T) {
	for _, version := range []string{"5.1.0", "6.0.1", "6.1.0", "6.2.0", "7.1.0"} {
		t.Run(version, func(t *testing.T) {
			_, cb := start(t, simulator.Options{Version: version})
			for _, c := range cycles() {
				t.Run(c.kind.Name, func(t *testing.T) {
					if client.CompareVersions(version, c.from) < 0 {
						needsVersion(t, cb, c)
						return
					}
					c.run(t, cb)
				})
			}
		})
	}
}

func needsVersion(t *testing.T, cb *client.Client, c cycle) {
	t.Helper()
	o, err := cb.Create(t.Context(), c.kind, c.fields)
	if err != nil {
		t.Fatal(err)
	}
	var refused *client.APIError
	if err := o.Save(t.Context()); !errors.As(err, &refused) {
		t.Errorf("saving: got the error %v, want an APIError that names the version", err)
	}
	if _, err := cb.Select(c.kind).Count(t.Context()); !errors.As(err, &refused) {
		t.Errorf("listing: got the error %v, want an APIError that names the version", err)
	}
}

func (c cycle) run(t *testing.T, cb *client.Client) {
	ctx := t.Context()
	o, err := cb.Create(ctx, c.kind, c.fields)
	if err != nil {
		t.Fatal(err)
	}
	if err := o.Save(ctx); err != nil || o.IsNew() || o.IsDirty() {
		t.Fatalf("saved with the error %v, new %v, dirty %v", err, o.IsNew(), o.IsDirty())
	}
	c.holds(t, o, c.fields)
	for _, name := range slices.Sorted(maps.Keys(c.change)) {
		if err := o.Set(ctx, name, c.change[name]); err != nil {
			t.Fatal(err)
		}
	}
	if err := o.Save(ctx); err != nil {
		t.Fatal(err)
	}
	if err := o.Refresh(ctx); err != nil {
		t.Fatal(err)
	}
	c.holds(t, o, c.change)
	found, err := cb.Select(c.kind).Where(c.listed).One(ctx)
	if err != nil || found.ID().Key != o.ID().Key && c.kind != response.BannedHash {
		t.Fatalf("%s finds %v, %v, want %s", c.listed, found, err, o)
	}
	if err := found.Delete(ctx); err != nil {
		t.Fatal(err)
	}
	if !c.removed {
		return
	}
	if n, err := cb.Select(c.kind).Where(c.listed).Count(ctx); n != 0 || err != nil {
		t.Errorf("%d are left, %v", n, err)
	}
	var missing *client.ObjectNotFoundError
	if _, err := cb.SelectID(ctx, c.kind, o.ID().Value, client.Args{"force_init": true}); !errors.As(err, &missing) {
		t.Errorf("after it was deleted: got the error %v, want an ObjectNotFoundError", err)
	}
}

// holds checks that an object has what was sent, but for what cannot be read.
func (c cycle) holds(t *testing.T, o *client.Object, fields map[string]any) {
	t.Helper()
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		if f, ok := c.kind.Field(name); ok && f.Secret {
			continue
		}
		got := attribute(t, o, name)
		if name == "md5hash" {
			got = "0123456789ABCDEF0123456789ABCDEF" // kept in lower case
		}
		if diff := cmp.Diff(fmt.Sprint(fields[name]), fmt.Sprint(got)); diff != "" {
			t.Errorf("%s (-sent +held):\n%s", name, diff)
		}
	}
}

// TestAnalystsDay goes through what an analyst does with a server after the intrusion of the story.
func TestAnalystsDay(t *testing.T) {
	for _, version := range []string{"5.2.0", "6.1.0", "6.2.0", "7.1.0"} {
		t.Run(version, func(t *testing.T) {
			_, cb := start(t, simulator.Options{Version: version})
			ctx := t.Context()
			t.Run("watchlist to processes", func(t *testing.T) {
				w, err := cb.Select(response.Watchlist).Where("name:[WARN] Attempts to mount internal share").One(ctx)
				if err != nil {
					t.Fatal(err)
				}
				q, err := response.SearchOf(ctx, w)
				if err != nil {
					t.Fatal(err)
				}
				if n, err := q.Count(ctx); n != 2 || err != nil {
					t.Errorf("the watchlist finds %d, %v, want 2", n, err)
				}
			})
			t.Run("feed to processes and binaries", func(t *testing.T) { feedToHits(t, cb) })
			t.Run("alerts", func(t *testing.T) { alertsOfTheDay(t, cb) })
			t.Run("ban", func(t *testing.T) { banTheBeacon(t, cb) })
		})
	}
}

func feedToHits(t *testing.T, cb *client.Client) {
	ctx := t.Context()
	feed, err := cb.Select(response.Feed).Where("name:bwintel").One(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, method := range []string{"search_processes", "search_binaries"} {
		q, err := wiretest.Invoke(ctx, feed, method, nil)
		if err != nil {
			t.Fatal(err)
		}
		if n, err := q.(*client.Query).Count(ctx); n == 0 || err != nil {
			t.Errorf("%s finds %d, %v", method, n, err)
		}
	}
	reports := attribute(t, feed, "reports").(*client.Query)
	report, err := reports.Where("title:invoice").One(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := wiretest.Invoke(ctx, report, "disable", nil); err != nil {
		t.Fatal(err)
	}
	if n, err := reports.Where("is_ignored:true").Count(ctx); n != 1 || err != nil {
		t.Errorf("%d reports are ignored, %v, want 1", n, err)
	}
	if n, err := response.IgnoreReports(ctx, reports.Where("is_ignored:true"), false); n != 1 || err != nil {
		t.Errorf("took %d back, %v, want 1", n, err)
	}
}

func alertsOfTheDay(t *testing.T, cb *client.Client) {
	ctx := t.Context()
	unresolved := cb.Select(response.Alert).Where("status:Unresolved").Where("hostname:WIN-IA9NQ1GN8OI")
	var names []string
	for a, err := range unresolved.All(ctx) {
		if err != nil {
			t.Fatal(err)
		}
		process := attribute(t, a, "process").(*client.Object)
		names = append(names, attribute(t, process, "process_name").(string))
		if host := attribute(t, attribute(t, a, "sensor").(*client.Object), "computer_name"); host != "WIN-IA9NQ1GN8OI" {
			t.Errorf("the alert's sensor is %v", host)
		}
		again, err := cb.SelectID(ctx, response.Alert, a.ID().Value, nil)
		if err != nil || attribute(t, again, "hostname") != "WIN-IA9NQ1GN8OI" {
			t.Errorf("the alert by its id is %v, %v", again, err)
		}
	}
	if !slices.Contains(names, "net.exe") {
		t.Errorf("the alerts are of %v, want net.exe among them", names)
	}
	changed, err := response.ChangeAlerts(ctx, unresolved, "Resolved")
	if err != nil || changed != len(names) {
		t.Errorf("resolved %d, %v, want %d", changed, err, len(names))
	}
	if n, err := unresolved.BatchSize(500).Count(ctx); n != 0 || err != nil {
		t.Errorf("%d are still unresolved, %v", n, err)
	}
}

func banTheBeacon(t *testing.T, cb *client.Client) {
	ctx := t.Context()
	binary, err := cb.Select(response.Binary).Where("observed_filename:wmihost.exe").First(ctx)
	if err != nil || binary == nil {
		t.Fatalf("no beacon: %v", err)
	}
	if banned := attribute(t, binary, "banned"); banned != false {
		t.Fatalf("banned before: %v", banned)
	}
	ban, err := cb.Create(ctx, response.BannedHash, map[string]any{"md5hash": attribute(t, binary, "md5"), "text": "the beacon", "enabled": true})
	if err != nil {
		t.Fatal(err)
	}
	if err := ban.Save(ctx); err != nil {
		t.Fatal(err)
	}
	banned, ok := attribute(t, binary, "banned").(*client.Object)
	if !ok || attribute(t, banned, "text") != "the beacon" {
		t.Errorf("banned after: %v", banned)
	}
}

// TestMembership adds people to teams and teams to groups on servers that keep them.
func TestMembership(t *testing.T) {
	_, cb := start(t, simulator.Options{})
	ctx := t.Context()
	user, err := cb.SelectID(ctx, response.User, "jgarman", nil)
	if err != nil {
		t.Fatal(err)
	}
	steps := []struct {
		o      *client.Object
		method string
		args   client.Args
	}{
		{user, "add_team", client.Args{"team": "rotterdam"}},
		{user, "remove_team", client.Args{"team": int64(2)}},
	}
	for _, s := range steps {
		if _, err := wiretest.Invoke(ctx, s.o, s.method, s.args); err != nil {
			t.Fatal(err)
		}
		if err := s.o.Save(ctx); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff([]any{map[string]any{"id": int64(3), "name": "Rotterdam"}}, attribute(t, user, "teams")); diff != "" {
		t.Errorf("teams (-want +got):\n%s", diff)
	}
	team, err := cb.Select(response.Team).Where("name:Rotterdam").One(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := wiretest.Invoke(ctx, team, "add_viewer_access", client.Args{"sensor_group": "servers"}); err != nil {
		t.Fatal(err)
	}
	if err := team.Save(ctx); err != nil {
		t.Fatal(err)
	}
	if access := attribute(t, team, "group_access").([]any); len(access) != 2 {
		t.Errorf("the team has access to %v, want what it had and the servers", access)
	}
}

// TestPartitions mounts, unmounts and deletes, and searches find what is mounted.
func TestPartitions(t *testing.T) {
	_, cb := start(t, simulator.Options{})
	ctx := t.Context()
	count := func() int {
		n, err := cb.Select(response.Process).Count(ctx)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	before := count()
	p, err := cb.Select(response.StoragePartition).Where("name:cbevents_2016_10_22_2031").One(ctx)
	if err != nil {
		t.Fatal(err)
	}
	do := func(method string) {
		t.Helper()
		if _, err := wiretest.Invoke(ctx, p, method, nil); err != nil {
			t.Fatal(err)
		}
	}
	do("unmount")
	do("refresh")
	if status, n := attribute(t, p, "status"), count(); status != "cold" || n >= before {
		t.Errorf("unmounted: status %v, and %d of %d documents", status, n, before)
	}
	do("mount")
	do("refresh")
	if status, n := attribute(t, p, "status"), count(); status != "warm" || n != before {
		t.Errorf("mounted again: status %v, and %d of %d documents", status, n, before)
	}
	do("delete")
	if n, err := cb.Select(response.StoragePartition).Where("name:cbevents_2016_10_22_2031").Count(ctx); n != 0 || err != nil {
		t.Errorf("deleted: %d left, %v", n, err)
	}
	if err := response.CreateNewPartition(ctx, cb); err != nil {
		t.Error(err)
	}
}

// TestLongListsOnAServer: the simulator, which parses the queries, gives the same results for a long list as for all
// its values one by one.
func TestLongListsOnAServer(t *testing.T) {
	_, cb := start(t, simulator.Options{})
	ctx := t.Context()
	var names []any
	want := 0
	for _, name := range []string{"net.exe", "cmd.exe", "powershell.exe"} {
		n, err := cb.Select(response.Process).WhereTerm("process_name", name).Count(ctx)
		if err != nil {
			t.Fatal(err)
		}
		want += n
		names = append(names, name)
		for i := range 200 {
			names = append(names, fmt.Sprintf("absent %d of %s (\"quoted\" or not:\\)", i, name))
		}
	}
	q := cb.Select(response.Process).WhereTerm("process_name", names...)
	if parts, err := q.Parts(ctx); err != nil || len(parts) < 4 {
		t.Fatalf("asked in %d parts, %v", len(parts), err)
	}
	if n, err := q.Count(ctx); n != want || err != nil {
		t.Errorf("counted %d, %v, want %d", n, err, want)
	}
	objects, err := collect(ctx, q)
	if err != nil || len(objects) != want {
		t.Errorf("read %d, %v, want %d", len(objects), err, want)
	}
	if !slices.IsSortedFunc(objects, func(a, b *client.Object) int {
		return attribute(t, b, "last_update").(time.Time).Compare(attribute(t, a, "last_update").(time.Time))
	}) {
		t.Error("the results are not in the order of the query")
	}
}
