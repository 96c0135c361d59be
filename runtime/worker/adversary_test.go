//go:build linux

package worker_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"

	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/guard"
	"github.com/cbscript/cbscript/client/jobs"
	"github.com/cbscript/cbscript/runtime"
	"github.com/cbscript/cbscript/runtime/evidence"
	"github.com/cbscript/cbscript/runtime/worker"
)

// attacker is a program that runs in the place of a worker and has its connection: what a script would be that found a
// hole in a builtin. It is as shut in as a worker.
type attacker struct {
	link *worker.Link
	body *io.PipeWriter
}

// attack tries what the arguments say, and prints what came of it by the connection.
func attack(ctx context.Context, args []string) int {
	conn, err := net.FileConn(os.Stdin)
	if err != nil {
		return 3
	}
	lacking := worker.Confine()
	var head [4]byte // of the job, which comes first
	if _, err := io.ReadFull(conn, head[:]); err != nil {
		return 3
	}
	if _, err := io.CopyN(io.Discard, conn, int64(binary.BigEndian.Uint32(head[:]))); err != nil {
		return 3
	}
	a := &attacker{link: worker.NewLink(conn)}
	body, pipe := io.Pipe()
	a.body = pipe
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://host/run", body)
	if err != nil {
		return 4
	}
	resp, err := a.link.RoundTrip(req)
	if err != nil {
		return 5
	}
	go func() { _, _ = io.Copy(io.Discard, resp.Body) }()
	switch args[0] {
	case "requests":
		a.requests(ctx, args[1:])
	case "answers":
		a.answers(ctx, args[1:])
	case "files":
		a.read(ctx, args[1:])
	case "notice":
		a.requests(ctx, []string{"POST host /open?product=response&role= "})
		_, _ = pipe.Write(append(binary.BigEndian.AppendUint32(nil, uint32(len(args[1]))), args[1]...))
	case "system":
		a.say("lacking %d", len(lacking))
		a.system(ctx, args[1], args[2], args[3])
	case "half":
		a.half(ctx)
	case "frame":
		_, _ = pipe.Write([]byte("\xff\xff\xff\xff{}"))
		select {}
	case "flood":
		for {
			a.say("%s", strings.Repeat("x", 1<<20))
		}
	}
	a.send(map[string]any{"done": map[string]any{"failed": false}})
	select {}
}

// read asks for files and folders, and prints the answers.
func (a *attacker) read(ctx context.Context, paths []string) {
	for _, path := range paths {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://host/", nil)
		if err != nil {
			panic(err)
		}
		req.URL.Opaque = path
		resp, err := a.link.RoundTrip(req)
		if err != nil {
			a.say("%s: no answer", path)
			continue
		}
		text, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		a.say("%s: %s", path, bytes.TrimSpace(text))
	}
}

func (a *attacker) send(message any) {
	text, err := json.Marshal(message)
	if err != nil {
		panic(err)
	}
	_, _ = a.body.Write(append(binary.BigEndian.AppendUint32(nil, uint32(len(text))), text...))
}

func (a *attacker) say(format string, args ...any) {
	a.send(map[string]any{"print": fmt.Sprintf(format, args...) + "\n"})
}

