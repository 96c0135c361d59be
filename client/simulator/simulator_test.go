package simulator_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"runtime"
	"strings"
	"testing"

	"github.com/cbscript/cbscript/client/simulator"
)

// start runs a server for the length of a test.
func start(t testing.TB, o simulator.Options) *simulator.Server {
	t.Helper()
	s, err := simulator.Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// httpClient trusts the server and nothing else.
func httpClient(t testing.TB, s *simulator.Server, http2 bool) *http.Client {
	t.Helper()
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(s.CertificatePEM()) {
		t.Fatal("the certificate is no PEM")
	}
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}, ForceAttemptHTTP2: http2}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

// call makes one request with the token and gives status and body.
func call(t testing.TB, s *simulator.Server, method, path, body string) (int, []byte) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, s.URL()+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	product := "response"
	if strings.HasPrefix(path, "/integrationServices/") {
		product = "defense"
	}
	req.Header.Set("X-Auth-Token", s.TokenFor(product))
	resp, err := httpClient(t, s, true).Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, data
}

// get asks for a JSON answer and decodes it.
func get[T any](t testing.TB, s *simulator.Server, path string) T {
	t.Helper()
	status, body := call(t, s, http.MethodGet, path, "")
	if status != http.StatusOK {
		t.Fatalf("GET %s: status %d: %s", path, status, body)
	}
	var v T
	if err := json.Unmarshal(body, &v); err != nil {
		t.Fatalf("GET %s: %v in %.200s", path, err, body)
	}
	return v
}

func TestToken(t *testing.T) {
	s := start(t, simulator.Options{Token: "of my own"})
	for _, tt := range []struct {
		name, token string
		want        int
	}{
		{"right", "of my own", 200},
		{"wrong", simulator.DemoToken, 401},
		{"missing", "", 401},
	} {
		t.Run(tt.name, func(t *testing.T) {
			req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL()+"/api/info", nil)
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("X-Auth-Token", tt.token)
			resp, err := httpClient(t, s, false).Do(req)
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
			if resp.StatusCode != tt.want {
				t.Errorf("status %d, want %d", resp.StatusCode, tt.want)
			}
		})
	}
	for _, r := range s.Requests() {
		if dump, err := json.Marshal(r); err != nil || bytes.Contains(dump, []byte("of my own")) {
			t.Errorf("a recorded request holds the token: %s (%v)", dump, err)
		}
	}
}

func TestNoRoute(t *testing.T) {
	s := start(t, simulator.Options{})
	for _, tt := range []struct {
		method, path string
		want         int
	}{
		{"GET", "/api/v1/nothing", 404},
		{"GET", "/", 404},
		{"DELETE", "/api/info", 405},
		{"GET", "//api//info", 200},
		{"GET", "/api/v1/../info", 200},
	} {
		if status, body := call(t, s, tt.method, tt.path, ""); status != tt.want {
			t.Errorf("%s %s: status %d, want %d: %s", tt.method, tt.path, status, tt.want, body)
		}
	}
}

func TestProtocols(t *testing.T) {
	for _, tt := range []struct {
		name    string
		disable bool
		want    string
	}{{"http2", false, "HTTP/2.0"}, {"http1", true, "HTTP/1.1"}} {
		t.Run(tt.name, func(t *testing.T) {
			s := start(t, simulator.Options{DisableHTTP2: tt.disable})
			call(t, s, http.MethodGet, "/api/info", "")
			if got := s.Requests()[0].Proto; got != tt.want {
				t.Errorf("protocol %s, want %s", got, tt.want)
			}
		})
	}
}

func TestFaults(t *testing.T) {
	s := start(t, simulator.Options{})
	for _, tt := range []struct {
		name  string
		fault simulator.Fault
		// want are the outcomes of four requests: the status, or "lost" when the connection broke, "cut" when the body
		// did, "bad" when it is no JSON.
		want []string
	}{
		{"none", simulator.Fault{Method: "POST", Status: 500}, []string{"200", "200", "200", "200"}},
		{"status", simulator.Fault{Status: 502, Times: 1}, []string{"502", "200", "200", "200"}},
		{"skip", simulator.Fault{Status: 502, Skip: 1, Times: 2}, []string{"200", "502", "502", "200"}},
		{"path", simulator.Fault{PathPrefix: "/api/inf", Drop: true, Times: 1}, []string{"lost", "200", "200", "200"}},
		{"query", simulator.Fault{Query: "q=a b", BadJSON: true, Times: 1}, []string{"bad", "200", "200", "200"}},
		{"html", simulator.Fault{HTML: true, Times: 1}, []string{"bad", "200", "200", "200"}},
		{"cut", simulator.Fault{CutAfter: 20, Times: 1}, []string{"cut", "200", "200", "200"}},
		{"cut at once", simulator.Fault{CutAfter: -1, Times: 1}, []string{"cut", "200", "200", "200"}},
	} {
		for _, http2 := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, http2 %v", tt.name, http2), func(t *testing.T) {
				defer s.Inject(tt.fault)()
				var got []string
				for range tt.want {
					got = append(got, outcome(t, s, http2, "/api/info?q=a+b"))
				}
				if strings.Join(got, " ") != strings.Join(tt.want, " ") {
					t.Errorf("got %v, want %v", got, tt.want)
				}
			})
		}
	}
}

