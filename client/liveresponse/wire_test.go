package liveresponse_test

import (
	"bytes"
	"context"
	"math/big"
	"mime"
	"mime/multipart"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/liveresponse"
	"github.com/cbscript/cbscript/client/simulator"
)

// TestRequests holds that each command is asked as the contract says.
func TestRequests(t *testing.T) {
	chance := regexp.MustCompile(`cblr\.[A-Za-z0-9]{12}\.tmp`)
	for _, test := range []struct {
		name string
		args client.Args
		want []string // without the polls
	}{
		{"get_raw_file", client.Args{"path": `c:\windows\explorer.exe`}, []string{
			`POST {"name": "get file", "object": "c:\\windows\\explorer.exe", "session_id": 1}`, "GET file/1/content"}},
		{"get_raw_file", client.Args{"path": `c:\windows\explorer.exe`, "offset": int64(5), "count": int64(7)}, []string{
			`POST {"get_count": 7, "name": "get file", "object": "c:\\windows\\explorer.exe", "offset": 5, "session_id": 1}`, "GET file/1/content"}},
		{"get_file", client.Args{"path": `c:\windows\explorer.exe`}, []string{
			`POST {"name": "get file", "object": "c:\\windows\\explorer.exe", "session_id": 1}`, "GET file/1/content"}},
		{"put_file", client.Args{"data": "x", "path": `c:\x.txt`}, []string{
			"POST file", `POST {"file_id": 1, "name": "put file", "object": "c:\\x.txt", "session_id": 1}`}},
		{"delete_file", client.Args{"path": `c:\users\public`}, []string{`POST {"name": "delete file", "object": "c:\\users\\public", "session_id": 1}`}},
		{"list_directory", client.Args{"path": `c:\`}, []string{`POST {"name": "directory list", "object": "c:\\", "session_id": 1}`}},
		{"create_directory", client.Args{"path": `c:\t`}, []string{`POST {"name": "create directory", "object": "c:\\t", "session_id": 1}`}},
		{"list_processes", nil, []string{`POST {"name": "process list", "session_id": 1}`}},
		{"list_registry_keys_and_values", client.Args{"regkey": `HKLM\SYSTEM`}, []string{`POST {"name": "reg enum key", "object": "HKLM\\SYSTEM", "session_id": 1}`}},
		{"list_registry_keys", client.Args{"regkey": `HKLM\SYSTEM`}, []string{`POST {"name": "reg enum key", "object": "HKLM\\SYSTEM", "session_id": 1}`}},
		{"get_registry_value", client.Args{"regkey": run + `Adobe ARM`}, []string{`POST {"name": "reg query value", "object": ` + quotedRun + `Adobe ARM", "session_id": 1}`}},
		{"set_registry_value", client.Args{"regkey": run + "v", "value": int64(7)}, []string{
			`POST {"name": "reg set value", "object": ` + quotedRun + `v", "overwrite": true, "session_id": 1, "value_data": 7, "value_type": "REG_DWORD"}`}},
		{"set_registry_value", client.Args{"regkey": run + "v", "value": true, "overwrite": false}, []string{
			`POST {"name": "reg set value", "object": ` + quotedRun + `v", "overwrite": false, "session_id": 1, "value_data": "True", "value_type": "REG_SZ"}`}},
		{"set_registry_value", client.Args{"regkey": run + "v", "value": []any{"a", "b"}}, []string{
			`POST {"name": "reg set value", "object": ` + quotedRun + `v", "overwrite": true, "session_id": 1, "value_data": ["a", "b"], "value_type": "REG_MULTI_SZ"}`}},
		{"set_registry_value", client.Args{"regkey": run + "v", "value": 2.0}, []string{
			`POST {"name": "reg set value", "object": ` + quotedRun + `v", "overwrite": true, "session_id": 1, "value_data": "2.0", "value_type": "REG_SZ"}`}},
		{"set_registry_value", client.Args{"regkey": run + "v", "value": map[string]any{"a": int64(1)}}, []string{
			`POST {"name": "reg set value", "object": ` + quotedRun + `v", "overwrite": true, "session_id": 1, "value_data": "{\"a\": 1}", "value_type": "REG_SZ"}`}},
		{"set_registry_value", client.Args{"regkey": run + "v", "value": int64(1 << 32)}, nil},
		{"set_registry_value", client.Args{"regkey": run + "v", "value": new(big.Int).Lsh(big.NewInt(1), 70)}, nil},
		{"set_registry_value", client.Args{"regkey": run + "v", "value": int64(1 << 32), "value_type": "REG_QWORD"}, []string{
			`POST {"name": "reg set value", "object": ` + quotedRun + `v", "overwrite": true, "session_id": 1, "value_data": 4294967296, "value_type": "REG_QWORD"}`}},
		{"set_registry_value", client.Args{"regkey": run + "v", "value": "0A", "value_type": "REG_BINARY"}, []string{
			`POST {"name": "reg set value", "object": ` + quotedRun + `v", "overwrite": true, "session_id": 1, "value_data": "0A", "value_type": "REG_BINARY"}`}},
		{"delete_registry_value", client.Args{"regkey": run + `Adobe ARM`}, []string{`POST {"name": "reg delete value", "object": ` + quotedRun + `Adobe ARM", "session_id": 1}`}},
		{"create_registry_key", client.Args{"regkey": `HKLM\SOFTWARE\x`}, []string{`POST {"name": "reg create key", "object": "HKLM\\SOFTWARE\\x", "session_id": 1}`}},
		{"delete_registry_key", client.Args{"regkey": run[:len(run)-1]}, []string{`POST {"name": "reg delete key", "object": ` + quotedRun[:len(quotedRun)-2] + `", "session_id": 1}`}},
		{"create_process", client.Args{"command_string": "ipconfig"}, []string{
			`POST {"name": "create process", "object": "ipconfig", "output_file": "c:\\windows\\temp\\CHANCE", "session_id": 1, "wait": true}`,
			`POST {"name": "get file", "object": "c:\\windows\\temp\\CHANCE", "session_id": 1}`, "GET file/1/content",
			`POST {"name": "delete file", "object": "c:\\windows\\temp\\CHANCE", "session_id": 1}`}},
		{"create_process", client.Args{"command_string": "ipconfig", "wait_for_output": false, "remote_output_file_name": `c:\o.txt`, "working_directory": `c:\windows`}, []string{
			`POST {"name": "create process", "object": "ipconfig", "output_file": "c:\\o.txt", "session_id": 1, "wait": true, "working_directory": "c:\\windows"}`}},
		{"create_process", client.Args{"command_string": "ipconfig", "wait_for_output": false, "wait_for_completion": false}, []string{
			`POST {"name": "create process", "object": "ipconfig", "session_id": 1, "wait": false}`}},
		{"run_process", client.Args{"command_string": "ipconfig", "wait_for_output": false, "working_directory": `c:\windows`}, []string{
			`POST {"name": "create process", "object": "ipconfig", "session_id": 1, "wait": true, "working_directory": "c:\\windows"}`}},
		{"start_memdump", nil, []string{`POST {"compress": true, "name": "memdump", "object": "c:\\windows\\temp\\CHANCE", "session_id": 1}`}},
		{"memdump", client.Args{"remote_filename": `c:\m.dmp`, "compress": true}, []string{
			`POST {"compress": true, "name": "memdump", "object": "c:\\m.dmp", "session_id": 1}`,
			`POST {"name": "get file", "object": "c:\\m.dmp.zip", "session_id": 1}`, "GET file/1/content",
			`POST {"name": "delete file", "object": "c:\\m.dmp.zip", "session_id": 1}`}},
		{"get_session_archive", nil, []string{"GET archive"}},
		{"path_join", client.Args{"parts": []any{`c:\a\`, "b"}}, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			sim, c := connect(t, simulator.Options{})
			s := open(t, c, workstation)
			sent(t, sim)
			if _, err := call(t, s, test.name, test.args); err != nil {
				t.Logf("the command failed: %v", err) // what it asked counts here
			}
			var got []string
			for _, line := range sent(t, sim) {
				if strings.HasPrefix(line, "GET /session/1/command/") {
					continue
				}
				line = strings.Replace(strings.Replace(line, "/session/1/", "", 1), "POST command", "POST", 1)
				got = append(got, chance.ReplaceAllString(line, "CHANCE"))
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// TestRunProcess holds that a script learns how a process ended.
func TestRunProcess(t *testing.T) {
	_, c := connect(t, simulator.Options{})
	s := open(t, c, workstation)
	for _, test := range []struct {
		args client.Args
		want map[string]any
	}{
		{client.Args{"command_string": "cmd /c exit 3"}, map[string]any{"return_code": int64(3), "output": []byte{}}},
		{client.Args{"command_string": "hostname", "wait_for_output": false}, map[string]any{"return_code": int64(0), "output": nil}},
	} {
		v, err := call(t, s, "run_process", test.args)
		if err != nil {
			t.Fatal(err)
		}
		got := v.(map[string]any)
		if pid, _ := got["pid"].(int64); pid == 0 {
			t.Errorf("%v has no pid", test.args)
		}
		delete(got, "pid")
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%v (-want +got):\n%s", test.args, diff)
		}
	}
	if v, err := call(t, s, "run_process", client.Args{"command_string": "no such program"}); err == nil {
		t.Errorf("a program that is not there gave %v", v)
	}
}

const (
	run       = `HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Run\`
	quotedRun = `"HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Run\\`
)

// call calls a method of a session as a script does.
func call(t testing.TB, r client.RecordMethods, name string, args client.Args) (any, error) {
	t.Helper()
	for _, m := range r.Methods() {
		if m.Name == name {
			filled, err := client.Fill(name, m.Params, args)
			if err != nil {
				t.Fatal(err)
			}
			return m.Do(t.Context(), filled)
		}
	}
	t.Fatalf("there is no method %s", name)
	return nil, nil
}

func TestSessionRequests(t *testing.T) {
	sim, c := connect(t, simulator.Options{})
	s := open(t, c, workstation)
	again := open(t, c, workstation)
	if err := s.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if len(sim.LiveSessions()) != 1 {
		t.Error("the session was closed under its other user")
	}
	for range 2 {
		if err := again.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if open := sim.LiveSessions(); len(open) > 0 {
		t.Errorf("still open: %v", open)
	}
	var got []string
	for _, line := range sent(t, sim) {
		if len(got) == 0 || got[len(got)-1] != line { // polls repeat
			got = append(got, line)
		}
	}
	want := []string{
		"GET /session?active_only=true", `POST /session {"sensor_id": 11}`, "GET /session/1",
		"PUT /session/1 with the status close in a document of WS-FIN-01",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestUpload(t *testing.T) {
	sim, c := connect(t, simulator.Options{})
	s := open(t, c, workstation)
	for _, data := range []any{[]byte("one"), "one", &client.File{Name: "f", Size: -1, ReadCloser: closer{strings.NewReader("one")}}} {
		if _, err := call(t, s, "put_file", client.Args{"data": data, "path": `c:\one.txt`}); err != nil {
			t.Fatal(err)
		}
		for _, r := range sim.Requests() {
			if !strings.HasSuffix(r.Path, "/file") {
				continue
			}
			_, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
			if err != nil {
				t.Fatal(err)
			}
			form, err := multipart.NewReader(bytes.NewReader(r.Body), params["boundary"]).ReadForm(1 << 20)
			if err != nil || len(form.File["file"]) != 1 || form.File["file"][0].Filename != "one.txt" {
				t.Errorf("the form is %v, %v", form, err)
			}
		}
		got, err := s.GetFile(t.Context(), `c:\one.txt`, liveresponse.Poll{})
		if err != nil || string(got) != "one" {
			t.Errorf("%T arrived as %q, %v", data, got, err)
		}
		if err := s.DeleteFile(t.Context(), `c:\one.txt`); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := call(t, s, "put_file", client.Args{"data": int64(1), "path": `c:\one.txt`}); err == nil {
		t.Error("a number was put into a file")
	}
}

// closer is a reader that needs no closing.
type closer struct{ *strings.Reader }

func (closer) Close() error { return nil }

func TestWalk(t *testing.T) {
	_, c := connect(t, simulator.Options{})
	s := open(t, c, workstation)
	for _, dir := range []string{`c:\t`, `c:\t\b`, `c:\t\a`, `c:\t\a\c`} {
		if err := s.CreateDirectory(t.Context(), dir); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.PutFile(t.Context(), strings.NewReader("x"), `c:\t\a\f.txt`); err != nil {
		t.Fatal(err)
	}
	topDown := []any{
		[]any{`c:\t`, []any{"a", "b"}, []any{}},
		[]any{`c:\t\a`, []any{"c"}, []any{"f.txt"}},
		[]any{`c:\t\a\c`, []any{}, []any{}},
		[]any{`c:\t\b`, []any{}, []any{}},
	}
	bottomUp := []any{topDown[2], topDown[1], topDown[3], topDown[0]}
	for _, test := range []struct {
		name     string
		top      string
		bottomUp bool
		want     []any
		failures int
	}{
		{"top down", `c:\t`, false, topDown, 0},
		{"bottom up", `c:\t`, true, bottomUp, 0},
		{"nothing there", `c:\nothing`, false, nil, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			failures := 0
			var got []any
			for entry, err := range s.Walk(t.Context(), test.top, test.bottomUp, func(error) error { failures++; return nil }) {
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, entry)
			}
			if diff := cmp.Diff(test.want, got); diff != "" || failures != test.failures {
				t.Errorf("%d failures, want %d; -want +got:\n%s", failures, test.failures, diff)
			}
		})
	}
	n := 0
	for range s.Walk(t.Context(), `c:\nothing`, false, nil) {
		n++
	}
	for range s.Walk(t.Context(), `c:\t`, false, nil) {
		n++
		break
	}
	if n != 1 {
		t.Errorf("%d directories, want 1", n)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, err := range s.Walk(ctx, `c:\t`, false, nil) {
		if err == nil {
			t.Error("a walk whose context has ended goes on")
		}
	}
}
