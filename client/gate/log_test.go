package gate_test

import (
	"bytes"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cbscript/cbscript/client/credentials"
	"github.com/cbscript/cbscript/client/gate"
)

// lines is a log that a test can read. It drops the times.
type lines struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lines) logger(level slog.Level) *slog.Logger {
	return slog.New(slog.NewTextHandler(l, &slog.HandlerOptions{Level: level, ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return a
	}}))
}

func (l *lines) all() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Split(strings.TrimSuffix(l.b.String(), "\n"), "\n")
}

func jsonRequest(t testing.TB, method, url, body string) *http.Request {
	req := request(t, method, url, body)
	req.Header.Set("Content-Type", "application/json; charset=utf-8")
	return req
}

func TestLogLines(t *testing.T) {
	handler := func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(36 * time.Millisecond)
		if r.Method == http.MethodDelete {
			w.WriteHeader(http.StatusNotFound)
		}
	}
	cases := []struct {
		name string
		req  func(t *testing.T) *http.Request
		want []string
	}{
		{"get", func(t *testing.T) *http.Request { return request(t, "GET", memoryURL+"/api/v1/process?q=a%3Ab+c", "") },
			[]string{`level=DEBUG msg="received answer" method=GET path="/api/v1/process?q=a%3Ab+c" seconds=0.036 status=200`}},
		{"post", func(t *testing.T) *http.Request {
			return jsonRequest(t, "POST", memoryURL+"/api/user", `{"name": "me", "password": "hunter2"}`)
		}, []string{
			`level=DEBUG msg="sending request" method=POST path=/api/user body="{\"name\": \"me\", \"password\": \"[redacted]\"}"`,
			`level=DEBUG msg="received answer" method=POST path=/api/user seconds=0.036 status=200`,
		}},
		{"own token in a body", func(t *testing.T) *http.Request {
			return jsonRequest(t, "PUT", memoryURL+"/api/note?t="+token, `{"text": "`+token+`"}`)
		}, []string{
			`level=DEBUG msg="sending request" method=PUT path="/api/note?t=[redacted]" body="{\"text\": \"[redacted]\"}"`,
			`level=DEBUG msg="received answer" method=PUT path="/api/note?t=[redacted]" seconds=0.036 status=200`,
		}},
		{"not JSON after all", func(t *testing.T) *http.Request {
			return jsonRequest(t, "POST", memoryURL+"/x", "password=hunter2")
		}, []string{
			`level=DEBUG msg="sending request" method=POST path=/x body="(not JSON)"`,
			`level=DEBUG msg="received answer" method=POST path=/x seconds=0.036 status=200`,
		}},
		{"long", func(t *testing.T) *http.Request {
			return jsonRequest(t, "POST", memoryURL+"/x", `"`+strings.Repeat("x", 70000)+`"`)
		}, []string{
			`level=DEBUG msg="sending request" method=POST path=/x body="(longer than 64 KiB)"`,
			`level=DEBUG msg="received answer" method=POST path=/x seconds=0.036 status=200`,
		}},
		{"upload", func(t *testing.T) *http.Request { return request(t, "POST", memoryURL+"/x", "file content") },
			[]string{`level=DEBUG msg="received answer" method=POST path=/x seconds=0.036 status=200`}},
		{"error status", func(t *testing.T) *http.Request { return request(t, "DELETE", memoryURL+"/x", "") },
			[]string{`level=DEBUG msg="received answer" method=DELETE path=/x seconds=0.036 status=404`}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			var log lines
			inMemory(t, handler, func(t *testing.T, g *gate.Gate) {
				if _, _, err := do(t, g, c.req(t)); err != nil {
					t.Fatal(err)
				}
			}, gate.WithLogger(log.logger(slog.LevelDebug)))
			if diff := cmp.Diff(c.want, log.all()); diff != "" {
				t.Errorf("log (-want +got):\n%s", diff)
			}
		})
	}
}

