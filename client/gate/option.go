package gate

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/cbscript/cbscript/client/credentials"
)

// Option changes how a gate works.
type Option func(*config)

// config is what the options set.
type config struct {
	log         *slog.Logger
	timeout     time.Duration
	retries     int
	inFlight    int
	maxPause    time.Duration
	version     string
	integration string
	getenv      func(string) string
	dial        func(ctx context.Context, network, address string) (net.Conn, error)
	trusted     []byte
	checks      []func(*http.Request) error
	journal     []func(Entry)
}

// The defaults of the options.
const (
	DefaultRetries  = 5 // Source: contract/transport.md, section 4
	DefaultInFlight = 4
	DefaultMaxPause = 5 * time.Minute
)

// DefaultTimeout is how long a gate waits for a connection, and for each part of an answer: 120 seconds for Cb
// Response, as the reference client does, and 300 for the others. There the reference waits for ever, so that a job
// hangs when a server is gone without a word; their searches over whole tables can take minutes before the first
// byte, and 300 seconds is beyond what the proxies before such servers allow.
// Source: contract/transport.md, section 4.
func DefaultTimeout(product credentials.Product) time.Duration {
	if product == credentials.Response {
		return 120 * time.Second
	}
	return 300 * time.Second
}

// WithLogger has log lines written to log: see [MessageSending]. Without it there are none.
func WithLogger(log *slog.Logger) Option {
	return func(c *config) {
		if log != nil {
			c.log = log
		}
	}
}

// WithTimeout bounds the time to connect, and the wait for each part of an answer: not the whole, which may be long
// for a big file. 0 means no bound. See [DefaultTimeout].
func WithTimeout(d time.Duration) Option { return func(c *config) { c.timeout = d } }

// WithMaxRetries bounds how often one request is tried again, for whatever reason. 0 means never, and
// [DefaultRetries] is the default.
func WithMaxRetries(n int) Option { return func(c *config) { c.retries = n } }

// WithInFlight bounds how many requests are with the server at once, counted from sending until the answer's body is
// read or closed; files on their way do not count. Fewer are sent while the server is slow: see [Gate]. [DefaultInFlight] is the default.
func WithInFlight(n int) Option { return func(c *config) { c.inFlight = n } }

// WithMaxPause bounds how long requests wait because the server answered 429 or 503 with Retry-After. When it asks
// for longer, requests fail at once with [Throttled] until then. [DefaultMaxPause] is the default.
func WithMaxPause(d time.Duration) Option { return func(c *config) { c.maxPause = d } }

// WithVersion is the program's version in the User-Agent header. The default is "devel".
func WithVersion(version string) Option { return func(c *config) { c.version = version } }

// WithIntegration names the program that embeds this one; the name is added to the User-Agent header.
func WithIntegration(name string) Option { return func(c *config) { c.integration = name } }

// WithSystemProxy looks for a proxy in the environment that getenv reads: HTTPS_PROXY, ALL_PROXY and NO_PROXY, in
// capitals or not. The profile's own proxy comes first, and with ignore_system_proxy there is none. Addresses of this
// machine are never reached through a proxy of the environment. The default is an empty environment.
func WithSystemProxy(getenv func(string) string) Option {
	return func(c *config) {
		if getenv != nil {
			c.getenv = getenv
		}
	}
}

// WithDialer makes the network connections, in the place of the system: for a tunnel, or a server in the same process.
// It must obey its context; TLS is added on top.
func WithDialer(dial func(ctx context.Context, network, address string) (net.Conn, error)) Option {
	return func(c *config) { c.dial = dial }
}

// WithCertificates trusts the certificates in pem instead of the system's store and of the profile's ssl_cert_file: for a
// server in the same process, whose certificate is in no file. Text without a certificate fails [New].
func WithCertificates(pem []byte) Option { return func(c *config) { c.trusted = pem } }

// WithCheck has every request asked for before it is sent, redirects too. An error denies it: nothing is sent, and the
// error is the cause of the request's [*Error] of kind [Denied]. The request has no token; it must not be changed.
// Several checks are asked in order. They are called concurrently.
func WithCheck(check func(*http.Request) error) Option {
	return func(c *config) { c.checks = append(c.checks, check) }
}

// WithJournal reports every changing request that was sent, or may have been, once its outcome is known. It is called
// concurrently, before RoundTrip returns.
func WithJournal(record func(Entry)) Option {
	return func(c *config) { c.journal = append(c.journal, record) }
}

func newConfig(product credentials.Product, options []Option) config {
	c := config{
		log:      slog.New(slog.DiscardHandler),
		timeout:  DefaultTimeout(product),
		retries:  DefaultRetries,
		inFlight: DefaultInFlight,
		maxPause: DefaultMaxPause,
		version:  "devel",
		getenv:   func(string) string { return "" },
	}
	for _, option := range options {
		option(&c)
	}
	return c
}

// check refuses senseless options.
func (c *config) check() error {
	for _, o := range []struct {
		name string
		ok   bool
		want string
	}{
		{"timeout", c.timeout >= 0, "0 or more"},
		{"max retries", c.retries >= 0 && c.retries <= 100, "0 to 100"},
		{"in flight", c.inFlight >= 1 && c.inFlight <= 1000, "1 to 1000"},
		{"max pause", c.maxPause >= 0, "0 or more"},
		{"version", isHeaderText(c.version), "printable ASCII"},
		{"integration", isHeaderText(c.integration), "printable ASCII"},
	} {
		if !o.ok {
			return &optionError{o.name, o.want}
		}
	}
	return nil
}

// optionError is an option that was given a senseless value.
type optionError struct{ option, want string }

func (e *optionError) Error() string { return "gate: option " + e.option + ": want " + e.want }

// isHeaderText reports whether text can be part of a header as it is.
func isHeaderText(text string) bool {
	for _, c := range []byte(text) {
		if c < ' ' || c > '~' {
			return false
		}
	}
	return true
}
