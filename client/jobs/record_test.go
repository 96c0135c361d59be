package jobs_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cbscript/cbscript/client/jobs"
)

func TestKeyText(t *testing.T) {
	for _, k := range []jobs.Key{
		{Server: "response https://cb.example.com", Endpoint: 7, Occurrence: 1, Name: "collect"},
		{Server: "response https://[fe80::1%25eth0]:8443", Endpoint: 1 << 40, Name: "a|b|7"},
		{Server: "odd|%7C|", Endpoint: -1, Occurrence: 3, Name: "x"},
	} {
		got, err := jobs.ParseKey(k.String())
		if diff := cmp.Diff(k, got); err != nil || diff != "" {
			t.Errorf("%q: %v (-want +got):\n%s", k.String(), err, diff)
		}
	}
	want := "response https://cb.example.com|7|2|collect"
	if got := (jobs.Key{Server: "response https://cb.example.com", Endpoint: 7, Occurrence: 2, Name: "collect"}).String(); got != want {
		t.Errorf("got %q, want %q: files of earlier versions are not read any more", got, want)
	}
	for _, text := range []string{"", "a|1|1", "a|x|1|n", "a|1|x|n", "a|1|-1|n", "a|1|1|", "a|01|1|n", "a|1|+1|n", "a|1|1|\xff", "a%|1|1|n", "a|1|1|" + strings.Repeat("x", 513)} {
		var wrong *jobs.KeyError
		if k, err := jobs.ParseKey(text); !errors.As(err, &wrong) {
			t.Errorf("%q gave %+v, %v", text, k, err)
		}
	}
}

// failed is an error with all that a failure keeps.
type failed struct{ facts map[string]any }

func (failed) Error() string           { return "it failed: \xff" }
func (failed) Kind() string            { return "ServerError" }
func (f failed) Facts() map[string]any { return f.facts }
func (failed) Hint() string            { return "try again" }

func TestRecordForm(t *testing.T) {
	at := time.Date(2026, 11, 24, 22, 0, 0, 5, time.UTC)
	key := jobs.Key{Server: "response https://cb", Endpoint: 7, Occurrence: 1, Name: "f"}
	facts := map[string]any{"status": int64(500), "when": at, "raw": []byte{1}}
	for _, test := range []struct {
		name string
		in   jobs.Record
		want string
	}{
		{"waiting", jobs.Record{Key: key, State: jobs.Waiting, Run: 1, Submitted: at},
			`{"key":"response https://cb|7|1|f","state":"waiting","run":1,"submitted":"2026-11-24T22:00:00.000000005Z"}`},
		{"done with None", jobs.Record{Key: key, State: jobs.Done, Outcome: jobs.OutcomeDone, Host: "WS-1", Run: 2, Submitted: at, Started: at, Ended: at, Tries: 1, Began: true, Value: json.RawMessage("null")},
			`{"key":"response https://cb|7|1|f","state":"done","outcome":"done","host":"WS-1","run":2,"submitted":"2026-11-24T22:00:00.000000005Z","started":"2026-11-24T22:00:00.000000005Z","ended":"2026-11-24T22:00:00.000000005Z","tries":1,"began":true,"value":null}`},
		{"done, the value is not kept", jobs.Record{Key: key, State: jobs.Done, Outcome: jobs.OutcomeDone, Run: 1, Unkept: "it is a function"},
			`{"key":"response https://cb|7|1|f","state":"done","outcome":"done","run":1,"unkept":"it is a function"}`},
		{"failed", jobs.Record{Key: key, State: jobs.Failed, Outcome: jobs.OutcomeTimedOut, Run: 1, Began: true, Changing: true, Failure: jobs.FailureOf(failed{facts})},
			`{"key":"response https://cb|7|1|f","state":"failed","outcome":"timed out","run":1,"began":true,"changing":true,"failure":{"kind":"ServerError","text":"it failed: �","hint":"try again","facts":{"m":[["raw",{"b":"AQ=="}],["status",{"i":"500"}],["when",{"t":"2026-11-24T22:00:00.000000005Z"}]]}}}`},
	} {
		t.Run(test.name, func(t *testing.T) {
			b, err := test.in.Encode()
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, string(b)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			got, err := jobs.ParseRecord(b)
			if diff := cmp.Diff(test.in, got); err != nil || diff != "" {
				t.Errorf("%v (-want +got):\n%s", err, diff)
			}
		})
	}
}

