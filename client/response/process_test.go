package response_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/demo"
	"github.com/cbscript/cbscript/client/response"
	"github.com/cbscript/cbscript/client/simulator"
)

// start starts a simulator and connects to it.
func start(t testing.TB, options simulator.Options) (*demo.Demo, *client.Client) {
	t.Helper()
	d, err := demo.Start(options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d, response.New(d.Gate)
}

// asked gives what a client asked since the last reset, without what it asks when it connects.
func asked(d *demo.Demo) []string {
	var lines []string
	for _, r := range d.Simulator.Requests() {
		if r.Path == "/api/info" || r.Path == "/api/v1/storage/events/partition" {
			continue
		}
		line := r.Method + " " + r.Path
		if r.RawQuery != "" {
			line += "?" + r.RawQuery
		}
		lines = append(lines, line)
	}
	d.Simulator.ResetRequests()
	return lines
}

// attribute reads an attribute, which must succeed.
func attribute(t testing.TB, o *client.Object, name string) any {
	t.Helper()
	v, err := o.Get(t.Context(), name)
	if err != nil {
		t.Fatalf("%s of %s: %v", name, o, err)
	}
	return v
}

// TestGuideHunt is the example of the guide: who mounted the share, and what led to it. The second use of net.exe has
// the same parents, which are not asked for again.
func TestGuideHunt(t *testing.T) {
	d, cb := start(t, simulator.Options{})
	var lines []string
	details := func(p *client.Object, depth int) error {
		lines = append(lines, fmt.Sprintf("%s%s: %s ran %s", strings.Repeat(" ", depth),
			attribute(t, p, "start"), attribute(t, p, "username"), attribute(t, p, "cmdline")))
		return nil
	}
	query := cb.Select(response.Process).Where("process_name:net.exe").Where(`cmdline:\\test\blah`).With("cb.group", "id")
	var perHit []int
	for p, err := range query.All(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		if err := details(p, 0); err != nil {
			t.Fatal(err)
		}
		if err := response.WalkParents(t.Context(), p, details, 0, 0); err != nil {
			t.Fatal(err)
		}
		perHit = append(perHit, len(asked(d)))
	}
	if len(perHit) != 2 || perHit[1] != 0 {
		t.Errorf("requests for each use of net.exe: %v, want two uses and none for the second", perHit)
	}
	want := []string{
		`2016-11-11 20:59:31.631 +0000 UTC: WIN-IA9NQ1GN8OI\bit9rad ran net  use y: \\test\blah`,
		`2016-10-25 20:20:29.79 +0000 UTC: WIN-IA9NQ1GN8OI\bit9rad ran "C:\Windows\system32\cmd.exe" `,
		` 2016-10-25 14:08:49.651 +0000 UTC: WIN-IA9NQ1GN8OI\bit9rad ran C:\Windows\Explorer.EXE`,
		`  2016-10-25 14:08:49.37 +0000 UTC: WIN-IA9NQ1GN8OI\bit9rad ran C:\Windows\system32\userinit.exe`,
		`   2016-10-25 14:08:26.382 +0000 UTC: SYSTEM ran winlogon.exe`,
		`    2016-10-25 14:08:26.242 +0000 UTC: SYSTEM ran \SystemRoot\System32\smss.exe 00000001 00000030`,
		`     2016-10-25 14:08:23.59 +0000 UTC: SYSTEM ran \SystemRoot\System32\smss.exe`,
		`      2016-10-25 14:08:23.559 +0000 UTC: SYSTEM ran c:\windows\system32\ntoskrnl.exe`,
		`       2016-10-25 14:08:23.374 +0000 UTC:  ran c:\windows\system32\ntoskrnl.exe`,
	}
	if diff := cmp.Diff(want, lines[:len(lines)/2]); diff != "" {
		t.Errorf("the first use (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(want[1:], lines[len(lines)/2+1:]); diff != "" {
		t.Errorf("what led to the second use (-want +got):\n%s", diff)
	}
}
