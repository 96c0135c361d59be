package outcomes_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cbscript/cbscript/client/jobs"
	"github.com/cbscript/cbscript/runtime/outcomes"
	"github.com/cbscript/cbscript/runtime/output"
)

var update = flag.Bool("update", false, "write the golden files anew")

// fleet gives a record of each kind, and of done ones until there are n.
func fleet(n int) []jobs.Record {
	begun := time.Date(2016, 11, 11, 20, 0, 0, 0, time.UTC)
	var list []jobs.Record
	add := func(state jobs.State, outcome jobs.Outcome, change func(*jobs.Record)) {
		id := len(list) + 1
		r := jobs.Record{Key: jobs.Key{Server: "response https://cb.example", Endpoint: int64(id), Occurrence: 1, Name: "uptime"}, State: state, Outcome: outcome,
			Host: fmt.Sprintf("WS-HR-%02d", id), Run: 2, Tries: 1, Began: true,
			Submitted: begun, Started: begun.Add(time.Second), Ended: begun.Add(1250 * time.Millisecond)}
		change(&r)
		list = append(list, r)
	}
	never := func(r *jobs.Record) {
		r.Tries, r.Began, r.Started, r.Ended = 0, false, time.Time{}, time.Time{}
	}
	fails := func(class, text string, tries int, took time.Duration) func(*jobs.Record) {
		return func(r *jobs.Record) {
			r.Failure, r.Tries, r.Ended = &jobs.Failure{Class: class, Text: text}, tries, r.Started.Add(took)
		}
	}
	add(jobs.Done, jobs.OutcomeDone, func(r *jobs.Record) { r.Value, r.Run = json.RawMessage("1"), 1 })
	add(jobs.Failed, jobs.OutcomeFailed, fails("LiveResponseError", "get_file \"c:\\x\x1b[2J\": ERROR_FILE_NOT_FOUND\nand more "+strings.Repeat("x", 300), 3, 89*time.Second))
	list[1].Host = "WS\u202eEVIL"
	add(jobs.Failed, jobs.OutcomeTimedOut, fails("TimeoutError", "the job on sensor 3 took longer than 30s", 1, 30*time.Second))
	add(jobs.Failed, jobs.OutcomeOffline, func(r *jobs.Record) {
		never(r)
		r.Failure = &jobs.Failure{Class: "TimeoutError", Text: "sensor 4 is offline: it did not check in within 2m0s"}
	})
	add(jobs.Running, "", func(r *jobs.Record) { r.Ended = time.Time{} })
	add(jobs.Running, "", func(r *jobs.Record) { r.Ended, r.Changing = time.Time{}, true })
	add(jobs.Offline, "", never)
	add(jobs.Waiting, "", never)
	add(jobs.Cancelled, jobs.OutcomeNotRun, func(r *jobs.Record) {
		never(r)
		r.Failure, r.Key.Occurrence = &jobs.Failure{Class: "Error", Text: "the job was cancelled"}, 2
	})
	add(jobs.Cancelled, jobs.OutcomeFailed, func(r *jobs.Record) {
		r.Failure, r.Changing = &jobs.Failure{Class: "Error", Text: "the job was cancelled"}, true
	})
	for len(list) < n {
		add(jobs.Done, jobs.OutcomeDone, func(*jobs.Record) {})
	}
	return list[:n]
}

// golden compares text with a file of testdata. Accept a change with go test ./runtime/outcomes -update.
func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s\ngo test ./runtime/outcomes -update accepts it", file, diff)
	}
}

func TestWrite(t *testing.T) {
	several := fleet(3)
	several[2].Key.Server = "response https://lab.example"
	for _, test := range []struct {
		name         string
		list         []jobs.Record
		o            outcomes.Options
		done, others int
	}{
		{name: "short", list: fleet(11)},
		{name: "narrow", list: fleet(11), o: outcomes.Options{Width: 80}},
		{name: "two-servers", list: several},
		{name: "long", list: fleet(40), done: 31},
		{name: "all", list: fleet(25), o: outcomes.Options{All: true}},
	} {
		t.Run(test.name, func(t *testing.T) {
			var text bytes.Buffer
			done, others, err := outcomes.Write(&text, test.list, test.o)
			if err != nil || done != test.done || others != test.others {
				t.Errorf("left out %d and %d, error %v; want %d and %d", done, others, err, test.done, test.others)
			}
			golden(t, test.name+".txt", text.String())
		})
	}
}

