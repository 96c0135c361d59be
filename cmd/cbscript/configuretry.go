package main

import (
	"context"
	"fmt"

	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/credentials"
	"github.com/cbscript/cbscript/client/gate"
	"github.com/cbscript/cbscript/client/response"
	"github.com/cbscript/cbscript/runtime/servers"
)

// logIn obtains the token of a Cb Response user.
func (c *configuration) logIn(ctx context.Context) (string, error) {
	if c.unchecked {
		return "", usage("leave --no-check out, or enter the token", "a user name and password need a connection to the server")
	}
	user, err := c.ask.ask(ctx, "User name")
	if err != nil {
		return "", err
	}
	password, err := c.ask.askHidden(ctx, "Password, which is not shown")
	if err != nil {
		return "", err
	}
	way, err := gate.NewAnonymous(c.made, c.trusting()...)
	if err != nil {
		return "", err
	}
	defer way.CloseIdleConnections()
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	return response.GetAPIToken(ctx, way, user, password)
}

// trusting are the options of a gate to the server: with the certificate that is to be pinned.
func (c *configuration) trusting() []gate.Option {
	if c.pinned == nil {
		return c.gate
	}
	return append(c.gate[:len(c.gate):len(c.gate)], gate.WithCertificates(c.pinned))
}

// probe is a read that any token may make which may make any. Source: contract/transport.md, section 6.
func probe(product credentials.Product) string {
	switch product {
	case credentials.Response:
		return "/api/info"
	case credentials.Protection:
		return "/api/bit9platform/v1/serverConfig?limit=1"
	}
	return "/integrationServices/v3/device?rows=1"
}

// try asks the server something with the token.
func (c *configuration) try(ctx context.Context) error {
	if c.unchecked {
		return nil
	}
	server, err := gate.New(c.made, c.trusting()...)
	if err != nil {
		return err
	}
	defer server.Close()
	if _, err := client.New(tableOf(c.product), server).Get(ctx, probe(c.product)); err != nil {
		return fmt.Errorf("the profile was not written: %w", err)
	}
	return nil
}

// tableOf is the product's table, without the requests by which a connection learns about its server: those may need
// more than this token may do.
func tableOf(name credentials.Product) *client.Product {
	for _, p := range servers.Products() {
		if p.Name == string(name) {
			p.Open = nil
			return p
		}
	}
	return &client.Product{Name: string(name), Title: name.Title()}
}
