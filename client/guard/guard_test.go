package guard_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/guard"
)

func TestPermit(t *testing.T) {
	isolate := client.Change{Needs: []client.Capability{client.Write, client.Isolate}, Action: "save Sensor 7"}
	for _, test := range []struct {
		name   string
		allow  []client.Capability
		change client.Change
		send   bool
		denied client.Capability
	}{
		{name: "all that it needs", allow: []client.Capability{client.Write, client.Isolate}, change: isolate, send: true},
		{name: "nothing", change: isolate, denied: client.Write},
		{name: "a part", allow: []client.Capability{client.Write}, change: isolate, denied: client.Isolate},
		{name: "what completes a change that was permitted", change: client.Change{Needs: []client.Capability{client.Write}, Continues: true}, send: true},
		{name: "a change that needs reading only", change: client.Change{Needs: []client.Capability{client.Read}}, send: true},
	} {
		t.Run(test.name, func(t *testing.T) {
			send, err := guard.New(guard.Config{Allow: test.allow}).Permit(t.Context(), test.change)
			if send != test.send {
				t.Errorf("send = %v, want %v", send, test.send)
			}
			if test.denied == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			want := &client.PermissionError{Capability: test.denied, Action: "save Sensor 7"}
			var got *client.PermissionError
			if !errors.As(err, &got) {
				t.Fatalf("got %v, want a PermissionError", err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// TestDeclared: a script gets no more than it declares, whatever is granted or answered, and nothing else is shown.
func TestDeclared(t *testing.T) {
	all := client.Capabilities()
	for _, test := range []struct {
		name   string
		config guard.Config
		change client.Change
		want   string
	}{
		{"declared and granted", guard.Config{Allow: all, Declared: []client.Capability{client.Write}}, save("7"), "ok"},
		{"declared, not granted", guard.Config{Declared: []client.Capability{client.Write}}, save("7"), `save Widget 7 needs the capability "write", which was not granted / run again with --allow write, or see what would change with --dry-run`},
		{"reading an endpoint, which a dry run does for nobody either", guard.Config{}, client.Change{Needs: []client.Capability{client.Respond}, Action: "list"}, `list needs the capability "respond", which was not granted / run again with --allow respond`},
		{"granted, not declared", guard.Config{Allow: all, Declared: []client.Capability{client.Isolate}}, save("7"), undeclaredText},
		{"nothing declared", guard.Config{Allow: all, Declared: []client.Capability{}}, save("7"), undeclaredText},
		{"no declaration", guard.Config{Allow: all}, save("7"), "ok"},
		{"a person who would allow it", guard.Config{Declared: []client.Capability{}, Ask: func(context.Context, client.Change, []client.Capability) (guard.Answer, error) {
			return guard.Always, nil
		}}, save("7"), undeclaredText},
		{"a change that would be shown", guard.Config{Declared: []client.Capability{}, Show: func(client.Change) { t.Error("it was shown") }}, save("7"), undeclaredText},
		{"what completes another change", guard.Config{Allow: all, Declared: []client.Capability{}}, client.Change{Needs: []client.Capability{client.Write}, Action: "save Widget 7", Continues: true}, undeclaredText},
		{"reading", guard.Config{Declared: []client.Capability{}}, client.Change{Needs: []client.Capability{client.Read}}, "ok"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff([]string{test.want}, outcomes(t, guard.New(test.config), test.change)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
	g := guard.New(guard.Config{Allow: all, Declared: []client.Capability{client.Write}})
	if !g.Grants(client.Write) || g.Grants(client.Secrets) || !g.Grants(client.Read) {
		t.Error("a guard grants what is not declared, or not what is")
	}
}

const undeclaredText = `save Widget 7 needs the capability "write": the script's meta(needs = [...]) does not declare it / ` +
	`add "write" to the script's needs, once you know why it wants it: --allow grants no more than the script declares`

func TestAsk(t *testing.T) {
	boom := errors.New("no terminal")
	change := client.Change{Needs: []client.Capability{client.Write}, Action: "delete Site 1"}
	for _, test := range []struct {
		name   string
		answer guard.Answer
		err    error
		asked  int // for two changes
		send   bool
	}{
		{"no", guard.No, nil, 2, false},
		{"once", guard.Once, nil, 2, true},
		{"always", guard.Always, nil, 1, true},
		{"an error", guard.Always, boom, 2, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			asked := 0
			g := guard.New(guard.Config{Ask: func(_ context.Context, c client.Change, missing []client.Capability) (guard.Answer, error) {
				asked++
				if c.Action != change.Action || !cmp.Equal(missing, change.Needs) {
					t.Errorf("asked about %q and %v", c.Action, missing)
				}
				return test.answer, test.err
			}})
			for range 2 {
				send, err := g.Permit(t.Context(), change)
				if send != test.send || (err == nil) != test.send || test.err != nil && !errors.Is(err, test.err) {
					t.Errorf("send = %v, error %v", send, err)
				}
			}
			if asked != test.asked {
				t.Errorf("asked %d times, want %d", asked, test.asked)
			}
			if got, want := g.Grants(client.Write), test.answer == guard.Always && test.err == nil; got != want {
				t.Errorf("Grants = %v, want %v", got, want)
			}
		})
	}
}

func TestShow(t *testing.T) {
	var mu sync.Mutex
	shown := 0
	g := guard.New(guard.Config{Show: func(client.Change) { mu.Lock(); shown++; mu.Unlock() }})
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			if send, err := g.Permit(t.Context(), client.Change{Needs: []client.Capability{client.Write}}); send || err != nil {
				t.Errorf("send = %v, error %v", send, err)
			}
		})
	}
	all.Wait()
	if shown != 20 {
		t.Errorf("%d were shown, want 20", shown)
	}
	// The session that reading has opened is closed, whether or not reading was allowed for good.
	closing := client.Change{Needs: []client.Capability{client.Respond}, Action: "close the session", Continues: true}
	if send, err := g.Permit(t.Context(), closing); !send || err != nil || shown != 20 {
		t.Errorf("what completes a reading: send = %v, error %v, %d shown", send, err, shown)
	}
}

func TestParse(t *testing.T) {
	for _, test := range []struct {
		texts   []string
		want    []client.Capability
		wantErr *guard.NameError
	}{
		{texts: nil},
		{texts: []string{""}},
		{texts: []string{"write, isolate", "write"}, want: []client.Capability{client.Write, client.Isolate}},
		{texts: []string{"respond", "all"}, want: append([]client.Capability{client.Respond}, client.Write, client.Isolate,
			client.RespondWrite, client.Artifacts, client.Secrets)},
		{texts: []string{"wirte"}, wantErr: &guard.NameError{Name: "wirte", Nearest: "write"}},
		{texts: []string{"write,everything"}, wantErr: &guard.NameError{Name: "everything"}},
	} {
		got, err := guard.Parse(test.texts)
		if test.wantErr != nil {
			var name *guard.NameError
			if !errors.As(err, &name) {
				t.Errorf("%q: got %v, want a NameError", test.texts, err)
			} else if diff := cmp.Diff(test.wantErr, name); diff != "" {
				t.Errorf("%q: -want +got:\n%s", test.texts, diff)
			}
			continue
		}
		if diff := cmp.Diff(test.want, got); diff != "" || err != nil {
			t.Errorf("%q: error %v, -want +got:\n%s", test.texts, err, diff)
		}
	}
}

func TestDescribe(t *testing.T) {
	for _, test := range []struct {
		name   string
		change client.Change
		want   string
	}{
		{"a save", client.Change{
			Needs: []client.Capability{client.Isolate}, Action: "save Sensor 7", ID: "7", Method: "PUT", Path: "/api/v1/sensor/7",
			Before: map[string]any{"network_isolation_enabled": false, "group_id": int64(1)},
			After:  map[string]any{"network_isolation_enabled": true, "group_id": int64(1)},
			Body:   map[string]any{"everything": "else"},
		}, `save Sensor 7: PUT /api/v1/sensor/7 (needs isolate)
  - network_isolation_enabled: false
  + network_isolation_enabled: true
`},
		{"a new object", client.Change{
			Needs: []client.Capability{client.Write}, Action: "create Site", Method: "POST", Path: "/api/site",
			Before: map[string]any{"name": nil}, After: map[string]any{"name": "Köln"},
		}, "create Site: POST /api/site (needs write)\n  + name: \"Köln\"\n"},
		{"a secret, whose values are not told", client.Change{
			Action: "save User anna", ID: "anna", Method: "PUT", Path: "/api/user/anna",
			Before: map[string]any{"password": client.SecretPlaceholder}, After: map[string]any{"password": client.SecretPlaceholder},
		}, "save User anna: PUT /api/user/anna\n  - password: \"<secret>\"\n  + password: \"<secret>\"\n"},
		{"parts of parts", client.Change{
			Action: "save Feed 3", ID: "3", Method: "PUT", Path: "/api/v1/feed/3",
			Before: map[string]any{"a": map[string]any{"x": "1", "y": "2"}, "l": []any{"p", "q", "r"}, "m": []any{"p", "q"}, "n": nil, "e": []any{}},
			After:  map[string]any{"a": map[string]any{"x": "1", "y": "3", "z": nil}, "l": []any{"p", "r"}, "m": []any{"p", "s"}, "n": "now", "e": []any{"x"}},
		}, `save Feed 3: PUT /api/v1/feed/3
  - a.y: "2"
  + a.y: "3"
  + a.z: null
  - e: []
  + e: ["x"]
  - l[1]: "q"
  - m[1]: "q"
  + m[1]: "s"
  - n: null
  + n: "now"
`},
		{"several objects", client.Change{
			Needs: []client.Capability{client.Write, client.Isolate}, Action: "resolve alerts", Count: 12, Method: "POST", Path: "/api/v1/alerts",
			Body: map[string]any{"query": "q=x", "requested_status": "Resolved", "password": "hunter22"},
		}, `resolve alerts: POST /api/v1/alerts (12 objects; needs write, isolate)
  {
    "password": "[redacted]",
    "query": "q=x",
    "requested_status": "Resolved"
  }
`},
		{"no body", client.Change{Action: "delete Site 1", Method: "DELETE", Path: "/api/site/1"}, "delete Site 1: DELETE /api/site/1\n"},
		{"null", client.Change{Action: "mount", Method: "POST", Path: "/p", Body: client.NullBody}, "mount: POST /p\n  null\n"},
		{"bytes", client.Change{Action: "upload", Method: "POST", Path: "/p", Body: []byte("MZ\x00")}, "upload: POST /p\n  (3 bytes that are not JSON)\n"},
		{"a stream", client.Change{Action: "upload", Method: "POST", Path: "/p", Body: strings.NewReader("x")}, "upload: POST /p\n  (a stream of bytes)\n"},
		{"what cannot be shown", client.Change{Action: "upload", Method: "POST", Path: "/p", Body: map[string]any{"f": func() {}}},
			"upload: POST /p\n  (cannot be shown: cannot write a func() as JSON: use nil, booleans, numbers, strings, lists and maps)\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, guard.Describe(test.change)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func ExampleGuard() {
	g := guard.New(guard.Config{Allow: []client.Capability{client.Write}})
	_, err := g.Permit(context.Background(), client.Change{Needs: []client.Capability{client.Isolate}, Action: "save Sensor 7"})
	fmt.Println(err)
	// Output: save Sensor 7 needs the capability "isolate", which was not granted
}
