package liveresponse_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/guard"
	"github.com/cbscript/cbscript/client/liveresponse"
	"github.com/cbscript/cbscript/client/liveresponse/winerror"
	"github.com/cbscript/cbscript/client/simulator"
	live "github.com/cbscript/cbscript/client/simulator/liveresponse"
)

func TestErrors(t *testing.T) {
	_, c := connect(t, simulator.Options{})
	s := open(t, c, workstation)
	_, err := s.GetFile(t.Context(), `c:\nothing.txt`, liveresponse.Poll{})
	var got *liveresponse.Error
	if !errors.As(err, &got) {
		t.Fatalf("got %v, want an Error", err)
	}
	if got.Details["result_type"] != "WinHresult" {
		t.Errorf("the details are %v", got.Details)
	}
	got.Details = nil
	want := &liveresponse.Error{Command: "get file", Path: `c:\nothing.txt`, Sensor: 11, Known: true, Type: "WinHresult",
		Code: winerror.Code{Value: 0x80070002, Space: winerror.Win32, Symbol: "ERROR_FILE_NOT_FOUND"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if text := `get file "c:\nothing.txt" on sensor 11 failed: Win32 error code 0x80070002 (ERROR_FILE_NOT_FOUND)`; got.Error() != text {
		t.Errorf("got %s, want %s", got, text)
	}
	facts := map[string]any{"command": "get file", "path": `c:\nothing.txt`, "sensor_id": int64(11), "code": int64(0x80070002),
		"symbol": "ERROR_FILE_NOT_FOUND", "text": "file not found", "win32_error": int64(0x80070002),
		"decoded_win32_error": "ERROR_FILE_NOT_FOUND", "details": map[string]any(nil)}
	if diff := cmp.Diff(facts, got.Facts()); diff != "" {
		t.Errorf("facts, -want +got:\n%s", diff)
	}
}

// TestErrorCodes holds what a finished command's document means. Source: contract/live-response.md, section 3.
func TestErrorCodes(t *testing.T) {
	for _, test := range []struct{ fields, message string }{
		{`"result_type": "WinHresult", "result_code": 2147942487`, "Win32 error code 0x80070057 (ERROR_INVALID_PARAMETER)"},
		{`"result_type": "WinHresult", "result_code": "2147942405"`, "Win32 error code 0x80070005 (ERROR_ACCESS_DENIED)"},
		{`"result_type": "WinHresult", "result_code": -2147024893`, "Win32 error code 0x80070003 (ERROR_PATH_NOT_FOUND)"},
		{`"result_type": "WinHresult", "result_code": 2147500037, "result_desc": "it broke"`, "Win32 error code 0x80004005 (HRESULT E_FAIL): it broke"},
		{`"result_type": "WinHresult", "result_code": "x"`, "unknown Win32 error code"},
		{`"result_type": "CbError", "result_code": 7`, "result code 7"},
		{`"result_type": "CbError"`, "the server does not say why"},
		{`"result_type": "CbError", "result_code": 7, "result_desc": "no room"`, "no room"},
	} {
		sim, c := connect(t, simulator.Options{})
		s := open(t, c, workstation)
		sim.Inject(simulator.Fault{Method: "GET", Path: regexp.MustCompile(`/command/\d+$`), Status: 200, Body: `{"status": "error", ` + test.fields + `}`})
		_, err := s.ListProcesses(t.Context())
		var got *liveresponse.Error
		if !errors.As(err, &got) || got.Message() != test.message {
			t.Errorf("%s: got %v, want %q", test.fields, err, test.message)
		}
	}
}

func TestSessionIsOpenedAgain(t *testing.T) {
	for _, test := range []struct {
		name  string
		fault simulator.Fault
		text  string
	}{
		{"dropped before a command", simulator.Fault{Method: "POST", Path: regexp.MustCompile(`/command$`), Status: 404, Body: "Session 1 not found", Times: 1}, ""},
		{"answered as JSON", simulator.Fault{Method: "POST", Path: regexp.MustCompile(`/command$`), Status: 404, Body: `{"status": "NOT_FOUND"}`, Times: 1}, ""},
		{"answered as JSON that says more", simulator.Fault{Method: "POST", Path: regexp.MustCompile(`/command$`), Status: 404, Body: `{"status": "NOT_FOUND", "message": "no such thing"}`, Times: 1}, ""},
		{"answered as what is called a page", simulator.Fault{Method: "POST", Path: regexp.MustCompile(`/command$`), Status: 404, Body: "Session 1 not found", Header: http.Header{"Content-Type": {"text/html; charset=utf-8"}}, Times: 1}, ""},
		{"dropped under a command", simulator.Fault{Method: "GET", Path: regexp.MustCompile(`/command/\d+$`), Status: 404, Body: "Sensor 11 not found", Times: 1}, ""},
		{"the network broke", simulator.Fault{Method: "POST", Path: regexp.MustCompile(`/command$`), Drop: true, Times: 2}, ""},
		{"the server failed", simulator.Fault{Method: "POST", Path: regexp.MustCompile(`/command$`), Status: 500, Times: 2}, ""},
		{"the server always fails", simulator.Fault{Method: "POST", Path: regexp.MustCompile(`/command$`), Status: 500}, "HTTP 500"},
		{"another 404", simulator.Fault{Method: "POST", Path: regexp.MustCompile(`/command$`), Status: 404, Body: "nginx"}, "Received 404 error from server: nginx"},
		{"dropped again and again", simulator.Fault{Method: "POST", Path: regexp.MustCompile(`/command$`), Status: 404, Body: "Session"}, "failed after 5 retries"},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				sim, c := connect(t, simulator.Options{})
				s := open(t, c, workstation)
				if strings.HasPrefix(test.name, "dropped") {
					sim.DropLiveSessions(11)
				}
				sim.Inject(test.fault)
				processes, err := s.ListProcesses(t.Context())
				if test.text == "" && (err != nil || len(processes) == 0) || test.text != "" && (err == nil || !strings.Contains(err.Error(), test.text)) {
					t.Errorf("got %d processes and %v, want the error %q", len(processes), err, test.text)
				}
				if err := s.Close(t.Context()); err != nil {
					t.Error(err)
				}
				if open := sim.LiveSessions(); len(open) > 0 {
					t.Errorf("still open: %v", open)
				}
			})
		})
	}
}