func TestFailure(t *testing.T) {
	if f := jobs.FailureOf(nil); f != nil {
		t.Errorf("got %v for no error", f)
	}
	plainOne := jobs.FailureOf(errors.New("x"))
	if diff := cmp.Diff(&jobs.Failure{Class: "Error", Text: "x"}, plainOne); diff != "" || plainOne.Facts() == nil {
		t.Errorf("facts %v (-want +got):\n%s", plainOne.Facts(), diff)
	}
	large := jobs.FailureOf(failed{map[string]any{"details": strings.Repeat("x", 300<<10)}})
	if len(large.Facts()) != 0 || large.Kind() != "ServerError" || large.Hint() != "try again" {
		t.Errorf("got %d facts, %s, %q", len(large.Facts()), large.Kind(), large.Hint())
	}
	if long := jobs.FailureOf(errors.New(strings.Repeat("x", 100<<10))); len(long.Error()) > 65<<10 {
		t.Errorf("the text has %d bytes", len(long.Error()))
	}
}

func TestBadRecords(t *testing.T) {
	const key = `"key":"s|7|1|f"`
	for _, text := range []string{``, `[]`, `{}`, `{"state":"waiting"}`, `{"key":"x","state":"waiting"}`, `{` + key + `}`, `{` + key + `,"state":"odd"}`,
		`{` + key + `,"state":"done"}`, `{` + key + `,"state":"waiting","outcome":"done"}`, `{` + key + `,"state":"failed","outcome":"odd"}`,
		`{` + key + `,"state":"failed","outcome":"done"}`, `{` + key + `,"state":"done","outcome":"failed","value":1}`,
		`{` + key + `,"state":"done","outcome":"done"}`, `{` + key + `,"state":"waiting","tries":-1}`, `{` + key + `,"state":"waiting","changing":true}`,
		`{` + key + `,"state":"waiting","value":1}`, `{` + key + `,"state":"failed","outcome":"failed","failure":{"facts":[1]}}`,
		`{` + key + `,"state":"failed","outcome":"failed","failure":{"facts":["a"]}}`, `{` + key + `,"state":"waiting","host":"` + strings.Repeat("x", jobs.MaxRecord) + `"}`} {
		var wrong *jobs.RecordError
		if r, err := jobs.ParseRecord([]byte(text)); !errors.As(err, &wrong) {
			t.Errorf("%.100q gave %+v, %v", text, r, err)
		}
	}
	tooLarge := jobs.Record{Key: jobs.Key{Name: "f"}, Host: strings.Repeat("x", jobs.MaxRecord)}
	if _, err := tooLarge.Encode(); err == nil {
		t.Error("a record larger than the bound was encoded")
	}
}

func FuzzParseRecord(f *testing.F) {
	f.Add([]byte(`{"key":"s|7|1|f","state":"done","outcome":"done","began":true,"tries":1,"value":{"i":"7"},"ended":"2026-11-24T22:00:00Z"}`))
	f.Add([]byte(`{"key":"s|7|0|f","state":"failed","outcome":"failed","failure":{"kind":"Error","text":"x","facts":{"m":[["a",true]]}}}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := jobs.ParseRecord(b)
		if err != nil {
			return
		}
		again, err := r.Encode()
		if err != nil {
			var large *jobs.RecordError
			if errors.As(err, &large) { // escapes may make it longer
				return
			}
			t.Fatal(err)
		}
		same, err := jobs.ParseRecord(again)
		if err != nil {
			t.Fatalf("%s: %v", again, err)
		}
		last, err := same.Encode()
		if err != nil || string(last) != string(again) {
			t.Errorf("%v: %s became %s", err, again, last)
		}
	})
}

func FuzzParseKey(f *testing.F) {
	f.Add("response https://cb|7|1|collect")
	f.Add("a%7C|7|0|x|y")
	f.Fuzz(func(t *testing.T, text string) {
		if k, err := jobs.ParseKey(text); err == nil && k.String() != text {
			t.Errorf("%q is read as %q", text, k)
		}
	})
}
