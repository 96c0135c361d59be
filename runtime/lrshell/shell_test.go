package lrshell_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/demo"
	"github.com/cbscript/cbscript/client/gate"
	"github.com/cbscript/cbscript/client/response"
	"github.com/cbscript/cbscript/client/simulator"
	"github.com/cbscript/cbscript/runtime"
	"github.com/cbscript/cbscript/runtime/lrshell"
	"github.com/cbscript/cbscript/runtime/output"
)

// bench is a shell on an endpoint of the simulator, and what it wrote.
type bench struct {
	t      *testing.T
	sim    *simulator.Server
	client *client.Client
	shell  *lrshell.Shell
	out    bytes.Buffer
	dir    string // of local files
}

// shellOn makes a shell on a sensor. change may be nil.
func shellOn(t *testing.T, sensor string, change func(*lrshell.Config), options ...client.Option) *bench {
	t.Helper()
	d, err := demo.Start(simulator.Options{}, gate.WithMaxRetries(0))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	sim := d.Simulator
	b := &bench{t: t, sim: sim, client: response.New(d.Gate, options...), dir: t.TempDir()}
	s, err := lrshell.Attach(t.Context(), lrshell.Target{Client: b.client, Product: response.LiveResponse(), Name: sensor})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
		if open := sim.LiveSessions(); len(open) > 0 {
			t.Errorf("still open: %v", open)
		}
	})
	config := lrshell.Config{Session: s, Out: &b.out, Dir: b.dir,
		Rows: func() (output.Rows, error) { return output.NewRows("table", &b.out, output.Options{}) }}
	if change != nil {
		change(&config)
	}
	b.shell = lrshell.New(t.Context(), config)
	return b
}

// do runs a line, and gives what was written.
func (b *bench) do(line string) (string, error) {
	b.out.Reset()
	err := b.shell.Do(b.t.Context(), line)
	return b.out.String(), err
}

// must runs a line that does not fail.
func (b *bench) must(line string) string {
	b.t.Helper()
	text, err := b.do(line)
	if err != nil {
		b.t.Fatalf("%s: %v", line, err)
	}
	return text
}

const hosts = `C:\Windows\System32\drivers\etc\hosts`