// TestChangesAreNotRepeated holds that a command which changes the endpoint is sent once when nobody knows whether it was
// done, and again when the server refused it.
func TestChangesAreNotRepeated(t *testing.T) {
	for _, test := range []struct {
		name  string
		fault simulator.Fault
		posts int
		text  string
	}{
		{"refused", simulator.Fault{Method: "POST", Path: regexp.MustCompile(`/command$`), Status: 404, Body: "Session 1 not found", Times: 1}, 2, ""},
		{"dropped under it", simulator.Fault{Method: "GET", Path: regexp.MustCompile(`/command/\d+$`), Status: 404, Body: "Session 1 not found", Times: 1}, 1, "while delete file"},
		{"the network broke", simulator.Fault{Method: "POST", Path: regexp.MustCompile(`/command$`), Drop: true, Times: 1}, 1, "network error"},
		{"the server failed", simulator.Fault{Method: "POST", Path: regexp.MustCompile(`/command$`), Status: 502, Times: 1}, 1, "HTTP 502"},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				sim, c := connect(t, simulator.Options{})
				s := open(t, c, workstation)
				sim.ResetRequests()
				sim.Inject(test.fault)
				err := s.DeleteFile(t.Context(), `c:\users\public`)
				if test.text == "" && err != nil || test.text != "" && (err == nil || !strings.Contains(err.Error(), test.text)) {
					t.Errorf("got %v, want %q", err, test.text)
				}
				posts := 0
				for _, r := range sim.Requests() {
					if r.Method == http.MethodPost && strings.HasSuffix(r.Path, "/command") {
						posts++
					}
				}
				if posts != test.posts {
					t.Errorf("it was sent %d times, want %d", posts, test.posts)
				}
				_ = s.Close(t.Context())
			})
		})
	}
}

