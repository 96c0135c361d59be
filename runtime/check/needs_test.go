package check_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cbscript/cbscript/runtime/check"
)

func TestNeeds(t *testing.T) {
	src := `load("cb/protection", "select", comp="Computer")
load("./lib/contain.star", "contain")
load("std/json", "json")
load("community/x", "x")
meta(name="a", version="1.0", author="b", description="c", needs=["isolate", "respond", "write"])
days = param("days", 7)
host = param(default="x", name="host")
for p in cb.select(Process).where(process_name="a.exe"):
    p.sensor.group.save()
    getattr(p.sensor, "lr_" + "session")()
Binary = 1
`
	sources := map[string]string{
		"./lib/contain.star": "load(\"./helper.star\", \"h\")\ndef contain(s):\n    s.isolate()\n    param(\"why\")\n",
		"./lib/helper.star":  "load(\"./contain.star\", \"contain\")\nh = select(Sensor)\n",
		"std/json":           "json = 1\n",
	}
	opts := check.Options{Surface: surface{}, Load: func(module string) ([]byte, error) {
		if s, ok := sources[module]; ok {
			return []byte(s), nil
		}
		return nil, errors.New("unknown")
	}}
	r := checkText(t, "dir/a.star", src, opts)
	want := check.Needs{
		Products: []check.Use{{"protection", "cb/protection", "dir/a.star", 1, 1}, {"response", "cb", "dir/a.star", 8, 10}},
		Capabilities: []check.Use{
			{"isolate", "isolate", "./lib/contain.star", 3, 7}, {"respond", "lr_session", "dir/a.star", 10, 23},
			{"write", "save", "dir/a.star", 9, 20},
		},
		Parameters: []check.Use{{"days", "param", "dir/a.star", 6, 8}, {"host", "param", "dir/a.star", 7, 8}, {"why", "param", "./lib/contain.star", 4, 5}},
		Modules: []check.Use{
			{"./lib/contain.star", "./lib/contain.star", "dir/a.star", 2, 1}, {"./lib/helper.star", "./lib/helper.star", "./lib/contain.star", 1, 1},
			{"community/x", "community/x", "dir/a.star", 4, 1}, {"std/json", "std/json", "dir/a.star", 3, 1},
		},
		Models: []check.Use{
			{"protection.Computer", "Computer", "dir/a.star", 1, 39}, {"response.Process", "Process", "dir/a.star", 8, 20},
			{"response.Sensor", "Sensor", "./lib/helper.star", 2, 12},
		},
		Unread: []string{"community/x"},
	}
	if diff := cmp.Diff(want, r.Needs); diff != "" {
		t.Errorf("needs (-want +got):\n%s", diff)
	}
	if len(r.Findings) != 0 {
		t.Errorf("findings %v, want none", r.Findings)
	}
	wantMeta := &check.Meta{Name: "a", Version: "1.0", Author: "b", Description: "c", Needs: []string{"isolate", "respond", "write"}, Line: 5, Column: 1}
	if diff := cmp.Diff(wantMeta, r.Meta); diff != "" {
		t.Errorf("meta (-want +got):\n%s", diff)
	}
}

func TestNeedsMissing(t *testing.T) {
	load := func(string) ([]byte, error) { return []byte("def contain(s):\n    s.isolate()\n"), nil }
	for _, c := range []struct{ name, src, want string }{
		{"in the script", "meta(needs=[])\ncb.isolate()\n",
			`2:4 capability "isolate" is not in meta(needs=): the script uses isolate`},
		{"in a module", "load(\"./m.star\", \"contain\")\nmeta(needs=[])\n",
			`2:1 capability "isolate" is not in meta(needs=): the script uses isolate in ./m.star, line 2`},
		{"a product", "load(\"cb/defense\", \"Device\")\nmeta(needs=[\"response\"])\nselect(Process)\n",
			`1:1 product "defense" is not in meta(needs=): the script uses cb/defense`},
	} {
		r := checkText(t, "a.star", c.src, check.Options{Surface: surface{}, Load: load})
		if len(r.Findings) != 1 || r.Findings[0].Rule != "needs-missing" {
			t.Errorf("%s: findings %v, want one of needs-missing", c.name, r.Findings)
			continue
		}
		f := r.Findings[0]
		if got := fmt.Sprintf("%d:%d %s", f.Line, f.Column, f.Message); got != c.want || f.Severity != check.Error {
			t.Errorf("%s: %s (%s), want an error %s", c.name, got, f.Severity, c.want)
		}
	}
}

// TestNeedsUnknown holds that a computed attribute counts as needing everything.
func TestNeedsUnknown(t *testing.T) {
	r := checkText(t, "a.star", "getattr(cb, param(\"n\"))()\n", check.Options{Surface: surface{}})
	if !r.Needs.Everything || !hasRule(r, "needs-unknown") {
		t.Errorf("everything %t, findings %v", r.Needs.Everything, r.Findings)
	}
}

// TestReadMeta: a declaration is read from the text alone, as the check reads it.
func TestReadMeta(t *testing.T) {
	for _, test := range []struct {
		name, src string
		want      *check.Meta
	}{
		{"one", "x = unknown\nmeta(name = \"a\", needs = [\"write\", (\"isolate\")])\n", &check.Meta{Name: "a", Needs: []string{"write"}, Line: 2, Column: 1}},
		{"that needs nothing", "meta(needs = [])\n", &check.Meta{Needs: []string{}, Line: 1, Column: 1}},
		{"without needs", "meta(name = \"a\")\n", &check.Meta{Name: "a", Line: 1, Column: 1}},
		{"none", "x = 1\n", nil},
		{"below the top level", "def f(): meta(needs = [\"write\"])\nf()\n", nil},
		{"another function of that name", "def meta(needs): pass\nmeta(needs = [])\n", nil},
		{"the first of two", "meta(needs = [])\nmeta(needs = [\"write\"])\n", &check.Meta{Needs: []string{}, Line: 1, Column: 1}},
	} {
		got, err := check.ReadMeta("a.star", []byte(test.src))
		if diff := cmp.Diff(test.want, got); diff != "" || err != nil {
			t.Errorf("%s: error %v (-want +got):\n%s", test.name, err, diff)
		}
	}
	if _, err := check.ReadMeta("a.star", []byte("meta(")); err == nil {
		t.Error("a text that does not parse has no error")
	}
}
