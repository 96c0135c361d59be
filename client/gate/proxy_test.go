package gate_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cbscript/cbscript/client/credentials"
	"github.com/cbscript/cbscript/client/gate"
)

// tunnel is a proxy that connects every request for a tunnel to one address, and notes what it was asked for.
type tunnel struct {
	target string
	status int // answered instead, if not 0
	mu     sync.Mutex
	asked  []string // host, and the authorisation if there was one
}

func (p *tunnel) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	p.asked = append(p.asked, strings.TrimSpace(r.Host+" "+r.Header.Get("Proxy-Authorization")))
	p.mu.Unlock()
	if p.status != 0 {
		w.WriteHeader(p.status)
		return
	}
	out, err := net.Dial("tcp", p.target)
	if err != nil {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	in, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		return
	}
	io.WriteString(in, "HTTP/1.1 200 Connected\r\n\r\n")
	go func() { io.Copy(out, in); out.Close() }()
	io.Copy(in, out)
	in.Close()
}

// viaProxy starts a server that is only reached as https://cb.example, through a proxy.
func viaProxy(t *testing.T) (p credentials.Profile, proxy *tunnel, proxyURL string) {
	t.Helper()
	cert := issue(t, nil, func(c *x509.Certificate) { c.DNSNames = []string{"cb.example"} })
	server := serveWith(t, cert, &tls.Config{}, func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "through") })
	proxy = &tunnel{target: server.Listener.Addr().String()}
	ps := httptest.NewServer(proxy)
	t.Cleanup(ps.Close)
	return profileOf(t, memoryURL, pemFile(t, cert.cert)), proxy, ps.URL
}

func environment(vars ...string) func(string) string {
	return func(name string) string {
		for i := 0; i < len(vars); i += 2 {
			if vars[i] == name {
				return vars[i+1]
			}
		}
		return ""
	}
}

// noName is a dialler for which every host but loopback is unknown, so that nothing here asks a name server.
func noName() gate.Option {
	return gate.WithDialer(func(ctx context.Context, network, address string) (net.Conn, error) {
		if !strings.HasPrefix(address, "127.0.0.1:") {
			return nil, &net.DNSError{Err: "no such host", Name: address, IsNotFound: true}
		}
		return new(net.Dialer).DialContext(ctx, network, address)
	})
}

func TestProxy(t *testing.T) {
	cases := []struct {
		name  string
		edit  func(p *credentials.Profile, proxy string)
		env   func(proxy string) []string
		asked []string // nil when the server is asked directly, which fails as its name is not known
	}{
		{"profile", func(p *credentials.Profile, proxy string) { p.Proxy = credentials.NewSecret(proxy) }, nil, []string{"cb.example:443"}},
		{"profile, without scheme", func(p *credentials.Profile, proxy string) {
			p.Proxy = credentials.NewSecret(strings.TrimPrefix(proxy, "http://"))
		}, nil, []string{"cb.example:443"}},
		{"profile, with password", func(p *credentials.Profile, proxy string) {
			p.Proxy = credentials.NewSecret(strings.Replace(proxy, "://", "://user:proxypassword@", 1))
		}, nil, []string{"cb.example:443 Basic dXNlcjpwcm94eXBhc3N3b3Jk"}},
		{"environment", nil, func(proxy string) []string { return []string{"HTTPS_PROXY", proxy} }, []string{"cb.example:443"}},
		{"environment, small", nil, func(proxy string) []string { return []string{"https_proxy", proxy} }, []string{"cb.example:443"}},
		{"environment, all", nil, func(proxy string) []string { return []string{"ALL_PROXY", proxy} }, []string{"cb.example:443"}},
		{"environment, http only", nil, func(proxy string) []string { return []string{"HTTP_PROXY", proxy} }, nil},
		{"environment, excluded", nil, func(proxy string) []string { return []string{"HTTPS_PROXY", proxy, "NO_PROXY", "a,.example"} }, nil},
		{"ignored", func(p *credentials.Profile, _ string) { p.IgnoreSystemProxy = true },
			func(proxy string) []string { return []string{"HTTPS_PROXY", proxy} }, nil},
		{"ignored, own too", func(p *credentials.Profile, proxy string) {
			p.Proxy, p.IgnoreSystemProxy = credentials.NewSecret(proxy), true
		}, nil, nil},
		{"own before environment", func(p *credentials.Profile, proxy string) { p.Proxy = credentials.NewSecret(proxy) },
			func(string) []string { return []string{"HTTPS_PROXY", "http://127.0.0.1:1"} }, []string{"cb.example:443"}},
		{"none", nil, nil, nil},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			p, proxy, proxyURL := viaProxy(t)
			options := []gate.Option{noName()}
			if c.edit != nil {
				c.edit(&p, proxyURL)
			}
			if c.env != nil {
				options = append(options, gate.WithSystemProxy(environment(c.env(proxyURL)...)))
			}
			_, body, err := do(t, open(t, p, options...), request(t, "GET", memoryURL+"/", ""))
			if c.asked == nil {
				faultOf(t, err, gate.Connection)
			} else if err != nil || body != "through" {
				t.Errorf("got %q, %v", body, err)
			}
			if diff := cmp.Diff(c.asked, proxy.asked); diff != "" {
				t.Errorf("asked of the proxy (-want +got):\n%s", diff)
			}
		})
	}
}

