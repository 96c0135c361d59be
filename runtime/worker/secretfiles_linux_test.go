package worker_test

import (
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"golang.org/x/sys/unix"

	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/runtime"
	"github.com/cbscript/cbscript/runtime/check"
	"github.com/cbscript/cbscript/runtime/servers"
	"github.com/cbscript/cbscript/runtime/worker"
)

// readAs has an adversary in the place of a script's worker ask for files, and gives what it was told.
func readAs(t *testing.T, script *runtime.Script, paths ...string) string {
	t.Helper()
	pool := servers.New(servers.Config{Open: func(*client.Product, string) (servers.Way, error) { return nil, nil }})
	defer pool.Close()
	w, err := worker.Start(worker.Options{Command: append([]string{self(t), adversary, "files"}, paths...)})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	var printed strings.Builder
	if err := w.Run(t.Context(), script, runtime.Config{Print: &printed}, worker.Access{Servers: pool}); err != nil {
		t.Fatal(err)
	}
	return printed.String()
}

// home is a folder with a script and what else a home has, and with pipes.
func home(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{"main.star": "", "lib/net.star": "module", ".carbonblack/credentials.response": "[default]\ntoken=SECRET\n", "id.starx": "SECRET"} {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for link, target := range map[string]string{"x.star": ".carbonblack/credentials.response", "y.star": "x.star", "z.star": "hop", "hop": "lib/net.star",
		"lib/x.star": "../.carbonblack/credentials.response", "etc.star": "/etc/passwd", "up.star": "../../../etc/passwd", "zero.star": "/dev/zero", "conf": ".carbonblack"} {
		if err := os.Symlink(target, filepath.Join(dir, link)); err != nil {
			t.Fatal(err)
		}
	}
	if err := unix.Mkfifo(filepath.Join(dir, "pipe.star"), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

// secretNames are ways to ask for the secrets of such a home.
func secretNames(dir string) []string {
	const secret = ".carbonblack/credentials.response"
	names := []string{secret, "./" + secret, "lib/../" + secret, "/" + secret, "//" + secret, filepath.Join(dir, secret), "../" + filepath.Base(dir) + "/" + secret,
		strings.ToUpper(secret), ".carbonblack/Credentials.Response", secret + ".", secret + " ", secret + "/", secret + "/.", secret + "\x00", secret + "\x00.star", secret + "\n.star", secret + "?x.star", secret + "#x.star",
		secret + "/x.star", secret + "/../x.star", secret + ":x.star", secret + "::$DATA", strings.ReplaceAll(secret, "/", `\`), `.\` + secret, url.QueryEscape(secret), url.PathEscape(secret), "%2e" + secret[1:], ".carbonblack%2fcredentials.response",
		"conf/credentials.response", "conf/../" + secret, "x.star", "y.star", "z.star", "lib/x.star", "./x.star", "X.STAR", "x.star/", "etc.star", "up.star", "zero.star", "pipe.star", "id.starx", "hop",
		"/etc/passwd", "../../../etc/passwd", "/dev/stdin", "/proc/self/environ", "lib", ".", "", "..", ".carbonblack", "main.star/../" + secret}
	paths := make([]string, 0, 3*len(names))
	for _, name := range names {
		q := url.QueryEscape(name)
		paths = append(paths, "/file?name="+q+"&bundle=", "/file?name=main.star&name="+q, "/file?bundle=a/b&name="+q, "/folder?name="+q+"&bundle=")
	}
	return paths
}

// TestSecretFilesOfAnAdversary: what lies below a script's root and is no module is not read for a worker, whatever it is called;
// nor is a module that is a link to such a file, or a pipe.
func TestSecretFilesOfAnAdversary(t *testing.T) {
	dir := home(t)
	script, err := runtime.Open(filepath.Join(dir, "main.star"), "")
	if err != nil {
		t.Fatal(err)
	}
	defer script.Close()
	paths := append(secretNames(dir), "/file?name=lib/net.star&bundle=", "/folder?name=lib")
	out := readAs(t, script, paths...)
	if n := strings.Count(out, "\n"); n != len(paths) {
		t.Errorf("%d answers to %d requests", n, len(paths))
	}
	if !strings.Contains(out, `/file?name=lib/net.star&bundle=: {"text":"module"`) || !strings.Contains(out, `"entries":["net.star","x.star"]`) {
		t.Errorf("a module and a folder of modules were not given:\n%s", out)
	}
	for line := range strings.Lines(out) {
		_, answer, _ := strings.Cut(line, ": ")
		if strings.Contains(answer, "SECRET") || strings.Contains(answer, "root:") || strings.Contains(answer, "credentials") || strings.Contains(answer, "passwd") || strings.Contains(answer, "starx") {
			t.Errorf("given away: %s", line)
		}
	}
}

// TestSecretFilesOfAnotherFileSystem: files that a program embeds are kept in the same way.
func TestSecretFilesOfAnotherFileSystem(t *testing.T) {
	files := fstest.MapFS{"lib/net.star": {Data: []byte("module")}, ".carbonblack/credentials.response": {Data: []byte("SECRET")}, "pipe.star": {Mode: fs.ModeNamedPipe}}
	out := readAs(t, &runtime.Script{Name: "main.star", Path: "main.star", Files: files}, append(secretNames("/home/anna"), "/file?name=lib/net.star")...)
	if !strings.Contains(out, `{"text":"module"`) {
		t.Errorf("a module was not given:\n%s", out)
	}
	for line := range strings.Lines(out) {
		if _, answer, _ := strings.Cut(line, ": "); strings.Contains(answer, "SECRET") || strings.Contains(answer, "credentials") {
			t.Errorf("given away: %s", line)
		}
	}
}

// TestCheckedIsCompiled: a module that changes after it was checked, or comes to be, is the one that was checked.
func TestCheckedIsCompiled(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	const late = `load("./late.star", "y")`
	write("main.star", `load("./x.star", "x")`+"\nprint(x)\n"+late+"\n")
	write("x.star", "x = \"checked\"\n")
	script, err := runtime.Open(filepath.Join(dir, "main.star"), "")
	if err != nil {
		t.Fatal(err)
	}
	defer script.Close()
	for _, name := range []string{"x.star", "late.star"} {
		if _, err := check.File(t.Context(), script.Files, name, check.Options{}); err != nil {
			t.Fatal(err)
		}
	}
	write("x.star", "x = \"changed\"\n")
	write("late.star", "y = 1\n")
	pool := servers.New(servers.Config{Open: func(*client.Product, string) (servers.Way, error) { return nil, nil }})
	defer pool.Close()
	w, err := worker.Start(worker.Options{Command: []string{self(t), worker.Argument}})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	var printed strings.Builder
	err = w.Run(t.Context(), script, runtime.Config{Print: &printed}, worker.Access{Servers: pool})
	if err == nil || !strings.Contains(err.Error(), "there is no file") || strings.Contains(printed.String(), "changed") {
		t.Errorf("printed %q, %v; want late.star to be missing still", printed.String(), err)
	}
	write("main.star", `load("./x.star", "x")`+"\nprint(x)\n")
	again, err := runtime.Open(filepath.Join(dir, "main.star"), "")
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	write("x.star", "x = \"checked\"\n")
	if _, err := check.File(t.Context(), again.Files, "x.star", check.Options{}); err != nil {
		t.Fatal(err)
	}
	write("x.star", "x = \"changed\"\n")
	w2, err := worker.Start(worker.Options{Command: []string{self(t), worker.Argument}})
	if err != nil {
		t.Fatal(err)
	}
	defer w2.Close()
	printed.Reset()
	if err := w2.Run(t.Context(), again, runtime.Config{Print: &printed}, worker.Access{Servers: pool}); err != nil || printed.String() != "checked\n" {
		t.Errorf("printed %q, %v; want what was checked", printed.String(), err)
	}
}
