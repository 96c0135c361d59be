package gate

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/cbscript/cbscript/client/credentials"
)

// Gate is the way to one server. It is safe for concurrent use.
//
// Retries: a connection that could not be made is tried again for every request; one that broke before an answer
// began, an answer 502 or 504, and 413, 429 or 503 with Retry-After only for GET, HEAD, PUT, DELETE and OPTIONS. The
// delays are 0, 1, 2, 4 and 8 seconds, or what Retry-After says. When the tries are used up, the last answer is given.
// A certificate that is not trusted and a host name that does not exist are not tried again.
//
// The server's health: few requests are in flight at once. Their number is halved by each 429 and 503, falls by one,
// to no less than half, when answers of one route take three times as long as they use to (and over a second), and
// rises again by one with every eight good answers. A 429 or 503 with Retry-After stops all requests until then.
//
// Redirects of GET and HEAD within the server are followed a few times; all others are given as answers.
//
// Source: contract/transport.md, section 4.
type Gate struct {
	origin    *url.URL
	name      string
	product   credentials.Product
	token     credentials.Secret
	userAgent string
	transport *http.Transport
	redactor  *Redactor
	log       *slog.Logger
	timeout   time.Duration
	retries   int
	maxPause  time.Duration
	checks    []func(*http.Request) error
	journal   []func(Entry)
	pace      *pace

	mu     sync.Mutex
	closed bool
	active map[*exchange]context.CancelCauseFunc
}

var _ http.RoundTripper = (*Gate)(nil)

// New makes the gate of a profile's server. It opens no connection. It fails with a [*credentials.Error] when the
// profile cannot be used, its certificate file and proxy included.
func New(profile credentials.Profile, options ...Option) (*Gate, error) {
	if err := profile.Check(); err != nil {
		return nil, err
	}
	g, err := build(profile, options)
	if err != nil {
		return nil, err
	}
	g.token = profile.Token
	return g, nil
}

// build makes a gate without its token.
func build(profile credentials.Profile, options []Option) (*Gate, error) {
	c := newConfig(profile.Product, options)
	if err := c.check(); err != nil {
		return nil, err
	}
	origin, err := profile.Origin()
	if err != nil {
		return nil, err
	}
	proxy, err := findProxy(profile, origin, c.getenv)
	if err != nil {
		return nil, err
	}
	trust, err := tlsConfig(profile, c.trusted)
	if err != nil {
		return nil, err
	}
	agent := strings.TrimSpace("cbscript/" + c.version + " " + c.integration)
	return &Gate{
		origin:    origin,
		name:      profile.Name,
		product:   profile.Product,
		userAgent: agent,
		transport: newTransport(trust, proxy, &c),
		redactor:  NewRedactor(secretsOf(profile, proxy)...),
		log:       c.log,
		timeout:   c.timeout,
		retries:   c.retries,
		maxPause:  c.maxPause,
		checks:    c.checks,
		journal:   c.journal,
		pace:      newPace(c.inFlight, c.maxPause),
		active:    map[*exchange]context.CancelCauseFunc{},
	}, nil
}

// secretsOf lists what must not be seen of a profile.
func secretsOf(profile credentials.Profile, proxy *url.URL) []credentials.Secret {
	secrets := []credentials.Secret{profile.Token, profile.RabbitMQ.Pass}
	if proxy != nil {
		if password, ok := proxy.User.Password(); ok {
			secrets = append(secrets, credentials.NewSecret(password))
		}
	}
	return secrets
}

// URL is the server's origin: scheme, host and port, without a path.
func (g *Gate) URL() *url.URL { u := *g.origin; return &u }

// Product is the product of the profile.
func (g *Gate) Product() credentials.Product { return g.product }

// ProfileName is the name of the profile, empty for one that was made in code.
func (g *Gate) ProfileName() string { return g.name }

// Redact takes the profile's secrets out of a text: for what a server said before it goes into an error or a log.
// A text is to be redacted before it is cut, since half a token is not found.
func (g *Gate) Redact(text string) string { return g.redactor.Redact(text) }

// Redactor is what Redact uses.
func (g *Gate) Redactor() *Redactor { return g.redactor }

// String tells the server and the profile's name.
func (g *Gate) String() string { return fmt.Sprintf("gate to %s (profile %q)", g.origin, g.name) }

// Format writes String for every verb and flag.
func (g *Gate) Format(f fmt.State, _ rune) { io.WriteString(f, g.String()) }

// CloseIdleConnections closes connections that wait for their next request.
func (g *Gate) CloseIdleConnections() { g.transport.CloseIdleConnections() }

// Close ends every request that is under way, with [Closed], and refuses all later ones. It never fails; a second
// call does nothing.
func (g *Gate) Close() error {
	g.mu.Lock()
	g.closed = true
	for _, cancel := range g.active {
		cancel(errClosed)
	}
	g.mu.Unlock()
	g.transport.CloseIdleConnections()
	return nil
}