// serveSOCKS is a proxy of the SOCKS kind that connects every request to one address, and notes what it was asked for.
func serveSOCKS(t *testing.T, target string, asked chan<- string) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		in, err := listener.Accept()
		if err != nil {
			return
		}
		defer in.Close()
		greeting := make([]byte, 3) // version 5, one method: none
		io.ReadFull(in, greeting)
		in.Write([]byte{5, 0})
		head := make([]byte, 5) // version, connect, 0, a name, its length
		io.ReadFull(in, head)
		name := make([]byte, int(head[4])+2)
		io.ReadFull(in, name)
		asked <- string(name[:head[4]])
		in.Write([]byte{5, 0, 0, 1, 0, 0, 0, 0, 0, 0})
		out, err := net.Dial("tcp", target)
		if err != nil {
			return
		}
		defer out.Close()
		go io.Copy(out, in)
		io.Copy(in, out)
	}()
	return "socks5://" + listener.Addr().String()
}

func TestProxyOfSOCKS(t *testing.T) {
	p, proxy, _ := viaProxy(t)
	asked := make(chan string, 1)
	p.Proxy = credentials.NewSecret(serveSOCKS(t, proxy.target, asked))
	if _, body, err := do(t, open(t, p), request(t, "GET", memoryURL+"/", "")); err != nil || body != "through" {
		t.Fatalf("got %q, %v", body, err)
	}
	if got := <-asked; got != "cb.example" {
		t.Errorf("the proxy was asked for %q", got)
	}
}

// TestProxyOfHTTPSIsTrustedByItself holds that the profile's TLS settings are for its server alone: a proxy that only
// they would trust is not used.
func TestProxyOfHTTPSIsTrustedByItself(t *testing.T) {
	p, proxy, _ := viaProxy(t)
	cert := issue(t, nil, forLoopback)
	secure := serveWith(t, cert, &tls.Config{}, proxy.ServeHTTP)
	p.Proxy = credentials.NewSecret(strings.Replace(secure.URL, "://", "://user:proxypassword@", 1))
	for _, edit := range []func(*credentials.Profile){
		skipVerify, func(p *credentials.Profile) { p.CertFile = pemFile(t, cert.cert) },
	} {
		edit(&p)
		_, _, err := do(t, open(t, p, gate.WithMaxRetries(0)), request(t, "GET", memoryURL+"/", ""))
		if fault := faultOf(t, err, gate.Proxy); !strings.Contains(err.Error(), "certificate signed by unknown authority") {
			t.Errorf("got %v, hint %q", err, fault.Hint())
		}
	}
	if proxy.asked != nil {
		t.Errorf("the proxy was asked for %q", proxy.asked)
	}
}

