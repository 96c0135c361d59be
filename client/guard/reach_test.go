package guard_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/guard"
)

var widget = client.Define(client.Kind{Name: "Widget", Product: "test", Route: "/api/widget", PrimaryKey: "id",
	Allows:       client.CanUpdate | client.CanCreate | client.CanDelete,
	UpdateParams: map[string]client.Capability{"quick": client.Read, "tell": client.Secrets},
	Fields: []client.Field{
		{Name: "id", Type: client.Int, ReadOnly: true},
		{Name: "cut_off", Type: client.Bool, Capability: client.Isolate},
		{Name: "notes", Type: client.Text},
		{Name: "seen", Type: client.Int, ReadOnly: true},
	}})

func save(id string) client.Change {
	return client.Change{Needs: []client.Capability{client.Write}, Action: "save Widget " + id, Kind: widget, ID: id}
}

// outcomes permits one change after the other, and gives "ok" or the error of each.
func outcomes(t *testing.T, g *guard.Guard, changes ...client.Change) []string {
	t.Helper()
	var got []string
	for _, change := range changes {
		send, err := g.Permit(t.Context(), change)
		switch {
		case err != nil && send:
			t.Errorf("%s is sent although there is an error", change.Action)
		case err != nil:
			var hinted interface {
				Hint() string
				Kind() string
			}
			if !errors.As(err, &hinted) || hinted.Kind() != "PermissionError" {
				t.Errorf("%v is no PermissionError with a hint", err)
				continue
			}
			got = append(got, err.Error()+" / "+hinted.Hint())
		default:
			got = append(got, "ok")
		}
	}
	return got
}

