package lrshell_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/guard"
	"github.com/cbscript/cbscript/client/simulator"
	"github.com/cbscript/cbscript/runtime/lrshell"
)

func TestCompletion(t *testing.T) {
	b := shellOn(t, "11", nil)
	for _, name := range []string{"one.txt", "two words.txt"} {
		if err := os.WriteFile(filepath.Join(b.dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(b.dir, "out"), 0o700); err != nil {
		t.Fatal(err)
	}
	b.must(`cd C:\; reg create HKLM\SOFTWARE\X; reg set HKLM\SOFTWARE\X "a b" 1`)
	slash := string(filepath.Separator)
	for _, test := range []struct {
		line string
		want []string // whole lines
	}{
		{"hexd", []string{"hexdump "}},
		{"HEXD", []string{"HEXDump "}},
		{"ps; pw", []string{"ps; pwd "}},
		{"exec", []string{"exec ", "execbg ", "execfg "}},
		{"reg s", []string{"reg set "}},
		{"REG ", []string{"REG create ", "REG delete ", "REG get ", "REG query ", "REG set "}},
		{"help reg q", []string{"help reg query "}},
		{"nonsense ", nil},
		{"pwd ", nil},
		{"get -", []string{"get -f "}},
		{`cd \us`, []string{`cd \users\`}},
		{`cd Us`, []string{`cd Users\`}},
		{`dir C:\Windows\System32\dri`, []string{`dir C:\Windows\System32\drivers\`}},
		{`dir c:/windows/system32/drivers/etc/`, []string{`dir c:/windows/system32/drivers/etc/hosts `}},
		{`cd C:\Windows\System32\drivers\etc\`, nil}, // no directory is there
		{`dir Prog`, []string{`dir Program" "Files\`, `dir Program" "files" "(x86)\`}},
		{`dir "Program F`, []string{`dir "Program Files (x86)\`, `dir "Program Files\`}},
		{`cd d`, []string{`cd d:\`}},
		{`cd C:`, []string{`cd C:\`}},
		{`get "Windows\System32\drivers\etc\h`, []string{`get "Windows\System32\drivers\etc\hosts" `}},
		{`del nowhere\x`, nil},
		{`get x o`, []string{"get x one.txt ", "get x out" + slash}},
		{`get x tw`, []string{`get x two" "words.txt `}},
		{`get x y `, nil},
		{`put -x on`, nil},
		{`reg query hk`, []string{`reg query hkCC\`, `reg query hkCR\`, `reg query hkEY_CLASSES_ROOT\`, `reg query hkEY_CURRENT_CONFIG\`,
			`reg query hkEY_LOCAL_MACHINE\`, `reg query hkEY_USERS\`, `reg query hkLM\`, `reg query hkU\`}},
		{`reg query HKLM\SOFTWARE\Micro`, []string{`reg query HKLM\SOFTWARE\Microsoft`}},
		{`reg get HKLM\SOFTWARE\X a`, []string{`reg get HKLM\SOFTWARE\X a" "b `}},
		{`reg set -t REG_SZ HKLM\SOFTWARE\X `, []string{`reg set -t REG_SZ HKLM\SOFTWARE\X a" "b `}},
		{`reg get HKLM\None `, nil},
		{"kill -y svch", []string{"kill -y svchost.exe "}},
		{"kill 171", []string{"kill 1716 "}},
		{`exec -d Us`, []string{`exec -d Users\`}},
		{`exec Win`, []string{`exec Windows\`}},
		{`exec Program`, nil}, // it needs quotes, which would be sent
		{`exec "Program F`, []string{`exec "Program Files (x86)\`, `exec "Program Files\`}},
	} {
		start, candidates := b.shell.Complete(t.Context(), test.line, len(test.line))
		var got []string
		for _, c := range candidates {
			got = append(got, test.line[:start]+c)
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.line, diff)
		}
	}
}

// TestCompletionOfOddNames holds that a name with quotes, which Unix allows, comes back whole.
func TestCompletionOfOddNames(t *testing.T) {
	b := shellOn(t, "46", nil)
	b.must(`mkdir "/tmp/say ""x"""; mkdir "/tmp/a;b"`)
	for line, want := range map[string]string{`dir /tmp/sa`: `dir /tmp/say" """x""""/`, `dir "/tmp/sa`: `dir "/tmp/say ""x""/`, "dir /tmp/a": `dir /tmp/a";"b/`} {
		start, candidates := b.shell.Complete(t.Context(), line, len(line))
		if len(candidates) != 1 || line[:start]+candidates[0] != want {
			t.Errorf("%s completes to %q, want %s", line, candidates, want)
			continue
		}
		if strings.Count(want, `"`)%2 == 1 {
			want += `"`
		}
		b.must(want)
	}
}

// TestCompletionIsCheap holds that the endpoint is asked once for a directory, until something changes it or time goes by.
func TestCompletionIsCheap(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	b := shellOn(t, "11", func(c *lrshell.Config) { c.Now = func() time.Time { return now } })
	b.must(`cd C:\`)
	asked := func(line string) (posts, found int) {
		b.sim.ResetRequests()
		_, candidates := b.shell.Complete(t.Context(), line, len(line))
		for _, r := range b.sim.Requests() {
			if r.Method == "POST" {
				posts++
			}
		}
		return posts, len(candidates)
	}
	for _, step := range []struct {
		what  string
		do    func()
		posts int
		found int
	}{
		{"listed by cd", func() {}, 0, 1},
		{"after reading", func() { b.must("cat " + hosts) }, 0, 1},
		{"after a change", func() { b.must("mkdir wonders") }, 1, 2},
		{"again", func() {}, 0, 2},
		{"half a minute later", func() { now = now.Add(31 * time.Second) }, 1, 2},
		{"after a change that failed", func() { _, _ = b.do("mkdir wonders") }, 1, 2},
	} {
		step.do()
		if posts, found := asked("cd w"); posts != step.posts || found != step.found {
			t.Errorf("%s: %d commands and %d candidates, want %d and %d", step.what, posts, found, step.posts, step.found)
		}
	}
	b.sim.Inject(simulator.Fault{Method: "POST", PathPrefix: "/api/v1/cblr/session/1/command", Delay: -1})
	begun := time.Now()
	if _, found := asked(`cd Windows\`); found != 0 {
		t.Errorf("an endpoint that does not answer completes to %d candidates", found)
	}
	if took := time.Since(begun); took > 20*time.Second {
		t.Errorf("completion took %s", took)
	}
}

// TestCompletionAsksNobody holds that completion does not reach who is asked about what was not allowed as anything else.
func TestCompletionAsksNobody(t *testing.T) {
	questions := 0
	ask := func(ctx context.Context, _ client.Change, _ []client.Capability) (guard.Answer, error) {
		if lrshell.Completing(ctx) {
			return guard.No, nil
		}
		questions++
		return guard.Once, nil
	}
	b := shellOn(t, "11", nil, client.WithGuard(guard.New(guard.Config{Ask: ask})))
	if questions != 1 {
		t.Fatalf("%d questions before the session was open, want 1", questions)
	}
	if _, candidates := b.shell.Complete(t.Context(), `dir C:\`, 7); len(candidates) > 0 {
		t.Errorf("without a permission there are candidates: %q", candidates)
	}
	if questions != 1 {
		t.Errorf("completion asked %d questions", questions-1)
	}
	if b.must(`dir C:\Users`); questions != 2 {
		t.Errorf("%d questions after dir, want 2", questions)
	}
}

func TestDryRun(t *testing.T) {
	var shown []string
	g := guard.New(guard.Config{Allow: []client.Capability{client.Respond}, Show: func(c client.Change) { shown = append(shown, c.Action) }})
	b := shellOn(t, "11", func(c *lrshell.Config) { c.DryRun = true }, client.WithGuard(g))
	if err := os.WriteFile(filepath.Join(b.dir, "x"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	got := b.must(`cd C:\; mkdir a; put x C:\x; exec hostname; execbg notepad; kill 1664; reg create HKLM\X; memdump dump; del Windows`)
	if got != "" {
		t.Errorf("what was only shown is told of as done: %q", got)
	}
	want := []string{`create directory C:\a on sensor 11`, `put file C:\x on sensor 11: upload`, `put file C:\x on sensor 11`, "create process hostname on sensor 11",
		"create process notepad on sensor 11", "kill 1664 on sensor 11", `reg create key HKLM\X on sensor 11`}
	if len(shown) != len(want)+2 {
		t.Fatalf("shown are %q", shown)
	}
	if diff := cmp.Diff(want, shown[:len(want)]); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// TestCapabilities holds that each command of the table needs what it says, by running them where the first question about a
// capability is answered with no.
func TestCapabilities(t *testing.T) {
	lines := map[string]string{
		"cd": `cd C:\`, "pwd": "pwd", "drives": "drives", "dir": "dir", "stat": hosts, "cat": hosts, "hexdump": hosts, "hash": hosts, "del": `C:\x`,
		"mkdir": `C:\x`, "get": hosts, "put": `x C:\x`, "memdump": "dump", "archive": "archive.zip", "ps": "", "kill": "1664", "exec": `C:\Windows\System32\hostname.exe`,
		"execbg": `C:\Windows\notepad.exe`, "reg query": `HKLM\SOFTWARE`, "reg get": `HKLM\SOFTWARE x`, "reg set": `HKLM\SOFTWARE x y`, "reg create": `HKLM\X`,
		"reg delete": `HKLM\X`, "info": "", "history": "", "help": "", "exit": "",
	}
	for _, c := range lrshell.Commands() {
		line, ok := lines[c.Name]
		if !ok {
			t.Errorf("the command %s is not run here", c.Name)
			continue
		}
		if len(line) < len(c.Name) || line[:len(c.Name)] != c.Name {
			line = c.Name + " " + line
		}
		var needed client.Capability
		closed := false // once the session is open
		ask := func(_ context.Context, _ client.Change, missing []client.Capability) (guard.Answer, error) {
			if !closed {
				return guard.Once, nil
			}
			needed = missing[0]
			return guard.No, nil
		}
		b := shellOn(t, "11", nil, client.WithGuard(guard.New(guard.Config{Ask: ask})))
		if err := os.WriteFile(filepath.Join(b.dir, "x"), []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
		closed = true
		_, _ = b.do(line)
		closed = false
		if needed != c.Needs {
			t.Errorf("%s needs %q, and its table says %q", c.Name, needed, c.Needs)
		}
	}
}
