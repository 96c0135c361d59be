package servers

import (
	"errors"
	"net/http"
	"net/url"
	"sync"

	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/gate"
	"github.com/cbscript/cbscript/runtime"
)

// Config says how servers are reached. Open is required.
type Config struct {
	// Open makes the gate of the server that a script means by a product and a role; an empty role is the product's
	// usual server. It is called once for each, when the script first asks something, and not concurrently.
	Open func(product *client.Product, role string) (Way, error)
	// Client are the options of every client: a guard, a logger.
	Client []client.Option
	// Received is told of each file of an endpoint that a server has sent, before the script has its last byte. It is called
	// by several goroutines. Nil means that nobody wants to know.
	Received func(client.Receipt)
	// Openings keeps what the run opens on servers, so that a later run closes what this one leaves open when it is killed.
	// Nil keeps nothing.
	Openings client.Openings
}

// Way is the way to one server, for one profile. *gate.Gate is one.
type Way interface {
	client.Server
	// ProfileName is the name of the profile, empty for one that has none.
	ProfileName() string
	// Redact takes the profile's secrets out of a text.
	Redact(text string) string
	// Close ends every request that is under way.
	Close() error
}

var _ Way = (*gate.Gate)(nil)

// Pool holds the connections to servers. It is safe for concurrent use.
type Pool struct {
	c        Config
	products []*client.Product

	mu      sync.Mutex
	opened  map[key]opened
	closing bool
}

type key struct{ product, role string }

// opened is a server that was opened, or why it could not be.
type opened struct {
	way    Way
	client *client.Client
	err    error
}

// ErrClosed is the error of a connection that is first used after the pool was closed.
var ErrClosed = errors.New("the run is over: no further connection is made")

// New makes a pool. No connection is made.
func New(c Config) *Pool {
	return &Pool{c: c, products: Products(), opened: map[key]opened{}}
}

// Client gives the client of the server that a script means by a product and a role: the same one each time. An error
// stays for the pool's life: a profile that is not there is looked for once.
func (p *Pool) Client(product *client.Product, role string) (*client.Client, error) {
	o := p.get(product, role)
	return o.client, o.err
}

// Way gives the way to the server that a script means by a product and a role, for whoever passes the requests of
// another process on. The rest is as in Client.
func (p *Pool) Way(product *client.Product, role string) (Way, error) {
	o := p.get(product, role)
	return o.way, o.err
}

func (p *Pool) get(product *client.Product, role string) opened {
	p.mu.Lock()
	defer p.mu.Unlock()
	at := key{product.Name, role}
	o, ok := p.opened[at]
	if !ok {
		if p.closing {
			return opened{err: ErrClosed}
		}
		o = p.open(product, role)
		p.opened[at] = o
	}
	return o
}

// open makes a client, with the gate that there is when another role means the same server. It is called with mu held.
func (p *Pool) open(product *client.Product, role string) opened {
	g, err := p.c.Open(product, role)
	if err != nil {
		return opened{err: err}
	}
	for at, o := range p.opened {
		if at.product == product.Name && o.way != nil && *o.way.URL() == *g.URL() && o.way.ProfileName() == g.ProfileName() {
			_ = g.Close() // never fails, and nothing was sent by it
			return o
		}
	}
	if p.c.Received != nil && product.Receipts != nil {
		server, profile := g.URL().String(), g.ProfileName()
		g = noted{g, product.Receipts(g, func(r client.Receipt) {
			r.Product, r.Server, r.Profile = product.Name, server, profile
			p.c.Received(r)
		})}
	}
	if product.Watch != nil {
		g = watched{g, product.Watch(g, g.URL(), p.c.Openings)}
	}
	return opened{way: g, client: client.New(product, counted{g, runtime.CountRequests(g)}, p.c.Client...)}
}

// Close ends every request that is under way, and all connections.
func (p *Pool) Close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closing = true
	var errs []error
	for _, o := range p.opened {
		if o.way != nil {
			errs = append(errs, o.way.Close())
		}
	}
	return errors.Join(errs...)
}

// watched is a way that closes what was left open on its server before it is closed itself.
type watched struct {
	Way
	watcher client.Watcher
}

// RoundTrip passes a request on.
func (w watched) RoundTrip(req *http.Request) (*http.Response, error) {
	return w.watcher.RoundTrip(req)
}

// Close closes what was left open, and then the way.
func (w watched) Close() error { return errors.Join(w.watcher.Close(), w.Way.Close()) }

// noted is a way on which what is received from endpoints is noted.
type noted struct {
	Way
	noter http.RoundTripper
}

// RoundTrip passes a request on.
func (n noted) RoundTrip(req *http.Request) (*http.Response, error) { return n.noter.RoundTrip(req) }

// counted is a way whose requests count against the limit of a run.
type counted struct {
	way Way
	http.RoundTripper
}

var _ client.Server = counted{}

// URL is the server's origin.
func (c counted) URL() *url.URL { return c.way.URL() }

// Redact takes the profile's secrets out of a text.
func (c counted) Redact(text string) string { return c.way.Redact(text) }