// requests sends each request, written as METHOD HOST PATH BODY, where $LARGE stands for more than a record of a job may
// have. A line "header NAME VALUE" adds a header to those behind it.
func (a *attacker) requests(ctx context.Context, all []string) {
	header := http.Header{}
	for _, line := range all {
		parts := strings.SplitN(line, " ", 4)
		if parts[0] == "header" {
			header.Set(parts[1], parts[2])
			continue
		}
		req, err := http.NewRequestWithContext(ctx, parts[0], "http://host/", strings.NewReader(strings.ReplaceAll(parts[3], "$LARGE", strings.Repeat("x", jobs.MaxRecord))))
		if err != nil {
			a.say("%s: %v", line, err)
			continue
		}
		req.URL.Opaque, req.Host, req.Header = parts[2], parts[1], header
		if strings.HasPrefix(parts[2], "//") { // which Opaque would make a URL of
			req.URL.Opaque, req.URL.Path = "", parts[2]
		}
		resp, err := a.link.RoundTrip(req)
		if err != nil {
			a.say("%s: no answer", line)
			continue
		}
		text, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		fault, _ := base64.StdEncoding.DecodeString(resp.Header.Get("Cbscript-Fault"))
		var f struct{ Cause struct{ Text, Kind string } }
		_ = json.Unmarshal(fault, &f)
		switch {
		case f.Cause.Text != "":
			a.say("%s %s: %s: %s", parts[0], parts[2], f.Cause.Kind, f.Cause.Text)
		case len(fault) > 0:
			a.say("%s %s: refused", parts[0], parts[2])
		default:
			a.say("%s %s: %d, %v", parts[0], parts[2], resp.StatusCode, len(text) > 0)
		}
	}
}

// half begins to send a file, and ends without its end.
func (a *attacker) half(ctx context.Context) {
	body, pipe := io.Pipe()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://host/artifact?name=half", body)
	if err != nil {
		panic(err)
	}
	go func() { _, _ = a.link.RoundTrip(req) }()
	_, _ = pipe.Write([]byte("half a file"))
}

// system tries to get out of the process. open is the number of a file that this process was started with.
func (a *attacker) system(ctx context.Context, secret, address, open string) {
	try := func(what string, err error) {
		if err != nil {
			a.say("%s: refused", what)
		} else {
			a.say("%s: done", what)
		}
	}
	_, err := os.ReadFile(secret)
	try("read a file", err)
	fd, err := strconv.Atoi(open)
	if err == nil {
		_, err = unix.Pread(fd, make([]byte, 1), 0)
	}
	try("read a file that was open", err)
	try("write a file", os.WriteFile(secret+".new", nil, 0o600))
	try("remove a file", os.Remove(secret))
	_, err = os.ReadDir("/")
	try("list a folder", err)
	_, err = os.ReadFile(fmt.Sprintf("/proc/%d/environ", os.Getppid()))
	try("read the host's environment", err)
	_, err = net.Dial("tcp", address)
	try("connect", err)
	_, err = net.Dial("udp", address)
	try("send", err)
	_, err = unix.Socket(unix.AF_INET, unix.SOCK_DGRAM, 0) // which sends without a connection
	try("open a socket", err)
	_, err = net.Listen("tcp", "127.0.0.1:0")
	try("listen", err)
	try("run a program", exec.CommandContext(ctx, "/bin/true").Run())
	try("signal the host", syscall.Kill(os.Getppid(), 0))
	a.say("environment %v", os.Environ())
}

