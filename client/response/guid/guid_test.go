package guid_test

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cbscript/cbscript/client/cbtime"
	"github.com/cbscript/cbscript/client/response/guid"
)

const process = "00000001-0000-0e48-01d2-c2a397f4cfe0"

func TestParse(t *testing.T) {
	type parts struct {
		Process string
		Segment int64
		Text    string
		Old     bool
		Origin  guid.Origin
		Known   bool
	}
	origin := guid.Origin{Sensor: 1, PID: 3656, Created: 131381347032027104}
	tests := []struct {
		name, in string
		form     guid.Form
		want     parts
	}{
		{"process before 6", process, guid.Before6, parts{process, 1, process, false, origin, true}},
		{"process from 6", process, guid.From6, parts{process, 0, process, false, origin, true}},
		{"short segment before 6", process + "-0000000a", guid.Before6, parts{process, 10, process + "-0000000a", false, origin, true}},
		{"short segment from 6", process + "-00000001", guid.From6, parts{process, 1, process + "-000000000001", false, origin, true}},
		{"long segment", process + "-015bc4a1e3c2", guid.From6, parts{process, 1493652595650, process + "-015bc4a1e3c2", false, origin, true}},
		{"the first digit of the segment counts", process + "-f00000000001", guid.From6,
			parts{process, 0xf00000000001, process + "-f00000000001", false, origin, true}},
		{"segment 0 before 6", process + "-00000000", guid.Before6, parts{process, 1, process, false, origin, true}},
		{"segment 0 from 6", process + "-000000000000", guid.From6, parts{process, 0, process, false, origin, true}},
		{"upper case", strings.ToUpper(process), guid.From6, parts{strings.ToUpper(process), 0, strings.ToUpper(process), false, origin, true}},
		{"version 4", "123456789", guid.Before6, parts{Process: "123456789", Segment: 1, Text: "123456789", Old: true}},
		{"version 4, negative", "-8646911284551352321", guid.From6, parts{Process: "-8646911284551352321", Text: "-8646911284551352321", Old: true}},
		{"highest", "ffffffff-ffff-ffff-ffff-ffffffffffff", guid.From6, parts{"ffffffff-ffff-ffff-ffff-ffffffffffff", 0,
			"ffffffff-ffff-ffff-ffff-ffffffffffff", false, guid.Origin{Sensor: math.MaxUint32, PID: math.MaxUint32, Created: math.MaxUint64}, true}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			id, err := guid.Parse(test.in, test.form)
			if err != nil {
				t.Fatal(err)
			}
			got := parts{Process: id.Process(), Segment: id.Segment(), Text: id.String(), Old: id.IsOld()}
			got.Origin, got.Known = id.Origin()
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestParseErrors(t *testing.T) {
	const (
		lengths  = "want 36 characters, or 45 or 49 with a segment"
		lengths5 = "want 36 characters, or 45 with a segment"
		digits   = "want hexadecimal digits as in 00000001-0000-0e48-01d2-c2a397f4cfe0"
		segment  = "want a hyphen and hexadecimal digits for the segment"
	)
	tests := []struct {
		in   string
		form guid.Form
		want string
	}{
		{"", guid.From6, lengths}, {"00000001", guid.From6, ""}, {"+1", guid.From6, lengths}, {"1_0", guid.From6, lengths},
		{"99999999999999999999", guid.From6, lengths}, {process[1:], guid.From6, lengths}, {process + "-", guid.From6, lengths},
		{process + "-015bc4a1e3c2", guid.Before6, lengths5}, {process + "-015bc4a1e3c2f", guid.From6, lengths},
		{"0000000g-0000-0e48-01d2-c2a397f4cfe0", guid.From6, digits}, {"000000010-000-0e48-01d2-c2a397f4cfe0", guid.From6, digits},
		{"../../../../../api/v1/sensor/1/../..", guid.From6, digits}, {process + "/00000001", guid.From6, segment},
		{process + "-0000000g", guid.From6, segment}, {process + "--0000001", guid.From6, segment}, {process + "-0x000001", guid.From6, segment},
	}
	for _, test := range tests {
		t.Run(test.in, func(t *testing.T) {
			id, err := guid.Parse(test.in, test.form)
			var want error
			if test.want != "" {
				want = &guid.SyntaxError{Text: test.in, Want: test.want}
			}
			if diff := cmp.Diff(want, err); diff != "" {
				t.Errorf("%v, error (-want +got):\n%s", id, diff)
			}
		})
	}
	_, err := guid.Parse(strings.Repeat("é", 50), guid.From6)
	if want := `invalid process guid "` + strings.Repeat("é", 32) + `": ` + lengths; err == nil || err.Error() != want {
		t.Errorf("got error %v, want %s", err, want)
	}
}

func TestStart(t *testing.T) {
	origin := guid.Origin{Sensor: 1, PID: 3656, Created: 131381347032027104}
	if got := origin.String(); got != process {
		t.Errorf("String() = %s, want %s", got, process)
	}
	want := time.Date(2017, 5, 1, 17, 51, 43, 202710000, time.UTC)
	if got, ok := origin.Start(); !ok || !got.Equal(want) || got.Location() != time.UTC {
		t.Errorf("Start() = %v, %v, want %v", got, ok, want)
	}
	if got, ok := (guid.Origin{Created: math.MaxUint64}).Start(); ok {
		t.Errorf("Start() of the highest identifier = %v, want it refused", got)
	}
}

func TestWithSegment(t *testing.T) {
	tests := []struct {
		form    guid.Form
		segment int64
		want    string
		number  int64
	}{
		{guid.Before6, 0, process, 1}, {guid.Before6, 2, process + "-00000002", 2}, {guid.Before6, 1 << 32, process, 1 << 32},
		{guid.From6, 0, process, 0}, {guid.From6, 1493652595650, process + "-015bc4a1e3c2", 1493652595650}, {guid.From6, -1, process, -1},
	}
	for _, test := range tests {
		id, err := guid.Parse(process+"-00000009", test.form)
		if err != nil {
			t.Fatal(err)
		}
		if got := id.WithSegment(test.segment); got.String() != test.want || got.Segment() != test.number {
			t.Errorf("segment %d: %s, %d, want %s, %d", test.segment, got, got.Segment(), test.want, test.number)
		}
	}
}

func TestZero(t *testing.T) {
	var id guid.ID
	if _, ok := id.Origin(); ok || id.String() != "" || id.IsOld() {
		t.Errorf("the zero ID is %q, with an origin: %v", id, ok)
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{process, process + "-00000001", process + "-015bc4a1e3c2", "-12", "00000001-0000-0e48-01d2_c2a397f4cfe0"} {
		f.Add(seed, true)
		f.Add(seed, false)
	}
	f.Fuzz(func(t *testing.T, text string, from6 bool) {
		form := guid.Before6
		if from6 {
			form = guid.From6
		}
		id, err := guid.Parse(text, form)
		if err != nil {
			var refused *guid.SyntaxError
			if !errors.As(err, &refused) || id != (guid.ID{}) {
				t.Errorf("Parse(%q) = %v, %v, want a *SyntaxError and nothing", text, id, err)
			}
			return
		}
		if again, err := guid.Parse(id.String(), form); err != nil || again != id {
			t.Errorf("Parse(%q) = %q, which reads %q, %v", text, id, again, err)
		}
		if strings.ContainsAny(id.String(), "/.%?#") {
			t.Errorf("Parse(%q) = %q, which is not safe in a path", text, id)
		}
		if origin, ok := id.Origin(); ok {
			if !strings.EqualFold(origin.String(), id.Process()) {
				t.Errorf("%q says %+v, which is written %s", text, origin, origin)
			}
			if start, ok := origin.Start(); ok {
				if ticks, ok := cbtime.Filetime(start); !ok || ticks/10 != origin.Created/10 {
					t.Errorf("%q starts at %v, which is %d", text, start, ticks)
				}
			}
		}
	})
}

func ExampleParse() {
	id, err := guid.Parse("00000001-0000-0e48-01d2-c2a397f4cfe0-015bc4a1e3c2", guid.From6)
	if err != nil {
		fmt.Println(err)
		return
	}
	origin, _ := id.Origin()
	start, _ := origin.Start()
	fmt.Println(id.Process(), id.Segment())
	fmt.Println("sensor", origin.Sensor, "pid", origin.PID, "started", cbtime.FormatIndex(start))
	// Output:
	// 00000001-0000-0e48-01d2-c2a397f4cfe0 1493652595650
	// sensor 1 pid 3656 started 2017-05-01T17:51:43.202710Z
}
