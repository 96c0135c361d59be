package liveresponse

import (
	"context"
	"fmt"
	"time"

	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/jobs"
)

// Product is what Live Response needs to know about a product.
type Product struct {
	Dialect Dialect
	// Endpoint gives what is known about the endpoint that a script means by an object or its number, and an error for one
	// that cannot do Live Response. It may make requests.
	Endpoint func(ctx context.Context, c *client.Client, of any) (Endpoint, error)
	// HostField is the field of the endpoint's model that has its name. Empty: there is none.
	HostField string
	// Look says how an endpoint is, asking the server. Nil takes all for online.
	Look func(ctx context.Context, c *client.Client, id int64) (jobs.Presence, error)
	// Find gives the endpoints whose host has a name, in any case of letters; none is no error.
	Find func(ctx context.Context, c *client.Client, name string) ([]Candidate, error)
}

// Candidate is an endpoint that was found by the name of its host.
type Candidate struct {
	ID     int64
	Name   string
	Status string    // in the product's words
	Seen   time.Time // when the server last heard of it; zero when that is not known
}

// With calls f with a session, and closes the session whatever happens. Without f it gives the session, which the caller
// closes. A wait of zero means [DefaultWait].
func (p Product) With(ctx context.Context, c *client.Client, of any, wait time.Duration, f client.Callback) (_ any, err error) {
	e, err := p.Endpoint(ctx, c, of)
	if err != nil {
		return nil, err
	}
	s, err := Of(c, p.Dialect).Open(ctx, e, wait)
	if err != nil {
		return nil, err
	}
	if f == nil {
		return s, nil
	}
	defer func() {
		if failed := s.Close(ctx); failed != nil && err == nil {
			c.Log().WarnContext(ctx, "a session of Live Response is still open", "sensor", e.ID, "error", failed)
		}
	}()
	return f(ctx, []any{s}, nil)
}

// SessionParams are the parameters of a method that opens a session.
func SessionParams() []client.Param {
	return []client.Param{
		option("fn", client.Func, nil, "called with the session, which is closed when it returns or fails; its value is given"),
		option("timeout", client.Duration, nil, "how long to wait for the sensor; None means 6 minutes"),
	}
}

// Open is [Product.With] with the arguments of a script.
func (p Product) Open(ctx context.Context, c *client.Client, of any, args client.Args) (any, error) {
	wait, limited := args.Duration("timeout")
	if limited && wait <= 0 {
		return nil, client.Errorf("lr_session: got a timeout of %s, want more than 0", wait)
	}
	return p.With(ctx, c, of, wait, args.Callback("fn"))
}

// Service is Live Response on a server, as cb.live_response.
type Service struct {
	c *client.Client
	p Product
}

// NewService gives Live Response on a client's server.
func NewService(c *client.Client, p Product) Service { return Service{c, p} }

var _ client.RecordMethods = Service{}

// Type is "LiveResponse".
func (Service) Type() string { return "LiveResponse" }

// Names is empty: there are only methods.
func (Service) Names() []string { return nil }

// Get fails.
func (s Service) Get(_ context.Context, name string) (any, error) {
	return nil, &client.NoSuchAttributeError{Model: s.Type(), Name: name}
}

// String names the server.
func (s Service) String() string { return fmt.Sprintf("<LiveResponse of %s>", s.c.URL()) }

// Methods are the calls of cb.live_response.
func (s Service) Methods() []client.RecordMethod {
	return []client.RecordMethod{
		{Name: "request_session", Returns: "Session", Capability: client.Respond,
			Doc:    "A session with a sensor, as sensor.lr_session() gives it.",
			Params: append([]client.Param{param("sensor", client.Any, "a sensor, or its number")}, SessionParams()...),
			Do: func(ctx context.Context, args client.Args) (any, error) {
				return s.p.Open(ctx, s.c, args["sensor"], args)
			}},
		{Name: "submit_job", Returns: "Job", Capability: client.Respond, Params: jobParams(),
			Doc: "Have fn(session) called with a session with a sensor, beside the script. Few sessions are open at once, and each sensor has one for all of its jobs. What fn uses cannot be changed any more.",
			Do:  s.submitJob},
	}
}
