package gate

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"
)

func isError(err, target error) bool { return errors.Is(err, target) }

// errIdle is the cause of a request that ended because no more of its answer came.
var errIdle = errors.New("no data came")

// errClosed is the cause of a request that ended because the gate was closed.
var errClosed = errors.New("gate closed")

// proxyAnswer is a proxy's answer to the request for a tunnel, other than yes.
type proxyAnswer struct {
	proxy  string // host and port
	status int
}

func (e *proxyAnswer) Error() string {
	return fmt.Sprintf("proxy %s answered %d %s", e.proxy, e.status, http.StatusText(e.status))
}

// proxyFailure is a connection to a proxy that could not be made.
type proxyFailure struct {
	proxy string
	err   error
}

func (e *proxyFailure) Error() string { return fmt.Sprintf("proxy %s: %v", e.proxy, e.err) }
func (e *proxyFailure) Unwrap() error { return e.err }

// fault makes the error of a request that failed while op was done.
func (g *Gate) fault(req *http.Request, op string, kind Kind, err error, advice string) *Error {
	return &Error{Op: op, Method: req.Method, URI: g.Redact(req.URL.Redacted()), Kind: kind,
		Err: cleaned(err, g.Redact), Advice: advice}
}

// classify makes an *Error of what the transport, or waiting for it, failed with. The caller's context decides first:
// what it interrupts fails in many ways.
func (g *Gate) classify(req *http.Request, op string, err, cause error) *Error {
	if ctx := req.Context(); ctx.Err() != nil {
		kind, advice := Canceled, ""
		if errors.Is(ctx.Err(), context.DeadlineExceeded) {
			kind, advice = Timeout, "the time limit of the caller was reached, not the gate's own"
		}
		return g.fault(req, op, kind, context.Cause(ctx), advice)
	}
	switch {
	case errors.Is(cause, errClosed):
		return g.fault(req, op, Closed, nil, "")
	case errors.Is(cause, errIdle):
		return g.fault(req, op, Timeout, fmt.Errorf("%w for %v", errIdle, g.timeout), adviceSlow)
	}
	var ready *Error
	if errors.As(err, &ready) {
		return ready
	}
	if kind, advice, ok := proxyProblem(err); ok {
		return g.fault(req, op, kind, err, advice)
	}
	var n net.Error
	if errors.As(err, &n) && n.Timeout() {
		if op == "connect" {
			return g.fault(req, op, Timeout, err, adviceUnreachable)
		}
		return g.fault(req, op, Timeout, fmt.Errorf("no answer within %v: %w", g.timeout, err), adviceSlow)
	}
	if advice, ok := tlsProblem(err); ok {
		return g.fault(req, op, TLS, err, advice)
	}
	return g.fault(req, op, Connection, err, connectionAdvice(op, err))
}

// What to do next, by cause.
const (
	adviceSlow        = "the server is slow or overloaded: narrow the query, or raise the timeout"
	adviceUnreachable = "nothing answered at that address: check url in the profile, the network, and whether a proxy is needed"
	adviceRefused     = "check host and port of url in the profile, and that the server is running"
	adviceName        = "the host name in url is not known: check its spelling, the DNS, and whether a VPN or proxy is needed"
	adviceBroken      = "the connection broke; when this was a change, look whether it was made before trying again"
	adviceAuthority   = "the certificate's issuer is not trusted: `cbscript configure` shows and pins the server's certificate " +
		"(ssl_cert_file), once its fingerprint was compared with the server's own"
	adviceHostname = "the certificate is for another name: use that name in url, or, for a server whose own certificate names " +
		"no host, pin it with ssl_cert_file and set ssl_verify_hostname = false"
	adviceExpired   = "renew the server's certificate, and check this machine's clock"
	adviceOldTLS    = "no common TLS version or cipher: TLS 1.2 is the least that is spoken; `cbscript check-tls` tells what the server offers"
	adviceNotTLS    = "what answers at that port does not speak https: check the port in url"
	adviceTLS       = "`cbscript check-tls` tells what the server offers"
	adviceProxy     = "check proxy in the profile or HTTPS_PROXY; ignore_system_proxy = true goes without"
	adviceProxyAuth = "the proxy wants a user and password: proxy = http://USER:PASSWORD@HOST:PORT in the profile"
)

func proxyProblem(err error) (Kind, string, bool) {
	var answer *proxyAnswer
	var failure *proxyFailure
	switch {
	case errors.As(err, &answer) && answer.status == http.StatusProxyAuthRequired:
		return Proxy, adviceProxyAuth, true
	case errors.As(err, &answer), errors.As(err, &failure):
		return Proxy, adviceProxy, true
	}
	return 0, "", false
}

// tlsProblem reports whether err is one of TLS, and what to do about it.
func tlsProblem(err error) (string, bool) {
	var (
		authority x509.UnknownAuthorityError
		hostname  x509.HostnameError
		invalid   x509.CertificateInvalidError
		verify    *tls.CertificateVerificationError
		record    tls.RecordHeaderError
		system    x509.SystemRootsError
	)
	switch {
	case errors.As(err, &hostname):
		return adviceHostname, true
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return adviceExpired, true
	case errors.As(err, &authority), errors.As(err, &invalid), errors.As(err, &system), errors.As(err, &verify):
		return adviceAuthority, true
	case errors.As(err, &record):
		return adviceNotTLS, true
	}
	// Alerts of the server, and what fails in the handshake itself, have no type: their text is all there is.
	for e := err; e != nil; e = errors.Unwrap(e) {
		text := e.Error()
		if !strings.HasPrefix(text, "tls: ") && !strings.HasPrefix(text, "x509: ") {
			continue
		}
		if strings.Contains(text, "protocol version") || strings.Contains(text, "handshake failure") {
			return adviceOldTLS, true
		}
		return adviceTLS, true
	}
	return "", false
}

func connectionAdvice(op string, err error) string {
	var dns *net.DNSError
	switch {
	case errors.As(err, &dns):
		return adviceName
	case op == "connect":
		return adviceRefused
	}
	return adviceBroken
}

// hopeless reports an error that stays the same however often it is tried.
func hopeless(err *Error) bool {
	var dns *net.DNSError
	var answer *proxyAnswer
	switch err.Kind {
	case Connection:
		return errors.As(err, &dns) && dns.IsNotFound && !dns.IsTemporary
	case Timeout:
		return false
	case Proxy:
		return errors.As(err, &answer) && answer.status < 500
	}
	return true
}

// throttledAdvice tells when requests are welcome again.
func throttledAdvice(until time.Time) string {
	return "the server limits how often it is asked: try again after " + until.UTC().Format("2006-01-02 15:04:05") + " UTC"
}
