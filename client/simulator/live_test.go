package simulator_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cbscript/cbscript/client/simulator"
	"github.com/cbscript/cbscript/client/simulator/liveresponse"
)

// api speaks to a simulator without a network.
type api struct {
	t   *testing.T
	sim *simulator.Server
}

func newAPI(t *testing.T, o simulator.Options) api {
	t.Helper()
	sim, err := simulator.New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { sim.Close() })
	return api{t, sim}
}

// do makes a request and gives status and body.
func (a api) do(method, path string, body any) (int, []byte) {
	a.t.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		a.t.Fatal(err)
	}
	return a.send(method, path, "application/json", text)
}

func (a api) send(method, path, kind string, body []byte) (int, []byte) {
	req := httptest.NewRequestWithContext(a.t.Context(), method, path, bytes.NewReader(body))
	req.Header.Set("X-Auth-Token", a.sim.Token())
	req.Header.Set("Content-Type", kind)
	w := httptest.NewRecorder()
	a.sim.Handler().ServeHTTP(w, req)
	return w.Code, w.Body.Bytes()
}

// doc makes a request that must be granted and gives the object that is answered.
func (a api) doc(method, path string, body any) map[string]any {
	a.t.Helper()
	status, text := a.do(method, path, body)
	if status != http.StatusOK {
		a.t.Fatalf("%s %s: %d %s", method, path, status, text)
	}
	var doc map[string]any
	if err := json.Unmarshal(text, &doc); err != nil {
		a.t.Fatal(err)
	}
	return doc
}

// open begins a session and waits until it is active.
func (a api) open(sensor int) string {
	a.t.Helper()
	path := fmt.Sprintf("/api/v1/cblr/session/%v", a.doc("POST", "/api/v1/cblr/session", map[string]any{"sensor_id": sensor})["id"])
	a.wait(path)
	return path
}

// wait waits until a session is active, for as long as the test lasts.
func (a api) wait(session string) {
	a.t.Helper()
	for a.doc("GET", session, nil)["status"] != "active" {
		if a.t.Context().Err() != nil {
			a.t.Fatal("the session does not become active")
		}
	}
}

// command does a command and gives its finished document.
func (a api) command(session string, body map[string]any) map[string]any {
	a.t.Helper()
	path := fmt.Sprintf("%s/command/%v", session, a.doc("POST", session+"/command", body)["id"])
	for {
		if doc := a.doc("GET", path, nil); doc["status"] != "pending" {
			return doc
		}
	}
}

