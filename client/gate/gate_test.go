package gate_test

import (
	"compress/gzip"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cbscript/cbscript/client/credentials"
	"github.com/cbscript/cbscript/client/gate"
)

// token is the token of every test's profile.
const token = "0123456789abcdefABCDEF0123456789abcdef01"

// serve starts an https server on loopback and gives the profile that trusts it.
func serve(t testing.TB, handler http.HandlerFunc) (*httptest.Server, credentials.Profile) {
	t.Helper()
	server := httptest.NewUnstartedServer(handler)
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	t.Cleanup(server.Close)
	return server, profileOf(t, server.URL, pin(t, server))
}

// pin writes a server's certificate to a file.
func pin(t testing.TB, server *httptest.Server) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "server.pem")
	if err := os.WriteFile(file, gate.EncodeChain([]*x509.Certificate{server.Certificate()}), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func profileOf(t testing.TB, url, certFile string) credentials.Profile {
	t.Helper()
	p, err := credentials.New(credentials.Response, url, token)
	if err != nil {
		t.Fatal(err)
	}
	p.Name, p.CertFile = "test", certFile
	return p
}

func open(t testing.TB, p credentials.Profile, options ...gate.Option) *gate.Gate {
	t.Helper()
	g, err := gate.New(p, options...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { g.Close() })
	return g
}

func request(t testing.TB, method, url, body string) *http.Request {
	t.Helper()
	var r io.Reader
	if body != "" {
		r = strings.NewReader(body)
	}
	req, err := http.NewRequestWithContext(t.Context(), method, url, r)
	if err != nil {
		t.Fatal(err)
	}
	return req
}

// do sends a request and gives the status and body of the answer.
func do(t testing.TB, g http.RoundTripper, req *http.Request) (status int, body string, err error) {
	t.Helper()
	resp, err := g.RoundTrip(req)
	if err != nil {
		return 0, "", err
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	return resp.StatusCode, string(data), err
}

// faultOf asserts that err is a *gate.Error of that kind, and that it does not hold the token.
func faultOf(t testing.TB, err error, kind gate.Kind) *gate.Error {
	t.Helper()
	var fault *gate.Error
	if !errors.As(err, &fault) {
		t.Fatalf("got %T %v, want a *gate.Error", err, err)
	}
	if fault.Kind != kind {
		t.Fatalf("kind is %q, want %q: %v", fault.Kind, kind, err)
	}
	mustNotHold(t, "error", fmt.Sprintf("%v %+v %#v %s", err, err, err, fault.Hint()))
	for e := err; e != nil; e = errors.Unwrap(e) {
		mustNotHold(t, "cause", e.Error())
	}
	return fault
}

// mustNotHold fails when text holds the token in any form that is looked for.
func mustNotHold(t testing.TB, what, text string) {
	t.Helper()
	if gate.NewRedactor(credentials.NewSecret(token)).Contains(text) {
		t.Errorf("%s holds the token: %q", what, text)
	}
}

func TestHeaders(t *testing.T) {
	var got http.Header
	var path string
	_, p := serve(t, func(w http.ResponseWriter, r *http.Request) { got, path = r.Header.Clone(), r.RequestURI })
	g := open(t, p, gate.WithVersion("1.2"), gate.WithIntegration("soar/3"))
	req := request(t, "GET", p.URL+"/api/v1/process?q=a+b&x=%2F#part", "")
	req.Host = "evil.example"
	req.Header = http.Header{
		"X-Auth-Token": {"other"}, "x-auth-token": {"another"}, "Authorization": {"Basic x"}, "Cookie": {"s=1"},
		"User-Agent": {"me"}, "Accept": {"application/json"},
	}
	if _, _, err := do(t, g, req); err != nil {
		t.Fatal(err)
	}
	want := http.Header{"X-Auth-Token": {token}, "User-Agent": {"cbscript/1.2 soar/3"}, "Accept": {"application/json"}, "Accept-Encoding": {"gzip"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("headers (-want +got):\n%s", diff)
	}
	if want := "/api/v1/process?q=a+b&x=%2F"; path != want {
		t.Errorf("path is %q, want %q", path, want)
	}
	if req.Header.Get("X-Auth-Token") != "other" {
		t.Error("the caller's request was changed")
	}
}

// TestProtocol holds that HTTP/1.1 is spoken also with a server that offers HTTP/2, and that answers are compressed on
// the way.
func TestProtocol(t *testing.T) {
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		packed := gzip.NewWriter(w)
		io.WriteString(packed, r.Proto+" "+r.Header.Get("Accept-Encoding"))
		packed.Close()
	}))
	server.EnableHTTP2 = true
	server.StartTLS()
	defer server.Close()
	p := profileOf(t, server.URL, pin(t, server))
	if _, body, err := do(t, open(t, p), request(t, "GET", p.URL+"/", "")); err != nil || body != "HTTP/1.1 gzip" {
		t.Errorf("got %q, %v", body, err)
	}
}