func TestReach(t *testing.T) {
	write := []client.Capability{client.Write}
	bulk := func(n int) client.Change {
		return client.Change{Needs: write, Action: "ignore Alerts", Kind: widget, Count: n, Which: []string{"a", "b", "c"}}
	}
	completing := save("9")
	completing.Continues = true
	const dry = "--dry-run shows all changes and counts them: then run again with --confirm and their number"
	for _, test := range []struct {
		name            string
		most, confirmed int
		changes         []client.Change
		want            []string
	}{
		{"one too many", 2, 0, []client.Change{save("1"), save("2"), save("3")},
			[]string{"ok", "ok", "save Widget 3 would be the change of object number 3 in this run, and more than 2 are to be confirmed; changed before: Widget 1, Widget 2 / " + dry}},
		{"the same object", 1, 0, []client.Change{save("1"), save("1"), save("1")}, []string{"ok", "ok", "ok"}},
		{"new objects", 1, 0, []client.Change{save(""), save("")},
			[]string{"ok", "save Widget would be the change of object number 2 in this run, and more than 1 are to be confirmed; changed before: save Widget / " + dry}},
		{"confirmed", 1, 3, []client.Change{save("1"), save("2"), save("3"), save("4")},
			[]string{"ok", "ok", "ok", "save Widget 4 would be the change of object number 4 in this run, but 3 were confirmed; changed before: Widget 1, Widget 2, Widget 3 / " + dry}},
		{"many at once", 10, 0, []client.Change{bulk(40)},
			[]string{"ignore Alerts would change 40 objects, and more than 10 are to be confirmed: a, b, c / if all of them are meant, run again with --confirm 40"}},
		{"many at once, confirmed", 10, 40, []client.Change{bulk(40)}, []string{"ok"}},
		{"fewer than were confirmed", 10, 40, []client.Change{bulk(39)},
			[]string{"ignore Alerts would change 39 objects, but 40 were confirmed: a, b, c / if all of them are meant, run again with --confirm 39"}},
		{"few at once", 10, 0, []client.Change{bulk(10)}, []string{"ok"}},
		{"no bound", 0, 0, []client.Change{bulk(4000), save("1")}, []string{"ok", "ok"}},
		{"what completes another", 1, 0, []client.Change{save("1"), completing, completing}, []string{"ok", "ok", "ok"}},
		{"reading an endpoint", 1, 0, []client.Change{
			{Needs: []client.Capability{client.Respond}, Action: "get file"}, {Needs: []client.Capability{client.Respond}, Action: "get file"}},
			[]string{"ok", "ok"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			g := guard.New(guard.Config{Allow: client.Capabilities(), MaxChanges: test.most, Confirmed: test.confirmed})
			if diff := cmp.Diff(test.want, outcomes(t, g, test.changes...)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestCautions(t *testing.T) {
	against := func(cautions ...client.Caution) client.Change {
		change := save("7")
		change.Cautions = func(context.Context) ([]client.Caution, error) { return cautions, nil }
		return change
	}
	system := client.Caution{Reason: "it is part of the system", Hosts: 3, Always: true}
	seen := client.Caution{Reason: "many have it", Hosts: 40}
	for _, test := range []struct {
		name            string
		most, confirmed int
		change          client.Change
		want            string
	}{
		{"always", 10, 0, against(system), "save Widget 7 is to be confirmed: it is part of the system / if it is meant nevertheless, run again with --confirm 3"},
		{"always, without a bound", 0, 0, against(system), "save Widget 7 is to be confirmed: it is part of the system / if it is meant nevertheless, run again with --confirm 3"},
		{"on many", 10, 0, against(seen, system), "save Widget 7 is to be confirmed: many have it; it is part of the system / if it is meant nevertheless, run again with --confirm 40"},
		{"that very number", 10, 40, against(seen, system), "ok"},
		{"another number", 10, 41, against(seen), "save Widget 7 is to be confirmed: many have it / if it is meant nevertheless, run again with --confirm 40"},
		{"on few", 40, 0, against(seen), "ok"},
		{"nothing", 10, 0, against(), "ok"},
	} {
		t.Run(test.name, func(t *testing.T) {
			g := guard.New(guard.Config{Allow: client.Capabilities(), MaxChanges: test.most, Confirmed: test.confirmed})
			if diff := cmp.Diff([]string{test.want}, outcomes(t, g, test.change)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
	broken := save("7")
	boom := errors.New("the server is gone")
	broken.Cautions = func(context.Context) ([]client.Caution, error) { return nil, boom }
	if send, err := guard.New(guard.Config{Allow: client.Capabilities()}).Permit(t.Context(), broken); send || !errors.Is(err, boom) {
		t.Errorf("what cannot be judged: send %v, error %v", send, err)
	}
	asked := 0
	g := guard.New(guard.Config{Allow: client.Capabilities(), Ask: func(_ context.Context, change client.Change, _ []client.Capability) (guard.Answer, error) {
		asked++
		if len(change.Against) != 1 {
			t.Errorf("the question does not say what speaks against it: %v", change.Against)
		}
		return guard.Answer(asked % 2), nil // once, then no
	}})
	got := outcomes(t, g, against(system), against(system))
	if want := []string{"ok", "save Widget 7 is to be confirmed: it is part of the system / if it is meant nevertheless, run again with --confirm 3"}; !cmp.Equal(want, got) {
		t.Errorf("asked: %s", cmp.Diff(want, got))
	}
}

func TestWire(t *testing.T) {
	product := &client.Product{Name: "test", Title: "Test", Base: "/api/", Kinds: []*client.Kind{widget}, Changes: []client.Route{
		{Method: "POST", Path: "/api/command/{id}", Judge: client.JudgeLiveCommand}}}
	const has = `{"id": 7, "cut_off": false, "notes": "x", "seen": 3, "other": 1}`
	for _, test := range []struct {
		name, method, path, body string
		allow, declared          []client.Capability
		frozen                   bool
		want                     string
	}{
		{name: "reading", method: "GET", path: "/api/widget/7", want: "ok"},
		{name: "reading while frozen", method: "HEAD", path: "/api/widget/7", frozen: true, want: "ok"},
		{name: "frozen", method: "DELETE", path: "/api/widget/7", allow: client.Capabilities(), frozen: true, want: `DELETE /api/widget/7 needs the capability "write": this run only shows changes`},
		{name: "nothing granted", method: "DELETE", path: "/api/widget/7", want: `DELETE /api/widget/7 needs the capability "write", which was not granted`},
		{name: "granted", method: "DELETE", path: "/api/widget/7", allow: []client.Capability{client.Write}, want: "ok"},
		{name: "unknown route", method: "PATCH", path: "/api/x", allow: []client.Capability{client.Isolate}, want: `PATCH /api/x is refused: no model of Test has such a change, so that no capability stands for it`},
		{name: "unknown route, all granted", method: "PATCH", path: "/api/x", allow: client.Capabilities(), want: `PATCH /api/x is refused: no model of Test has such a change, so that no capability stands for it`},
		{name: "unknown route, frozen", method: "PATCH", path: "/api/x", allow: client.Capabilities(), frozen: true, want: `PATCH /api/x is refused: no model of Test has such a change, so that no capability stands for it`},
		{name: "a known route written in another way", method: "DELETE", path: "/api//widget/7", allow: client.Capabilities(), want: `DELETE /api//widget/7 is refused: no model of Test has such a change, so that no capability stands for it`},
		{name: "reading elsewhere", method: "GET", path: "/console", want: `GET /console is refused: Test is read below /api/ only`},
		{name: "reading elsewhere by dots", method: "GET", path: "/api/..;/console", want: `GET /api/..;/console is refused: Test is read below /api/ only`},
		{name: "reading elsewhere by escaped dots", method: "GET", path: "/api/%2e%2e%2fconsole", want: `GET /api/%2e%2e%2fconsole is refused: Test is read below /api/ only`},
		{name: "reading what no table knows", method: "GET", path: "/api/x/a%2fb", want: "ok"},
		{name: "a field of its own", method: "PUT", path: "/api/widget/7", body: `{"cut_off": true, "notes": "x", "seen": 4}`, allow: []client.Capability{client.Isolate}, want: "ok"},
		{name: "that field without its grant", method: "PUT", path: "/api/widget/7", body: `{"cut_off": true, "notes": "x"}`, allow: []client.Capability{client.Write},
			want: `PUT /api/widget/7 needs the capability "isolate", which was not granted`},
		{name: "that field in another case", method: "PUT", path: "/api/widget/7", body: `{"Cut_Off": true}`, allow: []client.Capability{client.Write},
			want: `PUT /api/widget/7 needs the capability "isolate", which was not granted`},
		{name: "that field emptied", method: "PUT", path: "/api/widget/7", body: `{"cut_off": null}`, allow: []client.Capability{client.Write},
			want: `PUT /api/widget/7 needs the capability "isolate", which was not granted`},
		{name: "that field of a new object", method: "POST", path: "/api/widget", body: `{"cut_off": false}`, allow: []client.Capability{client.Write},
			want: `POST /api/widget needs the capability "isolate", which was not granted`},
		{name: "another field", method: "PUT", path: "/api/widget/7", body: `{"cut_off": false, "notes": "y"}`, allow: []client.Capability{client.Isolate},
			want: `PUT /api/widget/7 needs the capability "write", which was not granted`},
		{name: "another field, granted", method: "PUT", path: "/api/widget/7", body: `{"cut_off": false, "notes": "y"}`, allow: []client.Capability{client.Write}, want: "ok"},
		{name: "another field in another case", method: "PUT", path: "/api/widget/7", body: `{"cut_off": true, "Notes": "y"}`, allow: []client.Capability{client.Isolate},
			want: `PUT /api/widget/7 needs the capability "write", which was not granted`},
		{name: "a field that nobody knows", method: "PUT", path: "/api/widget/7", body: `{"cut_off": true, "uninstall": true}`, allow: []client.Capability{client.Isolate},
			want: `PUT /api/widget/7 needs the capability "write", which was not granted`},
		{name: "what the server keeps beside its fields", method: "PUT", path: "/api/widget/7", body: `{"cut_off": true, "other": 2, "seen": 9}`, allow: []client.Capability{client.Isolate}, want: "ok"},
		{name: "a parameter that nobody knows", method: "DELETE", path: "/api/widget/7?all=true", allow: client.Capabilities(),
			want: `DELETE /api/widget/7 is refused: no model of Test has such a change with the parameter "all"`},
		{name: "a parameter", method: "PUT", path: "/api/widget/7?quick=1", body: "{}", allow: []client.Capability{client.Write}, want: "ok"},
		{name: "a parameter that needs more", method: "PUT", path: "/api/widget/7?tell=1", body: "{}", allow: []client.Capability{client.Write},
			want: `PUT /api/widget/7 needs the capability "secrets", which was not granted`},
		{name: "that is granted", method: "PUT", path: "/api/widget/7?tell=1", body: "{}", allow: []client.Capability{client.Write, client.Secrets}, want: "ok"},
		{name: "and not enough", method: "PUT", path: "/api/widget/7?tell=1", body: "{}", allow: []client.Capability{client.Secrets},
			want: `PUT /api/widget/7 needs the capability "write", which was not granted`},
		{name: "reading with any", method: "GET", path: "/api/widget?q=x", want: "ok"},
		{name: "both", method: "PUT", path: "/api/widget/7", body: `{"cut_off": true, "notes": "y"}`, allow: []client.Capability{client.Write},
			want: `PUT /api/widget/7 needs the capability "isolate", which was not granted`},
		{name: "nothing changed", method: "PUT", path: "/api/widget/7", body: has, allow: []client.Capability{client.Isolate}, want: "ok"},
		{name: "not JSON", method: "PUT", path: "/api/widget/7", body: `cut_off=true`, allow: []client.Capability{client.Write},
			want: "PUT /api/widget/7: the document to save cannot be read: invalid character 'c' looking for beginning of value"},
		{name: "a field twice", method: "PUT", path: "/api/widget/7", body: `{"cut_off": true, "cut_off": false}`, allow: []client.Capability{client.Write},
			want: `PUT /api/widget/7: the document to save cannot be read: it has the member "cut_off" twice`},
		{name: "a command that reads, frozen", method: "POST", path: "/api/command/1", body: `{"name": "get file"}`, allow: []client.Capability{client.Respond}, frozen: true, want: "ok"},
		{name: "a command that changes, frozen", method: "POST", path: "/api/command/1", body: `{"name": "kill"}`, allow: client.Capabilities(), frozen: true,
			want: `POST /api/command/1 needs the capability "respond-write": this run only shows changes`},
		{name: "granted, not declared", method: "DELETE", path: "/api/widget/7", allow: client.Capabilities(), declared: []client.Capability{client.Isolate},
			want: `DELETE /api/widget/7 needs the capability "write": the script's meta(needs = [...]) does not declare it`},
		{name: "nothing declared", method: "POST", path: "/api/command/1", body: `{"name": "get file"}`, allow: client.Capabilities(), declared: []client.Capability{},
			want: `POST /api/command/1 needs the capability "respond": the script's meta(needs = [...]) does not declare it`},
		{name: "declared, not granted", method: "DELETE", path: "/api/widget/7", declared: client.Capabilities(), want: `DELETE /api/widget/7 needs the capability "write", which was not granted`},
		{name: "a field of its own, which is not declared", method: "PUT", path: "/api/widget/7", body: `{"cut_off": true, "notes": "y"}`, allow: client.Capabilities(), declared: []client.Capability{client.Write},
			want: `PUT /api/widget/7 needs the capability "isolate": the script's meta(needs = [...]) does not declare it`},
		{name: "another field beside it", method: "PUT", path: "/api/widget/7", body: `{"cut_off": false, "notes": "y"}`, allow: client.Capabilities(), declared: []client.Capability{client.Write}, want: "ok"},
		{name: "a command that reads", method: "POST", path: "/api/command/1", body: `{"name": "get file"}`, allow: []client.Capability{client.Respond}, want: "ok"},
		{name: "a command that changes", method: "POST", path: "/api/command/1", body: `{"name": "kill"}`, allow: []client.Capability{client.Respond, client.Write},
			want: `POST /api/command/1 needs the capability "respond-write", which was not granted`},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := guard.NewWire(product, guard.WireConfig{Allow: test.allow, Declared: test.declared, Frozen: test.frozen})
			got := "ok"
			path, text, _ := strings.Cut(test.path, "?")
			query, err := url.ParseQuery(text)
			if err != nil {
				t.Fatal(err)
			}
			if err := w.Check(t.Context(), guard.WireRequest{Method: test.method, Path: path, Query: query, Body: []byte(test.body),
				Read: func(context.Context, string) ([]byte, error) { return []byte(has), nil }}); err != nil {
				got = err.Error()
			}
			if got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

// TestWireCounts counts the objects that requests change, over two servers that share a budget.
func TestWireCounts(t *testing.T) {
	command := client.Route{Method: "POST", Path: "/api/session/{session}/command", Judge: client.JudgeLiveCommand,
		Subject: &client.Subject{Document: "/api/session/{session}", Member: "sensor", Model: "Widget"}}
	several := client.Route{Method: "POST", Path: "/api/several", Needs: []client.Capability{client.Write}, Objects: func(body []byte) ([]string, error) {
		var names []string
		return names, json.Unmarshal(body, &names)
	}}
	product := &client.Product{Kinds: []*client.Kind{widget}, Base: "/api/", Changes: []client.Route{command, several}}
	budget := guard.NewBudget(4)
	wires := map[string]*guard.Wire{}
	for _, name := range []string{"one", "two"} {
		wires[name] = guard.NewWire(product, guard.WireConfig{Allow: client.Capabilities(), Budget: budget})
	}
	asked := 0
	read := func(_ context.Context, path string) ([]byte, error) {
		asked++
		switch path {
		case "/api/session/8", "/api/session/9":
			return []byte(`{"sensor": 1}`), nil
		case "/api/session/text":
			return []byte(`{"sensor": "2"}`), nil
		case "/api/session/none":
			return []byte(`{}`), nil
		}
		return nil, errors.New("no such session")
	}
	for i, test := range []struct{ wire, request, body, want string }{
		{"one", "DELETE /api/widget/1", "{}", "ok"},
		{"one", "PUT /api/widget/1", "{}", "ok"},
		{"one", "POST /api/session/8/command", `{"name": "kill"}`, "ok"}, // the same widget
		{"one", "POST /api/session/8/command", `{"name": "kill"}`, "ok"},
		{"one", "POST /api/session/9/command", `{"name": "kill"}`, "ok"},
		{"one", "POST /api/session/x/command", `{"name": "get file"}`, "ok"}, // which only reads
		{"one", "POST /api/session/x/command", `{"name": "kill"}`, "no such session"},
		{"one", "POST /api/session/none/command", `{"name": "kill"}`, "GET /api/session/none: the answer has no sensor, so that it is not known what a change would reach"},
		{"one", "POST /api/session/text/command", `{"name": "kill"}`, "ok"},
		{"two", "DELETE /api/widget/1", "{}", "ok"}, // another server's
		{"two", "GET /api/widget/3", "", "ok"},
		{"one", "POST /api/several", `["Widget 1", "Widget 2", "Widget 1"]`, "ok"},
		{"one", "POST /api/several", `{}`, "POST /api/several: what it would change cannot be read: json: cannot unmarshal object into Go value of type []string"},
		{"one", "POST /api/several", `["Widget 5", "Widget 6"]`, "POST /api/several would change 2 objects after 3 others, and more than 4 are to be confirmed: Widget 5, Widget 6"},
		{"two", "POST /api/widget", "{}", "ok"},
		{"two", "POST /api/widget", "{}", "POST /api/widget would be the change of object number 5 in this run, and more than 4 are to be confirmed; changed before: Widget 1, Widget 2, Widget 1, POST /api/widget"},
		{"one", "DELETE /api/widget/2", "{}", "ok"},
		{"two", "DELETE /api/widget/2", "{}", "DELETE /api/widget/2 would be the change of object number 5 in this run, and more than 4 are to be confirmed; changed before: Widget 1, Widget 2, Widget 1, POST /api/widget"},
	} {
		method, path, _ := strings.Cut(test.request, " ")
		got := "ok"
		if err := wires[test.wire].Check(t.Context(), guard.WireRequest{Method: method, Path: path, Body: []byte(test.body), Read: read}); err != nil {
			got = err.Error()
		}
		if got != test.want {
			t.Errorf("%d: %s\ngot  %s\nwant %s", i, test.request, got, test.want)
		}
	}
	if asked != 5 {
		t.Errorf("the server was asked %d times", asked)
	}
}
