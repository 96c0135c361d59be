package events_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/cbscript/cbscript/client/jsondoc"
	"github.com/cbscript/cbscript/client/response/events"
)

// FuzzDecode checks that each entry becomes an event or a report, and that every event can be shown.
func FuzzDecode(f *testing.F) {
	position := map[string]uint8{}
	for i, typ := range events.Types() {
		position[typ.List] = uint8(i)
	}
	for _, test := range entryTests() {
		f.Add(position[test.list], uint8(test.version), strings.NewReplacer("\n", " ", "\t", "").Replace(test.entry))
	}
	f.Add(uint8(1), uint8(4), `""`)
	f.Fuzz(func(t *testing.T, list, version uint8, entry string) {
		typ := events.Types()[int(list)%len(events.Types())]
		if !json.Valid([]byte(entry)) {
			quoted, err := json.Marshal(entry)
			if err != nil {
				t.Fatal(err)
			}
			entry = string(quoted)
		}
		d, err := jsondoc.ParseObject([]byte(`{"id": "g", "`+typ.List+`": [`+entry+`, `+entry+`]}`), nil)
		if err != nil {
			return // nested too deep, or not UTF-8
		}
		got, err := read(t, d, typ.List, events.V1+events.Version(version%4))
		failed := 0
		if err != nil {
			var incomplete *events.IncompleteError
			if !errors.As(err, &incomplete) || incomplete.List != typ.List || incomplete.Entries != 2 || len(incomplete.Reported) != incomplete.Failed {
				t.Fatalf("error %#v", err)
			}
			failed = incomplete.Failed
		}
		none := 0
		if typ.List == "filemod_complete" && strings.Trim(entry, " \t\r\n") == `""` {
			none = 2
		}
		if len(got)+failed+none != 2 {
			t.Errorf("2 entries %s gave %d events and %d reports", entry, len(got), failed)
		}
		for _, e := range got {
			if !strings.HasPrefix(events.Text(e), typ.Title+":\ntimestamp            : ") {
				t.Errorf("printed as %q", events.Text(e))
			}
			for _, a := range e.Type().Attributes {
				checkAttribute(t, a, e)
			}
		}
	})
}

func checkAttribute(t *testing.T, a events.Attribute, e events.Event) {
	t.Helper()
	switch v := a.Get(e).(type) {
	case string, bool, int64, nil:
	case time.Time:
		if v.Location() != time.UTC {
			t.Errorf("%s is %v, want it in UTC", a.Name, v)
		}
	case map[string]any:
		if a.Name != "proc_data" {
			t.Errorf("%s is %v", a.Name, v)
		}
	default:
		if a.Returns == "string" && a.Name != "type" && a.Name != "event" && a.Name != "result" {
			t.Errorf("%s is a %T", a.Name, v)
		}
	}
}
