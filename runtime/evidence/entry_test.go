package evidence_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/runtime/evidence"
)

// TestEntry holds the text of a line, which other programs read.
func TestEntry(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	book := evidence.NewBook()
	book.Note(client.Receipt{SHA256: sha("a"), Size: 1, Kind: client.ReceiptFile, Product: "response", Server: "https://cb.example", Profile: "prod",
		Sensor: 11, Host: "WS\x1b[31m\n{\"n\":2}\u009b31m\u202e\x7f\U000e0041é", Session: "7", Path: "c:\\a", Offset: 1, Count: 2, Created: at, Modified: at, Accessed: at, Listed: at,
		Completed: at, Answered: at, Received: at})
	dir := collect(t, book, "a", "b")
	got, err := os.ReadFile(filepath.Join(dir, "manifest.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"n":1,"previous":"0000000000000000000000000000000000000000000000000000000000000000","name":"a","size":1,` +
		`"md5":"0cc175b9c0f1b6a831c399e269772661","sha256":"ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb","saved":"2026-01-02T03:04:05Z",` +
		`"script":"x.star","script_sha256":"abababababababababababababababababababababababababababababababab","version":"v1",` +
		`"sources":[{"kind":"file","product":"response","server":"https://cb.example","profile":"prod","sensor":11,"host":"WS\u001b[31m\n{\"n\":2}\u009b31m\u202e\u007f\udb40\udc41é","session":"7",` +
		`"path":"c:\\a","offset":1,"count":2,"created":"2026-01-02T03:04:05Z","modified":"2026-01-02T03:04:05Z","accessed":"2026-01-02T03:04:05Z",` +
		`"listed":"2026-01-02T03:04:05Z","completed":"2026-01-02T03:04:05Z","answered":"2026-01-02T03:04:05Z","received":"2026-01-02T03:04:05Z"}]}`
	lines := strings.Split(string(got), "\n")
	if diff := cmp.Diff(want, lines[0]); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if len(lines) != 3 || lines[2] != "" {
		t.Errorf("there are %d lines, want 2 with their ends", len(lines)-1)
	}
}

func FuzzParseEntry(f *testing.F) {
	dir := collect(f, nil, "a", "b")
	text, err := os.ReadFile(filepath.Join(dir, "manifest.jsonl"))
	if err != nil {
		f.Fatal(err)
	}
	for line := range bytes.Lines(text) {
		f.Add(bytes.TrimSuffix(line, []byte("\n")))
	}
	f.Add([]byte(`{"n":1}`))
	f.Add([]byte(`{"n":1,"name":"../x","saved":"9999-01-01T00:00:00+23:59"}`))
	f.Fuzz(func(t *testing.T, line []byte) {
		e, err := evidence.ParseEntry(line)
		if err != nil {
			return
		}
		again, err := json.Marshal(e)
		if err != nil || !bytes.Equal(again, line) || bytes.ContainsAny(line, "\n\r\x1b\x7f\u009b\u202e") {
			t.Errorf("%q was taken for an entry, which is written as %q", line, again)
		}
		if strings.Contains(e.Name, "..") && strings.Contains("/"+e.Name+"/", "/../") {
			t.Errorf("the name %q was accepted", e.Name)
		}
	})
}