// TestAnswerIsClean holds that a caller finds the token nowhere in an answer, and no cookie.
func TestAnswerIsClean(t *testing.T) {
	_, p := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Echo", "you sent "+r.Header.Get("X-Auth-Token"))
		w.Header().Set("X-"+token, "name")
		w.Header().Set("Set-Cookie", "session=1")
		w.Header().Set("Trailer", "X-Late")
		io.WriteString(w, "body")
		w.Header().Set("X-Late", token)
	})
	g := open(t, p)
	req := request(t, "GET", p.URL+"/", "")
	seen := ""
	req = req.WithContext(httptrace.WithClientTrace(req.Context(), &httptrace.ClientTrace{
		WroteHeaderField: func(name string, values []string) { seen += name + strings.Join(values, "") },
	}))
	resp, err := g.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadAll(resp.Body); err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	mustNotHold(t, "answer", fmt.Sprintf("%v %v %v %v", resp.Header, resp.Trailer, resp.Request, resp))
	mustNotHold(t, "request of the answer", fmt.Sprint(resp.Request.Header))
	if resp.Request.URL.String() != req.URL.String() {
		t.Errorf("request of the answer is for %s", resp.Request.URL)
	}
	if resp.Header.Get("X-Echo") == "" || resp.Header.Get("Set-Cookie") != "" {
		t.Errorf("headers are %v", resp.Header)
	}
	if seen != "" {
		t.Errorf("a trace of the caller saw %q", seen)
	}
}

func TestGateShowsNoToken(t *testing.T) {
	_, p := serve(t, func(http.ResponseWriter, *http.Request) {})
	p.Proxy = credentials.NewSecret("http://user:" + token + "@127.0.0.1:9")
	g := open(t, p)
	type holder struct {
		hidden *gate.Gate
		r      *gate.Redactor
		p      credentials.Profile
	}
	h := holder{g, g.Redactor(), p}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		for _, value := range []any{g, *g.Redactor(), g.Redactor(), h, &h, p, &p} {
			mustNotHold(t, verb, fmt.Sprintf(verb, value))
		}
	}
}

func TestRefused(t *testing.T) {
	hits := 0
	server, p := serve(t, func(http.ResponseWriter, *http.Request) { hits++ })
	g := open(t, p, gate.WithDialer(nil))
	other, _ := url.Parse(server.URL)
	port := other.Port()
	cases := []struct {
		name, method, url string
		kind              gate.Kind
	}{
		{"other host", "GET", "https://localhost:" + port + "/", gate.Origin},
		{"other port", "GET", "https://127.0.0.1/", gate.Origin},
		{"http", "GET", "http://127.0.0.1:" + port + "/", gate.Origin},
		{"host in user", "GET", "https://127.0.0.1:" + port + "@evil.example/", gate.Origin},
		{"user", "GET", "https://me@127.0.0.1:" + port + "/", gate.Malformed},
		{"one up", "GET", server.URL + "/api/v1/../user", gate.Malformed},
		{"one up, encoded", "GET", server.URL + "/api/v1/%2e%2e/user", gate.Malformed},
		{"one up, slashes encoded", "GET", server.URL + "/api/v1/x%2f..%2fuser", gate.Malformed},
		{"one up, backslashes", "GET", server.URL + `/api/v1/x%5c..%5cuser`, gate.Malformed},
		{"here", "GET", server.URL + "/api/./user", gate.Malformed},
		{"trace", "TRACE", server.URL + "/", gate.Malformed},
		{"connect", "CONNECT", server.URL + "/", gate.Malformed},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, _, err := do(t, g, request(t, c.method, c.url, ""))
			faultOf(t, err, c.kind)
		})
	}
	t.Run("opaque", func(t *testing.T) {
		req := request(t, "GET", server.URL, "")
		req.URL.Opaque = "//evil.example/"
		_, _, err := do(t, g, req)
		faultOf(t, err, gate.Malformed)
	})
	if hits != 0 {
		t.Errorf("%d requests were sent", hits)
	}
	if _, _, err := do(t, g, request(t, "GET", strings.ToUpper(server.URL[:8])+server.URL[8:]+"/a..b/..c", "")); err != nil {
		t.Errorf("a request for the server itself: %v", err)
	}
}

func TestBodyOfARefusedRequestIsClosed(t *testing.T) {
	_, p := serve(t, func(http.ResponseWriter, *http.Request) {})
	for _, g := range []*gate.Gate{open(t, p), closed(t, p)} {
		body := &closeCounter{Reader: strings.NewReader("{}")}
		req := request(t, "POST", "https://evil.example/", "")
		req.Body = body
		if _, err := g.RoundTrip(req); err == nil {
			t.Fatal("no error")
		}
		if body.closed != 1 {
			t.Errorf("body was closed %d times", body.closed)
		}
	}
}

func closed(t *testing.T, p credentials.Profile) *gate.Gate {
	g := open(t, p)
	g.Close()
	return g
}

type closeCounter struct {
	io.Reader
	closed int
}

func (c *closeCounter) Close() error { c.closed++; return nil }

func TestClose(t *testing.T) {
	reached, release := make(chan struct{}), make(chan struct{})
	_, p := serve(t, func(http.ResponseWriter, *http.Request) { close(reached); <-release })
	defer close(release)
	g := open(t, p)
	failed := make(chan error)
	go func() {
		_, _, err := do(t, g, request(t, "GET", p.URL+"/", ""))
		failed <- err
	}()
	<-reached
	g.Close()
	faultOf(t, <-failed, gate.Closed)
	_, _, err := do(t, g, request(t, "GET", p.URL+"/", ""))
	faultOf(t, err, gate.Closed)
}

func TestConcurrentUse(t *testing.T) {
	_, p := serve(t, func(w http.ResponseWriter, r *http.Request) { io.Copy(w, r.Body) })
	g := open(t, p)
	var wg sync.WaitGroup
	for i := range 32 {
		wg.Go(func() {
			want := fmt.Sprintf(`{"n": %d}`, i)
			if _, got, err := do(t, g, request(t, "PUT", p.URL+"/", want)); err != nil || got != want {
				t.Errorf("got %q, %v, want %q", got, err, want)
			}
		})
	}
	wg.Wait()
}
