package response_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/response"
	"github.com/cbscript/cbscript/client/simulator"
)

var eventLists = []string{"modloads", "netconns", "filemods", "regmods", "childprocs", "crossprocs"}

// busiest gives a process with events of a type.
func busiest(t *testing.T, cb *client.Client, count string) *client.Object {
	t.Helper()
	p, err := cb.Select(response.Process).Where(count + ":[1 TO *]").Sort(count + " desc").First(t.Context())
	if err != nil || p == nil {
		t.Fatalf("no process with %s: %v", count, err)
	}
	return p
}

// TestEventsOnEveryVersion: every list of events is read on servers of every form of the event route, with one request
// for all of them.
func TestEventsOnEveryVersion(t *testing.T) {
	for _, version := range []string{"5.0.0", "5.1.0", "5.2.0", "6.0.0", "6.2.0", "7.1.0"} {
		t.Run(version, func(t *testing.T) {
			d, cb := start(t, simulator.Options{Version: version})
			for _, count := range []string{"modload_count", "netconn_count", "filemod_count", "regmod_count", "childproc_count", "crossproc_count"} {
				p := busiest(t, cb, count)
				asked(d)
				total := map[string]int{}
				for _, name := range eventLists {
					list, ok := attribute(t, p, name).([]any)
					if !ok {
						t.Fatalf("%s is no list", name)
					}
					total[name] = len(list)
				}
				if lines := asked(d); len(lines) != 1 || !strings.HasSuffix(lines[0], "/event") {
					t.Errorf("reading every list of one segment asked %q, want the events once", lines)
				}
				if name := strings.TrimSuffix(count, "_count") + "s"; total[name] == 0 {
					t.Errorf("a process with %s has no %s", count, name)
				}
			}
		})
	}
}

// TestEventAttributes reads every attribute and join of an event of each type.
func TestEventAttributes(t *testing.T) {
	_, cb := start(t, simulator.Options{})
	for _, count := range []string{"modload_count", "netconn_count", "filemod_count", "regmod_count", "childproc_count", "crossproc_count"} {
		name := strings.TrimSuffix(count, "_count") + "s"
		list := attribute(t, busiest(t, cb, count), name).([]any)
		event := list[0].(response.Event)
		for _, attr := range event.Names() {
			if _, err := event.Get(t.Context(), attr); err != nil {
				t.Errorf("%s.%s: %v", event.Type(), attr, err)
			}
		}
		_, err := event.Get(t.Context(), "timestampe")
		if want := event.Type() + ` has no attribute "timestampe" (did you mean "timestamp"?)`; err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
		if text := event.String(); !strings.Contains(text, "\ntimestamp            : 2016-") {
			t.Errorf("%s prints as\n%s", event.Type(), text)
		}
	}
}

// TestChildrenBeyondFifteen: servers tell fifteen children unless asked for more.
func TestChildrenBeyondFifteen(t *testing.T) {
	_, cb := start(t, simulator.Options{})
	p, err := cb.Select(response.Process).Where("childproc_count:[20 TO *]").First(t.Context())
	if err != nil || p == nil {
		t.Fatalf("no process with many children: %v", err)
	}
	children, err := response.Children(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	if len(children) <= 15 {
		t.Errorf("got %d children, want all", len(children))
	}
}

// TestChildrenAfterEvents: reading events first does not hide the children. Source: contract/known-bugs.md, row 11.
func TestChildrenAfterEvents(t *testing.T) {
	_, cb := start(t, simulator.Options{})
	p := busiest(t, cb, "childproc_count")
	attribute(t, p, "modloads")
	if children := attribute(t, p, "children").([]any); len(children) == 0 {
		t.Error("no children after the events were read")
	}
}

// TestAllEventsAreSorted over all segments. Source: contract/known-bugs.md, row 33.
func TestAllEventsAreSorted(t *testing.T) {
	for _, version := range []string{"5.2.0", "6.2.0"} {
		_, cb := start(t, simulator.Options{Version: version})
		all, err := response.AllEvents(t.Context(), busiest(t, cb, "modload_count"))
		if err != nil {
			t.Fatal(err)
		}
		for i := 1; i < len(all); i++ {
			if all[i].Common().Timestamp.Before(all[i-1].Common().Timestamp) {
				t.Fatalf("%s: event %d of %d is before the one before it", version, i, len(all))
			}
		}
		if len(all) == 0 {
			t.Errorf("%s: no events", version)
		}
	}
}

// TestRefreshForgetsEvents. Source: contract/known-bugs.md, row 12.
func TestRefreshForgetsEvents(t *testing.T) {
	d, cb := start(t, simulator.Options{})
	p := busiest(t, cb, "modload_count")
	before := attribute(t, p, "modloads").([]any)
	if err := p.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	asked(d)
	if after := attribute(t, p, "modloads").([]any); len(after) != len(before) {
		t.Errorf("got %d module loads after refresh(), want %d", len(after), len(before))
	}
	if lines := asked(d); len(lines) != 1 {
		t.Errorf("after refresh() the events asked %q, want them once", lines)
	}
}

func TestWalkChildren(t *testing.T) {
	_, cb := start(t, simulator.Options{})
	root, err := cb.SelectID(t.Context(), response.Process, "00000003-0000-02ec-01d2-2ec9412b4b70", nil)
	if err != nil {
		t.Fatal(err)
	}
	names := map[int][]string{}
	err = response.WalkChildren(t.Context(), root, func(p *client.Object, depth int) error {
		names[depth] = append(names[depth], attribute(t, p, "process_name").(string))
		return nil
	}, 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	if !cmp.Equal(names[0], []string{"userinit.exe"}) && !strings.Contains(strings.Join(names[0], " "), "userinit.exe") {
		t.Errorf("winlogon.exe started %q", names[0])
	}
	if len(names) < 3 {
		t.Errorf("the tree below winlogon.exe has %d levels: %v", len(names), names)
	}
	n := 0
	if err := response.WalkChildren(t.Context(), root, func(*client.Object, int) error { n++; return nil }, 1, 1); err != nil || n != len(names[0]) {
		t.Errorf("down to depth 1: %d processes, %v; want %d", n, err, len(names[0]))
	}
}

func TestDepthAndParents(t *testing.T) {
	_, cb := start(t, simulator.Options{})
	p, err := cb.SelectID(t.Context(), response.Process, "00000003-0000-036c-01d2-2efd3af51186", nil)
	if err != nil {
		t.Fatal(err)
	}
	depth, err := response.Depth(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, err := range response.Parents(t.Context(), p) {
		if err != nil {
			t.Fatal(err)
		}
		n++
	}
	if depth != n || n < 7 {
		t.Errorf("depth %d, %d parents; want the same, at least 7", depth, n)
	}
}