func TestOfflineSensor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sim, c := connect(t, simulator.Options{})
		began := time.Now()
		offline := liveresponse.Endpoint{ID: 39, System: liveresponse.Windows}
		_, err := liveresponse.Of(c, liveresponse.Response()).Open(t.Context(), offline, time.Minute)
		var late *client.TimeoutError
		if !errors.As(err, &late) || !strings.Contains(err.Error(), "could not establish a session with sensor 39") {
			t.Errorf("got %v, want a TimeoutError", err)
		}
		if took := time.Since(began); took < time.Minute || took > time.Minute+2*time.Second {
			t.Errorf("it took %s, want a minute", took)
		}
		if open := sim.LiveSessions(); len(open) > 0 {
			t.Errorf("still open: %v", open)
		}
		sim.SetOnline(39, true)
		open(t, c, offline).Close(t.Context())
	})
}

func TestKeepalive(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sim, c := connect(t, simulator.Options{})
		s := open(t, c, workstation)
		time.Sleep(time.Hour) // in the bubble: the server's limit is five minutes
		if got := sim.LiveSessions(); len(got) != 1 || got[0].State != live.Active {
			t.Errorf("after an hour there is %v", got)
		}
		if _, err := s.ListProcesses(t.Context()); err != nil {
			t.Error(err)
		}
		if err := s.Close(t.Context()); err != nil {
			t.Error(err)
		}
		if _, err := s.ListProcesses(t.Context()); err == nil || !strings.Contains(err.Error(), "is closed") {
			t.Errorf("a closed session gives %v", err)
		}
	})
}

// TestScopeCloses holds that a scope's end closes what was left open, in whatever state.
func TestScopeCloses(t *testing.T) {
	for _, test := range []struct {
		name  string
		leave func(ctx context.Context, cancel func(), m *liveresponse.Manager) error
	}{
		{"forgotten", func(ctx context.Context, _ func(), m *liveresponse.Manager) error {
			_, err := m.Open(ctx, workstation, 0)
			return err
		}},
		{"interrupted", func(ctx context.Context, cancel func(), m *liveresponse.Manager) error {
			s, err := m.Open(ctx, workstation, 0)
			cancel()
			return errors.Join(err, s.Close(ctx))
		}},
		{"interrupted while it waits", func(ctx context.Context, cancel func(), m *liveresponse.Manager) error {
			time.AfterFunc(time.Second, cancel)
			if _, err := m.Open(ctx, liveresponse.Endpoint{ID: 39}, 0); !errors.Is(err, context.Canceled) {
				return fmt.Errorf("got %w, want the cancellation", err)
			}
			return nil
		}},
		{"two users", func(ctx context.Context, _ func(), m *liveresponse.Manager) error {
			_, err := m.Open(ctx, workstation, 0)
			_, again := m.Open(ctx, workstation, 0)
			return errors.Join(err, again)
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				sim, c := connect(t, simulator.Options{})
				var scope client.Scope
				ctx, cancel := context.WithCancel(scope.Context(t.Context()))
				defer cancel()
				if err := test.leave(ctx, cancel, liveresponse.Of(c, liveresponse.Response())); err != nil {
					t.Error(err)
				}
				if len(sim.LiveSessions()) != 1 {
					t.Errorf("open before the end: %v, want one", sim.LiveSessions())
				}
				if err := scope.End(t.Context()); err != nil {
					t.Error(err)
				}
				if open := sim.LiveSessions(); len(open) > 0 {
					t.Errorf("still open: %v", open)
				}
			})
		})
	}
}

func TestForeignSessionStaysOpen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sim, other := connect(t, simulator.Options{})
		theirs := open(t, other, workstation)
		ours := open(t, client.New(other.Product(), memory{sim}), workstation)
		if _, err := ours.ListProcesses(t.Context()); err != nil {
			t.Error(err)
		}
		if err := ours.Close(t.Context()); err != nil {
			t.Error(err)
		}
		if got := len(sim.LiveSessions()); got != 1 {
			t.Errorf("%d sessions are open, want the one that was there before", got)
		}
		if err := theirs.Close(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

func TestRefusals(t *testing.T) {
	sim, c := connect(t, simulator.Options{LiveResponse: live.Options{MaxSessions: 1}})
	s := open(t, c, liveresponse.Endpoint{ID: 41, System: liveresponse.Linux})
	for name, test := range map[string]struct {
		do   func() error
		want string
	}{
		"no room": {func() error {
			_, err := liveresponse.Of(c, liveresponse.Response()).Open(t.Context(), workstation, 0)
			return err
		}, "HTTP 409"},
		"not supported": {func() error { _, _, err := s.ListRegistry(t.Context(), "HKLM"); return err }, "Command reg enum key not supported by this sensor"},
	} {
		if err := test.do(); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %v, want %q", name, err, test.want)
		}
	}
	if got := s.PathJoin("/a/", "b"); got != "/a//b" {
		t.Errorf("PathJoin gives %q", got)
	}
	if err := s.Close(t.Context()); err != nil || len(sim.LiveSessions()) > 0 {
		t.Errorf("%v, still open: %v", err, sim.LiveSessions())
	}
}

