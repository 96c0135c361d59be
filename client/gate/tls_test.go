package gate_test

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io/fs"
	"net"
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

func TestTrust(t *testing.T) {
	ca := issue(t, nil, asCA)
	self := issue(t, nil, nil)
	selfNamed := issue(t, nil, forLoopback)
	cases := []struct {
		name   string
		shown  authority
		pinned *x509.Certificate
		edit   func(*credentials.Profile)
		hint   string // of the failure, or empty when the server is to be trusted
	}{
		{"unknown authority", selfNamed, nil, nil, "ssl_cert_file"},
		{"pinned itself", selfNamed, selfNamed.cert, nil, ""},
		{"pinned authority", issue(t, &ca, forLoopback), ca.cert, nil, ""},
		{"pinned another", selfNamed, self.cert, nil, "ssl_cert_file"},
		{"pinned another, host name off", selfNamed, self.cert, skipHostname, "ssl_cert_file"},
		{"names no host", self, self.cert, nil, "ssl_verify_hostname"},
		{"names no host, host name off", self, self.cert, skipHostname, ""},
		{"names another host", issue(t, &ca, forOther), ca.cert, nil, "ssl_verify_hostname"},
		{"names another host, host name off", issue(t, &ca, forOther), ca.cert, skipHostname, ""},
		{"host name off, not pinned", self, nil, skipHostname, "ssl_cert_file"},
		{"expired", issue(t, &ca, expired), ca.cert, nil, "clock"},
		{"expired, host name off", issue(t, &ca, expired), ca.cert, skipHostname, "clock"},
		{"verification off", self, nil, skipVerify, ""},
		{"verification off, expired", issue(t, &ca, expired), nil, skipVerify, ""},
		{"TLS 1.2 asked for", selfNamed, selfNamed.cert, func(p *credentials.Profile) { p.ForceTLS12 = true }, ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			hits := 0
			server := serveWith(t, c.shown, &tls.Config{}, func(http.ResponseWriter, *http.Request) { hits++ })
			p := profileOf(t, server.URL, "")
			if c.pinned != nil {
				p.CertFile = pemFile(t, c.pinned)
			}
			if c.edit != nil {
				c.edit(&p)
			}
			_, _, err := do(t, open(t, p), request(t, "POST", p.URL+"/", "{}"))
			if c.hint == "" {
				if err != nil || hits != 1 {
					t.Fatalf("%d requests came, error %v", hits, err)
				}
				return
			}
			if fault := faultOf(t, err, gate.TLS); !strings.Contains(fault.Hint(), c.hint) {
				t.Errorf("hint is %q, want %q in it; error %v", fault.Hint(), c.hint, err)
			}
			if hits != 0 {
				t.Error("the server got the token")
			}
		})
	}
}

func skipHostname(p *credentials.Profile) { p.SkipHostname = true }
func skipVerify(p *credentials.Profile)   { p.SkipVerify = true }

func TestTLSVersions(t *testing.T) {
	self := issue(t, nil, forLoopback)
	for _, c := range []struct {
		version uint16
		ok      bool
	}{{tls.VersionTLS10, false}, {tls.VersionTLS11, false}, {tls.VersionTLS12, true}, {tls.VersionTLS13, true}} {
		t.Run(tls.VersionName(c.version), func(t *testing.T) {
			config := &tls.Config{MinVersion: c.version, MaxVersion: c.version}
			server := serveWith(t, self, config, func(http.ResponseWriter, *http.Request) {})
			p := profileOf(t, server.URL, pemFile(t, self.cert))
			_, _, err := do(t, open(t, p, gate.WithMaxRetries(0)), request(t, "GET", p.URL+"/", ""))
			if c.ok {
				if err != nil {
					t.Fatal(err)
				}
			} else if fault := faultOf(t, err, gate.TLS); !strings.Contains(fault.Hint(), "TLS 1.2") {
				t.Errorf("hint is %q; error %v", fault.Hint(), err)
			}
			facts, err := gate.CheckTLS(t.Context(), credentials.Profile{Product: credentials.Response, URL: p.URL, CertFile: p.CertFile})
			if err != nil {
				t.Fatal(err)
			}
			if facts.Version != tls.VersionName(c.version) || facts.Usable != c.ok || facts.Untrusted != nil || facts.Misnamed != nil {
				t.Errorf("facts are %+v", facts)
			}
		})
	}
}

func TestServerWithoutTLS(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	defer server.Close()
	p := profileOf(t, strings.Replace(server.URL, "http:", "https:", 1), "")
	_, _, err := do(t, open(t, p), request(t, "GET", p.URL+"/", ""))
	if fault := faultOf(t, err, gate.TLS); !strings.Contains(fault.Hint(), "port in url") {
		t.Errorf("hint is %q; error %v", fault.Hint(), err)
	}
}

