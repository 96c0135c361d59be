package client_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cbscript/cbscript/client"
)

// servePart answers GET /api/part/7 and takes saves with the answer given.
func servePart(saved string, status int) *fakeServer {
	return &fakeServer{answer: func(r *http.Request, _ string) (int, string) {
		if r.Method == http.MethodGet {
			return 200, `{"id": 7, "name": "spring", "weight": "3", "loud": false, "password": "hunter2!", "locked": false, "made": "2016-11-11 20:59:31.631000-06:00", "extra": "é"}`
		}
		return status, saved
	}}
}

func selectPart(t *testing.T, s *fakeServer, options ...client.Option) *client.Object {
	t.Helper()
	o, err := newClient(s, options...).SelectID(t.Context(), part, 7, nil)
	if err != nil {
		t.Fatal(err)
	}
	if asked := s.asked(); asked != nil {
		t.Fatalf("selecting asked %q", asked)
	}
	return o
}

func set(t *testing.T, o *client.Object, name string, value any) {
	t.Helper()
	if err := o.Set(t.Context(), name, value); err != nil {
		t.Fatal(err)
	}
}

func TestSave(t *testing.T) {
	const whole = `{"extra": "\u00e9", "id": 7, "locked": false, "loud": true, "made": "2016-11-11 20:59:31.631000-06:00", "name": "spring", "password": "hunter2!", "weight": "3"}`
	cases := []struct {
		name   string
		answer string
		status int
		asked  []string // after the first fetch
		kind   string   // of the error
	}{
		{"no content", "", 204, []string{"PUT /api/part/7 " + whole, "GET /api/part/7"}, ""},
		{"success", `{"result": "success"}`, 200, []string{"PUT /api/part/7 " + whole, "GET /api/part/7"}, ""},
		{"refused", `{"result": "no such weight"}`, 200, []string{"PUT /api/part/7 " + whole}, "ServerError"},
		{"the document", `{"id": 7, "name": "spring", "weight": 4}`, 200, []string{"PUT /api/part/7 " + whole}, ""},
		{"an id", `{"id": 7}`, 200, []string{"PUT /api/part/7 " + whole, "GET /api/part/7"}, ""},
		{"a list", `[]`, 200, []string{"PUT /api/part/7 " + whole, "GET /api/part/7"}, ""},
		{"conflict", "taken", 409, []string{"PUT /api/part/7 " + whole}, "ServerError"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			server := servePart(c.answer, c.status)
			o := selectPart(t, server)
			set(t, o, "loud", true)
			if diff := cmp.Diff([]string{"GET /api/part/7"}, server.asked()); diff != "" {
				t.Errorf("before saving (-want +got):\n%s", diff)
			}
			err := o.Save(t.Context())
			var typed client.Error
			if errors.As(err, &typed); (err != nil) != (c.kind != "") || err != nil && typed.Kind() != c.kind {
				t.Errorf("got error %v, want kind %q", err, c.kind)
			}
			if o.IsDirty() != (err != nil) {
				t.Errorf("dirty: %v after error %v", o.IsDirty(), err)
			}
			if diff := cmp.Diff(c.asked, server.asked()); diff != "" {
				t.Errorf("requests (-want +got):\n%s", diff)
			}
		})
	}
}

func TestCreate(t *testing.T) {
	server := servePart(`{"id": 7}`, 200)
	c := newClient(server)
	o, err := c.Create(t.Context(), part, map[string]any{"name": "spring"})
	if err != nil {
		t.Fatal(err)
	}
	err = o.Save(t.Context())
	var invalid *client.InvalidObjectError
	if !errors.As(err, &invalid) || !cmp.Equal(invalid.Fields, []string{"weight"}) {
		t.Errorf("got %v, want the missing field weight", err)
	}
	if asked := server.asked(); asked != nil {
		t.Errorf("an object that cannot be saved asked %q", asked)
	}
	set(t, o, "weight", 3)
	if err := o.Save(t.Context()); err != nil {
		t.Fatal(err)
	}
	want := []string{`POST /api/part {"name": "spring", "weight": 3}`, "GET /api/part/7"}
	if diff := cmp.Diff(want, server.asked()); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
	if v, err := o.Get(t.Context(), "weight"); v != int64(3) || err != nil {
		t.Errorf("got weight %v, %v", v, err)
	}
	if _, err := c.Create(t.Context(), gadget, nil); err == nil {
		t.Error("a model that cannot be created was")
	}
}

func TestDelete(t *testing.T) {
	server := servePart("", 204)
	o := selectPart(t, server)
	if err := o.Delete(t.Context()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"DELETE /api/part/7"}, server.asked()); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
	again, err := o.Client().SelectID(t.Context(), part, 7, nil)
	if err != nil || again == o {
		t.Errorf("the deleted object is selected again: %v, %v", again, err)
	}
}