func TestLiveResponseDocuments(t *testing.T) {
	a := newAPI(t, simulator.Options{})
	session := a.open(11)
	got := a.doc("GET", session, nil)
	delete(got, "create_time")
	commands := []any{"delete file", "put file", "reg delete key", "directory list", "reg create key", "get file", "reg enum key", "reg query value",
		"kill", "create process", "process list", "reg delete value", "reg set value", "create directory", "memdump"}
	want := map[string]any{
		"id": 1.0, "sensor_id": 11.0, "status": "active", "hostname": "WS-FIN-01", "address": "::ffff:10.20.1.31", "os_version": "",
		"supported_commands": commands, "drives": []any{`A:\`, `C:\`, `D:\`}, "current_working_directory": `C:\Windows\CarbonBlack`,
		"sensor_wait_timeout": 120.0, "check_in_timeout": 1200.0, "session_timeout": 300.0, "storage_ttl": 7.0, "storage_size": "0",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("session, -want +got:\n%s", diff)
	}
	got = a.command(session, map[string]any{"name": "get file", "object": `C:\Windows\System32\drivers\etc\hosts`, "session_id": 1})
	for _, name := range []string{"create_time", "completion"} {
		if _, ok := got[name].(float64); !ok {
			t.Errorf("%s = %v, want a number", name, got[name])
		}
		delete(got, name)
	}
	want = map[string]any{"status": "complete", "username": "analyst", "sensor_id": 11.0, "object": `C:\Windows\System32\drivers\etc\hosts`, "file_id": 1.0,
		"id": 1.0, "name": "get file", "session_id": 1.0, "result_desc": "", "result_type": "WinHresult", "result_code": 0.0}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("get file, -want +got:\n%s", diff)
	}
	if _, text := a.do("GET", session+"/file/1/content", nil); !strings.Contains(string(text), "hosts of WS-FIN-01") {
		t.Errorf("the file is %q", text)
	}
}

// TestLiveResponseFailures holds the Windows error of each command that cannot be done. A step that must succeed has code 0.
func TestLiveResponseFailures(t *testing.T) {
	a := newAPI(t, simulator.Options{})
	session := a.open(11)
	key := `HKLM\SOFTWARE\cbscript`
	for _, test := range []struct {
		body map[string]any
		code uint32
	}{
		{map[string]any{"name": "get file", "object": `C:\nothing.txt`}, 0x80070002},
		{map[string]any{"name": "get file", "object": `C:\no\where.txt`}, 0x80070003},
		{map[string]any{"name": "get file", "object": `C:\Windows`}, 0x80070005},
		{map[string]any{"name": "get file", "object": `C:\pagefile.sys`}, 0x80070020},
		{map[string]any{"name": "get file", "object": `nowhere`}, 0x8007007b},
		{map[string]any{"name": "directory list", "object": `C:\System Volume Information\*`}, 0x80070005},
		{map[string]any{"name": "directory list", "object": `C:\none*`}, 0x80070002},
		{map[string]any{"name": "create directory", "object": `C:\evidence`}, 0},
		{map[string]any{"name": "create directory", "object": `C:\EVIDENCE`}, 0x800700b7},
		{map[string]any{"name": "create directory", "object": `C:\evidence\a`}, 0},
		{map[string]any{"name": "delete file", "object": `C:\evidence`}, 0x80070091},
		{map[string]any{"name": "delete file", "object": `C:\evidence\a`}, 0},
		{map[string]any{"name": "delete file", "object": `C:\Windows\CarbonBlack\cb.exe`}, 0x80070005},
		{map[string]any{"name": "put file", "object": `C:\x.txt`, "file_id": 99}, 0x80070057},
		{map[string]any{"name": "kill", "object": "4"}, 0x80070005},
		{map[string]any{"name": "kill", "object": 123456}, 0x80070057},
		{map[string]any{"name": "create process", "object": `nothing.exe`}, 0x80070002},
		{map[string]any{"name": "create process", "object": `cmd.exe /c echo x`, "output_file": `C:\no\where.txt`}, 0x80070003},
		{map[string]any{"name": "reg create key", "object": key}, 0},
		{map[string]any{"name": "reg create key", "object": key}, 0x800700b7},
		{map[string]any{"name": "reg set value", "object": key + `\v`, "value_type": "REG_SZ", "value_data": "x", "overwrite": true}, 0},
		{map[string]any{"name": "reg set value", "object": key + `\v`, "value_type": "REG_SZ", "value_data": "y", "overwrite": false}, 0x800700b7},
		{map[string]any{"name": "reg set value", "object": key + `\v`, "value_type": "REG_X", "value_data": "y", "overwrite": true}, 0x80070057},
		{map[string]any{"name": "reg query value", "object": key + `\V`}, 0},
		{map[string]any{"name": "reg query value", "object": key + `\w`}, 0x80070002},
		{map[string]any{"name": "reg delete value", "object": key + `\w`}, 0x80070002},
		{map[string]any{"name": "reg delete value", "object": key + `\v`}, 0},
		{map[string]any{"name": "reg delete key", "object": `HKLM\SOFTWARE`}, 0x80070005},
		{map[string]any{"name": "reg delete key", "object": key}, 0},
		{map[string]any{"name": "reg enum key", "object": key}, 0x80070002},
		{map[string]any{"name": "reg enum key", "object": `HKLM\SAM\SAM`}, 0x80070005},
	} {
		doc := a.command(session, test.body)
		status := map[bool]string{true: "complete", false: "error"}[test.code == 0]
		if doc["status"] != status || doc["result_code"] != float64(test.code) {
			t.Errorf("%v: %v with code %v, want %s with %#x", test.body, doc["status"], doc["result_code"], status, test.code)
		}
	}
}

func TestLiveResponseRefusals(t *testing.T) {
	a := newAPI(t, simulator.Options{LiveResponse: liveresponse.Options{MaxSessions: 2}})
	first := a.open(11)
	offline := a.doc("POST", "/api/v1/cblr/session", map[string]any{"sensor_id": 49})
	if offline["status"] != "pending" {
		t.Errorf("the session with an offline sensor is %v", offline["status"])
	}
	want := []liveresponse.OpenSession{{ID: 1, Sensor: 11, State: liveresponse.Active}, {ID: 2, Sensor: 49, State: liveresponse.Pending}}
	if diff := cmp.Diff(want, a.sim.LiveSessions()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	for _, test := range []struct {
		method, path string
		body         any
		status       int
		text         string
	}{
		{"POST", "/api/v1/cblr/session", map[string]any{"sensor_id": 12}, 409, "maximum"},
		{"POST", "/api/v1/cblr/session", map[string]any{"sensor_id": 999}, 404, "Sensor 999"},
		{"POST", "/api/v1/cblr/session/2/command", map[string]any{"name": "process list"}, 404, "Session 2"},
		{"POST", first + "/command", map[string]any{"name": "format disk"}, 400, "not supported"},
		{"GET", first + "/command/7", nil, 404, "Command 7"},
		{"GET", first + "/file/7/content", nil, 404, "File 7"},
		{"GET", "/api/v1/cblr/session/9", nil, 404, "Session 9"},
		{"GET", "/api/v1/cblr/session/2/keepalive", nil, 404, "Session 2"},
		{"POST", first + "/file", map[string]any{}, 400, "form"},
	} {
		if status, text := a.do(test.method, test.path, test.body); status != test.status || !strings.Contains(string(text), test.text) {
			t.Errorf("%s %s: %d %s, want %d %s", test.method, test.path, status, text, test.status, test.text)
		}
	}
	a.sim.SetOnline(49, true)
	a.wait("/api/v1/cblr/session/2")
	a.sim.DropLiveSessions(11)
	if status, text := a.do("POST", first+"/command", map[string]any{"name": "process list"}); status != 404 || !strings.HasPrefix(string(text), "Session") {
		t.Errorf("a dropped session answers %d %s", status, text)
	}
	doc := a.doc("GET", "/api/v1/cblr/session/2", nil)
	doc["status"] = "close"
	a.doc("PUT", "/api/v1/cblr/session/2", doc)
	if open := a.sim.LiveSessions(); len(open) > 0 {
		t.Errorf("still open: %v", open)
	}
}

func TestLiveResponseUpload(t *testing.T) {
	a := newAPI(t, simulator.Options{})
	session := a.open(46) // a Mac
	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	part, err := w.CreateFormFile("file", "tool")
	if err == nil {
		_, err = io.WriteString(part, "#!/bin/sh")
	}
	if err = errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
	if status, text := a.send("POST", session+"/file", w.FormDataContentType(), form.Bytes()); status != 200 || !strings.Contains(string(text), `"id":1`) {
		t.Fatalf("%d %s", status, text)
	}
	for _, code := range []float64{0, 0x80070050} {
		if doc := a.command(session, map[string]any{"name": "put file", "object": "/tmp/tool", "file_id": 1}); doc["result_code"] != code {
			t.Errorf("put file gives %v, want %v", doc["result_code"], code)
		}
	}
	doc := a.command(session, map[string]any{"name": "directory list", "object": "/tmp/*"})
	var names []string
	for _, f := range doc["files"].([]any) {
		names = append(names, f.(map[string]any)["filename"].(string))
	}
	if diff := cmp.Diff([]string{"tool"}, names); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