// TestCommands runs lines one after the other on one endpoint: each step sees what those before it have done.
func TestCommands(t *testing.T) {
	b := shellOn(t, "ws-fin-01", nil)
	const header = "attributes  size  written               name\n"
	now := "2016-11-11T21:30:00Z"
	for _, step := range []struct{ line, want string }{
		{"pwd", "C:\\Windows\\CarbonBlack\n"},
		{"", ""},
		{"# nothing", ""},
		{"cd", "C:\\Windows\\CarbonBlack\n"},
		{"drives", "drive\nA:\\\nC:\\\nD:\\\n"},
		{`cd ..; cd /users; pwd`, "C:\\users\n"},
		{"dir", header + "directory         2016-11-08T07:34:19Z  apetrov\ndirectory         2016-06-18T08:20:14Z  Public\n"},
		{"cd c:", ""},
		{"ls " + hosts, header + "archive       43  2016-06-18T08:20:14Z  hosts\n"},
		{`dir Windows\System32\drivers\etc\h*`, header + "archive       43  2016-06-18T08:20:14Z  hosts\n"},
		{"stat pagefile.sys", "attributes                    size  created               accessed              written               path\n" +
			"archive hidden system  17179869184  2016-06-18T08:20:14Z  2016-06-18T08:20:14Z  2016-06-18T08:20:14Z  C:\\pagefile.sys\n"},
		{"cat " + hosts, "# hosts of WS-FIN-01\n127.0.0.1 localhost\n"},
		{"hexdump " + hosts + " 2 0x14", "" +
			"00000002  68 6f 73 74 73 20 6f 66  20 57 53 2d 46 49 4e 2d  |hosts of WS-FIN-|\n" +
			"00000012  30 31 0d 0a                                       |01..|\n"},
		{"mkdir \"work dir\"; cd \"work dir\"; pwd", "made C:\\work dir\nC:\\work dir\n"},
		{"exec cmd /c echo \"a  b\" x", "\"a  b\" x\n"},
		{"execfg cmd /c cd", "C:\\work dir\n"},
		{`exec -d \ cmd /c cd`, "C:\\\n"},
		{"exec -o out.txt hostname; cat out.txt", "what it printed is in C:\\work dir\\out.txt\nWS-FIN-01\n"},
		{`del out.txt; cd ..; rm "work dir"`, "deleted C:\\work dir\\out.txt\ndeleted C:\\work dir\n"},
		{"execbg notepad -x; ps NOTEPAD", "started notepad -x\n pid  ppid  user                 started               path                             command_line\n" +
			"9020     0  NT AUTHORITY\\SYSTEM  " + now + "  c:\\windows\\system32\\notepad.exe  notepad -x\n"},
		{"kill -y note*.exe", "ended process 9020\n"},
		{`cd C:\Windows\CarbonBlack; execbg cb -x; kill 9024; execbg "cb.exe"; kill 9028; execbg ..\CarbonBlack\cb.exe; kill 9032`,
			"started C:\\Windows\\CarbonBlack\\cb.exe -x\nended process 9024\nstarted C:\\Windows\\CarbonBlack\\cb.exe\nended process 9028\n" +
				"started C:\\Windows\\CarbonBlack\\cb.exe\nended process 9032\n"},
		{"cd C:\\; execbg notepad; kill 9036", "started notepad\nended process 9036\n"},
		{`reg query HKLM\SOFTWARE\Microsoft\`, "name                                type  data\nHKLM\\SOFTWARE\\Microsoft\\Windows     key\nHKLM\\SOFTWARE\\Microsoft\\Windows NT  key\n"},
		{`reg create HKLM\SOFTWARE\X; reg set HKLM\SOFTWARE\X "a b" "c d"; reg set -t reg_multi_sz HKLM\SOFTWARE\X m 1 2`,
			"made HKLM\\SOFTWARE\\X\nset HKLM\\SOFTWARE\\X\\a b\nset HKLM\\SOFTWARE\\X\\m\n"},
		{`reg set -f -t REG_DWORD HKLM\SOFTWARE\X m 0x10; reg query HKLM\SOFTWARE\X`, "set HKLM\\SOFTWARE\\X\\m\nname  type       data\na b   REG_SZ     c d\nm     REG_DWORD  16\n"},
		{`reg get HKLM\SOFTWARE\X "a b"`, "name  type    data\na b   REG_SZ  c d\n"},
		{`reg delete HKLM\SOFTWARE\X m; reg delete HKLM\SOFTWARE\X`, "deleted HKLM\\SOFTWARE\\X\\m\ndeleted HKLM\\SOFTWARE\\X\n"},
		{"ps -l csrss.exe", " pid  ppid  user    started               sid       proc_guid"},
		{"help pwd", "pwd\n\nTell the directory that paths start from.\n"},
	} {
		got := b.must(step.line)
		if strings.HasPrefix(step.line, "ps -l") { // its lines are long
			got = got[:min(len(got), len(step.want))]
		}
		if diff := cmp.Diff(step.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", step.line, diff)
		}
	}
	if got, want := b.shell.Prompt(), `WS-FIN-01 C:\> `; got != want {
		t.Errorf("the prompt is %q, want %q", got, want)
	}
}

// TestRefusals holds what fails, with which kind of error, and what is advised.
func TestRefusals(t *testing.T) {
	b := shellOn(t, "11", nil)
	b.must(`cd C:\`)
	for _, test := range []struct{ line, kind, text, hint string }{
		{"nonsense", "UsageError", `unknown command "nonsense"`, "help lists the commands"},
		{"pss", "UsageError", `unknown command "pss"`, "did you mean ps?"},
		{"!ls", "UsageError", "there is no local shell here", "exec runs a program on the endpoint"},
		{"reg", "UsageError", "reg: want one of query, get, set, create, delete", "help reg"},
		{"reg quer x", "UsageError", "reg: want one of", "help reg"},
		{"help nonsense", "UsageError", "unknown command", ""},
		{`help "#"`, "UsageError", "unknown command", ""},
		{"get", "UsageError", "get: REMOTE is missing", "usage: get [-f] REMOTE [LOCAL]"},
		{"get a b c", "UsageError", `get: got "c" besides`, "usage: get"},
		{"get -x a", "UsageError", `unknown flag "-x"`, "comes after --"},
		{"exec -d", "UsageError", "wants a value, DIR", "usage: exec"},
		{"exec -t soon hostname", "UsageError", `got -t "soon"`, "usage: exec"},
		{`get "x`, "UsageError", "a quote is not closed", "quotes come in pairs"},
		{"cd nowhere", "LiveResponseError", `directory list "C:\nowhere\*" on sensor 11 failed: Win32 error code 0x80070003 (ERROR_PATH_NOT_FOUND): path not found`, "dir shows what is there"},
		{"cd " + hosts, "UsageError", "is a file", "cat and hexdump"},
		{"dir nowhere", "LiveResponseError", "path not found", ""},
		{`dir "System Volume Information"`, "LiveResponseError", "access denied", "the endpoint's system protects it"},
		{"cat pagefile.sys", "LiveResponseError", "sharing violation", "another process holds the file"},
		{"cat Windows", "LiveResponseError", "access denied", "a directory is listed with dir"},
		{"stat nothing", "LiveResponseError", "ERROR_FILE_NOT_FOUND", ""},
		{"hexdump x y", "UsageError", `got "y", want a number`, ""},
		{"hexdump x 0 0", "UsageError", "got the length 0", ""},
		{"del Windows", "LiveResponseError", "ERROR_DIR_NOT_EMPTY", "delete what is in it first"},
		{"del *.none", "LiveResponseError", "ERROR_FILE_NOT_FOUND", ""},
		{"del *.sys", "UsageError", "nobody can be asked whether to delete 1 file", "-y does it without asking"},
		{"cd d:", "LiveResponseError", `directory list "D:\*"`, ""},
		{"kill svchost.exe", "UsageError", "nobody can be asked whether to end 8 processes", "-y"},
		{"kill nothing.exe", "UsageError", "no process has an image", "ps lists"},
		{"kill [", "UsageError", "no process has an image", ""},
		{"kill 4", "LiveResponseError", "access denied", ""},
		{"kill 99999", "LiveResponseError", "invalid parameter", "ps lists the processes"},
		{"ps none-such", "UsageError", "no process has", ""},
		{"mkdir Windows", "LiveResponseError", "already exists", "one of that name"},
		{`reg query HKLM\None`, "LiveResponseError", "file not found", "reg query shows"},
		{`reg delete HKLM\`, "UsageError", "is a root of the registry", ""},
		{`reg set -t REG_DWORD HKLM\SOFTWARE x y`, "UsageError", "want a number of 32 bits", ""},
		{`reg set -t REG_X HKLM\SOFTWARE x y`, "UsageError", "unknown type", "want REG_SZ"},
		{`reg set HKLM\SOFTWARE x y z`, "UsageError", `got "z" besides`, "in quotes"},
		{"put none.txt x", "", "none.txt", ""},
		{"put . x", "UsageError", "is not a file", ""},
	} {
		text, err := b.do(test.line)
		var failed *lrshell.FailedError
		if !errors.As(err, &failed) {
			t.Errorf("%s: no error, but %q", test.line, text)
			continue
		}
		var kinded interface{ Kind() string }
		kind := ""
		if errors.As(err, &kinded) {
			kind = kinded.Kind()
		}
		var hinted interface{ Hint() string }
		hint := ""
		if errors.As(err, &hinted) {
			hint = hinted.Hint()
		}
		if kind != test.kind || !strings.Contains(err.Error(), test.text) || !strings.Contains(hint, test.hint) {
			t.Errorf("%s: a %s, %q, hint %q; want a %s with %q, hint %q", test.line, kind, err, hint, test.kind, test.text, test.hint)
		}
	}
}

// TestUpright holds that no hash is cut where a terminal is narrow.
func TestUpright(t *testing.T) {
	b := shellOn(t, "11", func(c *lrshell.Config) {
		c.Upright = true
		out := c.Out
		c.Rows = func() (output.Rows, error) { return output.NewRows("table", out, output.Options{Width: 80}) }
	})
	want := `fact    value
size    43
md5     c7b65c29757b2f260b8a267d72a218b8
sha256  7c0de99a65ba53b39f939695d003e651381d34fcb0736d1dd492dbe28a6ff6de
path    ` + hosts + "\n"
	if diff := cmp.Diff(want, b.must("hash "+hosts)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// TestHelp holds that every command is told about in lines that a terminal has room for, and by every name that it has.
func TestHelp(t *testing.T) {
	b := shellOn(t, "11", nil)
	overview := b.must("help")
	for _, c := range lrshell.Commands() {
		if !strings.Contains(overview, "\n  "+c.Name+" ") {
			t.Errorf("the overview lacks %s", c.Name)
		}
		for _, name := range append([]string{c.Name}, c.Aliases...) {
			if diff := cmp.Diff(c.Help(), b.must("help "+name)); diff != "" {
				t.Errorf("help %s (-want +got):\n%s", name, diff)
			}
		}
		if !strings.HasPrefix(c.Help(), c.Usage()+"\n\n") {
			t.Errorf("the help of %s does not begin with how it is written", c.Name)
		}
		overview += c.Help()
	}
	for line := range strings.Lines(overview + b.must("help reg")) {
		if len(line) > 101 {
			t.Errorf("a line is longer than 100 columns: %s", line)
		}
	}
}

// TestConfirmation holds that what patterns name is listed and asked about, and left alone without a yes.
func TestConfirmation(t *testing.T) {
	answer, asked := false, []string{}
	b := shellOn(t, "11", func(c *lrshell.Config) {
		c.Confirm = func(_ context.Context, question string) (bool, error) {
			asked = append(asked, question)
			return answer, nil
		}
	})
	if text, err := b.do("kill svchost.exe"); err == nil || !strings.Contains(text, "-k RPCSS") {
		t.Errorf("refused, but %v with the listing %q", err, text)
	}
	b.must("ps svchost.exe")
	answer = true
	b.must("execbg notepad; execbg notepad")
	text := b.must("kill NOTEPAD.EXE")
	if !strings.Contains(text, "ended process 9004\nended process 9008\n") {
		t.Errorf("kill tells %q", text)
	}
	if diff := cmp.Diff([]string{"end 8 processes?", "end 2 processes?"}, asked); diff != "" {
		t.Errorf("questions (-want +got):\n%s", diff)
	}
}

func TestUnix(t *testing.T) {
	b := shellOn(t, "46", nil) // a Mac
	for _, step := range []struct{ line, want string }{
		{"pwd", "/\n"},
		{"cd /etc; cat hosts", "127.0.0.1 localhost\n"},
		{"dir ../tmp", ""},
		{`mkdir /tmp/a\b; dir /tmp; del /tmp/a\b`, `a\b`},
	} {
		if got := b.must(step.line); !strings.Contains(got, step.want) {
			t.Errorf("%s gives %q, want %q", step.line, got, step.want)
		}
	}
	if _, err := b.do(`reg query HKLM`); err == nil || !strings.Contains(err.Error(), "not supported by this sensor") {
		t.Errorf("the registry of a Mac gives %v", err)
	}
}

func TestLines(t *testing.T) {
	lines := func(text string) func(func(string, error) bool) {
		return func(yield func(string, error) bool) {
			for line := range strings.Lines(text) {
				if !yield(line, nil) {
					return
				}
			}
		}
	}
	name := func(n int) string { return fmt.Sprint("line ", n) }
	for _, test := range []struct {
		name, text, out string
		goOn            bool
		code            int
		reports         []string
		err             string
	}{
		{"all done", "# x\n\ncd C:\\\npwd", "C:\\\n", false, 0, nil, ""},
		{"ends at the first", "cd C:\\; pwd; cd no; pwd\npwd", "C:\\\n", false, runtime.ExitServer, nil, "line 1, cd no: directory list"},
		{"goes on", "pwd; cd no; nonsense\ncd C:\\; pwd", "C:\\Windows\\CarbonBlack\nC:\\\n", true, runtime.ExitServer,
			[]string{"line 1, cd no", "line 1, nonsense"}, "line 1, cd no"},
		{"exit", "pwd\nexit\nnonsense", "C:\\Windows\\CarbonBlack\n", false, 0, nil, ""},
		{"open quote", "pwd; get \"x\npwd", "", false, runtime.ExitUsage, nil, `line 1, get "x: a quote is not closed`},
	} {
		t.Run(test.name, func(t *testing.T) {
			b := shellOn(t, "11", nil)
			var reports []string
			err := b.shell.Lines(t.Context(), lines(test.text), name, test.goOn, func(err error) { reports = append(reports, err.Error()) })
			if code := runtime.ExitCode(err); code != test.code || b.out.String() != test.out {
				t.Errorf("code %d and %q, want %d and %q", code, b.out.String(), test.code, test.out)
			}
			if test.err != "" && !strings.Contains(fmt.Sprint(err), test.err) {
				t.Errorf("the error is %v, want %q", err, test.err)
			}
			if len(reports) != len(test.reports) {
				t.Fatalf("reports %q, want %q", reports, test.reports)
			}
			for i := range reports {
				if !strings.Contains(reports[i], test.reports[i]) {
					t.Errorf("report %q, want %q", reports[i], test.reports[i])
				}
			}
		})
	}
	b := shellOn(t, "11", nil)
	broken := func(yield func(string, error) bool) { yield("", io.ErrUnexpectedEOF) }
	if err := b.shell.Lines(t.Context(), broken, name, true, nil); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("an input that breaks off gives %v", err)
	}
}

func TestInterrupted(t *testing.T) {
	b := shellOn(t, "11", nil)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := b.shell.Do(ctx, "ps"); !errors.Is(err, context.Canceled) {
		t.Errorf("an interrupted command gives %v", err)
	}
	b.must("ps svchost")
	b.sim.DropLiveSessions(11) // as a server does that was restarted: the next command opens another one
	b.must("ps svchost")
}

// TestReturnCode holds that a program that failed is told of.
func TestReturnCode(t *testing.T) {
	b := shellOn(t, "11", nil)
	if diff := cmp.Diff("it ended with the return code 7\nWS-FIN-01\n", b.must("exec cmd /c exit 7; exec hostname")); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