func TestKill(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sim, c := connect(t, simulator.Options{})
		s := open(t, c, workstation)
		defer s.Close(t.Context())
		if _, err := s.CreateProcess(t.Context(), liveresponse.Start{Command: "notepad.exe"}); err != nil {
			t.Fatal(err)
		}
		pid := func() any {
			processes, err := s.ListProcesses(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range processes {
				if strings.HasSuffix(p.(map[string]any)["path"].(string), "notepad.exe") {
					return p.(map[string]any)["pid"]
				}
			}
			return nil
		}
		if done, err := s.KillProcess(t.Context(), pid()); !done || err != nil {
			t.Errorf("killing gives %v, %v", done, err)
		}
		if left := pid(); left != nil {
			t.Errorf("process %v still runs", left)
		}
		if _, err := s.KillProcess(t.Context(), "4"); err == nil || !strings.Contains(err.Error(), "ACCESS_DENIED") {
			t.Errorf("killing the system gives %v", err)
		}
		sim.Inject(simulator.Fault{Method: "GET", Path: regexp.MustCompile(`/command/\d+$`), Status: 200, Body: `{"status": "pending"}`})
		if done, err := s.KillProcess(t.Context(), 77); done || err != nil {
			t.Errorf("killing without an answer gives %v, %v, want false", done, err)
		}
		_, err := s.CreateProcess(t.Context(), liveresponse.Start{Command: "notepad.exe", Output: true})
		var late *client.TimeoutError
		if !errors.As(err, &late) {
			t.Errorf("a process that does not end gives %v", err)
		}
	})
}

// TestDryRun holds that a dry run reads from the endpoint, if that is granted, and shows what would change it.
func TestDryRun(t *testing.T) {
	var shown []string
	g := guard.New(guard.Config{Allow: []client.Capability{client.Respond}, Show: func(c client.Change) { shown = append(shown, c.Action) }})
	sim, c := connect(t, simulator.Options{}, client.WithGuard(g))
	s := open(t, c, workstation)
	if _, err := s.GetFile(t.Context(), `c:\windows\explorer.exe`, liveresponse.Poll{}); err != nil {
		t.Error(err)
	}
	for name, args := range map[string]client.Args{
		"delete_file": {"path": `c:\x`}, "kill_process": {"pid": int64(7)}, "create_process": {"command_string": "x"}, "memdump": {},
		"put_file": {"data": "x", "path": `c:\x`},
	} {
		if _, err := call(t, s, name, args); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, r := range sim.Requests() {
		if r.Method == http.MethodPost && !strings.HasSuffix(r.Path, "/session") && !strings.Contains(string(r.Body), "get file") {
			t.Errorf("sent: %s %s %s", r.Method, r.Path, r.Body)
		}
	}
	if len(shown) != 6 { // of put_file the upload too
		t.Errorf("%d changes were shown: %q", len(shown), shown)
	}
	if err := s.Close(t.Context()); err != nil || len(sim.LiveSessions()) > 0 {
		t.Errorf("%v, still open: %v", err, sim.LiveSessions())
	}
	_, denied := connect(t, simulator.Options{}, client.WithGuard(guard.New(guard.Config{Show: func(client.Change) {}})))
	_, err := liveresponse.Of(denied, liveresponse.Response()).Open(t.Context(), workstation, 0)
	var refused *client.PermissionError
	if !errors.As(err, &refused) || refused.Capability != client.Respond {
		t.Errorf("without the capability: %v, want a PermissionError", err)
	}
}
