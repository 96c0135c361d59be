package journal_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	goruntime "runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cbscript/cbscript/client/credentials"
	"github.com/cbscript/cbscript/client/gate"
	"github.com/cbscript/cbscript/client/journal"
)

func request(t *testing.T, method string) *http.Request {
	t.Helper()
	return httptest.NewRequestWithContext(t.Context(), method, "https://cb.example.com/api/v1/sensor/7", nil)
}

func TestJournal(t *testing.T) {
	file := filepath.Join(t.TempDir(), "state", "journal.jsonl")
	j := journal.New(file, journal.Source{Script: "isolate.star", SHA256: "ab"})
	if err := j.Check(request(t, http.MethodGet)); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(file); !errors.Is(err, os.ErrNotExist) {
		t.Fatalf("reading made the file: %v", err)
	}
	if err := j.Check(request(t, http.MethodPut)); err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	j.Record(gate.Entry{Time: at, Product: credentials.Response, Profile: "lab", Server: "https://cb.example.com", Method: "PUT",
		Path: "/api/v1/sensor/7?a=b", Status: 204, Outcome: gate.Done, Tries: 1})
	j.Record(gate.Entry{Time: at, Product: credentials.Response, Profile: "lab", Server: "https://cb.example.com", Method: "POST",
		Path: "/api/group", Outcome: gate.Unknown, Tries: 2, Error: "the connection broke", At: "lib/groups.star:12"})
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	again := journal.New(file, journal.Source{})
	again.Record(gate.Entry{Time: at, Product: credentials.Protection, Profile: "lab", Server: "https://p", Method: "DELETE", Path: "/x",
		Status: 403, Outcome: gate.Failed, Tries: 1})
	if err := again.Close(); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"time":"2026-01-02T03:04:05Z","script":"isolate.star","sha256":"ab","product":"response","profile":"lab","server":"https://cb.example.com","method":"PUT","path":"/api/v1/sensor/7?a=b","status":204,"outcome":"done","tries":1}
{"time":"2026-01-02T03:04:05Z","script":"isolate.star","sha256":"ab","at":"lib/groups.star:12","product":"response","profile":"lab","server":"https://cb.example.com","method":"POST","path":"/api/group","outcome":"unknown","tries":2,"error":"the connection broke"}
{"time":"2026-01-02T03:04:05Z","product":"protection","profile":"lab","server":"https://p","method":"DELETE","path":"/x","status":403,"outcome":"failed","tries":1}
`
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if info, err := os.Stat(file); err != nil || goruntime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, error %v, want 0600", info.Mode(), err)
	}
}

func TestJournalThatCannotBeWritten(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "file"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{dir, filepath.Join(dir, "file", "below")} {
		j := journal.New(file, journal.Source{})
		if err := j.Check(request(t, http.MethodGet)); err != nil {
			t.Errorf("reading was refused: %v", err)
		}
		err := j.Check(request(t, http.MethodDelete))
		var failed *journal.Error
		if !errors.As(err, &failed) || failed.File != file || !strings.Contains(failed.Hint(), "--journal") {
			t.Errorf("got %v, want an *Error about %s", err, file)
		}
		if err := j.Close(); !errors.As(err, &failed) {
			t.Errorf("Close gives %v, want an *Error", err)
		}
	}
}

func TestConcurrentRecords(t *testing.T) {
	file := filepath.Join(t.TempDir(), "journal.jsonl")
	var all sync.WaitGroup
	for range 4 {
		j := journal.New(file, journal.Source{})
		t.Cleanup(func() { j.Close() })
		for range 25 {
			all.Go(func() { j.Record(gate.Entry{Method: "PUT", Path: "/x"}) })
		}
	}
	all.Wait()
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	line := `{"time":"0001-01-01T00:00:00Z","product":"","profile":"","server":"","method":"PUT","path":"/x","outcome":"","tries":0}` + "\n"
	if want := strings.Repeat(line, 100); string(got) != want {
		t.Errorf("the lines are mixed:\n%s", got)
	}
}
