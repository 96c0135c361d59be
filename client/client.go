package client

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"

	"golang.org/x/sync/singleflight"

	"github.com/cbscript/cbscript/client/jsondoc"
	"github.com/cbscript/cbscript/client/nearest"
)

// Server is the way to one server, as a gate is: it opens connections, adds the token, retries and limits. A Server
// that has a method Redact(string) string is asked to clean texts that go into errors.
type Server interface {
	http.RoundTripper
	// URL is the server's origin: scheme, host and port.
	URL() *url.URL
}

// Client is the connection to one server. It is safe for concurrent use. It makes no request before the first one
// that its user asks for.
type Client struct {
	server    Server
	origin    string
	product   *Product
	log       *slog.Logger
	guard     Guard
	report    func(context.Context, Progress)
	http      *http.Client
	cache     *cache
	flights   singleflight.Group
	misspelt  sync.Map // names of attributes that were warned about
	shapes    sync.Map // *Kind -> *jsondoc.Shapes
	pageSizes sync.Map // *Kind -> *atomic.Int64, bytes of the last page of rows
	parts     sync.Map // any -> func() any

	opened  atomic.Bool
	streams streams
	facts   atomic.Pointer[Facts]
}

// Facts are what a product's Open learnt about the server.
type Facts struct {
	Version string         // version of the server, or empty
	Info    map[string]any // the server's description of itself
	Legacy  bool           // an index of an older version is mounted
}

// Option changes how a client works.
type Option func(*Client)

// WithLogger has the client's log lines written to log. Without it there are none.
func WithLogger(log *slog.Logger) Option { return func(c *Client) { c.log = log } }

// WithGuard has every changing request asked for first. Without it all are made.
func WithGuard(g Guard) Option { return func(c *Client) { c.guard = g } }

// New makes a client of a product's server. It makes no request.
func New(product *Product, server Server, options ...Option) *Client {
	c := &Client{
		server:  server,
		origin:  strings.TrimRight(server.URL().String(), "/"),
		product: product,
		log:     slog.New(slog.DiscardHandler),
		cache:   newCache(),
	}
	c.http = &http.Client{
		Transport: server,
		// A redirect is an answer: following it is the server's business, which knows where a token may go.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	for _, option := range options {
		option(c)
	}
	return c
}

// URL is the server's origin, without a trailing slash.
func (c *Client) URL() string { return c.origin }

// Product is the product that the client speaks to.
func (c *Client) Product() *Product { return c.product }

// Kind gives the product's model of that name, or an [APIError] with the nearest one. Tables refer to each other by
// name, since a join may lead back.
func (c *Client) Kind(name string) (*Kind, error) {
	if k, ok := c.product.Kind(name); ok {
		return k, nil
	}
	names := make([]string, len(c.product.Kinds))
	for i, k := range c.product.Kinds {
		names[i] = k.Name
	}
	text := fmt.Sprintf("%s has no model %q", c.product.Title, name)
	if nearest := nearest.Name(name, names); nearest != "" {
		text += fmt.Sprintf(" (did you mean %q?)", nearest)
	}
	return nil, &APIError{Message: text}
}

// Log is the client's logger, never nil.
func (c *Client) Log() *slog.Logger { return c.log }

// Part gives what belongs to the client under that key, made by make at the first call: a package that adds to the API
// keeps its state there. The key is of a type of that package's own.
func (c *Client) Part(key any, make func() any) any {
	once, ok := c.parts.Load(key)
	if !ok {
		once, _ = c.parts.LoadOrStore(key, sync.OnceValue(make))
	}
	return once.(func() any)()
}

// Facts gives what is known about the server, asking it if nothing was asked yet.
func (c *Client) Facts(ctx context.Context) (Facts, error) {
	if err := c.open(ctx); err != nil {
		return Facts{}, err
	}
	if f := c.facts.Load(); f != nil {
		return *f, nil
	}
	return Facts{}, nil
}

// SetFacts is called by a product's Open with what it learnt.
func (c *Client) SetFacts(f Facts) { c.facts.Store(&f) }

// AtLeast reports whether the server's version is v or later, asking the server if nothing was asked yet.
// Every server is at least the version "".
func (c *Client) AtLeast(ctx context.Context, v string) (bool, error) {
	if v == "" {
		return true, nil
	}
	f, err := c.Facts(ctx)
	if err != nil {
		return false, err
	}
	return CompareVersions(f.Version, v) >= 0, nil
}

// Supports is nil when the server has the model, and else an [APIError] that names the version which does. Who calls
// a route of a model from its own code asks first.
func (c *Client) Supports(ctx context.Context, k *Kind) error {
	if k.Since == "" && k.Moved == nil {
		return nil
	}
	return c.Needs(ctx, k.Name, k.Since)
}

// Needs is nil when the server's version is v or later, and else an [APIError] that says what needs it.
func (c *Client) Needs(ctx context.Context, what, v string) error {
	f, err := c.Facts(ctx)
	if err != nil || CompareVersions(f.Version, v) >= 0 {
		return err
	}
	return Errorf("%s needs %s %s or later: %s runs %s", what, c.product.Title, v, c.origin, f.Version)
}

// route is where the server has a model's collection. What is not known about the server yet counts as nothing; who
// needs the route of a model that has Moved calls Supports first.
func (c *Client) route(k *Kind) string {
	if f := c.facts.Load(); f != nil && k.Moved != nil {
		if moved := k.Moved(*f); moved != "" {
			return moved
		}
	}
	return k.Route
}

// openingKey marks the context of a product's Open, whose own requests must not wait for it.
type openingKey struct{}

// open makes the connection's first requests, once. A failure is reported to everyone who waits and is tried again
// by the next request.
func (c *Client) open(ctx context.Context) error {
	if c.opened.Load() || c.product.Open == nil || ctx.Value(openingKey{}) == c {
		return nil
	}
	return c.Share(ctx, "open", func(ctx context.Context) error {
		if c.opened.Load() {
			return nil
		}
		if err := c.product.Open(context.WithValue(ctx, openingKey{}, c), c); err != nil {
			return err
		}
		c.opened.Store(true)
		return nil
	})
}

// Share runs f so that callers with the same key share one run. A caller whose context ends leaves at once; when the
// run fails because the context of the one who started it ended, another caller starts it again.
func (c *Client) Share(ctx context.Context, key string, f func(context.Context) error) error {
	for {
		// Asked here first, on the caller's goroutine: a context may be one that looks for its caller when it is asked.
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		started := false
		done := c.flights.DoChan(key, func() (any, error) {
			started = true
			return nil, f(ctx)
		})
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case r := <-done:
			if r.Err != nil && !started && isContextError(r.Err) && ctx.Err() == nil {
				continue
			}
			return r.Err
		}
	}
}

// shapesOf gives the key lists that documents of a kind share.
func (c *Client) shapesOf(k *Kind) *jsondoc.Shapes {
	if s, ok := c.shapes.Load(k); ok {
		return s.(*jsondoc.Shapes)
	}
	s, _ := c.shapes.LoadOrStore(k, new(jsondoc.Shapes))
	return s.(*jsondoc.Shapes)
}

// Redact cleans a text of the server's token.
func (c *Client) redact(text string) string {
	if r, ok := c.server.(interface{ Redact(string) string }); ok {
		return r.Redact(text)
	}
	return text
}