func TestConnectionRefused(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	listener.Close()
	p := profileOf(t, "https://"+address, "")
	_, _, err = do(t, open(t, p, gate.WithMaxRetries(1)), request(t, "GET", p.URL+"/", ""))
	if fault := faultOf(t, err, gate.Connection); fault.Op != "connect" || !strings.Contains(fault.Hint(), "host and port of url") {
		t.Errorf("got %v, hint %q", err, fault.Hint())
	}
}

func TestFetchCertificate(t *testing.T) {
	self := issue(t, nil, nil)
	hits := 0
	server := serveWith(t, self, &tls.Config{}, func(http.ResponseWriter, *http.Request) { hits++ })
	chain, fingerprint, err := gate.FetchCertificate(t.Context(), server.URL)
	if err != nil {
		t.Fatal(err)
	}
	if len(chain) != 1 || !chain[0].Equal(self.cert) || fingerprint != gate.Fingerprint(self.cert) || len(fingerprint) != 95 {
		t.Errorf("got %d certificates, fingerprint %q", len(chain), fingerprint)
	}
	facts, err := gate.CheckTLS(t.Context(), credentials.Profile{Product: credentials.Response, URL: server.URL})
	if err != nil {
		t.Fatal(err)
	}
	if facts.Untrusted == nil || facts.Misnamed == nil || facts.Version != "TLS 1.3" || facts.Cipher == "" {
		t.Errorf("facts are %+v", facts)
	}
	if hits != 0 {
		t.Errorf("%d requests were sent", hits)
	}

	// What was fetched is what a profile then trusts.
	p := profileOf(t, server.URL, pemFile(t, chain...))
	p.SkipHostname = true
	if _, _, err := do(t, open(t, p), request(t, "GET", p.URL+"/", "")); err != nil {
		t.Error(err)
	}
	if _, _, err := gate.FetchCertificate(t.Context(), "http://cb.example"); !isCredentialsError(err) {
		t.Errorf("got %v", err)
	}
	server.Close()
	_, _, err = gate.FetchCertificate(t.Context(), server.URL)
	faultOf(t, err, gate.Connection)
}

func isCredentialsError(err error) bool {
	var e *credentials.Error
	return errors.As(err, &e)
}

func TestVersionsTLS(t *testing.T) {
	oldest, newest := gate.VersionsTLS()
	if diff := cmp.Diff([]string{"TLS 1.2", "TLS 1.3"}, []string{oldest, newest}); diff != "" {
		t.Errorf("versions (-want +got):\n%s", diff)
	}
}

func TestNewFails(t *testing.T) {
	empty := filepath.Join(t.TempDir(), "empty.pem")
	if err := os.WriteFile(empty, []byte("nothing"), 0o600); err != nil {
		t.Fatal(err)
	}
	missing := filepath.Join(t.TempDir(), "missing.pem")
	base := credentials.Profile{Name: "prod", File: "f.ini", Product: credentials.Response, URL: "https://cb", Token: credentials.NewSecret(token)}
	cases := []struct {
		name    string
		edit    func(*credentials.Profile)
		options []gate.Option
		want    string
	}{
		{"no token", func(p *credentials.Profile) { p.Token = credentials.Secret{} }, nil, `f.ini: profile "prod": token not available`},
		{"http", func(p *credentials.Profile) { p.URL = "http://cb" }, nil,
			`f.ini: profile "prod": url: "http://cb" does not start with https://: want https://HOST or https://HOST:PORT`},
		{"certificate file missing", func(p *credentials.Profile) { p.CertFile = missing }, nil,
			`f.ini: profile "prod": ssl_cert_file: ` + missing + ` cannot be read: no such file or directory`},
		{"certificate file empty", func(p *credentials.Profile) { p.CertFile = empty }, nil,
			`f.ini: profile "prod": ssl_cert_file: ` + empty + ` holds no certificate in PEM form`},
		{"in flight", nil, []gate.Option{gate.WithInFlight(0)}, "gate: option in flight: want 1 to 1000"},
		{"retries", nil, []gate.Option{gate.WithMaxRetries(-1)}, "gate: option max retries: want 0 to 100"},
		{"timeout", nil, []gate.Option{gate.WithTimeout(-1)}, "gate: option timeout: want 0 or more"},
		{"pause", nil, []gate.Option{gate.WithMaxPause(-1)}, "gate: option max pause: want 0 or more"},
		{"version", nil, []gate.Option{gate.WithVersion("1\r\nX: y")}, "gate: option version: want printable ASCII"},
		{"integration", nil, []gate.Option{gate.WithIntegration("é")}, "gate: option integration: want printable ASCII"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			p := base
			if c.edit != nil {
				c.edit(&p)
			}
			_, err := gate.New(p, c.options...)
			if err == nil {
				t.Fatal("no error")
			}
			if diff := cmp.Diff(c.want, err.Error()); diff != "" {
				t.Errorf("error (-want +got):\n%s", diff)
			}
			if c.edit != nil && !isCredentialsError(err) {
				t.Errorf("error is a %T", err)
			}
		})
	}
	_, err := gate.New(credentials.Profile{Product: credentials.Response, URL: "https://cb", Token: credentials.NewSecret(token), CertFile: missing})
	if !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v", err)
	}
}
