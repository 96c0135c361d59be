package gate_test

import (
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cbscript/cbscript/client/credentials"
	"github.com/cbscript/cbscript/client/gate"
)

func TestAnonymousSendsNoToken(t *testing.T) {
	server, profile := serve(t, func(w http.ResponseWriter, r *http.Request) {
		for _, header := range []string{"X-Auth-Token", "Cookie"} {
			if v := r.Header.Get(header); v != "" {
				t.Errorf("%s was sent: %q", header, v)
			}
		}
		if got, want := r.Header.Get("Authorization"), "Digest x"; got != want {
			t.Errorf("Authorization = %q, want %q", got, want)
		}
		if r.URL.Path == "/old" {
			http.Redirect(w, r, "/new", http.StatusFound)
		}
	})
	way, err := gate.NewAnonymous(profile)
	if err != nil {
		t.Fatal(err)
	}
	defer way.CloseIdleConnections()
	if got := way.URL().String(); got != server.URL {
		t.Errorf("URL() = %s, want %s", got, server.URL)
	}
	for path, want := range map[string]int{"/api/auth": http.StatusOK, "/old": http.StatusFound} {
		req := request(t, http.MethodGet, server.URL+path, "")
		req.Header.Set("Authorization", "Digest x")
		req.Header.Set("X-Auth-Token", token)
		if status, _, err := do(t, way, req); err != nil || status != want {
			t.Errorf("%s: status %d, error %v, want status %d", path, status, err, want)
		}
	}
}

func TestAnonymousRefuses(t *testing.T) {
	server, profile := serve(t, func(http.ResponseWriter, *http.Request) { t.Error("a request arrived") })
	way, err := gate.NewAnonymous(profile)
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = do(t, way, request(t, http.MethodGet, "https://other.example/api/auth", ""))
	faultOf(t, err, gate.Origin)

	profile.CertFile = ""
	untrusting, err := gate.NewAnonymous(profile)
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = do(t, untrusting, request(t, http.MethodGet, server.URL+"/api/auth", ""))
	faultOf(t, err, gate.TLS)

	server.Close()
	_, _, err = do(t, way, request(t, http.MethodGet, server.URL+"/api/auth", ""))
	if fault := faultOf(t, err, gate.Connection); fault.Op != "connect" {
		t.Errorf("Op = %q, want connect", fault.Op)
	}
}

// anonymousInMemory runs test with a way that adds no token, against a server in memory.
func anonymousInMemory(t *testing.T, handler http.HandlerFunc, test func(t *testing.T, way *gate.Anonymous)) {
	t.Helper()
	serveInMemory(t, handler, func(t *testing.T, p credentials.Profile, dial dialFunc) {
		way, err := gate.NewAnonymous(p, gate.WithDialer(dial), gate.WithTimeout(30*time.Second))
		if err != nil {
			t.Fatal(err)
		}
		defer way.CloseIdleConnections()
		test(t, way)
	})
}

// TestAnonymousBodies: an answer of which no more comes, or which breaks off, is an error that says so.
func TestAnonymousBodies(t *testing.T) {
	t.Run("stalled", func(t *testing.T) {
		anonymousInMemory(t, stall, func(t *testing.T, way *gate.Anonymous) {
			start := time.Now()
			_, body, err := do(t, way, request(t, "GET", memoryURL+"/api/auth", ""))
			faultOf(t, err, gate.Timeout)
			if took := time.Since(start); body != "half of it" || took != 30*time.Second {
				t.Errorf("got %q after %v", body, took)
			}
		})
	})
	t.Run("cut", func(t *testing.T) {
		anonymousInMemory(t, cut, func(t *testing.T, way *gate.Anonymous) {
			_, _, err := do(t, way, request(t, "GET", memoryURL+"/api/auth", ""))
			if fault := faultOf(t, err, gate.Connection); !errors.Is(fault, io.ErrUnexpectedEOF) || fault.Op != "read" {
				t.Errorf("got %v", err)
			}
		})
	})
}

// TestAnonymousAnswerIsClean: what the server repeats of the profile's secrets stays out of the headers.
func TestAnonymousAnswerIsClean(t *testing.T) {
	handler := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Echo", "known: "+token)
		w.Header().Set("Set-Cookie", "session=1")
		w.Header().Set("WWW-Authenticate", `Digest realm="x"`)
	}
	anonymousInMemory(t, handler, func(t *testing.T, way *gate.Anonymous) {
		resp, err := way.RoundTrip(request(t, "GET", memoryURL+"/api/auth", ""))
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		mustNotHold(t, "answer", fmt.Sprint(resp.Header))
		want := []string{"known: " + credentials.Redacted, "", `Digest realm="x"`}
		if diff := cmp.Diff(want, []string{resp.Header.Get("X-Echo"), resp.Header.Get("Set-Cookie"), resp.Header.Get("WWW-Authenticate")}); diff != "" {
			t.Errorf("headers (-want +got):\n%s", diff)
		}
	})
}

// TestAnonymousTrusts: certificates that are handed in count, as those of a profile that is not written yet.
func TestAnonymousTrusts(t *testing.T) {
	server, profile := serve(t, func(http.ResponseWriter, *http.Request) {})
	profile.CertFile += ".not-there"
	way, err := gate.NewAnonymous(profile, gate.WithCertificates(gate.EncodeChain([]*x509.Certificate{server.Certificate()})))
	if err != nil {
		t.Fatal(err)
	}
	defer way.CloseIdleConnections()
	if status, _, err := do(t, way, request(t, http.MethodGet, server.URL+"/api/auth", "")); err != nil || status != http.StatusOK {
		t.Errorf("status %d, error %v", status, err)
	}
}
