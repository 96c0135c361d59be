package outcomes_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cbscript/cbscript/client/jobs"
	"github.com/cbscript/cbscript/runtime/outcomes"
)

// memory is a store.
type memory struct {
	records map[jobs.Key]jobs.Record
	fail    error
}

func (m *memory) Load(_ context.Context, k jobs.Key) (jobs.Record, bool, error) {
	r, ok := m.records[k]
	return r, ok, m.fail
}

func (m *memory) Save(_ context.Context, r jobs.Record) error {
	m.records[r.Key] = r
	return m.fail
}

// TestLedger passes records on as they are, and keeps the last of each without what a table has no room for.
func TestLedger(t *testing.T) {
	first, second, third := fleet(3)[0], fleet(3)[1], fleet(3)[2]
	second.Failure.Text = strings.Repeat("é", 2000)
	second.Failure.Data = map[string]any{"path": "c:\\x"}
	store := &memory{records: map[jobs.Key]jobs.Record{third.Key: third}}
	l := outcomes.NewLedger(store)
	begun := first
	begun.State, begun.Outcome, begun.Value = jobs.Running, "", nil
	for _, r := range []jobs.Record{second, begun, first} {
		if err := l.Save(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
	l.Ended(third)
	if diff := cmp.Diff(map[jobs.Key]jobs.Record{first.Key: first, second.Key: second, third.Key: third}, store.records); diff != "" {
		t.Errorf("kept: -want +got:\n%s", diff)
	}
	r, found, err := l.Load(t.Context(), first.Key)
	if diff := cmp.Diff(first, r); diff != "" || !found || err != nil {
		t.Errorf("loaded: %v, %v, -want +got:\n%s", found, err, diff)
	}
	first.Value = nil
	short := second
	short.Failure = &jobs.Failure{Class: "LiveResponseError", Text: strings.Repeat("é", 512) + "..."}
	if diff := cmp.Diff([]jobs.Record{first, short, third}, l.Records()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	store.fail = errors.New("the disk is full")
	if err := l.Save(t.Context(), first); !errors.Is(err, store.fail) {
		t.Errorf("got %v, want the store's error", err)
	}
}

// TestLedgerAlone has no store: nothing is known of earlier runs, and there is an end to what is kept.
func TestLedgerAlone(t *testing.T) {
	l := outcomes.NewLedger(nil)
	r := fleet(1)[0]
	if err := l.Save(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	if _, found, err := l.Load(t.Context(), r.Key); found || err != nil {
		t.Errorf("found %v, %v", found, err)
	}
	for i := range outcomes.MaxJobs {
		r.Key.Endpoint = int64(i)
		l.Ended(r)
	}
	var full *outcomes.FullError
	r.Key.Endpoint = outcomes.MaxJobs
	if err := l.Save(t.Context(), r); !errors.As(err, &full) {
		t.Errorf("got %v", err)
	}
}

func ExampleLedger() {
	l := outcomes.NewLedger(nil)
	key := jobs.Key{Server: "response https://cb.example", Endpoint: 7, Occurrence: 1, Name: "uptime"}
	l.Ended(jobs.Record{Key: key, State: jobs.Done, Outcome: jobs.OutcomeDone, Run: 1, Tries: 1, Value: json.RawMessage("1")})
	list := l.Records()
	fmt.Println(outcomes.Summary(list, 1))
	var table bytes.Buffer
	if _, _, err := outcomes.Write(&table, list, outcomes.Options{}); err != nil {
		fmt.Println(err)
	}
	fmt.Print(table.String())
	// Output:
	// 1 job: 1 done
	// sensor  host  function  outcome  tries  took  why
	//      7        uptime    done         1
}