func TestDirtyAndReset(t *testing.T) {
	o := selectPart(t, servePart("", 204))
	set(t, o, "loud", false)
	if o.IsDirty() {
		t.Error("an equal value made the object dirty")
	}
	set(t, o, "weight", 3)
	if o.IsDirty() {
		t.Error("the number 3 is not another value than the text 3 that was sent for it")
	}
	set(t, o, "loud", true)
	set(t, o, "tags", []any{"a"})
	if diff := cmp.Diff([]string{"loud", "tags"}, o.Changed()); diff != "" {
		t.Errorf("changed (-want +got):\n%s", diff)
	}
	set(t, o, "loud", false)
	if diff := cmp.Diff([]string{"tags"}, o.Changed()); diff != "" {
		t.Errorf("changed back (-want +got):\n%s", diff)
	}
	o.Reset()
	if _, held := o.Held("tags"); held || o.IsDirty() {
		t.Error("reset left a field that was not there before")
	}
}

func TestSetRefuses(t *testing.T) {
	server := servePart("", 204)
	o := selectPart(t, server)
	cases := map[string]struct {
		value any
		want  string
	}{
		"nmae":   {"x", `Part has no attribute "nmae" (did you mean "name"?)`},
		"id":     {8, `Part.id cannot be set: it is read-only`},
		"save":   {1, `Part.save cannot be set: it is read-only`},
		"weight": {"heavy", `Part.weight cannot be set to "heavy": "heavy" is not a whole number`},
		"tags":   {"a", `Part.tags cannot be set to "a": got string, want a list`},
	}
	for name, c := range cases {
		if err := o.Set(t.Context(), name, c.value); err == nil || err.Error() != c.want {
			t.Errorf("%s: got %v, want %s", name, err, c.want)
		}
	}
	if o.IsDirty() {
		t.Errorf("a refused value changed %q", o.Changed())
	}
}

func TestSecretsStayUnreadable(t *testing.T) {
	server := servePart(`{"result": "success"}`, 200)
	o := selectPart(t, server)
	ctx := t.Context()
	if _, err := o.Get(ctx, "password"); err == nil || !strings.Contains(err.Error(), "cannot") && !strings.Contains(err.Error(), "not read") {
		t.Errorf("reading a secret gave %v", err)
	}
	doc, err := o.Document(ctx)
	if err != nil || doc["password"] != client.SecretPlaceholder {
		t.Errorf("the document shows %v, %v", doc["password"], err)
	}
	if text := o.Print() + o.String(); strings.Contains(text, "hunter2") || !strings.Contains(text, client.SecretPlaceholder) {
		t.Errorf("print shows the secret:\n%s", text)
	}
	set(t, o, "password", "s3cr3t!!")
	if text := o.Print(); strings.Contains(text, "s3cr3t") {
		t.Errorf("print shows the new secret:\n%s", text)
	}
	server.asked()
	if err := o.Save(ctx); err != nil {
		t.Fatal(err)
	}
	if asked := strings.Join(server.asked(), "\n"); !strings.Contains(asked, `"password": "s3cr3t!!"`) {
		t.Errorf("the save did not send the secret: %s", asked)
	}
}

// recorder is a guard that sends nothing and keeps what it was asked.
type recorder struct{ changes []client.Change }

func (r *recorder) Permit(_ context.Context, c client.Change) (bool, error) {
	r.changes = append(r.changes, c)
	return false, nil
}

func TestGuardSeesTheChange(t *testing.T) {
	server, guard := servePart("", 204), &recorder{}
	o := selectPart(t, server, client.WithGuard(guard))
	set(t, o, "locked", true)
	set(t, o, "password", "s3cr3t!!")
	server.asked()
	if err := o.Save(t.Context()); err != nil {
		t.Fatal(err)
	}
	if asked := server.asked(); asked != nil {
		t.Errorf("a change that was not permitted asked %q", asked)
	}
	got := guard.changes[0]
	got.Body, got.Kind = nil, nil
	want := client.Change{Needs: []client.Capability{client.Isolate, client.Write}, Action: "save Part 7", ID: "7",
		Before: map[string]any{"locked": false, "password": client.SecretPlaceholder},
		After:  map[string]any{"locked": true, "password": client.SecretPlaceholder},
		Method: "PUT", Path: "/api/part/7", Server: "https://cb.example"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("change (-want +got):\n%s", diff)
	}
}

func TestPrint(t *testing.T) {
	o := selectPart(t, servePart("", 204))
	want := `Part object, bound to https://cb.example.
 Partially initialized. Use .refresh() to load all attributes
-------------------------------------------------------------------------------

                      id: 7
`
	if diff := cmp.Diff(want, o.Print()); diff != "" {
		t.Errorf("before the fetch (-want +got):\n%s", diff)
	}
	set(t, o, "name", strings.Repeat("x", 60))
	set(t, o, "tags", []any{"a", int64(1)})
	lines := strings.SplitAfterN(o.Print(), "\n", 3)
	want = `-------------------------------------------------------------------------------

                   extra: é
                      id: 7
                  locked: False
                    loud: False
                    made: 2016-11-11 20:59:31.631000-06:00
(*)                 name: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx...
                password: <secret>
(+)                 tags: ["a", 1]
                  weight: 3
`
	if diff := cmp.Diff(want, lines[2]); diff != "" || !strings.HasPrefix(lines[1], " Last refreshed at ") {
		t.Errorf("changed (-want +got):\n%s\n%s", diff, lines[1])
	}
}

