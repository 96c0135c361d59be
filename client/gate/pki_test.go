package gate_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/cbscript/cbscript/client/gate"
)

// authority is a certificate and its key.
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

// issue makes a certificate, signed by a parent or, with none, by itself. It names no host unless edit says so, as
// the one that a Response server makes at its installation.
func issue(t testing.TB, parent *authority, edit func(*x509.Certificate)) authority {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()),
		Subject:      pkix.Name{CommonName: "Self-signed Carbon Black"},
		NotBefore:    time.Now().Add(-48 * time.Hour),
		NotAfter:     time.Now().Add(48 * time.Hour),
	}
	if edit != nil {
		edit(template)
	}
	signer := authority{template, key}
	if parent != nil {
		signer = *parent
	}
	der, err := x509.CreateCertificate(rand.Reader, template, signer.cert, &key.PublicKey, signer.key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return authority{cert, key}
}

func asCA(c *x509.Certificate) {
	c.Subject.CommonName, c.IsCA, c.BasicConstraintsValid, c.KeyUsage = "test authority", true, true, x509.KeyUsageCertSign
}

func forLoopback(c *x509.Certificate) { c.IPAddresses = []net.IP{net.IPv4(127, 0, 0, 1)} }
func forOther(c *x509.Certificate)    { c.DNSNames = []string{"other.example"} }
func expired(c *x509.Certificate) {
	forLoopback(c)
	c.NotAfter = time.Now().Add(-24 * time.Hour)
}

// serveWith starts an https server on loopback that shows a certificate.
func serveWith(t testing.TB, a authority, config *tls.Config, handler http.HandlerFunc) *httptest.Server {
	t.Helper()
	server := httptest.NewUnstartedServer(handler)
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	config.Certificates = []tls.Certificate{{Certificate: [][]byte{a.cert.Raw}, PrivateKey: a.key}}
	server.TLS = config
	server.StartTLS()
	t.Cleanup(server.Close)
	return server
}

func pemFile(t testing.TB, certs ...*x509.Certificate) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "trust.pem")
	if err := os.WriteFile(file, gate.EncodeChain(certs), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}