func self(t *testing.T) string {
	t.Helper()
	path, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// TestRequestsOfAnAdversary sends requests by a worker's connection that no builtin would.
func TestRequestsOfAnAdversary(t *testing.T) {
	const isolate = `PUT server-0 /api/v1/sensor/1 {"network_isolation_enabled": true}`
	denied := func(request, need string) string {
		return fmt.Sprintf("%s: PermissionError: %s needs the capability %q, which was not granted", request, request, need)
	}
	unknown := func(request string) string {
		return fmt.Sprintf("%s: PermissionError: %s is refused: no model of Cb Response has such a change, so that no capability stands for it", request, request)
	}
	all := []string{
		"POST host /open?product=response&role= ",
		"GET server-0 /api/info ",
		isolate,
		"DELETE server-0 /api/v1/watchlist/1 ",
		"POST server-0 /api/v1/cblr/session {}",
		`POST server-0 /api/v1/cblr/session/1/command {"name": "kill"}`,
		"PATCH server-0 /api/anything {}",
		"GET server-1 /api/info ",
		"GET server--1 /api/info ",
		"GET example.com /api/info ",
		"POST host /run ",
		"POST host /open?product=nothing&role= ",
		"POST host /artifact?name=../x text",
		"GET host /file?name=/etc/passwd ",
		"GET host /file?name=../x ",
		"POST host /bundle?name=a/b ",
	}
	const read = "POST /open?product=response&role=: 200, true"
	tail := []string{
		"GET /api/info: refused", "GET /api/info: refused", "GET /api/info: 404, true", "POST /run: 409, true",
		"POST /open?product=nothing&role=: refused", "POST /artifact?name=../x: refused", "GET /file?name=/etc/passwd: 200, true",
		"GET /file?name=../x: 200, true", "POST /bundle?name=a/b: refused",
	}
	for _, test := range []struct {
		name  string
		guard guard.Config
		want  []string
	}{
		{"nothing granted", guard.Config{}, []string{
			denied("PUT /api/v1/sensor/1", "isolate"), denied("DELETE /api/v1/watchlist/1", "write"), denied("POST /api/v1/cblr/session", "respond"),
			denied("POST /api/v1/cblr/session/1/command", "respond-write"), unknown("PATCH /api/anything")}},
		{"writing granted", guard.Config{Allow: []client.Capability{client.Write}}, []string{
			denied("PUT /api/v1/sensor/1", "isolate"), "DELETE /api/v1/watchlist/1: 404, true", denied("POST /api/v1/cblr/session", "respond"),
			denied("POST /api/v1/cblr/session/1/command", "respond-write"), unknown("PATCH /api/anything")}},
		{"a dry run", guard.Config{Allow: client.Capabilities(), Show: func(client.Change) {}}, []string{
			"PUT /api/v1/sensor/1: PermissionError: PUT /api/v1/sensor/1 needs the capability \"write\": this run only shows changes",
			"DELETE /api/v1/watchlist/1: PermissionError: DELETE /api/v1/watchlist/1 needs the capability \"write\": this run only shows changes",
			"POST /api/v1/cblr/session: 404, true", // which only reads from an endpoint, and was granted
			"POST /api/v1/cblr/session/1/command: PermissionError: POST /api/v1/cblr/session/1/command needs the capability \"respond-write\": this run only shows changes",
			unknown("PATCH /api/anything")}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := run(t, "", worker.Options{Command: append([]string{self(t), adversary, "requests"}, all...)}, runtime.Config{}, test.guard)
			if err != nil {
				t.Fatal(err)
			}
			want := append([]string{read, "GET /api/info: 200, true"}, append(test.want, tail...)...)
			if diff := cmp.Diff(lines(want...), got.Out); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// TestRequestsAreCounted holds that the host counts requests too: a worker that does not has as many as it has to clear up
// with, and no more.
func TestRequestsAreCounted(t *testing.T) {
	const limit, closing, sent = 5, 64, 100
	all := []string{self(t), adversary, "requests", "POST host /open?product=response&role= "}
	for range sent {
		all = append(all, "GET server-0 /api/info ")
	}
	got, err := run(t, "", worker.Options{Command: all}, runtime.Config{Limits: runtime.Limits{Requests: limit}}, guard.Config{})
	if err != nil {
		t.Fatal(err)
	}
	if passed := strings.Count(got.Out, "GET /api/info: 200, true"); passed != limit+closing {
		t.Errorf("%d requests passed, want %d", passed, limit+closing)
	}
	if refused := strings.Count(got.Out, "GET /api/info: refused"); refused != sent-limit-closing {
		t.Errorf("%d requests were refused, want %d; the worker said\n%s", refused, sent-limit-closing, got.Out)
	}
}

// TestSystemOfAnAdversary tries to leave the process without a builtin's help.
func TestSystemOfAnAdversary(t *testing.T) {
	secret := filepath.Join(t.TempDir(), "credentials.response")
	if err := os.WriteFile(secret, []byte("token"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("CBSCRIPT_TEST_SECRET", "token")
	open, err := unix.Open(secret, unix.O_RDONLY, 0) // as a shell's 3<FILE: programs that are started have it, too
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(open)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	got, err := run(t, "", worker.Options{Command: []string{self(t), adversary, "system", secret, listener.Addr().String(), strconv.Itoa(open)}}, runtime.Config{}, guard.Config{})
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(got.Out, "lacking 0\n") {
		t.Skipf("the kernel cannot refuse a process all of this: %q", got.Out)
	}
	want := lines("lacking 0", "read a file: refused", "read a file that was open: refused", "write a file: refused", "remove a file: refused", "list a folder: refused",
		"read the host's environment: refused", "connect: refused", "send: refused", "open a socket: refused", "listen: refused", "run a program: refused",
		"signal the host: refused", "environment [CBSCRIPT_WORKER=1]")
	if diff := cmp.Diff(want, got.Out); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if _, err := os.Stat(secret); err != nil {
		t.Errorf("the file is gone: %v", err)
	}
}

// TestFilesOfAnAdversary sends files by a worker's connection that no builtin would.
func TestFilesOfAnAdversary(t *testing.T) {
	for _, test := range []struct {
		name string
		args []string
		want string // what the worker says that came of it
		code int
		kept int // files
	}{
		{"names", []string{"requests", "POST host /artifact?name=manifest.jsonl {}", "POST host /artifact?name=Manifest.jsonl. {}", "POST host /artifact?name=a text",
			"POST host /artifact?name=a other", "POST host /artifact?name=b%0A{} text"},
			lines("POST /artifact?name=manifest.jsonl: refused", "POST /artifact?name=Manifest.jsonl.: refused", "POST /artifact?name=a: 200, true",
				"POST /artifact?name=a: refused", "POST /artifact?name=b%0A{}: refused"), runtime.ExitDone, 1},
		{"too much", []string{"requests", "POST host /artifact?name=a text", "POST host /artifact?name=b 123456789"}, "", runtime.ExitLimit, 1},
		{"too many", []string{"requests", "POST host /artifact?name=a 1", "POST host /artifact?name=b 2", "POST host /artifact?name=c 3", "POST host /artifact?name=d 4"}, "", runtime.ExitLimit, 3},
		{"half a file", []string{"half"}, "", runtime.ExitDone, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			folder, err := evidence.Open(dir, evidence.Config{})
			if err != nil {
				t.Fatal(err)
			}
			config := runtime.Config{Artifacts: folder, Limits: runtime.Limits{Artifacts: 12, Files: 3}}
			got, err := run(t, "", worker.Options{Command: append([]string{self(t), adversary}, test.args...)}, config, guard.Config{})
			if got.Code != test.code || test.want != "" && got.Out != test.want {
				t.Errorf("exit code %d, error %v, and the worker said\n%s", got.Code, err, got.Out)
			}
			if err := folder.Close(); err != nil {
				t.Fatal(err)
			}
			report, err := evidence.Verify(t.Context(), dir, evidence.Expected{})
			if err != nil || len(report.Findings) > 0 || report.Files != test.kept {
				t.Errorf("the folder: %+v, %v", report, err)
			}
		})
	}
}

// TestMessagesOfAnAdversary sends the host what no worker would.
func TestMessagesOfAnAdversary(t *testing.T) {
	_, err := run(t, "", worker.Options{Command: []string{self(t), adversary, "frame"}}, runtime.Config{}, guard.Config{})
	if got := runtime.ExitCode(err); got != runtime.ExitInternal || !strings.Contains(fmt.Sprint(err), "what is no message") {
		t.Errorf("a message of 4 GiB: exit code %d, error %v", got, err)
	}
	got, err := run(t, "", worker.Options{Command: []string{self(t), adversary, "flood"}}, runtime.Config{Limits: runtime.Limits{Output: 4 << 20}}, guard.Config{})
	if got.Code != runtime.ExitLimit || bytes.Count([]byte(got.Out), []byte("x")) > 6<<20 {
		t.Errorf("a flood of output: exit code %d, %d bytes, error %v", got.Code, len(got.Out), err)
	}
}
