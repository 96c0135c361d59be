package runtime_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/cbscript/cbscript/runtime"
	"github.com/google/go-cmp/cmp"
	"go.starlark.net/starlark"
)

func TestRun(t *testing.T) {
	tests := []struct {
		name, source, printed, doc string
		globals                    []string
	}{
		{"empty", "", "", "", nil},
		{"docstring", "\"\"\"Finds mounts.\n\n    Indented once.\n      And more.\n    \"\"\"\nx = 1", "", "Finds mounts.\n\nIndented once.\n  And more.", []string{"x"}},
		{"not a docstring", "x = 1\n\"text\"", "", "", []string{"x"}},
		{"top-level control", "n = 0\nfor i in range(3):\n    if i != 1:\n        n += i\nprint(n)", "2\n", "", []string{"i", "n"}},
		{"set", "print(sorted(set([2, 1, 2])))", "[1, 2]\n", "", nil},
		{"recursion", "def f(n):\n    return 1 if n < 2 else n * f(n - 1)\nprint(f(5))", "120\n", "", []string{"f"}},
		{"byte order mark and DOS lines", "\ufeffx = 1\r\nprint(x)\r\n", "1\n", "", []string{"x"}},
		{"clock", "print(time_of())", "1700000000\n", "", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var out bytes.Buffer
			rt, err := runtime.New(runtime.Config{
				Print: &out,
				Now:   func() time.Time { return time.Unix(1_700_000_000, 0) },
				Predeclared: starlark.StringDict{
					"time_of": starlark.NewBuiltin("time_of", timeOf),
				},
			})
			if err != nil {
				t.Fatal(err)
			}
			result, err := rt.Run(t.Context(), &runtime.Script{Name: "x.star", Source: tt.source})
			if err != nil {
				t.Fatal(runtime.Report(err))
			}
			got := []any{out.String(), result.Doc, result.Globals.Keys()}
			want := []any{tt.printed, tt.doc, append([]string{}, tt.globals...)}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			if result.File == nil {
				t.Error("the result has no syntax tree")
			}
			if tt.source != "" && result.Steps <= 0 {
				t.Errorf("steps = %d, want more than 0", result.Steps)
			}
		})
	}
}

func TestRunsShareNothing(t *testing.T) {
	calls := 0
	rt, err := runtime.New(runtime.Config{
		Modules: map[string]runtime.ModuleFunc{"cb/response": func(*starlark.Thread) (starlark.StringDict, error) {
			calls++
			return starlark.StringDict{"n": starlark.MakeInt(calls)}, nil
		}},
	})
	if err != nil {
		t.Fatal(err)
	}
	s := &runtime.Script{
		Name: "x.star", Path: "x.star",
		Source: `load("cb/response", "n")` + "\n" + `load("./y.star", m = "n")` + "\nsum = n + m",
		Files:  fstest.MapFS{"y.star": {Data: []byte("load(\"cb/response\", k = \"n\")\nn = k")}},
	}
	for want := range 3 {
		result, err := rt.Run(t.Context(), s)
		if err != nil {
			t.Fatal(runtime.Report(err))
		}
		if got := result.Globals["sum"].String(); got != fmt.Sprint(2*(want+1)) {
			t.Errorf("run %d: sum = %s, want %d: a host module is made once a run", want, got, 2*(want+1))
		}
	}
}

