package gate

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/cbscript/cbscript/client/credentials"
)

// ServerTLS is what is known of a server after a TLS handshake.
type ServerTLS struct {
	Version string // newest that server and client have in common, as "TLS 1.3"
	Cipher  string // as "TLS_AES_128_GCM_SHA256"
	Usable  bool   // a gate would speak it: TLS 1.2 or newer, with a cipher that is not broken
	Chain   []*x509.Certificate
	// Untrusted is why the chain does not lead to ssl_cert_file or, without one, to the system's store; nil if it does.
	Untrusted error
	// Misnamed is why the certificate is not for the host of the url, nil if it is.
	Misnamed error
}

// Fingerprint is that of the server's own certificate: see [Fingerprint].
func (s *ServerTLS) Fingerprint() string { return Fingerprint(s.Chain[0]) }

// VersionsTLS are the oldest and the newest version of TLS that a gate speaks, as "TLS 1.2".
func VersionsTLS() (oldest, newest string) {
	return tls.VersionName(tls.VersionTLS12), tls.VersionName(tls.VersionTLS13)
}

// Fingerprint is the SHA-256 of a certificate as tools show it: pairs of hexadecimal digits in capitals, with colons.
func Fingerprint(c *x509.Certificate) string {
	sum := sha256.Sum256(c.Raw)
	return strings.ReplaceAll(fmt.Sprintf("% X", sum), " ", ":")
}

// EncodeChain gives certificates in PEM form: what ssl_cert_file is to hold.
func EncodeChain(chain []*x509.Certificate) []byte {
	var out []byte
	for _, c := range chain {
		out = append(out, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})...)
	}
	return out
}

// FetchCertificate gives the certificates that the server at an https url shows, its own first, and the fingerprint of
// that one. Nothing says that they are the right ones: a person must compare the fingerprint before they are pinned.
// No token and no request is sent. It fails with a [*credentials.Error] for an url that is none, else an [*Error].
func FetchCertificate(ctx context.Context, url string, options ...Option) (chain []*x509.Certificate, fingerprint string, err error) {
	facts, err := CheckTLS(ctx, credentials.Profile{Product: credentials.Response, URL: url}, options...)
	if err != nil {
		return nil, "", err
	}
	return facts.Chain, facts.Fingerprint(), nil
}

// errSeen ends a handshake once the server's side of it was seen.
var errSeen = errors.New("handshake seen")

// CheckTLS makes one TLS handshake with the profile's server, also with one that is too old or not trusted, and tells
// what it saw. The profile needs no token: none is sent, nor is any request. Of the options only [WithTimeout],
// [WithSystemProxy] and [WithDialer] count. It fails with a [*credentials.Error] for a profile that cannot be used,
// else with an [*Error].
func CheckTLS(ctx context.Context, profile credentials.Profile, options ...Option) (*ServerTLS, error) {
	origin, err := profile.Origin()
	if err != nil {
		return nil, err
	}
	c := newConfig(profile.Product, options)
	proxy, err := findProxy(profile, origin, c.getenv)
	if err != nil {
		return nil, err
	}
	roots, err := pinned(profile, nil)
	if err != nil {
		return nil, err
	}
	var seen *tls.ConnectionState
	transport := newTransport(&tls.Config{
		MinVersion:         tls.VersionTLS10,
		CipherSuites:       everyCipher(),
		InsecureSkipVerify: true, // the handshake ends here, before anything is sent
		VerifyConnection:   func(state tls.ConnectionState) error { seen = &state; return errSeen },
	}, proxy, &c)
	defer transport.CloseIdleConnections()
	req, err := http.NewRequestWithContext(ctx, http.MethodHead, origin.String(), nil)
	if err != nil {
		return nil, err
	}
	_, err = transport.RoundTrip(req)
	if seen == nil || !errors.Is(err, errSeen) {
		g := &Gate{redactor: NewRedactor(secretsOf(profile, proxy)...), timeout: c.timeout}
		return nil, g.classify(req, "connect", err, nil)
	}
	return &ServerTLS{
		Version:   tls.VersionName(seen.Version),
		Cipher:    tls.CipherSuiteName(seen.CipherSuite),
		Usable:    seen.Version >= tls.VersionTLS12 && isSound(seen.CipherSuite),
		Chain:     seen.PeerCertificates,
		Untrusted: verifyChain(seen.PeerCertificates, roots, ""),
		Misnamed:  seen.PeerCertificates[0].VerifyHostname(origin.Hostname()),
	}, nil
}

// everyCipher lists all that the library knows, so that a server with old ones can be told from one with none.
func everyCipher() []uint16 {
	var all []uint16
	for _, suites := range [][]*tls.CipherSuite{tls.CipherSuites(), tls.InsecureCipherSuites()} {
		for _, s := range suites {
			all = append(all, s.ID)
		}
	}
	return all
}

// isSound reports a cipher that the library offers by itself.
func isSound(id uint16) bool {
	for _, s := range tls.CipherSuites() {
		if s.ID == id {
			return true
		}
	}
	return false
}
