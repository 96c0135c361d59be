package check_test

import (
	"errors"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/cbscript/cbscript/runtime/check"
)

// TestBundles: what a script loads from installed bundles counts among its needs, and what cannot be read is said.
func TestBundles(t *testing.T) {
	installed := map[string]fs.FS{
		"acme/hunts": fstest.MapFS{
			"net.star":       {Data: []byte("load(\"./lib/ip.star\", \"x\")\nload(\"../../other/thing/x.star\", \"y\")\nload(\"zeta/more/z.star\", \"z\")\n")},
			"lib/ip.star":    {Data: []byte("load(\"../deep.star\", \"d\")\ndef f(s):\n    s.isolate()\n")},
			"deep.star":      {Data: []byte("def d(s):\n    artifact(\"a\", \"b\")\n    param(\"deep\")\n")},
			"broken.star":    {Data: []byte("def (\n")},
			"large.star":     {Data: []byte(strings.Repeat("#", 2<<20))},
			"unused.star":    {Data: []byte("def d(s):\n    s.put_file()\n")},
			"../escape.star": {Data: []byte("def d(s):\n    s.put_file()\n")},
		},
		"zeta/more": fstest.MapFS{"z.star": {Data: []byte("def z(f):\n    f.save()\n")}},
	}
	opened := map[string]int{}
	opts := check.Options{Surface: surface{}, Bundle: func(name string) (fs.FS, error) {
		opened[name]++
		if files, ok := installed[name]; ok {
			return files, nil
		}
		return nil, errors.New("it is not in cbscript.lock")
	}}
	for _, test := range []struct {
		name, script string
		capabilities []check.Use
		unread       []string
		findings     []string
	}{
		{"a file and what it loads", "load(\"acme/hunts/net.star\", \"x\")\n",
			[]check.Use{{"artifacts", "artifact", "bundle:acme/hunts/deep.star", 2, 5}, {"isolate", "isolate", "bundle:acme/hunts/lib/ip.star", 3, 7},
				{"write", "save", "bundle:zeta/more/z.star", 2, 7}},
			[]string{"../../other/thing/x.star"}, nil},
		{"not installed", "load(\"acme/other/net.star\", \"x\")\n", nil, []string{"acme/other/net.star"},
			[]string{"dir/a.star:1:1: warning: module-unread: acme/other/net.star was not read, so that it is not known what it needs: it is not in cbscript.lock"}},
		{"no such file", "x = 1\nload(\"acme/hunts/x.star\", \"x\")\n", nil, []string{"acme/hunts/x.star"},
			[]string{`dir/a.star:2:1: warning: module-unread: acme/hunts/x.star was not read, so that it is not known what it needs: the bundle acme/hunts has no file "x.star"`}},
		{"a file that does not parse", "load(\"acme/hunts/broken.star\", \"x\")\n", nil, []string{"acme/hunts/broken.star"},
			[]string{"dir/a.star:1:1: warning: module-unread: acme/hunts/broken.star was not read, so that it is not known what it needs: bundle:acme/hunts/broken.star:1:6: not an identifier"}},
		{"a file that is too large", "load(\"acme/hunts/large.star\", \"x\")\n", nil, []string{"acme/hunts/large.star"},
			[]string{"dir/a.star:1:1: warning: module-unread: acme/hunts/large.star was not read, so that it is not known what it needs: " + check.ErrTooLarge.Error()}},
		{"a path out of it", "load(\"acme/hunts/../escape.star\", \"x\")\n", nil, []string{"acme/hunts/../escape.star"}, nil},
		{"what is no bundle", "load(\"acme/hunts\", \"x\")\nload(\"std/a/b.star\", \"y\")\n", nil, []string{"acme/hunts", "std/a/b.star"}, nil},
		{"a declaration that is too narrow for it", "load(\"zeta/more/z.star\", \"z\")\nmeta(needs = [])\n",
			[]check.Use{{"write", "save", "bundle:zeta/more/z.star", 2, 7}}, nil,
			[]string{`dir/a.star:2:1: error: needs-missing: capability "write" is not in meta(needs=): the script uses save in bundle:zeta/more/z.star, line 2`}},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := checkText(t, "dir/a.star", test.script, opts)
			if diff := cmp.Diff(test.capabilities, r.Needs.Capabilities); diff != "" {
				t.Errorf("capabilities (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(test.unread, r.Needs.Unread); diff != "" {
				t.Errorf("unread (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(test.findings, allFindings(r)); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}
	opened = map[string]int{}
	checkText(t, "a.star", "load(\"acme/hunts/net.star\", \"x\")\nload(\"acme/hunts/unused.star\", \"y\")\n", opts)
	if diff := cmp.Diff(map[string]int{"acme/hunts": 1, "zeta/more": 1}, opened); diff != "" {
		t.Errorf("opened (-want +got):\n%s", diff)
	}
}

// TestBundlesInFolders: a module that a module loads is told with the line that loads it.
func TestBundlesInFolders(t *testing.T) {
	files := fstest.MapFS{"a.star": {Data: []byte("load(\"./lib/b.star\", \"b\")\n")}, "lib/b.star": {Data: []byte("\nload(\"acme/hunts/x.star\", \"x\")\n")}}
	opts := check.Options{Surface: surface{}, Bundle: func(string) (fs.FS, error) { return nil, errors.New("no") }}
	r, err := check.File(t.Context(), files, "a.star", opts)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"a.star:0:0: warning: module-unread: acme/hunts/x.star was not read, so that it is not known what it needs: no (./lib/b.star loads it in line 2)"}
	if diff := cmp.Diff(want, allFindings(r)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func allFindings(r check.Report) []string {
	var all []string
	for _, f := range r.Findings {
		all = append(all, f.String())
	}
	return all
}
