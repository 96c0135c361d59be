package main

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/cbscript/cbscript/client/credentials"
	"github.com/cbscript/cbscript/client/gate"
	"github.com/cbscript/cbscript/runtime/output"
)

// checkTLSOptions are the flags and argument of check-tls.
type checkTLSOptions struct {
	url      string
	certFile string
	timeout  time.Duration
}

// checkTLSCommand tells what a server offers.
func (p *program) checkTLSCommand() *cobra.Command {
	var o checkTLSOptions
	cmd := &cobra.Command{
		Use:   "check-tls [URL]",
		Short: "Show which TLS is spoken, and what a server offers",
		Long: `Show which versions of TLS cbscript speaks and, with the url of a server, what
that server offers: version, cipher, certificate and its fingerprint, and
whether it would be trusted. No token and no request is sent. The exit code is
4 when a script could not reach the server this way.`,
		Example: `  cbscript check-tls
  cbscript check-tls https://cb.example.com
  cbscript check-tls https://cb.example.com --cert-file server.pem`,
		Args: arguments(0, 1, "at most one url"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				oldest, newest := gate.VersionsTLS()
				fmt.Fprintf(p.out, "cbscript speaks %s to %s.\n", oldest, newest)
				return nil
			}
			o.url = args[0]
			return p.checkTLS(cmd, o)
		},
	}
	cmd.Flags().StringVar(&o.certFile, "cert-file", "", "trust the certificates in this PEM `FILE` instead of the system's, as ssl_cert_file does")
	cmd.Flags().DurationVar(&o.timeout, "timeout", 30*time.Second, "give up when the server has not answered after this `DURATION`")
	return cmd
}

// checkTLS shows what the server at a url offers. It fails when a gate would not connect to it.
func (p *program) checkTLS(cmd *cobra.Command, o checkTLSOptions) error {
	profile := credentials.Profile{Product: credentials.Response, URL: o.url, CertFile: o.certFile}
	if o.certFile != "" {
		profile.CertFile = p.path(o.certFile)
	}
	ctx, stop := p.interruptible(cmd.Context())
	defer stop()
	seen, err := gate.CheckTLS(ctx, profile, gate.WithTimeout(o.timeout), gate.WithSystemProxy(p.getenv))
	var wrong *credentials.Error
	if errors.As(err, &wrong) { // nothing but the arguments is checked
		return usage(wrong.Hint(), "%s", wrong.Message)
	}
	if err != nil {
		return err
	}
	certificate := seen.Chain[0]
	for _, line := range [][2]string{
		{"server", o.url},
		{"protocol", seen.Version + ", " + seen.Cipher},
		{"subject", certificate.Subject.String()},
		{"issuer", certificate.Issuer.String()},
		{"names", strings.Join(namesOf(certificate), ", ")},
		{"valid", certificate.NotBefore.UTC().Format(time.DateOnly) + " to " + certificate.NotAfter.UTC().Format(time.DateOnly)},
		{"fingerprint", "SHA-256 " + seen.Fingerprint()},
		{"trusted", yesOr(seen.Untrusted)},
		{"host name", yesOr(seen.Misnamed)},
	} {
		fmt.Fprintf(p.out, "%-12s %s\n", line[0], output.VisibleLine(line[1]))
	}
	return tlsVerdict(seen)
}

// tlsVerdict is the error of a server that a gate would not speak to.
func tlsVerdict(seen *gate.ServerTLS) error {
	switch {
	case !seen.Usable:
		return &serverError{"the server offers no TLS that is safe: " + seen.Version + ", " + seen.Cipher,
			"TLS 1.2 with a modern cipher is the least: enable it on the server"}
	case seen.Untrusted != nil:
		return &serverError{"the server's certificate is not trusted: " + reasonOf(seen.Untrusted).Error(),
			"compare the fingerprint with the one on the server, then pin the certificate: cbscript configure does that"}
	case seen.Misnamed != nil:
		return &serverError{"the server's certificate is for another host: " + seen.Misnamed.Error(),
			"use the name in the certificate, or pin the certificate and set ssl_verify_hostname = false"}
	}
	return nil
}

// serverError is what is wrong with a server as a command found it.
type serverError struct{ message, advice string }

func (e *serverError) Error() string { return e.message }

// Kind is "ServerError", for the exit code.
func (e *serverError) Kind() string { return "ServerError" }

// Hint says what to do next.
func (e *serverError) Hint() string { return e.advice }

// namesOf lists the hosts that a certificate is for.
func namesOf(c *x509.Certificate) []string {
	names := c.DNSNames
	for _, ip := range c.IPAddresses {
		names = append(names, ip.String())
	}
	return names
}

// yesOr is "yes", or "no" with the reason.
func yesOr(reason error) string {
	if reason == nil {
		return "yes"
	}
	return "no: " + reasonOf(reason).Error()
}

// reasonOf is why a certificate is not trusted, without the words that say that it is not.
func reasonOf(err error) error {
	var verification *tls.CertificateVerificationError
	if errors.As(err, &verification) {
		return verification.Err
	}
	return err
}