func TestLogOfRetries(t *testing.T) {
	s := &script{steps: steps(status(502), status(502), status(200))}
	var log lines
	inMemory(t, s.ServeHTTP, func(t *testing.T, g *gate.Gate) {
		if _, _, err := do(t, g, request(t, "GET", memoryURL+"/x", "")); err != nil {
			t.Fatal(err)
		}
	}, gate.WithLogger(log.logger(slog.LevelDebug)))
	want := []string{
		`level=DEBUG msg="received answer" method=GET path=/x seconds=0 status=502`,
		`level=DEBUG msg="trying again" method=GET path=/x retry=1 seconds=0 error="the server could not answer just now"`,
		`level=DEBUG msg="received answer" method=GET path=/x seconds=0 status=502`,
		`level=WARN msg="trying again" method=GET path=/x retry=2 seconds=1 error="the server could not answer just now"`,
		`level=DEBUG msg="received answer" method=GET path=/x seconds=0 status=200`,
	}
	if diff := cmp.Diff(want, log.all()); diff != "" {
		t.Errorf("log (-want +got):\n%s", diff)
	}
}

func TestCheck(t *testing.T) {
	denied := errors.New("needs --allow write")
	hits := 0
	var asked []string
	check := func(req *http.Request) error {
		asked = append(asked, req.Method+" "+req.URL.Path)
		if len(req.Header["X-Auth-Token"]) != 0 {
			t.Error("the check was shown the token")
		}
		if req.URL.Path == "/denied" {
			return denied
		}
		return nil
	}
	_, p := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if hits++; r.URL.Path == "/moved" {
			http.Redirect(w, r, "/denied", http.StatusFound)
		}
	})
	entries := 0
	g := open(t, p, gate.WithCheck(check), gate.WithJournal(func(gate.Entry) { entries++ }))
	for _, c := range []struct {
		method, path string
		denied       bool
		hits         int
		asked        []string
	}{
		{"POST", "/denied", true, 0, []string{"POST /denied"}},
		{"GET", "/allowed", false, 1, []string{"GET /allowed"}},
		{"GET", "/moved", true, 1, []string{"GET /moved", "GET /denied"}},
	} {
		hits, asked = 0, nil
		_, _, err := do(t, g, request(t, c.method, p.URL+c.path, ""))
		if c.denied {
			if fault := faultOf(t, err, gate.Denied); !errors.Is(fault, denied) {
				t.Errorf("%s: got %v", c.path, err)
			}
		} else if err != nil {
			t.Errorf("%s: %v", c.path, err)
		}
		if hits != c.hits {
			t.Errorf("%s: %d requests were sent, want %d", c.path, hits, c.hits)
		}
		if diff := cmp.Diff(c.asked, asked); diff != "" {
			t.Errorf("%s: asked (-want +got):\n%s", c.path, diff)
		}
	}
	if entries != 0 {
		t.Errorf("%d journal entries for nothing that was sent", entries)
	}
}

func TestJournal(t *testing.T) {
	cases := []struct {
		name, method, path string
		step               func(http.ResponseWriter, *http.Request)
		want               []gate.Entry
	}{
		{"reading", "GET", "/x", status(200), nil},
		{"head", "HEAD", "/x", status(200), nil},
		{"change", "POST", "/api/v1/sensor/1?a=b", status(200), []gate.Entry{
			{Method: "POST", Path: "/api/v1/sensor/1?a=b", Status: 200, Outcome: gate.Done, Tries: 1}}},
		{"no content", "DELETE", "/x", status(204), []gate.Entry{{Method: "DELETE", Path: "/x", Status: 204, Outcome: gate.Done, Tries: 1}}},
		{"refused", "PUT", "/x", status(403), []gate.Entry{{Method: "PUT", Path: "/x", Status: 403, Outcome: gate.Failed, Tries: 1}}},
		{"redirect", "POST", "/x", status(302, "Location", "/y"), []gate.Entry{{Method: "POST", Path: "/x", Status: 302, Outcome: gate.Failed, Tries: 1}}},
		{"tried again", "PUT", "/x", status(502), []gate.Entry{{Method: "PUT", Path: "/x", Status: 502, Outcome: gate.Failed, Tries: 6}}},
		{"broken", "POST", "/x?t=" + token, drop, []gate.Entry{{Method: "POST", Path: "/x?t=[redacted]", Outcome: gate.Unknown, Tries: 1,
			Error: "POST https://cb.example/x?t=[redacted]: send: network error: EOF"}}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			var got []gate.Entry
			var begun time.Time
			inMemory(t, c.step, func(t *testing.T, g *gate.Gate) {
				begun = time.Now().UTC()
				do(t, g, request(t, c.method, memoryURL+c.path, ""))
			}, gate.WithJournal(func(e gate.Entry) { got = append(got, e) }))
			for i := range c.want {
				c.want[i].Time, c.want[i].Product, c.want[i].Profile, c.want[i].Server = begun, credentials.Response, "memory", memoryURL
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("entries (-want +got):\n%s", diff)
			}
		})
	}
}