// TestWriteBound holds that a table of failures ends somewhere.
func TestWriteBound(t *testing.T) {
	list := make([]jobs.Record, 1000)
	for i := range list {
		list[i].Key.Endpoint, list[i].State = int64(i), jobs.Offline
	}
	list[7].State, list[7].Outcome = jobs.Done, jobs.OutcomeDone
	var text bytes.Buffer
	if done, others, err := outcomes.Write(&text, list, outcomes.Options{}); done != 1 || others != 949 || err != nil || strings.Count(text.String(), "\n") != 51 {
		t.Errorf("left out %d and %d, error %v, wrote\n%s", done, others, err, text.String())
	}
}

func TestSummary(t *testing.T) {
	for _, test := range []struct {
		list []jobs.Record
		run  int
		want string
	}{
		{nil, 1, "0 jobs"},
		{fleet(1), 1, "1 job: 1 done"},
		{fleet(11), 1, "11 jobs: 2 done, 1 failed, 1 timed out, 3 interrupted, 2 offline, 2 not run"},
		{fleet(11), 2, "11 jobs: 2 done, 1 failed, 1 timed out, 3 interrupted, 2 offline, 2 not run; 1 of them in an earlier run"},
	} {
		if got := outcomes.Summary(test.list, test.run); got != test.want {
			t.Errorf("got %q, want %q", got, test.want)
		}
	}
}

func TestProgress(t *testing.T) {
	for want, c := range map[string]jobs.Counts{
		"jobs 0/0 done":                      {},
		"jobs 1/4 done, 2 running, 1 failed": {Done: 1, Running: 2, Failed: 1},
		"jobs 1/16 done, 3 running, 2 failed, 4 waiting, 6 offline": {Done: 1, Failed: 2, Running: 3, Waiting: 4, Offline: 6},
		"jobs 0/7 done, 7 not run":                                  {Cancelled: 3, NotRun: 4},
	} {
		if got := outcomes.Progress(c); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestSort(t *testing.T) {
	at := func(server string, sensor int64, name string, occurrence int) jobs.Record {
		return jobs.Record{Key: jobs.Key{Server: server, Endpoint: sensor, Name: name, Occurrence: occurrence}}
	}
	want := []jobs.Record{at("a", 2, "f", 1), at("a", 10, "f", 1), at("a", 10, "f", 2), at("a", 10, "g", 1), at("b", 1, "f", 1)}
	got := []jobs.Record{want[4], want[3], want[2], want[1], want[0]}
	outcomes.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// TestFiles writes lines to new files, over old ones, and where it cannot.
func TestFiles(t *testing.T) {
	var rows []output.Row
	for _, r := range fleet(11) {
		rows = append(rows, outcomes.Row(r))
	}
	lines, err := outcomes.Lines(rows)
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "lines.jsonl", string(lines))
	dir := t.TempDir()
	file := filepath.Join(dir, "x.jsonl")
	for range 2 {
		if err := outcomes.Replace(file, lines); err != nil {
			t.Fatal(err)
		}
	}
	journal := filepath.Join(dir, "state", "outcomes.jsonl")
	for range 2 {
		if err := outcomes.Append(journal, lines); err != nil {
			t.Fatal(err)
		}
	}
	for name, want := range map[string]string{file: string(lines), journal: string(lines) + string(lines)} {
		got, err := os.ReadFile(name)
		if diff := cmp.Diff(want, string(got)); diff != "" || err != nil {
			t.Errorf("%s: %v, -want +got:\n%s", name, err, diff)
		}
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 2 {
		t.Errorf("there are %v, %v", entries, err)
	}
	var failed *outcomes.FileError
	for _, err := range []error{outcomes.Replace(filepath.Join(dir, "none", "x"), lines), outcomes.Replace(dir, lines),
		outcomes.Append(dir, lines), outcomes.Append(filepath.Join(file, "x"), lines)} {
		if !errors.As(err, &failed) || strings.Count(err.Error(), dir) != 1 {
			t.Errorf("got %v", err)
		}
	}
}
