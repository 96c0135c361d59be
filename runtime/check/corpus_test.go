package check_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cbscript/cbscript/runtime/check"
)

const corpus = "../../testdata/check"

// TestCredentials holds every finding in the scripts with credentials against the list beside them, so that both a
// miss and a finding too many fail.
func TestCredentials(t *testing.T) {
	want := map[string][]string{}
	list, err := os.ReadFile(filepath.Join(corpus, "credentials", "want.txt"))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(list)) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			file, _, _ := strings.Cut(line, ":")
			want[file] = append(want[file], line)
		}
	}
	files := scripts(t, "credentials")
	if len(files) < 150 {
		t.Errorf("%d scripts with credentials, want at least 150", len(files))
	}
	for _, path := range files {
		name := filepath.Base(path)
		var got []string
		for _, f := range checkFile(t, path).Findings {
			if !lint(f.Rule) {
				got = append(got, fmt.Sprintf("%s:%d: %s", name, f.Line, f.Rule))
			}
		}
		if len(want[name]) == 0 {
			t.Errorf("%s: want.txt does not say what it holds", name)
		}
		slices.Sort(got)
		slices.Sort(want[name])
		if diff := cmp.Diff(want[name], got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		delete(want, name)
	}
	for name := range want {
		t.Errorf("want.txt names %s, which does not exist", name)
	}
}

// TestInnocent holds that scripts without credentials have no errors, and that few of them need a waiver for that.
func TestInnocent(t *testing.T) {
	files := scripts(t, "innocent")
	if len(files) < 150 {
		t.Errorf("%d innocent scripts, want at least 150", len(files))
	}
	waived := 0
	for _, path := range files {
		r := checkFile(t, path)
		if len(r.Waived) > 0 {
			waived++
		}
		for _, f := range r.Findings {
			if f.Severity == check.Error {
				t.Errorf("false alarm: %s", f)
			}
		}
	}
	if waived != 3 {
		t.Errorf("%d innocent scripts pass by a waiver, want the 3 that are about waivers", waived)
	}
}

// lint reports whether a rule is about style and needs, which the corpus is not about.
func lint(rule string) bool {
	return slices.Contains([]string{"type-compare", "query-membership", "query-concat", "needs-unknown"}, rule)
}

func scripts(t testing.TB, folder string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(corpus, folder, "*.star"))
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func checkFile(t testing.TB, path string) check.Report {
	t.Helper()
	src, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return checkText(t, filepath.Base(path), string(src), check.Options{Surface: surface{}})
}

func checkText(t testing.TB, name, src string, opts check.Options) check.Report {
	t.Helper()
	r, err := check.Script(name, []byte(src), opts)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestConcurrent checks the corpus in several goroutines with one set of options, as a server would.
func TestConcurrent(t *testing.T) {
	opts := check.Options{Surface: surface{}, Known: []check.KnownValue{{Label: "token", Value: "known-secret-value"}}}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for _, path := range scripts(t, "credentials") {
				src, err := os.ReadFile(path)
				if err != nil {
					t.Error(err)
					return
				}
				if r, err := check.Script(path, src, opts); err != nil || len(r.Findings) == 0 {
					t.Errorf("%s: %d findings, error %v", path, len(r.Findings), err)
				}
			}
		})
	}
	wg.Wait()
}
