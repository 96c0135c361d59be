package client_test

import (
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
