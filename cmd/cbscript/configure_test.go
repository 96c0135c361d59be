package main

import (
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cbscript/cbscript/client/credentials"
	"github.com/cbscript/cbscript/client/gate"
)

// productServer answers as a product's server does, and keeps what it was asked.
func productServer(t *testing.T, status int, answer string) (server *httptest.Server, asked *[]string) {
	t.Helper()
	asked = new([]string)
	server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		*asked = append(*asked, fmt.Sprintf("%s %s %s", r.Method, r.URL.RequestURI(), r.Header.Get("X-Auth-Token")))
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		fmt.Fprint(w, answer)
	}))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	t.Cleanup(server.Close)
	return server, asked
}

func TestConfigureTriesTheToken(t *testing.T) {
	for _, test := range []struct {
		name, product, answers string
		status                 int
		answer                 string
		asked                  []string
		code                   int
		message                string
	}{
		{name: "response", product: "response", answers: marker + "\n", status: 200, answer: `{"version": "6.2"}`,
			asked: []string{"GET /api/info " + marker}},
		{name: "protection", product: "protection", answers: "19AB0000-74EB-4C56-9434-000000000000\n", status: 200, answer: `[]`,
			asked: []string{"GET /api/bit9platform/v1/serverConfig?limit=1 19AB0000-74EB-4C56-9434-000000000000"}},
		{name: "defense", product: "defense", answers: "0123456789\n0123456789ABCDEF01234567\n\n", status: 200, answer: `{"results": []}`,
			asked: []string{"GET /integrationServices/v3/device?rows=1 0123456789ABCDEF01234567/0123456789"}},
		{name: "an unknown token", product: "protection", answers: "19AB0000-74EB-4C56-9434-000000000000\n", status: 401, code: 3,
			asked:   []string{"GET /api/bit9platform/v1/serverConfig?limit=1 19AB0000-74EB-4C56-9434-000000000000"},
			message: "cbscript: error: the profile was not written: "},
		{name: "a web page", product: "response", answers: marker + "\n", status: 200, answer: "<html>Log in</html>", code: 4,
			asked: []string{"GET /api/info " + marker}, message: "cbscript: error: the profile was not written: "},
		{name: "a failing server", product: "response", answers: marker + "\n", status: 500, answer: "{}", code: 4,
			asked: []string{"GET /api/info " + marker}, message: "cbscript: error: the profile was not written: "},
	} {
		t.Run(test.name, func(t *testing.T) {
			server, asked := productServer(t, test.status, test.answer)
			p, out, errors := surroundings(t)
			p.in = strings.NewReader(test.answers)
			code := run(t.Context(), []string{"configure", test.product, "--url", server.URL,
				"--pin", gate.Fingerprint(server.Certificate())}, p)
			if code != test.code || !strings.Contains(errors.String(), test.message) {
				t.Errorf("exit code %d, want %d; standard error:\n%s", code, test.code, errors)
			}
			if diff := cmp.Diff(test.asked, *asked); diff != "" {
				t.Errorf("asked, -want +got:\n%s", diff)
			}
			_, err := os.Stat(filepath.Join(p.home, ".carbonblack"))
			if written := err == nil; written != (test.code == 0) {
				t.Errorf("a file was written: %v", written)
			}
			for _, secret := range []string{marker, "19AB0000-74EB", "0123456789ABCDEF01234567"} {
				if strings.Contains(out.String()+errors.String(), secret) {
					t.Errorf("the output holds %s", secret)
				}
			}
			if test.code != 0 {
				return
			}
			found, err := credentials.Find(p.credentialOptions(credentials.Product(test.product), nil))
			if err != nil {
				t.Fatal(err)
			}
			g, err := gate.New(found)
			if err != nil {
				t.Fatal(err)
			}
			defer g.Close()
			req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+"/again", nil)
			if err != nil {
				t.Fatal(err)
			}
			resp, err := g.RoundTrip(req) // the written certificate is trusted
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
		})
	}
}

func TestCertificateName(t *testing.T) {
	for url, want := range map[string]string{
		"https://cb.example.com":      "cb.example.com.pem",
		"https://cb.example.com:8443": "cb.example.com_8443.pem",
		"https://[::1]:443":           "___1__443.pem",
	} {
		if got := certificateName(url); got != want {
			t.Errorf("%s gives %s, want %s", url, got, want)
		}
	}
}

func TestSameFingerprint(t *testing.T) {
	const one = "AB:CD:EF:01"
	for text, want := range map[string]bool{
		one: true, "abcdef01": true, "ab cd ef 01": true, "SHA-256 AB:CD:EF:01": true, "sha256:abcdef01": true,
		"SHA256 Fingerprint=AB:CD:EF:01": true, "": false, "AB:CD:EF:02": false, "AB:CD:EF": false,
	} {
		if got := sameFingerprint(text, one); got != want {
			t.Errorf("sameFingerprint(%q) = %v, want %v", text, got, want)
		}
	}
}
