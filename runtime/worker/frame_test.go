package worker

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/gate"
	"github.com/cbscript/cbscript/client/plain"
	"github.com/cbscript/cbscript/runtime"
)

// told is what scripts, reports and exit codes see of an error.
type told struct {
	Text, Kind, Hint string
	Facts            map[string]any
	Timeout          bool
	Code             int
	Gate             gate.Kind
}

func tell(err error) told {
	got := told{Text: err.Error(), Code: runtime.ExitCode(err), Gate: -1}
	var kinded interface {
		Kind() string
		Facts() map[string]any
	}
	if errors.As(err, &kinded) {
		got.Kind, got.Facts = kinded.Kind(), kinded.Facts()
	}
	var hinted interface{ Hint() string }
	if errors.As(err, &hinted) {
		got.Hint = hinted.Hint()
	}
	var timeout interface{ Timeout() bool }
	got.Timeout = errors.As(err, &timeout) && timeout.Timeout()
	var fault *gate.Error
	if errors.As(err, &fault) {
		got.Gate = fault.Kind
	}
	return got
}

// TestFaults sends errors to the other process: they must be told there as here.
func TestFaults(t *testing.T) {
	permission := &client.PermissionError{Capability: client.Isolate, Action: "save Sensor 7"}
	limits := runtime.Limits{Memory: 1 << 20}.Filled()
	for _, err := range []error{
		errors.New("plain"),
		fmt.Errorf("wrapped: %w", permission),
		&gate.Error{Op: "check", Method: "PUT", URI: "https://cb.example/x", Kind: gate.Denied, Err: permission},
		&gate.Error{Op: "read", Method: "GET", URI: "https://cb.example/x", Kind: gate.Timeout, Err: errors.New("too long"), Advice: "wait"},
		&gate.Error{Op: "send", Method: "GET", URI: "https://cb.example/x", Kind: gate.Canceled},
		limits.Exceeded("memory"),
		&client.ObjectNotFoundError{Method: "GET", URI: "https://cb.example/x\xff", Message: "gone"},
	} {
		got := faultOf(newFault(err).header())
		want := tell(err)
		for name, v := range want.Facts { // numbers become those that scripts see
			if n, ok := v.(int); ok {
				want.Facts[name] = int64(n)
			}
		}
		if diff := cmp.Diff(want, tell(got)); diff != "" {
			t.Errorf("%v (-want +got):\n%s", err, diff)
		}
	}
	if newFault(nil).error() != nil {
		t.Error("no error became one")
	}
}

func TestOutbox(t *testing.T) {
	o := newOutbox()
	for i := range 3 {
		if err := o.send(notice{Loop: &loop{ID: i}}); err != nil {
			t.Fatal(err)
		}
	}
	long := text(strings.Repeat("x", maxFrame))
	if err := o.send(notice{Print: &long}); err == nil || !strings.Contains(err.Error(), "more than the") {
		t.Errorf("a message that is too large: %v", err)
	}
	o.finish()
	for i := range 3 {
		var n notice
		if err := readFrame(o, &n); err != nil {
			t.Fatal(err)
		}
		if n.Loop.ID != i {
			t.Errorf("message %d is %+v", i, n.Loop)
		}
	}
	if err := o.send(notice{}); err == nil {
		t.Error("a message after the end was taken")
	}
}

func FuzzReadFrame(f *testing.F) {
	for _, n := range []any{notice{Row: []cell{{"a", plain.Pack(map[string]any{"k": 1})}}}, notice{Done: &done{Failed: true}}, order{Stop: newFault(errors.New("x"))}} {
		frame, err := appendFrame(nil, n)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(frame)
	}
	f.Add([]byte("\xff\xff\xff\xff"))
	f.Fuzz(func(t *testing.T, b []byte) {
		var n notice
		if readFrame(bytes.NewReader(b), &n) != nil {
			return
		}
		for _, c := range n.Row {
			if v, err := unpack(c.Value); err == nil {
				if _, err := json.Marshal(plain.Pack(v)); err != nil {
					t.Errorf("%v cannot be packed again: %v", v, err)
				}
			}
		}
	})
}

func FuzzFault(f *testing.F) {
	f.Add(newFault(errors.New("x")).header())
	f.Add("e30=")
	f.Fuzz(func(t *testing.T, header string) {
		if err := faultOf(header); err != nil && tell(err).Code == 0 {
			t.Errorf("%q is an error with the exit code of success", header)
		}
	})
}
