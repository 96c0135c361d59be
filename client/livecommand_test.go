package client_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cbscript/cbscript/client"
)

func TestJudgeLiveCommand(t *testing.T) {
	for _, test := range []struct {
		body string
		want []client.Capability
		bad  bool
	}{
		{body: `{"name": "get file", "object": "c:\\x", "session_id": 7}`, want: []client.Capability{client.Respond}},
		{body: `{"object": {"name": "kill"}, "list": ["name"], "name": "process list"}`, want: []client.Capability{client.Respond}},
		{body: `{"name": "kill", "object": 4}`, want: []client.Capability{client.RespondWrite}},
		{body: `{"name": "a command of a later version"}`, want: []client.Capability{client.RespondWrite}},
		{body: `{"name": "kill", "name": "get file"}`, bad: true},
		{body: `{"name": "get file", "NAME": "kill"}`, bad: true},
		{body: `{"name": "get file"} {"name": "kill"}`, bad: true},
		{body: `{"list": [{"a": 1}], "name": "kill", "name": "get file"}`, bad: true},
		{body: `{"Name": "get file"}`, bad: true},
		{body: `{"name": ["get file"]}`, bad: true},
		{body: `["get file"]`, bad: true},
		{body: ``, bad: true},
	} {
		got, err := client.JudgeLiveCommand([]byte(test.body))
		if (err != nil) != test.bad {
			t.Errorf("%s: got error %v, want one: %v", test.body, err, test.bad)
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.body, diff)
		}
	}
}

func FuzzJudgeLiveCommand(f *testing.F) {
	f.Add([]byte(`{"name": "get file"}`))
	f.Add([]byte(`{"name": "kill", "name": "get file"}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		if needs, err := client.JudgeLiveCommand(body); (err == nil) != (len(needs) == 1) {
			t.Errorf("%q needs %v, error %v", body, needs, err)
		}
	})
}

func TestMembers(t *testing.T) {
	for text, want := range map[string]string{
		`{"a": 1, "b": {"a": 2}}`: "", ` {} `: "", `{"a": 1, "a": 2}`: `twice`, `{"a": 1, "\u0061": 2}`: `twice`, `[]`: "no JSON object", `null`: "no JSON object",
		`{"a": 1} {}`: "more behind", `{"a": 1}x`: "more behind", `{"a"`: "EOF", ``: "EOF", `{"a": 1,}`: "invalid character",
	} {
		members, err := client.Members([]byte(text))
		if want == "" && (err != nil || members == nil) || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: got %v, want an error with %q", text, err, want)
		}
	}
}

// FuzzMembers holds that what is read as an object is one, with these members.
func FuzzMembers(f *testing.F) {
	for _, text := range []string{`{"a": 1}`, `{"a": 1, "a": 2}`, `{"a": 1, "\u0061": 2}`, `{"a": [{"b": 1}], "c": null}`, `{} {}`, "{\"\xff\": 1, \"\xfe\": 2}"} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		members, err := client.Members(text)
		if err != nil {
			return
		}
		var whole map[string]json.RawMessage
		if err := json.Unmarshal(text, &whole); err != nil || len(whole) != len(members) {
			t.Errorf("%q has %d members, as a whole %d: %v", text, len(members), len(whole), err)
		}
	})
}
