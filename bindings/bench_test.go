package bindings_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"testing"

	"github.com/cbscript/cbscript/bindings"
	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/response"
	"go.starlark.net/starlark"
	"go.starlark.net/syntax"
)

// memoryServer answers process searches from memory: total results, 100 a page, 61 fields each.
type memoryServer struct {
	page  []byte
	asked func(path string) // nil asks nobody
}

func newMemoryServer(total int) *memoryServer {
	var page bytes.Buffer
	fmt.Fprintf(&page, `{"total_results": %d, "results": [`, total)
	for i := range 100 {
		if i > 0 {
			page.WriteByte(',')
		}
		fmt.Fprintf(&page, `{"id": "00000003-0000-%04x-01d2-2efd3af51186", "segment_id": 1, "process_name": "net.exe",
			"process_pid": %d, "cmdline": "net  use y: \\\\test\\blah", "username": "WIN-IA9NQ1GN8OI\\bit9rad",
			"process_md5": "79b6d4c5283fc806387c55b8d7c8b762", "path": "c:\\\\windows\\\\system32\\\\net.exe",
			"hostname": "win-ia9nq1gn8oi", "sensor_id": 3, "netconn_count": %d, "terminated": true,
			"start": "2016-11-11T20:59:31.631Z", "last_update": "2016-11-11T20:59:32.631Z"`, i, 1000+i, i)
		for f := range 49 {
			fmt.Fprintf(&page, `, "field_%d": "value %d of the field"`, f, f)
		}
		page.WriteByte('}')
	}
	page.WriteString("]}")
	return &memoryServer{page: page.Bytes()}
}

func (*memoryServer) URL() *url.URL { return &url.URL{Scheme: "https", Host: "cb.example"} }

func (s *memoryServer) RoundTrip(r *http.Request) (*http.Response, error) {
	if s.asked != nil {
		s.asked(r.URL.Path)
	}
	body := s.page
	switch r.URL.Path {
	case "/api/info":
		body = []byte(`{"version": "6.2.0"}`)
	case "/api/v1/storage/events/partition":
		body = []byte(`{}`)
	case "/api/v1/sensor/3":
		body = []byte(`{"id": 3, "hostname": "WIN-IA9NQ1GN8OI"}`)
	}
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(bytes.NewReader(body)),
		ContentLength: int64(len(body)), Request: r}, nil
}

// benchmarkScript runs a function of a script, made by src, with the names of a connection to a server in memory.
func benchmarkScript(b *testing.B, total int, src string) {
	b.Helper()
	cb := response.New(newMemoryServer(total))
	env := bindings.NewConnection(cb.Product(), func() (*client.Client, error) { return cb, nil }).Names()
	thread := &starlark.Thread{Name: "bench"}
	defer bindings.Attach(thread, b.Context())()
	options := &syntax.FileOptions{Set: true, TopLevelControl: true, GlobalReassign: true}
	globals, err := starlark.ExecFileOptions(options, thread, "bench.star", src, env)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := bindings.Call(thread, globals["run"], nil, nil); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkLoop walks over 10 000 results and reads five attributes of each.
func BenchmarkLoop(b *testing.B) {
	const rows = 10_000
	for _, test := range []struct{ name, body string }{
		{"nothing", "pass"},
		{"fields", "p.process_name, p.process_pid, p.username, p.hostname, p.netconn_count"},
		{"computed", "p.start, p.cmdline, p.process_md5, p.path, p.last_update"},
	} {
		b.Run(test.name, func(b *testing.B) {
			benchmarkScript(b, rows, "q = select(Process)\ndef run():\n    for p in q:\n        "+test.body+"\n")
			b.ReportMetric(float64(rows)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}

// BenchmarkAttribute reads one attribute of one object a thousand times.
func BenchmarkAttribute(b *testing.B) {
	const times = 1000
	for _, expr := range []string{"p", "p.process_name", "p.process_pid", "p.terminated", "p.field_7", "p.start", "p.cmdline",
		"p.sensor", "p.walk_parents", "d['name']"} {
		b.Run(expr, func(b *testing.B) {
			src := "p = select(Process).first()\nd = {'name': 1}\ndef run():\n    for _ in range(1000):\n        " + expr + "\n"
			benchmarkScript(b, 100, src)
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/times, "ns/read")
		})
	}
}