func TestErrorsOfStatuses(t *testing.T) {
	cases := []struct {
		status int
		body   string
		kind   string
		facts  map[string]any
	}{
		{404, "gone", "ObjectNotFoundError", map[string]any{"status": 404, "method": "GET", "uri": "https://cb.example/api/part/7"}},
		{401, "who", "UnauthorizedError", map[string]any{"status": 401, "action": "GET", "method": "GET", "uri": "https://cb.example/api/part/7"}},
		{202, `{"id": 7, "name": "spring"}`, "ServerError", map[string]any{"status": 202, "error_code": 202, "method": "GET", "uri": "https://cb.example/api/part/7", "result": ""}},
		{500, "", "ServerError", map[string]any{"status": 500, "error_code": 500, "method": "GET", "uri": "https://cb.example/api/part/7", "result": ""}},
		{400, `{"reason": "query_malformed_syntax"}`, "QuerySyntaxError",
			map[string]any{"status": 400, "error_code": 400, "method": "GET", "uri": "https://cb.example/api/part/7", "result": "", "query": ""}},
	}
	for _, c := range cases {
		o := selectPart(t, &fakeServer{answer: func(*http.Request, string) (int, string) { return c.status, c.body }})
		_, err := o.Get(t.Context(), "name")
		var typed client.Error
		if !errors.As(err, &typed) {
			t.Errorf("%d: got %v, want a typed error", c.status, err)
			continue
		}
		if diff := cmp.Diff(c.facts, typed.Facts()); diff != "" || typed.Kind() != c.kind {
			t.Errorf("%d: kind %s, facts (-want +got):\n%s", c.status, typed.Kind(), diff)
		}
	}
}

func TestIDsCannotChangeTheRoute(t *testing.T) {
	for id, want := range map[string]string{
		"../user":      "",
		`a\..\user`:    "",
		"a/b?c=d#e":    "GET /api/part/a%2Fb%3Fc=d%23e",
		"//evil.test/": "GET /api/part/%2F%2Fevil.test%2F",
		"..":           "",
		".":            "",
	} {
		server := servePart("", 204)
		o, err := newClient(server).SelectID(t.Context(), part, id, nil)
		if err != nil {
			t.Fatal(err)
		}
		_, err = o.Get(t.Context(), "name")
		asked := server.asked()
		if want == "" {
			if err == nil || asked != nil {
				t.Errorf("%q asked %q, error %v; want an error and no request", id, asked, err)
			}
		} else if diff := cmp.Diff([]string{want}, asked); diff != "" {
			t.Errorf("%q (-want +got):\n%s", id, diff)
		}
	}
}

// TestMissingObject: an object that the server does not know is asked for once, until someone insists.
func TestMissingObject(t *testing.T) {
	server := &fakeServer{answer: func(*http.Request, string) (int, string) { return 404, "gone" }}
	c := newClient(server)
	o := selectPart(t, server)
	for range 2 {
		var missing *client.ObjectNotFoundError
		if _, err := o.Get(t.Context(), "name"); !errors.As(err, &missing) {
			t.Errorf("got %v, want an ObjectNotFoundError", err)
		}
	}
	if diff := cmp.Diff([]string{"GET /api/part/7"}, server.asked()); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
	server.answer = func(*http.Request, string) (int, string) { return 200, `{"name": "spring"}` }
	if err := o.Refresh(t.Context()); err != nil {
		t.Error(err)
	}
	server.answer = func(*http.Request, string) (int, string) { return 404, "gone" }
	if _, err := c.SelectID(t.Context(), part, 7, client.Args{"force_init": true}); err == nil {
		t.Error("selecting a missing object with force_init succeeded")
	}
	server.answer = func(*http.Request, string) (int, string) { return 200, `{"name": "spring"}` }
	if _, err := c.SelectID(t.Context(), part, 7, client.Args{"force_init": true}); err != nil {
		t.Error(err)
	}
}

// TestWhatTheServerSays: an error's message is what a JSON answer says in words.
func TestWhatTheServerSays(t *testing.T) {
	for body, want := range map[string]string{
		`{"reason": "no rights"}`:                   "no rights",
		`{"message": "gone", "reason": "whatever"}`: "gone",
		`{"code": 5}`:                           `{"code": 5}`,
		"plain\n text":                          "plain text",
		"<!DOCTYPE html><title>Sign in</title>": `the server answered with a web page titled "Sign in"`,
	} {
		o := selectPart(t, &fakeServer{answer: func(*http.Request, string) (int, string) { return 500, body }})
		_, err := o.Get(t.Context(), "name")
		var refused *client.ServerError
		if !errors.As(err, &refused) || refused.Message != want {
			t.Errorf("%s: got %v, want the message %q", body, err, want)
		}
	}
}