func TestLoad(t *testing.T) {
	files := fstest.MapFS{
		"hunts/lib/a.star": {Data: []byte("load(\"../b.star\", \"b\")\na = b + [1]\n")},
		"hunts/b.star":     {Data: []byte("load(\"std/lists\", \"double\")\nb = double([0])\nprint(\"b ran\")")},
		"shared.star":      {Data: []byte("load(\"./hunts/b.star\", \"b\")\nshared = b\n_private = 1")},
		"hunts/fails.star": {Data: []byte("x = 1 // 0")},
		"hunts/dir.star/x": {Data: []byte("")},
	}
	std := fstest.MapFS{
		"lists.star":      {Data: []byte("load(\"./twice.star\", \"n\")\ndef double(l):\n    return l * n")},
		"twice.star":      {Data: []byte("n = 2")},
		"deep/inner.star": {Data: []byte("load(\"../twice.star\", \"n\")\nm = n")},
	}
	tests := []struct{ name, source, want, wantErr string }{
		{"file", `load("./lib/a.star", "a")` + "\nprint(a)", "b ran\n[0, 0, 1]\n", ""},
		{"above the script, below its root", `load("../shared.star", "shared")` + "\nprint(shared)", "b ran\n[0, 0]\n", ""},
		{"once", `load("./b.star", "b")` + "\n" + `load("./lib/a.star", "a")` + "\nprint(a)", "b ran\n[0, 0, 1]\n", ""},
		{"std in a folder", `load("std/deep/inner", "m")` + "\nprint(m)", "2\n", ""},
		{"frozen", `load("./b.star", "b")` + "\nb.append(1)", "", "cannot append to frozen list"},
		{"private", `load("../shared.star", "_private")`, "", "not exported"},
		{"failing file", `load("./fails.star", "x")`, "", "cannot load ./fails.star: floored division by zero"},
		{"above the root", `load("../../x.star", "x")`, "", `"../../x.star" leaves the script's root`},
		{"std above its root", `load("std/../x", "x")`, "", `there is no module "std/../x" in the standard library`},
		{"std missing", `load("std/list", "x")`, "", `there is no module "std/list" in the standard library`},
		{"host missing", `load("cb/respons", "x")`, "", `the host has no module "cb/respons"`},
		{"without ./", `load("b.star", "b")`, "", `"b.star" does not say where the file is`},
		{"without .star", `load("./b", "b")`, "", `"./b" does not end in .star`},
		{"absolute", `load("/etc/passwd", "b")`, "", `"/etc/passwd" is an absolute path`},
		{"drive", `load("C:/x.star", "b")`, "", `"C:/x.star" is an absolute path`},
		{"backslash", `load(".\\b.star", "b")`, "", `".\\b.star" contains a backslash`},
		{"community", `load("acme/net", "b")`, "", `"acme/net" names no module`},
		{"folder", `load("./dir.star", "b")`, "", `read hunts/dir.star: it is a folder, not a script`},
		{"itself", `load("./main.star", "b")`, "", `the loads form a cycle: hunts/main.star loads hunts/main.star`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var out bytes.Buffer
			rt, err := runtime.New(runtime.Config{Print: &out, Std: std, Modules: map[string]runtime.ModuleFunc{
				"cb/response": func(*starlark.Thread) (starlark.StringDict, error) { return nil, nil }}})
			if err != nil {
				t.Fatal(err)
			}
			_, err = rt.Run(t.Context(), &runtime.Script{Name: "hunts/main.star", Source: tt.source, Files: files, Path: "hunts/main.star"})
			if tt.wantErr != "" {
				if err == nil || !strings.Contains(err.Error(), tt.wantErr) {
					t.Fatalf("got error %v, want one with %q", err, tt.wantErr)
				}
				return
			}
			if err != nil {
				t.Fatal(runtime.Report(err))
			}
			if diff := cmp.Diff(tt.want, out.String()); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestLoadBindsLocally(t *testing.T) {
	rt, err := runtime.New(runtime.Config{})
	if err != nil {
		t.Fatal(err)
	}
	result, err := rt.Run(t.Context(), &runtime.Script{
		Name: "x.star", Path: "x.star", Source: `load("./y.star", "y")` + "\nx = y",
		Files: fstest.MapFS{"y.star": {Data: []byte("y = 1")}},
	})
	if err != nil {
		t.Fatal(runtime.Report(err))
	}
	if diff := cmp.Diff([]string{"x"}, result.Globals.Keys()); diff != "" {
		t.Errorf("globals (-want +got)\n%s", diff)
	}
}

func TestLoadErrorIsTyped(t *testing.T) {
	rt, err := runtime.New(runtime.Config{Std: fstest.MapFS{"lists.star": {Data: []byte("x = 1")}}})
	if err != nil {
		t.Fatal(err)
	}
	_, err = rt.Run(t.Context(), &runtime.Script{Name: "x.star", Source: `load("std/lits", "x")`})
	var load *runtime.LoadError
	if !errors.As(err, &load) {
		t.Fatalf("got %v, want a LoadError", err)
	}
	got := []string{load.Module, load.Kind(), load.Hint()}
	if diff := cmp.Diff([]string{"std/lits", "LoadError", `did you mean "std/lists"?`}, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestNewRefusesModuleNames(t *testing.T) {
	_, err := runtime.New(runtime.Config{Modules: map[string]runtime.ModuleFunc{"std/x": nil}})
	if err == nil || !strings.Contains(err.Error(), `"std/x" cannot be loaded`) {
		t.Errorf("got %v, want an error", err)
	}
}

func TestOpen(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		t.Helper()
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return file
	}
	write("outside.star", "secret = 1")
	main := write("root/hunts/main.star", `load("../lib.star", "x")`+"\n"+`load("./link.star", "secret")`)
	write("root/lib.star", "x = 1")
	if err := os.Symlink(filepath.Join(dir, "outside.star"), filepath.Join(dir, "root/hunts/link.star")); err != nil {
		t.Skip("no symbolic links here: ", err)
	}
	run := func(root string) error {
		t.Helper()
		s, err := runtime.Open(main, root)
		if err != nil {
			return err
		}
		defer s.Close()
		rt, err := runtime.New(runtime.Config{})
		if err != nil {
			t.Fatal(err)
		}
		_, err = rt.Run(t.Context(), s)
		return err
	}
	tests := []struct{ name, root, want string }{
		{"own folder", "", `"../lib.star" leaves the script's root`},
		{"root", filepath.Join(dir, "root"), "leads out of the script's root by a symbolic link"},
		{"another root", filepath.Join(dir, "other"), "is not inside its root"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if err := run(tt.root); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want an error with %q", err, tt.want)
			}
		})
	}
	own := write("tools/own.star", `load("./lib.star", "x")`)
	write("tools/lib.star", "x = 1")
	if err := os.Symlink(own, filepath.Join(dir, "link.star")); err != nil {
		t.Fatal(err)
	}
	main = filepath.Join(dir, "link.star")
	if err := run(""); err != nil {
		t.Errorf("a script that is a symbolic link: %v", err)
	}
	for _, missing := range []string{filepath.Join(dir, "hunt"), filepath.Join(dir, "root")} {
		_, err := runtime.Open(missing, "")
		if runtime.ExitCode(err) != runtime.ExitUsage {
			t.Errorf("Open(%q): %v, want a usage error", missing, err)
		}
	}
}

func TestOutputThatCannotBeWritten(t *testing.T) {
	rt, err := runtime.New(runtime.Config{Print: brokenPipe{}})
	if err != nil {
		t.Fatal(err)
	}
	_, err = rt.Run(t.Context(), &runtime.Script{Name: "x.star", Source: "print(1)"})
	if !errors.Is(err, errPipe) {
		t.Errorf("got %v, want %v even though the script came to its end", err, errPipe)
	}
}

var errPipe = errors.New("broken pipe")

type brokenPipe struct{}

func (brokenPipe) Write([]byte) (int, error) { return 0, errPipe }

func TestConcurrentRuns(t *testing.T) {
	rt, err := runtime.New(runtime.Config{Predeclared: starlark.StringDict{"shared": starlark.NewList(nil)}})
	if err != nil {
		t.Fatal(err)
	}
	s := &runtime.Script{Name: "x.star", Path: "x.star", Source: `load("./y.star", "y")` + "\nx = [shared, y]",
		Files: fstest.MapFS{"y.star": {Data: []byte("y = [1]")}}}
	results := make(chan error)
	for range 8 {
		go func() {
			_, err := rt.Run(context.WithoutCancel(t.Context()), s)
			results <- err
		}()
	}
	for range 8 {
		if err := <-results; err != nil {
			t.Error(err)
		}
	}
}

// bundles are community modules as a host would give them. It counts how often it is asked.
type bundles struct {
	files map[string]fstest.MapFS
	asked []string
}

func (b *bundles) Files(_ context.Context, name string) (fs.FS, error) {
	b.asked = append(b.asked, name)
	if files := b.files[name]; files != nil {
		return files, nil
	}
	return nil, &runtime.UsageError{Err: fmt.Errorf("%s is not installed", name), Advice: "install it"}
}

func TestLoadFromBundles(t *testing.T) {
	own := fstest.MapFS{"acme/net/ip.star": {Data: []byte("mine = 1")}}
	acme := fstest.MapFS{
		"ip.star":       {Data: []byte("load(\"./lib/x.star\", \"x\")\nload(\"std/twice\", \"n\")\nx2 = x * n\ntheirs = 1")},
		"lib/x.star":    {Data: []byte("load(\"../other.star\", \"y\")\nx = y")},
		"other.star":    {Data: []byte("y = 21")},
		"outside.star":  {Data: []byte("load(\"../../secret.star\", \"x\")")},
		"bob.star":      {Data: []byte("load(\"bob/dns/d.star\", \"d\")\nd2 = d")},
		"round.star":    {Data: []byte("load(\"./again.star\", \"x\")")},
		"again.star":    {Data: []byte("load(\"acme/net/round.star\", \"x\")")},
		"misspelt.star": {Data: []byte("load(\"./lib/y.star\", \"x\")")},
	}
	bob := fstest.MapFS{"d.star": {Data: []byte("d = 53")}}
	tests := []struct {
		name, source, want, wantErr string
		asked                       []string
	}{
		{"files of a bundle load each other", `load("acme/net/ip.star", "x2")` + "\nprint(x2)", "42\n", "", []string{"acme/net"}},
		{"a bundle is asked for once", `load("acme/net/ip.star", "x2")` + "\n" + `load("acme/net/other.star", "y")` + "\nprint(x2, y)", "42 21\n", "", []string{"acme/net"}},
		{"a bundle loads another", `load("acme/net/bob.star", "d2")` + "\nprint(d2)", "53\n", "", []string{"acme/net", "bob/dns"}},
		{"an own file of the same path is another file",
			`load("./acme/net/ip.star", "mine")` + "\n" + `load("acme/net/ip.star", "theirs")` + "\nprint(mine, theirs)", "1 1\n", "", []string{"acme/net"}},
		{"not installed", `load("eve/net/ip.star", "x")`, "", "eve/net is not installed", []string{"eve/net"}},
		{"missing file", `load("acme/net/ipp.star", "x")`, "", "there is no file bundle:acme/net/ipp.star", []string{"acme/net"}},
		{"missing file beside another", `load("acme/net/misspelt.star", "x")`, "", "there is no file bundle:acme/net/lib/y.star", []string{"acme/net"}},
		{"out of the bundle", `load("acme/net/outside.star", "x")`, "", `"../../secret.star" leaves the script's root`, []string{"acme/net"}},
		{"up in the name", `load("acme/net/../x.star", "x")`, "", `"acme/net/../x.star" leaves the bundle`, nil},
		{"cycle", `load("acme/net/round.star", "x")`, "", "the loads form a cycle: bundle:acme/net/round.star loads bundle:acme/net/again.star loads bundle:acme/net/round.star", []string{"acme/net"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var out bytes.Buffer
			installed := &bundles{files: map[string]fstest.MapFS{"acme/net": acme, "bob/dns": bob}}
			rt, err := runtime.New(runtime.Config{Print: &out, Bundles: installed, Std: fstest.MapFS{"twice.star": {Data: []byte("n = 2")}}})
			if err != nil {
				t.Fatal(err)
			}
			_, err = rt.Run(t.Context(), &runtime.Script{Name: "main.star", Source: tt.source, Files: own, Path: "main.star"})
			if tt.wantErr == "" && err != nil {
				t.Fatal(runtime.Report(err))
			}
			if tt.wantErr != "" && (err == nil || !strings.Contains(err.Error(), tt.wantErr)) {
				t.Fatalf("got error %v, want one with %q", err, tt.wantErr)
			}
			if diff := cmp.Diff(tt.want, out.String()); diff != "" {
				t.Errorf("output (-want +got)\n%s", diff)
			}
			if diff := cmp.Diff(tt.asked, installed.asked); diff != "" {
				t.Errorf("bundles asked for (-want +got)\n%s", diff)
			}
		})
	}
}