func outcome(t *testing.T, s *simulator.Server, http2 bool, path string) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL()+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	product := "response"
	if strings.HasPrefix(path, "/integrationServices/") {
		product = "defense"
	}
	req.Header.Set("X-Auth-Token", s.TokenFor(product))
	resp, err := httpClient(t, s, http2).Do(req)
	if err != nil {
		return "lost"
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	switch {
	case err != nil:
		return "cut"
	case resp.StatusCode == 200 && !json.Valid(body):
		return "bad"
	}
	return resp.Status[:3]
}

// TestDelay shows that a request held back for ever ends with its context, and that Close ends it too.
func TestDelay(t *testing.T) {
	s, err := simulator.Start(simulator.Options{})
	if err != nil {
		t.Fatal(err)
	}
	s.Inject(simulator.Fault{Delay: -1})
	client := httpClient(t, s, false)
	ask := func(ctx context.Context) error {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.URL()+"/api/info", nil)
		if err != nil {
			return err
		}
		resp, err := client.Do(req)
		if err == nil {
			resp.Body.Close()
		}
		return err
	}
	// held starts a request and gives its outcome, once it has reached the server.
	held := func(ctx context.Context) <-chan error {
		done, before := make(chan error, 1), len(s.Requests())
		go func() { done <- ask(ctx) }()
		for len(s.Requests()) == before {
			select {
			case err := <-done:
				t.Fatalf("the request ended early: %v", err)
			default:
				runtime.Gosched()
			}
		}
		return done
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := held(ctx)
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want the context's error", err)
	}
	done = held(t.Context())
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if err := <-done; err == nil {
		t.Error("the request was answered, want a broken connection")
	}
}

// document is a process as the tests look at it.
type document struct {
	ID       string `json:"id"`
	Segment  int64  `json:"segment_id"`
	Unique   string `json:"unique_id"`
	Name     string `json:"process_name"`
	Cmdline  string `json:"cmdline"`
	Path     string `json:"path"`
	Start    string `json:"start"`
	Username string `json:"username"`
	Parent   string `json:"parent_unique_id"`
	MD5      string `json:"process_md5"`
}

type result struct {
	Results []document `json:"results"`
	Total   int        `json:"total_results"`
	Start   int        `json:"start"`
}

func find(t testing.TB, s *simulator.Server, q string, more ...string) result {
	t.Helper()
	v := url.Values{"cb.urlver": {"1"}, "facet": {"false"}, "q": {q}, "rows": {"100"}, "start": {"0"}}
	for _, m := range more {
		name, value, _ := strings.Cut(m, "=")
		v.Set(name, value)
	}
	return get[result](t, s, "/api/v1/process?"+v.Encode())
}

// TestGuide walks the guide's example: who mounted the share, and what led to it.
func TestGuide(t *testing.T) {
	const user = `WIN-IA9NQ1GN8OI\bit9rad`
	chain := []string{
		`2016-10-25T20:20:29.790Z ` + user + ` "C:\Windows\system32\cmd.exe" `,
		`2016-10-25T14:08:49.651Z ` + user + ` C:\Windows\Explorer.EXE`,
		`2016-10-25T14:08:49.370Z ` + user + ` C:\Windows\system32\userinit.exe`,
		`2016-10-25T14:08:26.382Z SYSTEM winlogon.exe`,
		`2016-10-25T14:08:26.242Z SYSTEM \SystemRoot\System32\smss.exe 00000001 00000030`,
		`2016-10-25T14:08:23.590Z SYSTEM \SystemRoot\System32\smss.exe`,
		`2016-10-25T14:08:23.559Z SYSTEM c:\windows\system32\ntoskrnl.exe`,
		`2016-10-25T14:08:23.374Z  c:\windows\system32\ntoskrnl.exe`,
	}
	line := func(d document) string {
		if d.Cmdline == "" {
			d.Cmdline = d.Path
		}
		return d.Start + " " + d.Username + " " + d.Cmdline
	}
	for _, version := range []string{"5.0.0", "5.2.0.160922.742", "6.0.0", "6.2.0.171114.1158", "7.1.0"} {
		t.Run(version, func(t *testing.T) {
			s := start(t, simulator.Options{Version: version})
			r := find(t, s, `process_name:net.exe cmdline:\\test\blah`, "sort=last_update desc")
			var got []string
			for _, d := range r.Results {
				got = append(got, line(d))
			}
			want := []string{
				`2016-11-11T20:59:31.631Z ` + user + ` net  use y: \\test\blah`,
				`2016-11-11T20:59:25.667Z ` + user + ` net  use z: \\test\blah`,
			}
			if strings.Join(got, "\n") != strings.Join(want, "\n") {
				t.Fatalf("got %q, want %q", got, want)
			}
			got = nil
			segment := "/0"
			if version < "6" {
				segment = "/1"
			}
			parent := r.Results[0].Parent[:36]
			for {
				status, body := call(t, s, http.MethodGet, "/api/v1/process/"+parent+segment, "")
				if status == http.StatusNotFound {
					break
				}
				var doc struct {
					Process document `json:"process"`
				}
				if err := json.Unmarshal(body, &doc); err != nil {
					t.Fatal(err)
				}
				got = append(got, line(doc.Process))
				parent = doc.Process.Parent[:36]
			}
			if strings.Join(got, "\n") != strings.Join(chain, "\n") {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(chain, "\n"))
			}
		})
	}
}