// TestHostileServer has a server send the token back in every place that it can, and looks for it in everything that
// comes out of the gate.
func TestHostileServer(t *testing.T) {
	raw := func(answer string) func(http.ResponseWriter, *http.Request) {
		return func(w http.ResponseWriter, _ *http.Request) {
			conn, _, err := w.(http.Hijacker).Hijack()
			if err != nil {
				return
			}
			io.WriteString(conn, strings.ReplaceAll(answer, "TOKEN", token))
			conn.Close()
		}
	}
	for name, step := range map[string]func(http.ResponseWriter, *http.Request){
		"status line": raw("TOKEN TOKEN\r\n\r\n"),
		"status":      raw("HTTP/1.1 TOKEN\r\n\r\n"),
		"reason":      raw("HTTP/1.1 500 TOKEN\r\nContent-Length: 0\r\n\r\n"),
		"header":      raw("HTTP/1.1 500 No\r\nTOKEN\r\n\r\n"),
		"header name": raw("HTTP/1.1 500 No\r\nX-TOKEN: TOKEN\r\nContent-Length: 0\r\n\r\n"),
		"length":      raw("HTTP/1.1 200 OK\r\nContent-Length: TOKEN\r\n\r\n"),
		"encoding":    raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: TOKEN\r\n\r\n"),
		"chunk":       raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nTOKEN\r\n"),
		"trailer":     raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-TOKEN\r\n\r\n0\r\nX-TOKEN: TOKEN\r\n\r\n"),
		"gzip":        raw("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 40\r\n\r\nTOKEN"),
		"location":    raw("HTTP/1.1 302 Go\r\nLocation: https://evil.example/TOKEN\r\nContent-Length: 0\r\n\r\n"),
		"own path":    status(302, "Location", "/"+token),
		"retry":       status(503, "Retry-After", token),
		"early hints": raw("HTTP/1.1 103 Hints\r\nLink: TOKEN\r\n\r\nHTTP/1.1 500 TOKEN\r\nContent-Length: 0\r\n\r\n"),
	} {
		t.Run(name, func(t *testing.T) {
			var log, journal lines
			inMemory(t, step, func(t *testing.T, g *gate.Gate) {
				for _, method := range []string{"GET", "POST"} {
					resp, err := g.RoundTrip(request(t, method, memoryURL+"/", ""))
					if err == nil {
						mustNotHold(t, "answer", strings.Join([]string{resp.Status, headerText(resp.Header), headerText(resp.Trailer)}, " "))
						_, err = io.ReadAll(resp.Body)
						resp.Body.Close()
						mustNotHold(t, "trailer", headerText(resp.Trailer))
					}
					if err != nil {
						var fault *gate.Error
						if !errors.As(err, &fault) {
							t.Fatalf("got %T %v", err, err)
						}
						faultOf(t, err, fault.Kind)
					}
				}
			}, gate.WithLogger(log.logger(slog.LevelDebug)), gate.WithJournal(func(e gate.Entry) {
				slog.New(slog.NewTextHandler(&journal, nil)).Info("change", "entry", e)
			}))
			mustNotHold(t, "log", log.b.String())
			mustNotHold(t, "journal", journal.b.String())
			if journal.b.Len() == 0 {
				t.Error("the change was not journalled")
			}
		})
	}
}

func headerText(h http.Header) string {
	var b strings.Builder
	h.Write(&b)
	return b.String()
}
