package main

import (
	"cmp"
	"context"
	"crypto/x509"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/cbscript/cbscript/client/gate"
	"github.com/cbscript/cbscript/runtime/output"
)

// trust looks at the server's certificate, and has a person decide about one that is not trusted.
func (c *configuration) trust(ctx context.Context) error {
	switch {
	case c.unchecked:
		return nil
	case c.made.SkipVerify:
		c.warn("the profile has ssl_verify off, which is kept: whoever is between you and the server can read the token")
		return nil
	}
	seen, err := gate.CheckTLS(ctx, c.made, c.gate...)
	if err != nil {
		return err
	}
	if seen.Untrusted == nil && (seen.Misnamed == nil || c.made.SkipHostname) && seen.Usable {
		return nil
	}
	if !seen.Usable {
		return tlsVerdict(seen)
	}
	if err := c.agree(ctx, seen); err != nil {
		return err
	}
	// The person compared the fingerprint of this one: others that the server sent along are not trusted for it.
	c.pinned = gate.EncodeChain([]*x509.Certificate{seen.Chain[0]})
	c.made.CertFile = filepath.Join(filepath.Dir(c.file), certificateName(c.made.URL))
	c.made.SkipHostname = seen.Misnamed != nil
	return nil
}

// agree has the certificate compared: with --pin, or by a person.
func (c *configuration) agree(ctx context.Context, seen *gate.ServerTLS) error {
	if c.fingerprint != "" {
		if !sameFingerprint(c.fingerprint, seen.Fingerprint()) {
			return &serverError{fmt.Sprintf("the certificate of %s has the SHA-256 fingerprint %s, not the one given with --pin", c.made.URL, seen.Fingerprint()),
				"somebody may be between you and the server: find out before you trust this certificate"}
		}
		return nil
	}
	shown := seen.Chain[0]
	for _, line := range []string{
		fmt.Sprintf("The certificate of %s is not trusted: %v.", c.made.URL, reasonOf(cmp.Or(seen.Untrusted, seen.Misnamed))),
		"  subject      " + shown.Subject.String(),
		"  issuer       " + shown.Issuer.String(),
		"  valid        " + shown.NotBefore.UTC().Format(time.DateOnly) + " to " + shown.NotAfter.UTC().Format(time.DateOnly),
		"  fingerprint  SHA-256 " + seen.Fingerprint(),
		"Compare the fingerprint with one taken on the server itself, for example with",
		"  openssl x509 -noout -fingerprint -sha256 -in CERTIFICATE",
	} {
		fmt.Fprintln(c.err, output.VisibleLine(line))
	}
	yes, err := c.ask.confirm(ctx, "Is it the server's, and shall the profile trust it and no other?")
	if err == nil && !yes {
		err = &serverError{"the server's certificate is not trusted, and nothing was written",
			"have it signed by an authority that this machine trusts, or pin it"}
	}
	return err
}

// sameFingerprint compares two fingerprints whatever their case and separators.
func sameFingerprint(a, b string) bool {
	plain := func(text string) string {
		text = strings.ToUpper(text[strings.LastIndexByte(text, '=')+1:]) // openssl writes "sha256 Fingerprint=" before it
		text = strings.TrimPrefix(strings.TrimPrefix(text, "SHA-256"), "SHA256")
		return strings.Map(func(r rune) rune {
			if strings.ContainsRune("0123456789ABCDEF", r) {
				return r
			}
			return -1
		}, text)
	}
	return plain(a) == plain(b)
}

// certificateName is the name of the file for the certificate of a server.
func certificateName(url string) string {
	host := strings.TrimPrefix(url, "https://")
	return strings.Map(func(r rune) rune {
		if r == '.' || r == '-' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' {
			return r
		}
		return '_'
	}, host) + ".pem"
}

// writePinned writes the certificate that the profile is to trust.
func (c *configuration) writePinned() error {
	if c.pinned == nil {
		return nil
	}
	dir := filepath.Dir(c.made.CertFile)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("cannot keep the server's certificate: %w", err)
	}
	f, err := os.CreateTemp(dir, ".certificate-*")
	if err != nil {
		return fmt.Errorf("cannot keep the server's certificate: %w", err)
	}
	defer os.Remove(f.Name()) // fails once it was renamed
	_, err = f.Write(c.pinned)
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = os.Rename(f.Name(), c.made.CertFile)
	}
	if err != nil {
		return fmt.Errorf("cannot keep the server's certificate: %w", err)
	}
	return nil
}
