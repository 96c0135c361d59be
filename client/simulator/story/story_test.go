package story_test

import (
	"bytes"
	"crypto/md5"
	"debug/elf"
	"debug/macho"
	"debug/pe"
	"encoding/hex"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cbscript/cbscript/client/simulator/story"
)

// TestTime checks that nothing happens before its cause or after the story's clock.
func TestTime(t *testing.T) {
	s := story.Standard()
	for _, p := range s.Processes {
		name := fmt.Sprintf("%s %s %q", p.Endpoint.Name, p.ID, p.Cmdline)
		last := s.Now
		if p.Terminated() {
			last = p.End
		}
		if !p.Endpoint.Online && last.After(p.Endpoint.LastSeen) && p.Terminated() {
			t.Errorf("%s: ends after its endpoint was last seen", name)
		}
		if p.Start.Before(p.Endpoint.Booted) {
			t.Errorf("%s: starts at %s, before its endpoint at %s", name, p.Start, p.Endpoint.Booted)
		}
		if last.After(s.Now) || last.Before(p.Start) {
			t.Errorf("%s: runs from %s to %s", name, p.Start, last)
		}
		if q := p.Parent; q != nil && (p.Start.Before(q.Start) || q.Terminated() && p.Start.After(q.End)) {
			t.Errorf("%s: starts at %s, but its parent %q runs from %s to %s", name, p.Start, q.Cmdline, q.Start, q.End)
		}
		for _, at := range times(&p.Events) {
			if at.Before(p.Start) || at.After(s.Now) {
				t.Errorf("%s: an event at %s, out of %s to %s", name, at, p.Start, last)
			}
		}
	}
}

func times(e *story.Events) []time.Time {
	var list []time.Time
	for _, m := range e.Modloads {
		list = append(list, m.Time)
	}
	for _, f := range e.Filemods {
		list = append(list, f.Time)
	}
	for _, g := range e.Regmods {
		list = append(list, g.Time)
	}
	for _, n := range e.Netconns {
		list = append(list, n.Time)
	}
	for _, c := range e.Childprocs {
		list = append(list, c.Time)
	}
	for _, c := range e.Crossprocs {
		list = append(list, c.Time)
	}
	for _, b := range e.Blocks {
		list = append(list, b.Time)
	}
	return list
}

// TestSegments checks that the segments of a process are all of its events, in order.
func TestSegments(t *testing.T) {
	many := 0
	for _, p := range story.Standard().Processes {
		if len(p.Segments) == 0 {
			t.Fatalf("%s has no segment", p.ID)
		}
		if len(p.Segments) > 1 {
			many++
		}
		n, id := 0, int64(0)
		var before time.Time
		for _, s := range p.Segments {
			if s.ID <= id || s.ID != s.Stored.UnixMilli() {
				t.Errorf("%s: segment %d after %d, stored at %s", p.ID, s.ID, id, s.Stored)
			}
			for _, at := range times(&s.Events) {
				n++
				if at.Before(before) || at.After(s.Stored) {
					t.Errorf("%s: segment %d of %s holds an event of %s, after %s", p.ID, s.ID, s.Stored, at, before)
				}
			}
			if s.Last.After(s.Stored) {
				t.Errorf("%s: segment %d was stored at %s before its last event at %s", p.ID, s.ID, s.Stored, s.Last)
			}
			before, id = s.Last, s.ID
		}
		if want := len(times(&p.Events)); n != want {
			t.Errorf("%s: %d events in segments, %d in all", p.ID, n, want)
		}
	}
	if many < 40 {
		t.Errorf("only %d processes have more than one segment", many)
	}
}

// TestIdentity checks that processes can be told apart and found again.
func TestIdentity(t *testing.T) {
	s := story.Standard()
	seen := make(map[story.GUID]bool)
	for _, p := range s.Processes {
		if seen[p.ID] {
			t.Errorf("%s stands for two processes", p.ID)
		}
		seen[p.ID] = true
		id, err := story.ParseGUID(p.ID.String())
		if err != nil || s.Process(id) != p {
			t.Errorf("%s is not found by its identity (%v)", p.ID, err)
		}
		if int(p.ID.Sensor) != p.Endpoint.ID || int(p.ID.PID) != p.PID || p.ID.Time().Truncate(time.Millisecond) != p.Start {
			t.Errorf("%s: sensor %d, pid %d, start %s", p.ID, p.Endpoint.ID, p.PID, p.Start)
		}
	}
}

func TestGUID(t *testing.T) {
	// Source: the worked example in contract/model.md.
	id, err := story.ParseGUID("00000001-0000-0e48-01d2-c2a397f4cfe0")
	if err != nil {
		t.Fatal(err)
	}
	want := story.GUID{Sensor: 1, PID: 3656, Created: 131381347032027104}
	if diff := cmp.Diff(want, id); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got, want := id.Time(), time.Date(2017, 5, 1, 17, 51, 43, 202710400, time.UTC); !got.Equal(want) {
		t.Errorf("created %s, want %s", got, want)
	}
	for _, bad := range []string{"", "00000001", "00000001-0000-0e48-01d2-c2a397f4cfeg", "00000001-0000-0e48-01d2+c2a397f4cfe0", "0000000-10000-0e48-01d2-c2a397f4cfe0"} {
		if id, err := story.ParseGUID(bad); err == nil {
			t.Errorf("%q was read as %v", bad, id)
		}
	}
}

