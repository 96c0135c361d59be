package gate

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io/fs"
	"os"

	"github.com/cbscript/cbscript/client/credentials"
)

// tlsConfig is how the profile's server is trusted. TLS 1.2 is the least, whatever ssl_force_tls_1_2 says.
// Certificates that are given as PEM text come before the profile's file.
// Source: contract/transport.md, section 3.
func tlsConfig(p credentials.Profile, trusted []byte) (*tls.Config, error) {
	c := &tls.Config{MinVersion: tls.VersionTLS12}
	if p.SkipVerify {
		c.InsecureSkipVerify = true
		return c, nil
	}
	roots, err := pinned(p, trusted)
	if err != nil {
		return nil, err
	}
	c.RootCAs = roots
	if p.SkipHostname {
		// The library either verifies both chain and name or neither: here the chain alone is.
		c.InsecureSkipVerify = true
		c.VerifyConnection = func(state tls.ConnectionState) error { return verifyChain(state.PeerCertificates, roots, "") }
	}
	return c, nil
}

// pinned is the trust store of the certificates given or of ssl_cert_file, nil for the system's.
func pinned(p credentials.Profile, trusted []byte) (*x509.CertPool, error) {
	roots := x509.NewCertPool()
	switch {
	case trusted != nil && !roots.AppendCertsFromPEM(trusted):
		return nil, &credentials.Error{Product: p.Product, Profile: p.Name, Message: "the certificates to trust are not in PEM form"}
	case trusted != nil:
		return roots, nil
	case p.CertFile == "":
		return nil, nil
	}
	fault := &credentials.Error{Product: p.Product, Profile: p.Name, File: p.File, Key: "ssl_cert_file",
		Advice: "`cbscript configure` fetches and pins the server's certificate"}
	data, err := os.ReadFile(p.CertFile)
	if err != nil {
		var pe *fs.PathError
		if errors.As(err, &pe) {
			err = pe.Err
		}
		fault.Message, fault.Err = p.CertFile+" cannot be read", err
		return nil, fault
	}
	if !roots.AppendCertsFromPEM(data) {
		fault.Message = p.CertFile + " holds no certificate in PEM form"
		return nil, fault
	}
	return roots, nil
}

// verifyChain checks that a chain leads to one of roots, nil meaning the system's, and that it is for host unless
// that is empty.
func verifyChain(chain []*x509.Certificate, roots *x509.CertPool, host string) error {
	if len(chain) == 0 {
		return errors.New("tls: the server sent no certificate")
	}
	intermediates := x509.NewCertPool()
	for _, c := range chain[1:] {
		intermediates.AddCert(c)
	}
	_, err := chain[0].Verify(x509.VerifyOptions{Roots: roots, Intermediates: intermediates, DNSName: host})
	if err != nil {
		return &tls.CertificateVerificationError{UnverifiedCertificates: chain, Err: err}
	}
	return nil
}
