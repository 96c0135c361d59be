package gate_test

import (
	"net/http"
	"testing"

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