func FuzzParseGUID(f *testing.F) {
	f.Add("00000003-0000-036c-01d2-2efd3af51186")
	f.Fuzz(func(t *testing.T, s string) {
		id, err := story.ParseGUID(s)
		if err != nil {
			return
		}
		if again, err := story.ParseGUID(id.String()); err != nil || again != id {
			t.Errorf("%q: %v, then %v (%v)", s, id, again, err)
		}
	})
}

// TestBinaries checks that the bytes of a binary have its hash and are of its format.
func TestBinaries(t *testing.T) {
	given := 0
	for _, b := range story.Standard().Binaries {
		data := b.File()
		if len(data) != b.Size() {
			t.Errorf("%s: %d bytes, want %d", b.Name, len(data), b.Size())
		}
		if sum := md5.Sum(data); hex.EncodeToString(sum[:]) != b.MD5 {
			given++
		}
		var err error
		switch b.Platform {
		case story.Windows:
			var f *pe.File
			if f, err = pe.NewFile(bytes.NewReader(data)); err == nil && int64(f.TimeDateStamp) != b.Compiled.Unix() {
				err = fmt.Errorf("compiled at %d, want %d", f.TimeDateStamp, b.Compiled.Unix())
			}
		case story.Linux:
			_, err = elf.NewFile(bytes.NewReader(data))
		case story.MacOS:
			_, err = macho.NewFile(bytes.NewReader(data))
		}
		if err != nil {
			t.Errorf("%s: %v", b.Name, err)
		}
		if b.FirstSeen.After(b.LastSeen) || len(b.Paths) == 0 || len(b.Endpoints) == 0 {
			t.Errorf("%s: seen from %s to %s as %q on %d endpoints", b.Name, b.FirstSeen, b.LastSeen, b.Paths, len(b.Endpoints))
		}
	}
	if given != 2 {
		t.Errorf("%d binaries whose bytes have another hash, want the two of the guide's example", given)
	}
}

// TestGuideHistogram checks the shares that the guide prints for its example.
func TestGuideHistogram(t *testing.T) {
	counts, total := make(map[string]int), 0
	for _, p := range story.Standard().Processes {
		if p.User == `WIN-IA9NQ1GN8OI\bit9rad` {
			counts[p.Name]++
			total++
		}
	}
	got := make(map[string]string)
	for name, n := range counts {
		if n >= 24 {
			got[name] = fmt.Sprintf("%.1f", 100*float64(n)/float64(total))
		}
	}
	want := map[string]string{
		"chrome.exe": "23.4", "thumbnailextractionhost.exe": "15.4", "adobearm.exe": "8.6", "taskhost.exe": "6.0",
		"conhost.exe": "4.7", "ping.exe": "4.0", "wermgr.exe": "3.5",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestContents checks that what the documentation promises to hunters is there.
func TestContents(t *testing.T) {
	s := story.Standard()
	have := make(map[string]int)
	for _, e := range s.Endpoints {
		have[fmt.Sprintf("platform %d", e.Platform)]++
		have[fmt.Sprintf("role %d", e.Role)]++
	}
	for _, p := range s.Processes {
		if p.Suppressed {
			have["suppressed"]++
		}
		if len(p.Children) > 15 {
			have["many children"]++
		}
		for _, f := range p.Filemods {
			if f.Tamper {
				have["tamper"]++
			}
		}
		for _, c := range p.Crossprocs {
			have[fmt.Sprintf("cross %d", c.Kind)]++
		}
		have["blocks"] += len(p.Blocks)
		for _, n := range p.Netconns {
			if !n.Outbound {
				have["inbound"]++
			}
			if n.Remote.Addr().Is6() {
				have["ipv6"]++
			}
			if n.Proxy.IsValid() {
				have["proxy"]++
			}
		}
	}
	for _, what := range []string{
		"platform 1", "platform 2", "platform 3", "role 1", "role 2", "role 3", "suppressed", "many children", "tamper",
		"cross 1", "cross 2", "cross 3", "blocks", "inbound", "ipv6", "proxy",
	} {
		if have[what] == 0 {
			t.Errorf("the story has no %s", what)
		}
	}
	if n := len(s.Endpoints); n < 45 || n > 60 {
		t.Errorf("%d endpoints", n)
	}
}

// TestSame checks that the story is told the same each time.
func TestSame(t *testing.T) {
	a, b := story.Build(), story.Build()
	if len(a.Processes) != len(b.Processes) || len(a.Binaries) != len(b.Binaries) {
		t.Fatalf("%d and %d processes, %d and %d binaries", len(a.Processes), len(b.Processes), len(a.Binaries), len(b.Binaries))
	}
	for i, p := range a.Processes {
		q := b.Processes[i]
		if p.ID != q.ID || p.Cmdline != q.Cmdline || !cmp.Equal(times(&p.Events), times(&q.Events)) {
			t.Fatalf("process %d is %s %q once and %s %q then", i, p.ID, p.Cmdline, q.ID, q.Cmdline)
		}
	}
	for i, p := range a.Binaries {
		q := b.Binaries[i]
		if p.MD5 != q.MD5 || !cmp.Equal(p.Paths, q.Paths) {
			t.Fatalf("binary %d is %s %q once and %s %q then", i, p.MD5, p.Paths, q.MD5, q.Paths)
		}
	}
}

func BenchmarkBuild(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		story.Build()
	}
}