func TestProxyFailures(t *testing.T) {
	cases := []struct {
		name, hint string
		status     int
	}{
		{"wants a password", "wants a user and password", http.StatusProxyAuthRequired},
		{"forbids", "check proxy", http.StatusForbidden},
		{"cannot reach the server", "check proxy", http.StatusBadGateway},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			p, proxy, proxyURL := viaProxy(t)
			proxy.status = c.status
			p.Proxy = credentials.NewSecret(strings.Replace(proxyURL, "://", "://user:proxypassword@", 1))
			_, _, err := do(t, open(t, p, gate.WithMaxRetries(1)), request(t, "POST", memoryURL+"/", "{}"))
			fault := faultOf(t, err, gate.Proxy)
			if !strings.Contains(fault.Hint(), c.hint) || strings.Contains(err.Error(), "proxypassword") {
				t.Errorf("got %v, hint %q", err, fault.Hint())
			}
			if want := map[bool]int{true: 2, false: 1}[c.status >= 500]; len(proxy.asked) != want {
				t.Errorf("asked %d times, want %d", len(proxy.asked), want)
			}
		})
	}
	t.Run("is not there", func(t *testing.T) {
		p, _, _ := viaProxy(t)
		p.Proxy = credentials.NewSecret("http://user:proxypassword@127.0.0.1:1")
		_, _, err := do(t, open(t, p, gate.WithMaxRetries(0)), request(t, "GET", memoryURL+"/", ""))
		faultOf(t, err, gate.Proxy)
		if strings.Contains(err.Error(), "proxypassword") {
			t.Errorf("got %v", err)
		}
	})
}

func TestBadProxies(t *testing.T) {
	for _, text := range []string{"ftp://proxy", "http://user:proxypassword@", "http://proxy/path", "http://a b", "://", "http://user:proxypassword@h:x"} {
		p := profileOf(t, memoryURL, "")
		p.Proxy = credentials.NewSecret(text)
		_, err := gate.New(p)
		if !isCredentialsError(err) || strings.Contains(err.Error(), "proxypassword") {
			t.Errorf("%q in the profile: got %v", text, err)
		}
		p.Proxy = credentials.Secret{}
		_, err = gate.New(p, gate.WithSystemProxy(environment("HTTPS_PROXY", text)))
		if !isCredentialsError(err) || strings.Contains(err.Error(), "proxypassword") || !strings.Contains(err.Error(), "HTTPS_PROXY") {
			t.Errorf("%q in the environment: got %v", text, err)
		}
	}
}

func TestNoProxy(t *testing.T) {
	cases := []struct {
		server, list string
		direct       bool
	}{
		{"https://cb.example", "", false},
		{"https://cb.example", "*", true},
		{"https://cb.example", "cb.example", true},
		{"https://cb.example", "CB.Example", true},
		{"https://cb.example", "example", true},
		{"https://cb.example", ".example", true},
		{"https://cb.example", "*.example", true},
		{"https://cb.example", " other , cb.example ", true},
		{"https://cb.example", "b.example", false},
		{"https://cb.example", "x.cb.example", false},
		{"https://cb.example", "cb.example:443", true},
		{"https://cb.example", "cb.example:8443", false},
		{"https://cb.example:8443", "cb.example:8443", true},
		{"https://10.1.2.3", "10.0.0.0/8", true},
		{"https://10.1.2.3", "10.2.0.0/16", false},
		{"https://10.1.2.3", "10.1.2.3", true},
		{"https://10.1.2.3", "1.2.3", false},
		{"https://[fd00::1]", "fd00::/8", true},
		{"https://[fd00::1]", "fd00::1", true},
		{"https://[fd00::1]", "[fd00::1]:443", true},
		{"https://cb.example", ",,", false},
		{"https://localhost:8443", "", true},
		{"https://127.0.0.9", "", true},
	}
	for _, c := range cases {
		t.Run(c.server+" "+c.list, func(t *testing.T) {
			dialled := ""
			g := open(t, profileOf(t, c.server, ""), gate.WithMaxRetries(0),
				gate.WithSystemProxy(environment("HTTPS_PROXY", "http://proxy.example:3128", "NO_PROXY", c.list)),
				gate.WithDialer(func(_ context.Context, _, address string) (net.Conn, error) {
					dialled = address
					return nil, io.ErrUnexpectedEOF
				}))
			if _, _, err := do(t, g, request(t, "GET", c.server+"/", "")); err == nil {
				t.Fatal("no error")
			}
			if direct := dialled != "proxy.example:3128"; direct != c.direct {
				t.Errorf("dialled %s", dialled)
			}
		})
	}
}
